import { existsSync, writeFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { virt_net } from '../../../src/modules/virtual/virt_net.ts'
import { virt_pool } from '../../../src/modules/virtual/virt_pool.ts'
import type { Module } from '../../../src/sdk/module.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { type Libvirt, startLibvirt } from '../../support/libvirt.ts'
import { CHECK, type Raw, rows } from '../../support/plan.ts'

const real = suite<{ hosts: Host[]; libvirt: Libvirt }>('virt_net and virt_pool: on hosts')

real.before(async (context) => {
  context.libvirt = await startLibvirt()
  context.hosts = await hosts()
})
real.after(async ({ hosts, libvirt }) => {
  for (const host of hosts) await host.close()
  await libvirt.stop()
})

/** A run, what check mode says of it before, and a look behind it that finds nothing. */
async function exactly(host: Host, module: Module, raw: Raw, changes: readonly unknown[][], again = changes) {
  const before = await applyModule(host.session, module, raw, CHECK)
  assert.equal([before.plan.failed, rows(before.plan)], [undefined, changes], JSON.stringify(raw))
  const { plan, result } = await applyModule(host.session, module, raw)
  assert.equal([plan.failed ?? result.failed, rows(plan)], [undefined, changes], JSON.stringify(raw))
  const after = await applyModule(host.session, module, raw, CHECK)
  assert.equal(rows(after.plan), again === changes ? [] : again, JSON.stringify(raw))
  return plan.result!
}

async function told(host: Host, module: Module, raw: Raw) {
  const { plan } = await applyModule(host.session, module, raw)
  assert.equal([plan.failed, plan.changes], [undefined, []], JSON.stringify(raw))
  return plan.result!
}

const NETWORK = (name: string) =>
  `<network><name>${name}</name><forward mode='route'/><bridge name='virbr7'/><domain name='lab.test'/>
<ip address='10.7.0.1' netmask='255.255.255.0'><dhcp><range start='10.7.0.10' end='10.7.0.20'/></dhcp></ip></network>`

const name = "odd '$x~ é"

real('a network is defined, started, told of, stopped and removed', async (context) => {
  const { uri, virsh } = context.libvirt
  for (const host of context.hosts) {
    const net = (raw: Raw, changes: readonly unknown[][]) =>
      exactly(host, virt_net, { uri, name, ...raw }, changes)
    const look = (raw: Raw) => told(host, virt_net, { uri, name, ...raw })
    const what = `network ${name}`
    const made = await net({ state: 'present', xml: NETWORK(name), autostart: true }, [
      [what, null, 'inactive'],
      [`autostart of ${what}`, false, true],
    ])
    assert.equal(made, { created: name })
    await net({ command: 'define', xml: NETWORK(name) }, [])
    await net({ state: 'active' }, [[what, 'inactive', 'active']])
    await net({ autostart: false }, [[`autostart of ${what}`, true, false]])
    const dhcp = (ip: string) => ({
      command: 'modify',
      xml: `<host mac='FC:C2:33:00:6c:3c' name='vm' ip='${ip}'/>`,
    })
    const of = `host fc:c2:33:00:6c:3c of ${what}`
    await net(dhcp('10.7.0.30'), [[of, null, 'vm 10.7.0.30']])
    await net(dhcp('10.7.0.31'), [[of, 'vm 10.7.0.30', 'vm 10.7.0.31']])
    assert.match(virsh('net-dumpxml', name, '--inactive'), /10\.7\.0\.31/)
    assert.equal(await look({ command: 'status' }), { status: 'active' })
    assert.match(String((await look({ command: 'get_xml' })).get_xml), /^<network[\s\S]*<\/network>\n$/)
    const { networks } = (await look({ command: 'info' })) as { networks: Record<string, object> }
    const { uuid, macaddress, ...facts } = networks[name] as Record<string, unknown>
    assert.equal(facts, {
      ...{ autostart: 'no', persistent: 'yes', state: 'active', bridge: 'virbr7', dhcp_leases: [] },
      ...{ forward_mode: 'route', domain: 'lab.test' },
    })
    assert.match(`${uuid} ${macaddress}`, /^[0-9a-f-]{36} [0-9a-f:]{17}$/)
    const { ansible_facts } = await look({ command: 'facts' })
    assert.equal(Object.keys((ansible_facts as Record<string, object>).ansible_libvirt_networks!), [name])
    assert.equal((await look({ command: 'list_nets', state: 'inactive' })).list_nets, [])
    assert.equal((await look({ command: 'list_nets' })).list_nets, [name])
    await net({ command: 'stop' }, [[what, 'active', 'inactive']])
    await net({ command: 'create' }, [[what, 'inactive', 'active']])
    await net({ state: 'absent' }, [[what, 'active', null]])
    await net({ state: 'inactive' }, [])
    assert.is(virsh('net-list', '--all', '--name').trim(), '')
  }
})

real('a storage pool is defined, built, started, told of and deleted', async (context) => {
  const { uri, virsh, folder } = context.libvirt
  const path = `${folder}/volumes`
  const xml = `<pool type='dir'><name>${name}</name><target><path>${path}</path></target></pool>`
  for (const host of context.hosts) {
    const pool = (raw: Raw, changes: readonly unknown[][], again?: readonly unknown[][]) =>
      exactly(host, virt_pool, { uri, name, ...raw }, changes, again ?? changes)
    const look = (raw: Raw) => told(host, virt_pool, { uri, name, ...raw })
    const what = `storage pool ${name}`
    await pool({ state: 'present', xml }, [[what, null, 'inactive']])
    const { result } = await applyModule(host.session, virt_pool, { uri, name, state: 'active' })
    assert.match(result.failed!, /Failed to start pool odd .*: .*No such file or directory/)
    await pool({ command: 'build' }, [[what, 'inactive', 'built']], [[what, 'inactive', 'built']])
    await pool({ state: 'active', autostart: true }, [
      [what, 'inactive', 'active'],
      [`autostart of ${what}`, false, true],
    ])
    writeFileSync(`${path}/a b.img`, 'x')
    await pool({ command: 'refresh' }, [[what, 'active', 'refreshed']], [[what, 'active', 'refreshed']])
    const { pools } = (await look({ command: 'info' })) as { pools: Record<string, object> }
    const { uuid, size_total, size_used, size_available, ...facts } = pools[name] as Record<string, unknown>
    assert.equal(facts, {
      ...{ status: 'running', autostart: 'yes', persistent: 'yes', state: 'active', type: 'dir', path },
      ...{ volume_count: 1, volumes: ['a b.img'] },
    })
    for (const size of [size_total, size_used, size_available]) assert.match(String(size), /^\d+$/)
    assert.match(String(uuid), /^[0-9a-f-]{36}$/)
    assert.equal(await look({ command: 'list_pools' }), { list_pools: [name] })
    await pool({ command: 'stop' }, [[what, 'active', 'inactive']])
    const stopped = (await look({ command: 'facts' })).ansible_facts as Record<string, Raw>
    assert.is((stopped.ansible_libvirt_pools![name] as Raw).volume_count, -1)
    await pool({ command: 'start' }, [[what, 'inactive', 'active']])
    const { result: full } = await applyModule(host.session, virt_pool, { uri, name, state: 'deleted' })
    assert.match(full.failed!, /Failed to delete pool odd .*: .*not empty/)
    assert.ok(existsSync(`${path}/a b.img`))
    virsh('pool-start', name)
    virsh('vol-delete', 'a b.img', '--pool', name)
    await pool({ state: 'deleted' }, [[what, 'active', null]])
    assert.not(existsSync(path))
  }
})

real('what is not there is said', async (context) => {
  const { uri } = context.libvirt
  for (const host of context.hosts) {
    const said = async (module: Module, raw: Raw) =>
      (await applyModule(host.session, module, { uri, name: 'no', ...raw })).plan.failed
    for (const [module, noun] of [
      [virt_net, 'network'],
      [virt_pool, 'storage pool'],
    ] as const) {
      assert.is(await said(module, { state: 'active' }), `${noun} no not found`)
      assert.is(await said(module, { command: 'start' }), `${noun} no not found`)
      assert.is(await said(module, { autostart: true }), `${noun} no not found`)
      assert.is(await said(module, { state: 'present' }), `${noun} 'no' not present, but xml not specified`)
    }
    const down = await said(virt_net, { uri: 'qemu+unix:///system?socket=/nowhere', command: 'info' }).catch(
      (error: Error) => error.message,
    )
    assert.match(down!, /\(libvirt does not run on this host, or not under this uri/)
  }
})

real.run()
