import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fingerprint, HostKeys, keyType, namesMatch } from '../../../src/remote/ssh/known-hosts.ts'
import { readSettings } from '../../../src/remote/ssh/settings.ts'
import type { SshSettings } from '../../../src/remote/ssh/ssh-settings.ts'
import { generateKey } from '../../support/server.ts'

interface Context {
  folder: string
  /** Public keys in wire format. */
  keys: Record<'a' | 'b' | 'ecdsa', Buffer>
}

const test = suite<Context>('known hosts: on hosts')

test.before((context) => {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-known-'))
  const make = (name: string, type: string) => {
    generateKey(join(folder, name), '', type)
    return Buffer.from(readFileSync(join(folder, `${name}.pub`), 'utf8').split(' ')[1]!, 'base64')
  }
  context.folder = folder
  context.keys = { a: make('a', 'ed25519'), b: make('b', 'ed25519'), ecdsa: make('ecdsa', 'ecdsa') }
})

test.after(({ folder }) => rmSync(folder, { recursive: true }))

test('names hashed by ssh-keygen are found', ({ folder }) => {
  const file = join(folder, 'hashed')
  writeFileSync(file, `[galileo]:2222 ${readFileSync(join(folder, 'a.pub'), 'utf8')}`)
  execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' })
  const names = readFileSync(file, 'utf8').split(' ')[0]!
  assert.match(names, /^\|1\|/)
  assert.ok(namesMatch(names, '[galileo]:2222'))
  assert.not.ok(namesMatch(names, 'galileo'))
})

test('fingerprints are those of ssh-keygen', ({ folder, keys }) => {
  const shown = execFileSync('ssh-keygen', ['-l', '-f', join(folder, 'a.pub')], { encoding: 'utf8' })
  assert.is(fingerprint(keys.a), shown.split(' ')[1])
  assert.is(keyType(keys.ecdsa), 'ecdsa-sha2-nistp256')
})

type Verdict = 'trusted' | RegExp

test('a host key is known, unknown or another', ({ folder, keys }) => {
  const line = (names: string, key: Buffer, marker = '') =>
    `${marker}${names} ${keyType(key)} ${key.toString('base64')}`
  const table: [lines: string[], settings: Partial<SshSettings>, shown: Buffer, verdict: Verdict][] = [
    [[], {}, keys.a, /is unknown/],
    [['# nothing', '', 'broken'], {}, keys.a, /is unknown/],
    [[line('h', keys.a)], {}, keys.a, 'trusted'],
    [[line('h', keys.b), line('h', keys.a)], {}, keys.a, 'trusted'],
    [[line('x', keys.b), line('h', keys.b)], {}, keys.a, /changed.* line 2 says/],
    [[line('h', keys.b)], { strict: 'no' }, keys.a, /changed/],
    [[line('h', keys.b)], { strict: 'accept-new' }, keys.a, /changed/],
    [[line('h', keys.ecdsa)], { strict: 'accept-new' }, keys.a, /changed.*says ecdsa-sha2-nistp256/],
    [[line('h', keys.a), line('*', keys.a, '@revoked ')], {}, keys.a, /revoked: .* line 2/],
    [[line('*', keys.a, '@revoked ')], { strict: 'no' }, keys.a, /revoked/],
    [[line('*', keys.b, '@revoked '), line('h', keys.a)], {}, keys.a, 'trusted'],
    [[line('h', keys.b, '@cert-authority ')], {}, keys.a, /certificate authority .*not supported/],
    [[line('h', keys.b, '@cert-authority '), line('h', keys.a)], {}, keys.a, 'trusted'],
    [[], { strict: 'no' }, keys.a, 'trusted'],
    [[line('[h]:2222', keys.a)], { port: 2222 }, keys.a, 'trusted'],
    [[line('h', keys.a)], { port: 2222 }, keys.a, 'trusted'],
    [[line('h', keys.b)], { port: 2222 }, keys.a, /is unknown/],
    [[line('[h]:2222', keys.b), line('h', keys.a)], { port: 2222 }, keys.a, /changed.* line 1 says/],
    [[line('[h]:2222', keys.a)], {}, keys.a, /is unknown/],
    [[line('other', keys.a)], { hostKeyAlias: 'Other', port: 2222 }, keys.a, 'trusted'],
    [[line('fe80::1%eth0', keys.a)], { host: 'fe80::1%eth0' }, keys.a, 'trusted'],
  ]
  for (const [index, [lines, changes, shown, verdict]] of table.entries()) {
    const file = join(folder, `table-${index}`)
    const text = `${lines.join('\n')}\n`
    writeFileSync(file, text)
    const settings = settingsFor(file, changes)
    const check = () => new HostKeys(settings).check(shown)
    if (verdict === 'trusted') assert.not.throws(check, undefined, text)
    else assert.throws(check, verdict, text)
    assert.is(readFileSync(file, 'utf8'), text)
  }
})

