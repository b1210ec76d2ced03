import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { tempfile } from '../../../src/modules/files/tempfile.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

const test = suite('tempfile: on hosts')

let all: Host[] = []
let folder = ''

test.before(async () => {
  all = await hosts()
  folder = mkdtempSync(join(tmpdir(), 'tempfile '))
  chmodSync(folder, 0o755)
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

/** What the module makes below `path` on a host. */
async function made(host: Host, raw: Record<string, unknown>) {
  const { result } = await applyModule(host.session, tempfile, { path: folder, ...raw })
  return result
}

test('each run makes another one, which its user alone may read', async () => {
  for (const host of all) {
    for (const [state, mode] of [
      ['file', '0600'],
      ['directory', '0700'],
    ]) {
      const odd = { state, prefix: `-odd '\n" $x~`, suffix: '.$(b)' }
      const results = [await made(host, odd), await made(host, odd)]
      const paths = results.map(({ result }) => String(result!.path))
      assert.is.not(paths[0], paths[1])
      for (const [index, path] of paths.entries()) {
        assert.match(path.slice(folder.length), /^\/-odd '\n" \$x~[a-z0-9_]{8}\.\$\(b\)$/)
        assert.is(statSync(path).isDirectory(), state === 'directory')
        assert.is(results[index]!.result!.mode, mode)
        assert.is(results[index]!.result!.state, state)
      }
    }
  }
})

test('it lies in the folder for such things if none is named', async () => {
  for (const { session } of all) {
    const { result } = await applyModule(session, tempfile, {})
    const path = String(result.result!.path)
    assert.match(path, /^\/.*\/ansible\.[a-z0-9_]{8}$/)
    rmSync(path)
  }
})

test('nothing is made under check, nor where there is no folder', async () => {
  const before = readdirSync(folder)
  for (const host of all) {
    await applyModule(host.session, tempfile, { path: folder }, CHECK)
    const { failed } = await made(host, { path: join(folder, 'none') })
    assert.match(failed!, /^cannot make anything in .*none$/)
  }
  assert.equal(readdirSync(folder), before)
})

test.run()
