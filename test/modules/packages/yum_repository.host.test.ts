import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { yum_repository } from '../../../src/modules/packages/yum_repository/index.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, rows } from '../../support/plan.ts'

const test = suite('yum_repository: on hosts')

let all: Host[] = []
let reposdir = ''
test.before(async () => {
  reposdir = mkdtempSync(join(tmpdir(), 'playssh-yum-'))
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(reposdir, { recursive: true })
})

async function settled({ session }: Host, raw: Raw): Promise<void> {
  const check = await applyModule(session, yum_repository, raw, CHECK)
  assert.ok(check.plan.changes.length > 0, JSON.stringify(raw))
  const { plan, result } = await applyModule(session, yum_repository, raw)
  assert.equal([result.failed, rows(plan)], [undefined, rows(check.plan)])
  assert.equal((await applyModule(session, yum_repository, raw)).plan.changes, [], JSON.stringify(raw))
}

test('repositories come, change and go in one file', async () => {
  for (const host of all) {
    const file = `odd '"$x~ é`
    const path = join(reposdir, `${file}.repo`)
    const one = { name: 'one', description: 'é \'"$x', baseurl: ['http://a/', 'http://b/'], reposdir, file }
    await settled(host, { ...one, mode: '0640', owner: 'root' })
    await settled(host, { ...one, enabled: false })
    await settled(host, { ...one, name: 'two', mirrorlist: 'http://m/' })
    assert.is(statSync(path).mode & 0o777, 0o640)
    assert.match(readFileSync(path, 'utf8'), /^\[one\]\n[^[]*enabled = 0\n[^[]*\n\[two\]\n/)
    await settled(host, { name: 'one', reposdir, file, state: 'absent' })
    await settled(host, { name: 'two', reposdir, file, state: 'absent' })
    assert.equal(readdirSync(reposdir), [])
  }
})

test('a folder that is missing is a failure', async () => {
  for (const { session } of all) {
    const raw = { name: 'a', description: 'a', baseurl: 'http://a/', reposdir: join(reposdir, 'none') }
    assert.match(
      (await applyModule(session, yum_repository, raw)).plan.failed ?? '',
      /^Repo directory '.*' does not exist/,
    )
  }
})

test.run()
