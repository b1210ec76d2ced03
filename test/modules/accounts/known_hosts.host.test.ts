import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { known_hosts } from '../../../src/modules/accounts/known_hosts.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, rows } from '../../support/plan.ts'

const test = suite('known_hosts: on hosts')

let all: Host[] = []
let folder = ''
let keys: string[] = []
test.before(async () => {
  all = await hosts()
  const made = mkdtempSync(join(tmpdir(), 'keys '))
  keys = ['1', '2'].map((name) => {
    const path = join(made, name)
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', '', '-f', path])
    return readFileSync(`${path}.pub`, 'utf8').trim()
  })
  rmSync(made, { recursive: true })
})
test.after(async () => {
  for (const host of all) await host.close()
})
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'known '))
})
test.after.each(() => rmSync(folder, { recursive: true }))

test('a key is planned, added, found, replaced and removed, in a file of any name', async () => {
  for (const { session } of all) {
    for (const name of ['plain', '-odd \'\n" $x~']) {
      const path = join(folder, name)
      const run = async (raw: Raw, view = { check: false, diff: false }) =>
        rows((await applyModule(session, known_hosts, { path, name: 'a.b', ...raw }, view)).plan)
      const [first, second] = keys.map((key) => `a.b ${key}`)
      const planned = await run({ key: first }, CHECK)
      assert.not(existsSync(path), 'check writes nothing')
      assert.equal(await run({ key: first }), planned)
      assert.is(readFileSync(path, 'utf8'), `${first}\n`)
      assert.equal(await run({ key: first }), [])
      assert.equal(await run({ key: second }), [['key of a.b', first, second]])
      assert.is(readFileSync(path, 'utf8'), `${second}\n`)
      assert.equal(await run({ state: 'absent' }), [['key of a.b', second, null]])
      assert.equal(await run({ state: 'absent' }), [])
      assert.is(readFileSync(path, 'utf8'), '')
      rmSync(path)
    }
  }
})

test('a hashed name is one that ssh-keygen finds, and is left as it is', async () => {
  for (const { session } of all) {
    const path = join(folder, 'f')
    writeFileSync(path, `# \xff\nother ${keys[1]}`, 'latin1')
    const raw = { path, name: 'A.b', key: `a.b ${keys[0]}`, hash_host: true }
    const run = async (more: Raw = {}) => (await applyModule(session, known_hosts, { ...raw, ...more })).plan
    assert.is((await run()).changes.length, 1)
    assert.match(readFileSync(path, 'latin1'), /^# \xff\nother ssh-\S+ \S+\n\|1\|\S+ ssh-ed25519 \S+\n$/)
    assert.match(execFileSync('ssh-keygen', ['-F', 'a.b', '-f', path], { encoding: 'utf8' }), /found: line 3/)
    assert.equal((await run()).changes, [])
    assert.is((await run({ key: undefined, state: 'absent' })).changes.length, 1)
    assert.is(readFileSync(path, 'latin1'), `# \xff\nother ${keys[1]}\n`)
    const nowhere = await run({ path: join(folder, 'none/f') })
    assert.match(nowhere.failed ?? '', /there is no folder .*\/none/)
    rmSync(path)
  }
})

test.run()
