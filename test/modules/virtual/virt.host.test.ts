import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { virt } from '../../../src/modules/virtual/virt/index.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { type Libvirt, startLibvirt } from '../../support/libvirt.ts'
import { CHECK, type Raw, rows } from '../../support/plan.ts'

const real = suite<{ hosts: Host[]; libvirt: Libvirt }>('virt: on hosts')

real.before(async (context) => {
  context.libvirt = await startLibvirt()
  context.hosts = await hosts()
})
real.after(async ({ hosts, libvirt }) => {
  for (const host of hosts) await host.close()
  await libvirt.stop()
})

const XML = (name: string, more = '', memory = '32', devices = '') => `<domain type='qemu'>
  <name>${name}</name>${more}
  <memory unit='MiB'>${memory}</memory>
  <vcpu>1</vcpu>
  <os><type arch='x86_64' machine='pc'>hvm</type></os>
  <devices><serial type='pty'/>${devices}
    <graphics type='vnc' passwd='secret' listen='127.0.0.1'/></devices>
</domain>`
const DISK = `<disk type='file' device='disk'><driver name='qemu' type='raw'/>
  <source file='/nowhere/a.img'/><target dev='vda' bus='virtio'/></disk>`

/** A run, what check mode says of it before, and a look behind it that finds nothing. */
async function exactly(host: Host, raw: Raw, changes: readonly unknown[][]) {
  const before = await applyModule(host.session, virt, raw, CHECK)
  assert.equal([before.plan.failed, rows(before.plan)], [undefined, changes], JSON.stringify(raw))
  const { plan, result } = await applyModule(host.session, virt, raw)
  assert.equal([plan.failed ?? result.failed, rows(plan)], [undefined, changes], JSON.stringify(raw))
  const after = await applyModule(host.session, virt, raw, CHECK)
  return { plan, result, after: rows(after.plan) }
}

const name = "odd '$x~ é"

real('a guest is defined, runs, is paused, stopped and removed', async (context) => {
  const { uri, virsh } = context.libvirt
  for (const host of context.hosts) {
    const change = async (raw: Raw, changes: readonly unknown[][]) => {
      const { after } = await exactly(host, { uri, ...raw }, changes)
      assert.equal(after, [])
    }
    const domain = `domain ${name}`
    await change({ command: 'define', xml: XML(name), autostart: true }, [
      [domain, null, 'defined'],
      [`autostart of ${name}`, null, true],
    ])
    assert.match(virsh('dominfo', name), /Autostart: +enable/)
    await change({ name, state: 'running', autostart: false }, [
      [`autostart of ${name}`, true, false],
      [domain, 'shutdown', 'running'],
    ])
    await change({ name, state: 'paused' }, [[domain, 'running', 'paused']])
    await change({ name, state: 'running' }, [[domain, 'paused', 'running']])
    await change({ guest: name, command: 'pause' }, [[domain, 'running', 'paused']])
    await change({ guest: name, command: 'unpause' }, [[domain, 'paused', 'running']])
    await exactly(host, { uri, name, state: 'shutdown' }, [[domain, 'running', 'shutdown']])
    await change({ name, state: 'destroyed' }, [[domain, 'running', 'destroyed']])
    await change({ name, command: 'start' }, [[domain, 'shutdown', 'running']])
    await change({ name, command: 'destroy' }, [[domain, 'running', 'destroyed']])
    await exactly(host, { uri, name, command: 'undefine' }, [[domain, 'shutdown', null]])
    assert.is(virsh('list', '--all', '--name').trim(), '')
  }
})

