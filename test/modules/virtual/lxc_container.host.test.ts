import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lxc_container } from '../../../src/modules/virtual/lxc_container/index.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, RUN, rows } from '../../support/plan.ts'

const test = suite('lxc_container: hosts')

let all: Host[]
let folder: string
test.before(async () => {
  all = await hosts()
  folder = mkdtempSync(join(tmpdir(), 'playssh-lxc-'))
})
test.after(async () => {
  for (const { name, session } of all)
    for (const one of [name, `${name}-copy`])
      await applyModule(session, lxc_container, { name: one, lxc_path: folder, state: 'absent' })
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

/** A container of busybox; check finds before what is done, and nothing after it. */
async function apply({ name, session }: Host, raw: object) {
  const given = { name, lxc_path: folder, template: 'busybox', vif: [], timeout: 0, ...raw }
  const checked = await applyModule(session, lxc_container, given, CHECK)
  const ran = await applyModule(session, lxc_container, given, RUN)
  assert.is(ran.result.failed, undefined)
  assert.equal(rows(ran.plan), rows(checked.plan))
  return rows(ran.plan)
}

const again = async (host: Host, raw: object) => {
  const done = await apply(host, raw)
  assert.equal(await apply(host, raw), [])
  return done
}

const told = (name: string) =>
  execFileSync('lxc-info', ['-P', folder, '-n', name, '-H', '-s'], { encoding: 'utf8' }).trim()

test('a container is made, changed while it runs, restarted, copied, and taken away', async () => {
  for (const host of all) {
    const { name } = host
    const odd = `lxc.environment = ODD=it's "$x" \\ é`
    assert.equal(await again(host, { memory: 64, container_config: [odd], autostart: true }), [
      [`container ${name}`, null, 'running'],
    ])
    assert.is(told(name), 'RUNNING')
    assert.ok(readFileSync(join(folder, name, 'config'), 'utf8').includes(`\n${odd}\n`))
    const raw = { memory: 48, container_config: ['lxc.tty.max = 3'] }
    assert.equal(
      (await again(host, raw)).map(([what]) => what),
      [`memory of ${name}`, `lxc.tty.max of ${name} (needs a restart)`],
    )
    assert.equal(await again(host, { ...raw, memory: 40 }), [
      [`memory of ${name}`, String(48 * 1024 * 1024), String(40 * 1024 * 1024)],
    ])
    const { result } = await applyModule(host.session, lxc_container, {
      ...{ name, lxc_path: folder, container_command: 'echo "it\'s $0"; exit 3' },
    })
    assert.is(result.result!.rc, 3)
    assert.match(result.result!.stdout as string, /^it's /)
    await again(host, { state: 'stopped', clone_name: `${name}-copy` })
    assert.is(told(`${name}-copy`), 'STOPPED')
    await again(host, { state: 'absent' })
    assert.not.ok(existsSync(join(folder, name)))
  }
})

test('what cannot be made or started is a sentence, and nothing half made is left', async () => {
  for (const { name, session } of all) {
    const run = (raw: object) =>
      applyModule(session, lxc_container, { name: `${name}-bad`, lxc_path: folder, ...raw })
    assert.match((await run({ template: 'none-such' })).result.failed!, /none-such/)
    assert.not.ok(existsSync(join(folder, `${name}-bad`)))
    const unbridged = await run({ template: 'busybox', vif: [{ bridge: 'nobr0' }] })
    assert.match(unbridged.result.failed!, /bridge interface doesn't exist/)
    await run({ state: 'absent' })
  }
})

test.run()
