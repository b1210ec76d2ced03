import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { service_facts } from '../../../src/modules/services/service_facts.ts'
import type { ValueMap } from '../../../src/values/value.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, stateOf } from '../../support/plan.ts'

const test = suite('service_facts: on hosts')

let all: Host[] = []
let folder = ''
test.before(async () => {
  all = await hosts()
  folder = mkdtempSync(join(tmpdir(), 'programs-'))
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

test('on hosts with init scripts they are found, in check mode too', async () => {
  for (const { session } of all) {
    const { plan } = await applyModule(session, service_facts, {}, CHECK)
    const { services } = plan.result!.ansible_facts as { services: Record<string, ValueMap> }
    const scripts = Object.values(services).filter(({ source }) => source === 'sysv')
    assert.ok(scripts.length > 0)
    for (const [name, service] of Object.entries(services)) assert.is(service.name, name)
  }
})

const PROGRAMS: Record<string, string> = {
  'rc-status': 'echo "Runlevel: default"; echo " sshd   [  started  ]"',
  'rc-update': 'echo "  sshd | default"',
  chkconfig:
    '[ "$1" = --list ] && printf "sshd\\t0:off 1:off 2:on 3:on 4:on 5:on 6:off\\nno \\t0:off 3:off 6:off\\n"',
  service: '[ "$1 $2" = "sshd status" ]',
}

/** What the probe makes of a host with these programs and those of busybox. */
function servicesOf(names: readonly string[]): Record<string, ValueMap> {
  for (const name of names) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${PROGRAMS[name]}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  const script = service_facts.probe!({}, CHECK) as string
  for (const program of ['sed', 'tr']) {
    writeFileSync(join(folder, program), `#!/bin/sh\nexec /bin/busybox ${program} "$@"\n`, { mode: 0o755 })
  }
  const env = { PATH: folder, LC_ALL: 'C' }
  const printed = execFileSync('/bin/busybox', ['sh', '-c', script], { env, encoding: 'utf8' })
  const plan = service_facts.plan({}, stateOf(service_facts, {}, printed), CHECK)
  for (const name of names) rmSync(join(folder, name))
  return (plan.result!.ansible_facts as { services: Record<string, ValueMap> }).services
}

test('on hosts with OpenRC its services are found', () => {
  const sshd = { name: 'sshd', runlevels: ['default'], state: 'started', source: 'openrc' }
  assert.equal(servicesOf(['rc-status', 'rc-update', 'service']), { sshd })
})

test('on hosts with chkconfig each service is asked whether it runs', () => {
  assert.equal(servicesOf(['chkconfig', 'service']), {
    sshd: { name: 'sshd', state: 'running', status: 'enabled', source: 'sysv' },
    no: { name: 'no', state: 'stopped', status: 'disabled', source: 'sysv' },
  })
})

test.run()