real('a description with the UUID of a guest changes it, one without leaves it', async (context) => {
  const { uri, virsh } = context.libvirt
  const uuid = '<uuid>7D92C7B3c1344eb28028deb09936b626</uuid>'
  for (const host of context.hosts) {
    const define = (xml: string) => ({ uri, command: 'define', xml })
    await exactly(host, define(XML('g', uuid)), [['domain g', null, 'defined']])
    const more = await exactly(host, define(XML('g', uuid, '48', DISK)), [
      ['memory of g', '32768 KiB', '49152 KiB'],
      [
        'disk vda of g',
        null,
        '<disk type="file" device="disk"><driver name="qemu" type="raw"/><source file="/nowhere/a.img"/><target dev="vda" bus="virtio"/></disk>',
      ],
    ])
    assert.equal(more.after, [])
    assert.is(more.plan.result!.change_reason, 'config changed')
    const less = await exactly(host, define(XML('g', uuid, '48')), [
      [
        'disk vda of g',
        '<disk type="file" device="disk"><driver name="qemu" type="raw"/><source file="/nowhere/a.img"/><target dev="vda" bus="virtio"/><address type="pci" domain="0x0000" bus="0x00" slot="0x03" function="0x0"/></disk>',
        null,
      ],
    ])
    assert.equal(less.after, [])
    const other = await exactly(host, define(XML('g', '', '64')), [])
    assert.match(other.plan.warnings!.join(), /g differs from its description \(memory\) and stays as it is/)
    assert.match(virsh('dominfo', 'g'), /Max memory: +49152 KiB/)
    // A guest that cannot be started keeps its state, and says why.
    await exactly(host, define(XML('g', uuid, '48', DISK)), [
      [
        'disk vda of g',
        null,
        '<disk type="file" device="disk"><driver name="qemu" type="raw"/><source file="/nowhere/a.img"/><target dev="vda" bus="virtio"/></disk>',
      ],
    ])
    const { result } = await applyModule(host.session, virt, { uri, name: 'g', state: 'running' })
    assert.match(result.failed!, /Failed to start domain 'g': .*\/nowhere\/a.img/)
    assert.match(virsh('domstate', 'g'), /shut off/)
    virsh('undefine', 'g')
  }
})

real('what there is, is told in names of Ansible', async (context) => {
  const { uri, virsh } = context.libvirt
  for (const host of context.hosts) {
    const told = async (raw: Raw) => (await applyModule(host.session, virt, { uri, ...raw })).plan.result!
    assert.equal(await told({ command: 'list_vms' }), { list_vms: [] })
    assert.equal(await told({ command: 'info' }), {})
    await applyModule(host.session, virt, { uri, command: 'define', xml: XML('a b') })
    await applyModule(host.session, virt, { uri, command: 'define', xml: XML('c') })
    await applyModule(host.session, virt, { uri, name: 'c', state: 'running' })
    assert.equal((await told({ command: 'list_vms' })).list_vms, ['c', 'a b'])
    assert.equal((await told({ command: 'list_vms', state: 'running' })).list_vms, ['c'])
    const info = { state: 'shutdown', maxMem: '32768', memory: '32768', nrVirtCpu: 1, autostart: 0 }
    assert.equal((await told({ command: 'info' }))['a b'], { ...info, cpuTime: '0' })
    assert.equal(await told({ command: 'status', name: 'c' }), { status: 'running' })
    assert.match(String((await told({ command: 'get_xml', name: 'c' })).get_xml), /^<domain type='qemu' id=/)
    assert.equal(await told({ command: 'virttype' }), { virttype: 'QEMU' })
    assert.ok(Number((await told({ command: 'freemem' })).freemem) > 0)
    assert.match(String((await told({ command: 'nodeinfo' })).phymemory), /^[1-9]\d*$/)
    virsh('destroy', 'c')
    for (const name of ['c', 'a b']) virsh('undefine', name)
  }
})

real('a guest or a server that is not there is said', async (context) => {
  for (const host of context.hosts) {
    const said = async (raw: Raw) => {
      const { plan, result } = await applyModule(host.session, virt, raw)
      return plan.failed ?? result.failed
    }
    const { uri } = context.libvirt
    assert.is(await said({ uri, name: 'no', state: 'running' }), 'virtual machine no not found')
    assert.is(await said({ uri, name: 'no', autostart: true }), 'domain no not found')
    assert.is(await said({ uri, name: 'no', command: 'status' }), 'virtual machine no not found')
    const down = await said({
      uri: 'qemu+unix:///system?socket=/nowhere',
      name: 'a',
      state: 'running',
    }).catch((error: Error) => error.message)
    assert.match(
      down!,
      /No such file or directory \(libvirt does not run on this host, or not under this uri/,
    )
    assert.match(
      (await said({ uri, command: 'define', xml: "<domain type='qemu'><name>x</name></domain>" }))!,
      /^Failed to define domain from \/dev\/stdin: /,
    )
  }
})

real.run()
