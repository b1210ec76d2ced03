import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { virt_domain } from '../../../src/modules/virtual/virt_domain/index.ts'
import { applied, said } from '../../support/applied.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { type Libvirt, startLibvirt } from '../../support/libvirt.ts'
import type { Raw } from '../../support/plan.ts'

const real = suite<{ hosts: Host[]; libvirt: Libvirt }>('virt_domain: on hosts')

real.before(async (context) => {
  context.libvirt = await startLibvirt()
  context.hosts = await hosts()
  const { folder, virsh } = context.libvirt
  writeFileSync(join(folder, 'guest.img'), bootSector())
  for (const name of ['one', 'two']) {
    const file = join(folder, `${name}.xml`)
    writeFileSync(file, `<network><name>${name}</name><bridge name='br-${name}'/></network>`)
    virsh('net-create', file)
    writeFileSync(join(folder, `${name}.iso`), Buffer.alloc(2048))
  }
})
real.after(async ({ hosts, libvirt }) => {
  for (const host of hosts) await host.close()
  await libvirt.stop()
})

/** A disk with a guest that powers off when it is asked to: it waits for the power button of ACPI. */
function bootSector(): Buffer {
  const code = [
    ...[0xfa, 0xba, 0x02, 0x06, 0xb8, 0x00, 0x01, 0xef], // Have the button told.
    ...[0xba, 0x00, 0x06, 0xf3, 0x90, 0xed, 0xf6, 0xc4, 0x01, 0x74, 0xf8], // Wait for it.
    ...[0xba, 0x04, 0x06, 0xb8, 0x00, 0x20, 0xef, 0xf4], // Power off.
  ]
  const sector = Buffer.alloc(4 << 20)
  sector.set(code)
  sector.set([0x55, 0xaa], 510)
  return sector
}

const name = "odd '$x~ é"
const domain = `domain ${name}`

/** A guest that hears what it is asked. */
const guest = ({ uri, folder }: Libvirt, more: Raw = {}) => ({
  ...{ uri, name, type: 'qemu', memory: 48, timeout: 120 },
  ...{ maxvcpus: 3, disks: [{ vdev: 'vda', target: join(folder, 'guest.img') }] },
  ...more,
})

real('a guest is defined, runs, changes, is paused, shut down and removed', async ({ hosts, libvirt }) => {
  const { virsh } = libvirt
  for (const host of hosts) {
    const change = async (raw: Raw, ...changes: readonly unknown[][]) =>
      assert.equal(await applied(host, virt_domain, guest(libvirt, raw)), changes, JSON.stringify(raw))
    await change(
      { autostart: true, vif: [{ network: 'one' }] },
      [domain, null, 'running'],
      [`autostart of ${name}`, false, true],
    )
    const mac = /([0-9a-f]{2}:){5}[0-9a-f]{2}/.exec(virsh('domiflist', name))![0]
    await change(
      { vcpus: 3, vif: [{ network: 'two' }] },
      [`vcpus of ${name}`, 1, 3],
      [`vif 0 network of ${name}`, 'one', 'two'],
    )
    assert.match(virsh('domiflist', name), new RegExp(`network +two .*${mac}`))
    await change({ state: 'paused' }, [domain, 'running', 'paused'])
    const drive = { vdev: 'hda', devtype: 'cdrom' }
    const disks = guest(libvirt).disks
    await change({ state: 'present', disks: [...disks, drive] }, [
      `disk hda of ${name} (needs a restart)`,
      null,
      'devtype=cdrom,format=raw,cache=default,discard=ignore,access=ro,bus=ide',
    ])
    assert.match(virsh('domstate', name), /paused/)
    const target = join(libvirt.folder, 'one.iso')
    await change(
      { disks: [...disks, { ...drive, target }] },
      [`disk hda target of ${name}`, null, target],
      [domain, 'paused', 'running'],
    )
    assert.ok(virsh('domblklist', name).includes(target))
    await change({ disks: [...disks, drive] }, [`disk hda target of ${name}`, target, null])
    await change(
      { state: 'shutdown', disks: [drive], autostart: false },
      [
        `disk vda of ${name}`,
        `devtype=disk,target=${disks[0]!.target},format=raw,cache=default,discard=ignore,access=rw,bus=virtio`,
        null,
      ],
      [domain, 'running', 'shutdown'],
      [`autostart of ${name}`, true, false],
    )
    assert.ok(virsh('dumpxml', '--inactive', name).includes(mac))
    await change({ state: 'absent' }, [domain, 'shutdown', null])
    assert.is(virsh('list', '--all', '--name').trim(), '')
  }
})

real('what cannot be done is a sentence, and the guest stays as it was', async ({ hosts, libvirt }) => {
  const { uri, virsh } = libvirt
  for (const { session } of hosts) {
    const run = (raw: Raw) => said(applyModule(session, virt_domain, { uri, name: 'deaf', ...raw }))
    assert.match(await run({}), /^there is no guest deaf: to define it, say its "memory"/)
    assert.is(await run({ state: 'shutdown' }), '')
    assert.match(
      await run({ type: 'qemu', memory: 32, machine: 'none' }),
      /^Failed to define domain from \/dev\/stdin: /,
    )
    assert.is(virsh('list', '--all', '--name').trim(), '')
    // Without a system it hears nothing.
    assert.is(await run({ type: 'qemu', memory: 32 }), '')
    const deaf = await run({ state: 'shutdown', timeout: 1 })
    assert.match(deaf, /^deaf has not shut down within 1 s: give it a longer "timeout"/)
    assert.match(virsh('domstate', 'deaf'), /running/)
    const { plan } = await applyModule(session, virt_domain, {
      ...{ uri, name: 'deaf' },
      cpus: '0',
      restart: false,
    })
    assert.equal(plan.warnings, ['cpus of deaf is all, not 0, until it is restarted'])
    assert.is(plan.result!.restart_needed, true)
    assert.is(await run({ state: 'destroyed', disks: [{ vdev: 'vda', target: '/nowhere/a.img' }] }), '')
    assert.match(await run({}), /Failed to start domain 'deaf': .*nowhere/)
    assert.is(await run({ state: 'absent' }), '')
    const down = await run({ uri: 'qemu+unix:///system?socket=/nowhere' })
    assert.match(down, /libvirt does not run on this host/)
  }
})

real.run()