function settingsFor(file: string, changes: Partial<SshSettings>): SshSettings {
  return {
    ...readSettings('h', 'user u\nhostname h\nport 22\nstricthostkeychecking ask\n'),
    userKnownHosts: [file],
    ...changes,
  }
}

test('a key accepted for good is read again by us and by ssh-keygen', ({ folder, keys }) => {
  for (const hashKnownHosts of [false, true]) {
    const file = join(folder, `accepted-${hashKnownHosts}`)
    // Somebody's editor left out the last newline.
    writeFileSync(file, '# mine')
    const settings = settingsFor(file, { strict: 'accept-new', port: 2222, hashKnownHosts })
    const hostKeys = new HostKeys(settings)
    hostKeys.check(keys.a)
    hostKeys.check(keys.a)
    assert.throws(() => hostKeys.check(keys.b))
    assert.is(readFileSync(file, 'utf8').split('\n').length, 3)
    new HostKeys({ ...settings, strict: 'yes' }).check(keys.a)
    const found = execFileSync('ssh-keygen', ['-F', '[h]:2222', '-f', file], { encoding: 'utf8' })
    assert.match(found, keys.a.toString('base64'))
  }
})

test('a host added, changed or taken away meanwhile', ({ folder, keys }) => {
  const file = join(folder, 'meanwhile')
  const check = () => new HostKeys(settingsFor(file, {})).check(keys.a)
  const write = (text: string) => writeFileSync(file, text)
  assert.throws(check, /is unknown/)
  write(`h ssh-ed25519 ${keys.a.toString('base64')}\n`)
  check()
  write(`x,h ssh-ed25519 ${keys.b.toString('base64')}\n`)
  assert.throws(check, /changed/)
  rmSync(file)
  assert.throws(check, /is unknown/)
})

test('hashed names among others, asked for again and in any order', ({ folder, keys }) => {
  const file = join(folder, 'many')
  const names = Array.from({ length: 20 }, (_, at) => `host${at}`)
  const key = (at: number) => (at % 2 === 0 ? keys.a : keys.b)
  const line = (name: string, at: number) => `${name} ssh-ed25519 ${key(at).toString('base64')}\n`
  writeFileSync(file, names.map(line).join(''))
  execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' })
  writeFileSync(file, `${readFileSync(file, 'utf8')}${line('host*,!host3', 0)}${line('host3', 0)}`)
  const types = (host: string) => new HostKeys(settingsFor(file, { host })).types.length
  for (const name of [...names.toReversed(), ...names]) assert.is(types(name), 2, name)
  assert.is(types('other'), 0)
  for (const [at, host] of names.entries()) new HostKeys(settingsFor(file, { host })).check(key(at))
  // The line of a changed key that is named is the first in the file.
  const changed = () => new HostKeys(settingsFor(file, { host: 'host3' })).check(keys.ecdsa)
  assert.throws(changed, /line 4 says/)
})

test('the types a host is known by', ({ folder, keys }) => {
  const file = join(folder, 'types')
  writeFileSync(file, `h ecdsa-sha2-nistp256 ${keys.ecdsa.toString('base64')}\n`)
  assert.equal(new HostKeys(settingsFor(file, {})).types, ['ecdsa-sha2-nistp256'])
})

test.run()
