import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { gem } from '../../../src/modules/packages/gem.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, rows } from '../../support/plan.ts'

const test = suite('gem: on hosts')

let all: Host[] = []
let folder = ''
test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'playssh-gem-'))
  for (const version of ['1.0', '2.0']) {
    const fields = { name: 'playssh-test', version, summary: 'a', authors: ['a'], files: [] }
    const lines = Object.entries(fields).map(([name, value]) => `s.${name} = ${JSON.stringify(value)}`)
    writeFileSync(join(folder, 'a.gemspec'), `Gem::Specification.new do |s|\n${lines.join('\n')}\nend\n`)
    execFileSync('gem', ['build', '-q', 'a.gemspec'], { cwd: folder, stdio: 'ignore' })
  }
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

async function settled({ session }: Host, raw: Raw): Promise<void> {
  const check = await applyModule(session, gem, raw, CHECK)
  assert.equal([check.plan.changes.length, check.plan.failed], [1, undefined], JSON.stringify(raw))
  const { plan, result } = await applyModule(session, gem, raw)
  assert.equal([result.failed, rows(plan)], [undefined, rows(check.plan)])
  assert.equal((await applyModule(session, gem, raw)).plan.changes, [], JSON.stringify(raw))
}

test('a gem comes and goes', async () => {
  for (const host of all) {
    const raw = {
      name: 'playssh-test',
      ...{ install_dir: join(folder, `odd $x'é-${host.name}`), user_install: false },
    }
    await settled(host, { ...raw, gem_source: join(folder, 'playssh-test-1.0.gem') })
    const missing = await applyModule(host.session, gem, {
      ...raw,
      name: 'playssh-none',
      repository: 'http://127.0.0.1:9/',
    })
    assert.ok(missing.result.failed)
    await settled(host, { ...raw, state: 'absent', version: '1.0' })
    await settled(host, { ...raw, gem_source: join(folder, 'playssh-test-2.0.gem') })
    await settled(host, { ...raw, state: 'absent' })
  }
})

test('a host without gem is told so', async () => {
  for (const { session } of all) {
    const { plan } = await applyModule(session, gem, { name: 'a', executable: 'gem-of-nobody' })
    assert.match(plan.failed ?? '', /executable "gem-of-nobody"/)
  }
})

test.run()
