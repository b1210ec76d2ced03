import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { virt_domain } from '../../../src/modules/virtual/virt_domain/index.ts'
import { xmlOf, xmlText } from '../../../src/modules/virtual/xml.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const field = (code: number, said: string) => `${code}\n${said}\0`
const HOST = '0\0x86_64\0'
const GONE = field(1, "error: failed to get domain 'g'")
const NONE = GONE.repeat(3) + HOST

// As virsh 9.0 prints them.
const XML = `<domain type='kvm'>
  <name>g</name>
  <uuid>7d92c7b3-c134-4eb2-8028-deb09936b626</uuid>
  <memory unit='KiB'>65536</memory>
  <currentMemory unit='KiB'>65536</currentMemory>
  <vcpu placement='static' cpuset='0-1'>2</vcpu>
  <os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type><boot dev='hd'/></os>
  <cpu mode='host-passthrough' check='none'/>
  <on_poweroff>destroy</on_poweroff>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <disk type='block' device='disk'><driver name='qemu' type='raw'/><source dev='/dev/vg/g'/>
      <target dev='vda' bus='virtio'/><address type='pci' slot='0x03'/></disk>
    <controller type='usb' index='0'/>
    <interface type='bridge'><mac address='52:54:00:00:00:01'/><source bridge='br0'/><model type='virtio'/></interface>
    <graphics type='vnc' port='-1' autoport='yes' passwd='x&amp;"y' listen='127.0.0.1'><listen type='address' address='127.0.0.1'/></graphics>
  </devices>
</domain>`
const guest = (state = 'shut off', xml = XML, running = xml) =>
  field(
    0,
    `Id:             ${state === 'shut off' ? '-' : '3'}\nUUID:           7d92\nState:          ${state}\nPersistent:     yes\nAutostart:      disable`,
  ) +
  field(0, xml) +
  field(0, running) +
  HOST

const plans = suite('virt_domain: plan')

/** What is sent to libvirt to be defined. */
async function defined(raw: Raw, found: string): Promise<string> {
  const action = planOf(virt_domain, { name: 'g', ...raw }, found).actions?.[0]
  return action?.do === 'send' ? String(action.content.text()) : ''
}

for (const [raw, changes, expected] of [
  [{ memory: 64, vcpus: 2, cpus: '0,1', type: 'kvm', machine: 'pc', arch: 'x86_64' }, [], ''],
  [{ cpu: 'host-passthrough', boot: ['hd'], on_poweroff: 'destroy', vnc: true, firmware: 'bios' }, [], ''],
  [
    { vif: [{ bridge: 'br0', mac: '52:54:00:00:00:01' }], disks: [{ vdev: 'vda', target: '/dev/vg/g' }] },
    [],
    '',
  ],
  [{ memory: 128 }, [['memory of g', '64 MiB', '128 MiB']], '<memory unit="KiB">131072</memory>'],
  [
    { maxmem: 128 },
    [['maxmem of g', '64 MiB', '128 MiB']],
    '<currentMemory unit="KiB">65536</currentMemory>',
  ],
  [
    { vcpus: 1, maxvcpus: 4 },
    [
      ['maxvcpus of g', 2, 4],
      ['vcpus of g', 2, 1],
    ],
    'current="1">4</vcpu>',
  ],
  [{ cpus: '0-3,^1' }, [['cpus of g', '0-1', '0,2-3']], 'cpuset="0,2-3"'],
  [{ type: 'qemu' }, [['type of g', 'kvm', 'qemu']], '<domain type="qemu">'],
  [{ machine: 'q35' }, [['machine of g', 'pc-i440fx-7.2', 'q35']], 'machine="q35"'],
  [{ firmware: 'uefi' }, [['firmware of g', 'bios', 'uefi']], '<os firmware="efi">'],
  [
    { cpu: 'qemu64' },
    [['cpu of g', 'host-passthrough', 'qemu64']],
    '<model fallback="forbid">qemu64</model>',
  ],
  [{ boot: ['network', 'hd'] }, [['boot of g', 'hd', 'network hd']], '<boot dev="network"/>'],
  [{ kernel: '/k<&', cmdline: '' }, [['kernel of g', null, '/k<&']], '<kernel>/k&lt;&amp;</kernel>'],
  [{ on_reboot: 'destroy' }, [['on_reboot of g', null, 'destroy']], '<on_reboot>destroy</on_reboot>'],
  [{ vncdisplay: 3 }, [['vncdisplay of g', null, 3]], 'port="5903" autoport="no" passwd="x&amp;&quot;y"'],
  [{ vif: [{ network: 'n' }] }, [['vif 0 network of g', null, 'n']], '<mac address="52:54:00:00:00:01"/>'],
  [{ vif: [] }, [['vif 0 of g', 'bridge=br0,mac=52:54:00:00:00:01,model=virtio', null]], '<controller'],
  [
    { disks: [{ vdev: 'vda', target: '/dev/vg/g', access: 'ro' }] },
    [['disk vda access of g', 'rw', 'ro']],
    'slot="0x03"',
  ],
  [
    { disks: [{ vdev: 'vda', target: '/x.qcow2', format: 'qcow2' }] },
    [
      ['disk vda target of g', '/dev/vg/g', '/x.qcow2'],
      ['disk vda format of g', 'raw', 'qcow2'],
    ],
    '<source file="/x.qcow2"/>',
  ],
] as const)
  plans(`${JSON.stringify(raw)} changes a guest in that, and in nothing else`, async () => {
    const wanted = { state: 'present', ...raw }
    assert.equal(rows(planOf(virt_domain, { name: 'g', ...wanted }, guest())), changes)
    const text = await defined(wanted, guest())
    assert.ok(text.includes(expected), text)
    if (text !== '')
      assert.equal(rows(planOf(virt_domain, { name: 'g', ...wanted }, guest('shut off', text))), [])
  })

