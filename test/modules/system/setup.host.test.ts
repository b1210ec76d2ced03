import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { setup } from '../../../src/modules/system/setup/index.ts'
import { factNames } from '../../../src/modules/system/setup/names.ts'
import { factsProbe } from '../../../src/modules/system/setup/probe.ts'
import type { ValueMap } from '../../../src/values/value.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { planOf } from '../../support/plan.ts'

const real = suite<{ hosts: Host[] }>('setup: on hosts')

real.before(async (context) => {
  context.hosts = await hosts()
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

real('everything that is promised is there, and nothing changes', async ({ hosts }) => {
  for (const { session } of hosts) {
    const { plan } = await applyModule(session, setup, {})
    assert.equal(plan.changes, [])
    const facts = plan.result!.ansible_facts as ValueMap
    const interfaces = facts.ansible_interfaces as string[]
    const missing = factNames.filter((name) => !(name in facts) && !/ssh_host_key|minor_version/.test(name))
    assert.equal(missing, [])
    const known = new Set([...factNames, 'gather_subset', 'module_setup', 'discovered_interpreter_python'])
    for (const name of interfaces) known.add(`ansible_${name.replaceAll('-', '_')}`)
    assert.equal(
      Object.keys(facts).filter((name) => !known.has(name)),
      [],
    )
    assert.is(facts.ansible_nodename, hostname())
    assert.is(facts.ansible_is_chroot, false)
    assert.ok(Number(facts.ansible_memtotal_mb) > 0)
    assert.ok(Number(facts.ansible_processor_nproc) > 0)
    assert.ok((facts.ansible_mounts as ValueMap[]).some(({ mount }) => mount === '/'))
    assert.is((facts.ansible_lo as ValueMap).type, 'loopback')
    assert.equal((facts.ansible_lo as { ipv4: ValueMap }).ipv4.address, '127.0.0.1')
    assert.ok(Math.abs(Number((facts.ansible_date_time as ValueMap).epoch) - Date.now() / 1000) < 60)
  }
})

real('who asks and what machine it is, as id and uname say', () => {
  const script = factsProbe(new Set(['min']), '/none')
  for (const sh of [['dash'], ['busybox', 'sh']]) {
    for (const as of [
      ['setpriv', '--reuid=1', '--regid=2', '--clear-groups'],
      ['setpriv', '--reuid=4242', '--regid=4243', '--clear-groups', 'setarch', 'linux32'],
    ]) {
      const run = (...words: string[]) =>
        execFileSync(as[0]!, [...as.slice(1), ...words], {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'ignore'],
        })
      const facts = planOf(setup, { gather_subset: '!all' }, run(...sh, '-c', script)).result!
        .ansible_facts as ValueMap
      assert.is(facts.ansible_user_id, run('sh', '-c', 'id -un; :').trim())
      assert.is(facts.ansible_user_uid, Number(run('id', '-u')))
      assert.is(facts.ansible_user_gid, Number(run('id', '-g')))
      assert.is(facts.ansible_machine, run('uname', '-m').trim())
    }
  }
})

real('facts are read from a folder of the host', async ({ hosts }) => {
  const folder = mkdtempSync(join(tmpdir(), "playssh-it's "))
  mkdirSync(join(folder, 'facts'))
  writeFileSync(join(folder, 'facts', 'a b.fact'), '{"x": "=="}')
  writeFileSync(join(folder, 'facts', 'run.fact'), '#!/bin/sh\necho "[s]"; echo n=1\n', { mode: 0o755 })
  for (const { session } of hosts) {
    const raw = { fact_path: join(folder, 'facts'), gather_subset: ['!all'], filter: 'ansible_local' }
    const { plan } = await applyModule(session, setup, raw)
    assert.equal(plan.result, {
      ansible_facts: { ansible_local: { 'a b': { x: '==' }, run: { s: { n: '1' } } } },
    })
  }
  rmSync(folder, { recursive: true })
})

real.run()
