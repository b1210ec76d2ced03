/** What libxl of Xen 4.17 makes of a configuration (`xl create -n`), as it printed it. */
export const WANTED = {
  c_info: {
    type: 'pv',
    name: 'g1',
    uuid: '5f636696-0f76-4080-a61e-48fcd203690c',
    run_hotplug_scripts: 'True',
  },
  b_info: {
    max_vcpus: 2,
    avail_vcpus: [0],
    vcpu_hard_affinity: [[1], [1]],
    max_memkb: 163840,
    target_memkb: 98304,
    sched_params: {},
    claim_mode: 'True',
    kernel: '/srv/xen/vmlinux',
    cmdline: 'root=/dev/xvda1 ro console=hvc0 mitigations=off quiet',
    ramdisk: '/srv/xen/domu.img',
    'type.pv': {},
    arch_arm: {},
    arch_x86: {},
  },
  disks: [{ pdev_path: '/srv/xen/tiny.img', vdev: 'xvda1', format: 'raw', readwrite: 1 }],
  nics: [
    { devid: 0, mac: '00:16:3e:00:00:01', bridge: 'xenbr0', ifname: 'g1.0' },
    { devid: 1, mac: '00:16:3e:00:00:02', bridge: 'xenbr1' },
  ],
  on_reboot: 'restart',
  on_soft_reset: 'soft_reset',
}

/** What `xl list -l` printed of the domain that was created of it. */
export const RUNNING = {
  c_info: {
    type: 'pv',
    name: 'g1',
    domid: 4294967295,
    uuid: 'f7f53b4b-12aa-41c1-b8c8-6c561ee0ac7f',
    run_hotplug_scripts: 'True',
  },
  b_info: {
    max_vcpus: 2,
    avail_vcpus: [0],
    vcpu_hard_affinity: [[1], [1]],
    max_memkb: 163840,
    target_memkb: 98304,
    video_memkb: 0,
    sched_params: { sched: 'credit2', weight: 256, cap: 0 },
    claim_mode: 'True',
    kernel: '/srv/xen/vmlinux',
    cmdline: 'root=/dev/xvda1 ro console=hvc0 mitigations=off quiet',
    ramdisk: '/srv/xen/domu.img',
    'type.pv': {},
    arch_arm: {},
    arch_x86: { msr_relaxed: 'False' },
  },
  disks: [
    {
      pdev_path: '/srv/xen/tiny.img',
      vdev: 'xvda1',
      format: 'raw',
      readwrite: 1,
      colo_restore_enable: 'False',
    },
  ],
  nics: [
    { devid: 0, mac: '00:16:3e:00:00:01', bridge: 'xenbr0', ifname: 'g1.0', nictype: 'vif' },
    { devid: 1, mac: '00:16:3e:00:00:02', bridge: 'xenbr1', nictype: 'vif' },
  ],
  on_reboot: 'restart',
  on_soft_reset: 'soft_reset',
}

const DOM0 = { c_info: { type: 'pv', name: 'Domain-0' }, b_info: { max_memkb: 716800, target_memkb: 716799 } }

/** What the look at the domains prints: the host itself, and g1 in a state (the letters of xl list) if it is there. */
export function domains(letters?: string, config: object | undefined = RUNNING): string {
  const row = (name: string, id: number, state: string) =>
    `${name.padEnd(40)} ${String(id).padStart(5)}    96     1     ${state}      44.3`
  const table = [
    'Name                                        ID   Mem VCPUs\tState\tTime(s)',
    row('Domain-0', 0, 'r-----'),
    ...(letters === undefined ? [] : [row('g1', 7, letters)]),
  ]
  const told = letters === undefined || config === undefined ? [] : [{ domid: 7, config }]
  const json = JSON.stringify([{ domid: 0, config: DOM0 }, ...told], null, 4)
  return `${table.join('\n')}\n\0${json}\n\n\0`
}

/** What `xl create -n` prints, behind what it says before. */
export function wanted(config: object = WANTED, said = 'Parsing config from /etc/xen/g1.cfg\n'): string {
  return `${said}${JSON.stringify(config, null, 4)}\n\n\nexit 0\n`
}