plans('a new guest has what is said and what every one has', async () => {
  const raw = {
    memory: 64,
    arch: 'x86_64',
    machine: 'q35',
    disks: [{ vdev: 'vda', target: '/a' }],
    vif: [{ bridge: 'b' }],
  }
  assert.equal(rows(planOf(virt_domain, { name: 'g', ...raw }, NONE)), [['domain g', null, 'running']])
  const text = await defined(raw, NONE)
  for (const part of [
    '<domain type="qemu">',
    '<name>g</name>',
    'machine="q35"',
    '<source file="/a"/>',
    '<source bridge="b"/>',
    '<apic/>',
  ])
    assert.ok(text.includes(part), part)
  assert.equal(
    rows(planOf(virt_domain, { name: 'g', state: 'present', ...raw }, guest('shut off', text))),
    [],
  )
  assert.match(planOf(virt_domain, { name: 'g' }, NONE).failed!, /^there is no guest g: /)
  assert.equal(rows(planOf(virt_domain, { name: 'g' }, NONE, CHECK)), [['domain g', null, 'running']])
  assert.equal(rows(planOf(virt_domain, { name: 'g', state: 'absent' }, NONE)), [])
})

plans('a diff shows both descriptions without passwords', () => {
  const view = { check: false, diff: true }
  const { text } = planOf(virt_domain, { name: 'g', memory: 32 }, guest(), view).changes[0]!
  assert.ok(text!.before.includes('65536') && text!.after.includes('32768'))
  assert.not.match(text!.before + text!.after, /x&amp;/)
})

plans('a running guest takes what it can, is restarted for the rest, or told of by a warning', () => {
  const scripts = (raw: Raw, found: string) =>
    (planOf(virt_domain, { name: 'g', ...raw }, found).actions ?? []).map((action) =>
      'script' in action ? action.script : '',
    )
  assert.match(scripts({ memory: 32 }, guest('running')).join(), / setmem .*--live/)
  assert.match(scripts({ vcpus: 1 }, guest('running')).join(), / setvcpus .*--count=1'? --live/)
  assert.match(scripts({ memory: 128 }, guest('running')).join(), / shutdown [\s\S]* start /)
  const restarted = XML.replace('</name>', '</name><description>x</description>').replace(
    /<on_poweroff>destroy/,
    '<on_poweroff>restart',
  )
  assert.match(
    planOf(virt_domain, { name: 'g', memory: 128 }, guest('running', restarted)).failed!,
    /starts again by itself/,
  )
  const left = planOf(
    virt_domain,
    { name: 'g', boot: ['hd'], restart: false },
    guest('running', XML, XML.replace("'hd'", "'cdrom'")),
  )
  assert.equal([left.changes, left.warnings], [[], ['boot of g is cdrom, not hd, until it is restarted']])
})

plans('wrong arguments are named', () => {
  const said = (raw: Raw) => problemsOf(virt_domain, { name: 'g', ...raw })
  assert.equal(said({ memory: 0, vcpus: 3, maxvcpus: 2 }), [
    'memory: at least 1',
    'vcpus is more than maxvcpus',
  ])
  assert.equal(said({ cpus: '0;1', kernel: 'a', boot: [] }), [
    'cpus: "0;1" is none',
    'kernel: give a whole path',
    'boot: name what it boots from',
  ])
  assert.equal(said({ disks: [{ vdev: 'x' }, { vdev: 'vda', target: '/a', size: 1 }] }), [
    'disks: disk 0: "x" cannot be a vdev',
    'disks: disk 0 needs a target',
    'disks: disk 1 has no "size": vdev, target, format, access, devtype, bus, cache and discard are known',
  ])
  assert.equal(said({ vif: [{}, { bridge: 'a', network: 'b' }] }), [
    'vif: interface 0 needs a bridge or a network',
    'vif: interface 1 is on a bridge or on a network, not on both',
  ])
  assert.equal(said({ name: '12', vnc: false, vnclisten: 'x y' }).length, 3)
})

plans('a description is written as it was read', () => {
  const text = xmlText(xmlOf(XML))
  assert.equal(xmlOf(text), xmlOf(XML))
})

plans.run()
