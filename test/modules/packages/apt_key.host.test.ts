import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { apt_key } from '../../../src/modules/packages/apt_key.ts'
import { keysIn } from '../../../src/modules/packages/openpgp.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw, rows } from '../../support/plan.ts'

const test = suite('apt_key: on hosts')

const home = mkdtempSync(join(tmpdir(), 'playssh-gpg-'))
const gpg = (...words: string[]) =>
  execFileSync('gpg', ['--homedir', home, '--batch', '--quiet', '--passphrase', '', ...words], {
    stdio: ['ignore', 'pipe', 'ignore'],
  })

let all: ApartHost[] = []
let key = ''
let fingerprint = ''
test.before(async () => {
  gpg('--quick-generate-key', 'playssh one', 'rsa1024', 'default', 'never')
  key = gpg('--armor', '--export', 'playssh one').toString()
  fingerprint = keysIn(Buffer.from(key), Date.now() / 1000)[0]!.fingerprint
  all = await apartHosts(
    'rm -rf /etc/apt/trusted.gpg /etc/apt/trusted.gpg.d; mkdir -p /etc/apt/trusted.gpg.d',
  )
})
test.after(async () => {
  for (const host of all) await host.close()
  execFileSync('gpgconf', ['--homedir', home, '--kill', 'all'])
  rmSync(home, { recursive: true, force: true })
})

test('keys are read as gpg reads them', () => {
  gpg('--quick-generate-key', 'playssh two', 'ed25519', 'sign', '2d')
  gpg(
    '--faked-system-time',
    '20200101T000000',
    '--quick-generate-key',
    'playssh old',
    'rsa1024',
    'sign',
    '1d',
  )
  const list = gpg('--list-keys', '--with-colons').toString().split('\n')
  const expected: [string, boolean][] = []
  let isExpired = false
  for (const line of list) {
    const fields = line.split(':')
    if (fields[0] === 'pub' || fields[0] === 'sub') isExpired = fields[1] === 'e'
    if (fields[0] === 'fpr') expected.push([fields[9]!, isExpired])
  }
  const found = keysIn(gpg('--export'), Date.now() / 1000)
  assert.equal(
    found.map(({ fingerprint, isExpired }) => [fingerprint, isExpired]),
    expected,
  )
  assert.is(expected.filter(([, expired]) => expired).length, 1)
})

async function settled({ session }: ApartHost, raw: Raw): Promise<void> {
  const check = await applyModule(session, apt_key, raw, CHECK)
  assert.is(check.plan.changes.length, 1, JSON.stringify(raw))
  const { plan, result } = await applyModule(session, apt_key, raw)
  assert.equal([result.failed, rows(plan)], [undefined, rows(check.plan)])
  assert.ok(Array.isArray(result.result?.after))
  assert.equal((await applyModule(session, apt_key, raw)).plan.changes, [], JSON.stringify(raw))
}

test('a key comes and goes: as data, from a file, from a server', async () => {
  const file = join(home, 'odd $x\'"é.asc')
  writeFileSync(file, key)
  const server = createServer((request, response) => {
    response.statusCode = request.url === '/key' ? 200 : 404
    response.end(request.url === '/key' ? key : 'nothing')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    for (const host of all) {
      const ring = { keyring: '/etc/apt/trusted.gpg.d/my.gpg' }
      for (const raw of [{ data: key }, { file }, { url: `${url}/key` }, { data: key, ...ring }]) {
        await settled(host, raw)
        const id = { id: `0x${fingerprint}` }
        assert.equal((await applyModule(host.session, apt_key, { ...raw, ...id })).plan.changes, [])
        await settled(host, { ...('keyring' in raw ? ring : {}), ...id, state: 'absent' })
      }
      await settled(host, { url: `${url}/key`, id: fingerprint.slice(-8) })
      await settled(host, { id: fingerprint.slice(-8), state: 'absent' })
      const gone = { url: `${url}/none` }
      assert.match(
        (await applyModule(host.session, apt_key, gone)).plan.failed ?? '',
        /^Failed to download key at .*404/,
      )
      const { result } = await applyModule(host.session, apt_key, { ...gone, id: fingerprint })
      assert.match(result.failed ?? '', /^Failed to download key at .*404/)
    }
  } finally {
    server.close()
  }
})

test('a host without gpg is told what is missing', async () => {
  for (const { session, run } of all) {
    run('mount --bind /dev/null "$(command -v gpg)"')
    const { plan } = await applyModule(session, apt_key, { id: fingerprint, state: 'absent' })
    assert.match(plan.failed ?? '', /Failed to find required executable "gpg" on this host: install gnupg/)
  }
})

test.run()
