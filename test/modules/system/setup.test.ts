import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { setup } from '../../../src/modules/system/setup/index.ts'
import type { ValueMap } from '../../../src/values/value.ts'
import { planOf, problemsOf } from '../../support/plan.ts'

function factsOf(sections: Record<string, string>, raw: Record<string, unknown> = {}): ValueMap {
  const text = Object.entries(sections).map(([name, content]) => `\n==> ${name} <==\n${content}\n`)
  return planOf(setup, raw, text.join('')).result!.ansible_facts as ValueMap
}

/** Those of the facts that are named in `expected`, by their names without "ansible_". */
function only(facts: ValueMap, expected: ValueMap): ValueMap {
  return Object.fromEntries(Object.keys(expected).map((name) => [name, facts[`ansible_${name}`] ?? null]))
}

const tables = suite('setup: what is read')

for (const [name, sections, expected] of [
  [
    'names',
    {
      '/proc/sys/kernel/hostname': 'crouter',
      '/etc/hosts': '127.0.0.1 localhost\n127.0.1.1 crouter.lab.example crouter # x',
    },
    { nodename: 'crouter', hostname: 'crouter', fqdn: 'crouter.lab.example', domain: 'lab.example' },
  ],
  [
    'a whole name',
    { '/proc/sys/kernel/hostname': 'a.b.c' },
    { nodename: 'a.b.c', hostname: 'a', fqdn: 'a.b.c', domain: 'b.c' },
  ],
  [
    'Debian',
    {
      '/etc/os-release':
        'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian',
      '/etc/debian_version': '12.11',
      ':signs': '/usr/bin/apt-get\n/run/systemd/system',
    },
    {
      distribution: 'Debian',
      distribution_version: '12.11',
      distribution_major_version: '12',
      distribution_minor_version: '11',
      distribution_release: 'bookworm',
      os_family: 'Debian',
      pkg_mgr: 'apt',
      service_mgr: 'systemd',
    },
  ],
  [
    'Ubuntu, whose debian_version says little',
    {
      '/etc/os-release': 'ID=ubuntu\nVERSION_ID="22.04"\nVERSION_CODENAME=jammy',
      '/etc/debian_version': 'bookworm/sid',
    },
    { distribution: 'Ubuntu', distribution_version: '22.04', os_family: 'Debian', pkg_mgr: 'unknown' },
  ],
  [
    'Alpine',
    {
      '/etc/os-release': 'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.18.4',
      '/etc/alpine-release': '3.18.4',
      ':signs': '/sbin/apk\n/sbin/openrc\n/etc/init.d',
      '/proc/1/comm': 'init',
    },
    {
      distribution: 'Alpine',
      distribution_version: '3.18.4',
      os_family: 'Alpine',
      pkg_mgr: 'apk',
      service_mgr: 'openrc',
    },
  ],
  [
    'Fedora',
    { '/etc/os-release': "ID='fedora'\nVERSION_ID=39", ':signs': '/usr/bin/dnf\n/usr/bin/yum' },
    { distribution: 'Fedora', os_family: 'RedHat', pkg_mgr: 'dnf', distribution_major_version: '39' },
  ],
  [
    'an unknown system',
    { '/etc/os-release': 'NAME="Odd \'Nix\'"\nID=odd', '/proc/1/comm': 'procd' },
    {
      distribution: "Odd 'Nix'",
      os_family: "Odd 'Nix'",
      distribution_version: 'NA',
      service_mgr: 'openwrt_init',
    },
  ],
  [
    'the user',
    {
      ':id': 'uid=1000(ann) gid=100(users) groups=100(users)',
      '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nann:x:1000:100:Ann,,:/home/ann:/bin/sh',
      '/proc/self/environ': 'A=b=c\nd\0EMPTY=\0',
    },
    {
      user_id: 'ann',
      user_uid: 1000,
      user_gid: 100,
      user_gecos: 'Ann,,',
      user_dir: '/home/ann',
      user_shell: '/bin/sh',
      env: { A: 'b=c\nd', EMPTY: '' },
    },
  ],
  [
    'the name servers',
    {
      '/etc/resolv.conf':
        '# x\nnameserver 10.0.0.1\nnameserver fd00::1 ; y\nsearch a b\noptions ndots:2 rotate',
    },
    {
      dns: {
        nameservers: ['10.0.0.1', 'fd00::1'],
        search: ['a', 'b'],
        options: { ndots: '2', rotate: true },
      },
    },
  ],
  [
    'the command line',
    { '/proc/cmdline': 'quiet root=/dev/vda a=b=c' },
    { cmdline: { quiet: true, root: '/dev/vda', a: 'b=c' } },
  ],
  [
    "the host's own facts",
    {
      ':local/a.fact': '{"x": [0]}',
      ':local/b.fact': "[general]\nName = it's\n# c\n[empty]",
      ':local/c.fact': '',
      ':local/d.fact': 'no=heading',
      ':lost/e.fact': 'Failure executing fact script (/f/e.fact), rc: 1, err: e',
    },
    { local: { a: { x: [0] }, b: { general: { name: "it's" }, empty: {} },
        c: {},
        d: 'error loading facts as JSON or ini - please check content: d.fact',
        e: 'Failure executing fact script (/f/e.fact), rc: 1, err: e',
      },
    },
  ],
  [
    'memory and processors',
    {
      '/proc/meminfo': 'MemTotal: 2048000 kB\nMemFree: 1024000 kB\nCached: 102400 kB\nSwapTotal: 0 kB',
      '/proc/cpuinfo':
        'processor\t: 0\nphysical id\t: 0\nsiblings\t: 4\ncpu cores\t: 2\n\nprocessor\t: 1\nphysical id\t: 0\n',
      '/proc/uptime': '12.99 3.4',
    },
    {
      memtotal_mb: 2000,
      memfree_mb: 1000,
      swaptotal_mb: 0,
      processor_count: 1,
      processor_cores: 2,
      processor_threads_per_core: 2,
      processor_vcpus: 4,
      processor_nproc: 2,
      uptime_seconds: 12,
    },
  ],
  [
    'a Xen host',
    { ':signs': '/proc/xen', '/proc/xen/capabilities': 'control_d' },
    { virtualization_type: 'xen', virtualization_role: 'host' },
  ],
  [
    'a Xen guest',
    { ':signs': '/proc/xen', '/proc/xen/capabilities': '' },
    { virtualization_type: 'xen', virtualization_role: 'guest' },
  ],
  [
    'a container in a virtual machine',
    { '/proc/1/environ': 'container=lxc\0X=y\0', '/sys/class/dmi/id/sys_vendor': 'QEMU' },
    {
      virtualization_type: 'lxc',
      virtualization_role: 'guest',
      virtualization_tech_guest: ['lxc', 'kvm', 'container'],
    },
  ],
  [
    'a container of a kind that has no name of its own',
    { '/proc/1/environ': 'container=other\0', '/run/systemd/container': 'nspawn', ':signs': '/.dockerenv' },
    {
      virtualization_type: 'container',
      virtualization_role: 'guest',
      virtualization_tech_guest: ['container', 'nspawn', 'docker'],
    },
  ],
  [
    'a container that systemd has recognized',
    { '/run/systemd/container': 'systemd-nspawn\n' },
    {
      virtualization_type: 'systemd-nspawn',
      virtualization_role: 'guest',
      virtualization_tech_guest: ['systemd-nspawn', 'container'],
    },
  ],
  [
    'a machine that runs others',
    { ':signs': '/dev/kvm' },
    { virtualization_type: 'kvm', virtualization_role: 'host' },
  ],
  [
    'a bare machine',
    {},
    { virtualization_type: 'NA', virtualization_role: 'NA', virtualization_tech_guest: [] },
  ],
  [
    'mounts',
    {
      '/proc/mounts': '/dev/vda / ext4 rw 0 0\n/dev/vdb /a\\040b xfs ro 0 0\nproc /proc proc rw 0 0',
      ':space': '512|10|4|7|5|/\n4096|0|0|0|0|/a b',
    },
    {
      mounts: [
        mount('/dev/vda', '/', 'ext4', 'rw', [512, 10, 4, 7, 5]),
        mount('/dev/vdb', '/a b', 'xfs', 'ro', [4096, 0, 0, 0, 0]),
      ],
    },
  ],
] as const) {
  tables(`facts are read as Ansible reads them: ${name}`, () => {
    const facts = factsOf(sections)
    assert.equal(only(facts, expected as unknown as ValueMap), expected)
  })
}

function mount(device: string, path: string, fstype: string, options: string, space: readonly number[]) {
  const [size, blocks, available, inodes, free] = space as [number, number, number, number, number]
  return {
    ...{ device, mount: path, fstype, options, uuid: 'N/A', block_size: size, block_total: blocks },
    ...{ block_available: available, block_used: blocks - available, size_total: size * blocks },
    ...{
      size_available: size * available,
      inode_total: inodes,
      inode_available: free,
      inode_used: inodes - free,
    },
  }
}

const NETWORK = {
  ':interfaces': [
    ...[
      'lo mtu 65536',
      'lo type 772',
      'lo operstate unknown',
      'lo flags 0x9',
      'lo address 00:00:00:00:00:00',
    ],
    ...[
      'eth0 mtu 1500',
      'eth0 type 1',
      'eth0 operstate up',
      'eth0 flags 0x1103',
      'eth0 address 00:16:3e:00:00:01',
    ],
    ...[
      'xen-br0 mtu 1500',
      'xen-br0 type 1',
      'xen-br0 operstate down',
      'xen-br0 flags 0x1003',
      'xen-br0 address 00:16:3e:00:00:02',
    ],
    ...['xen-br0 port eth1', 'xen-br0 port eth2', 'xen-br0 bridge 0 8000.00163e000002'],
    ...[
      'tunl0 mtu 1480',
      'tunl0 type 768',
      'tunl0 operstate down',
      'tunl0 flags 0x80',
      'tunl0 address 0.0.0.0',
    ],
  ].join('\n'),
  ':addresses': [
    '1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever',
    '2: eth0    inet 192.168.103.2/24 brd 192.168.103.255 scope global eth0\\       valid_lft forever',
    '2: eth0    inet 10.0.0.1 peer 10.0.0.2/32 scope global eth0\\       valid_lft forever',
    '2: eth0    inet6 fd00::2/64 scope global \\       valid_lft forever',
    '2: eth0    inet6 fe80::1/64 scope link \\       valid_lft forever',
  ].join('\n'),
  '/proc/net/route': [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t0167A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0',
    'eth9\t00000000\t01010101\t0003\t0\t0\t200\t00000000\t0\t0\t0',
    'eth0\t0067A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0',
  ].join('\n'),
  '/proc/net/ipv6_route': [
    `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 fd000000000000000000000000000001 00000400 00000001 00000000 00000003     eth0`,
    `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 ${'0'.repeat(32)} ffffffff 00000001 00000000 00200200       lo`,
  ].join('\n'),
}

tables('interfaces, addresses and routes are read', () => {
  const facts = factsOf(NETWORK, { gather_subset: ['!min', 'network'] })
  assert.equal(facts.ansible_interfaces, ['lo', 'eth0', 'xen-br0', 'tunl0'])
  const first = {
    address: '192.168.103.2',
    broadcast: '192.168.103.255',
    netmask: '255.255.255.0',
    network: '192.168.103.0',
    prefix: '24',
  }
  const second = {
    address: '10.0.0.1',
    broadcast: '',
    netmask: '255.255.255.255',
    network: '10.0.0.1',
    prefix: '32',
  }
  assert.equal(facts.ansible_eth0, {
    device: 'eth0',
    mtu: 1500,
    type: 'ether',
    active: true,
    promisc: true,
    macaddress: '00:16:3e:00:00:01',
    ipv4: first,
    ipv4_secondaries: [second],
    ipv6: [
      { address: 'fd00::2', prefix: '64', scope: 'global' },
      { address: 'fe80::1', prefix: '64', scope: 'link' },
    ],
  })
  assert.equal(facts.ansible_xen_br0, {
    device: 'xen-br0',
    mtu: 1500,
    type: 'bridge',
    active: false,
    promisc: false,
    macaddress: '00:16:3e:00:00:02',
    interfaces: ['eth1', 'eth2'],
    stp: false,
    id: '8000.00163e000002',
  })
  assert.equal(facts.ansible_tunl0, {
    device: 'tunl0',
    mtu: 1480,
    type: 'tunnel',
    active: false,
    promisc: false,
  })
  const link = { interface: 'eth0', macaddress: '00:16:3e:00:00:01', mtu: 1500, type: 'ether' }
  assert.equal(facts.ansible_default_ipv4, { ...link, gateway: '192.168.103.1', alias: 'eth0', ...first })
  assert.equal(facts.ansible_default_ipv6, {
    ...link,
    gateway: 'fd00::1',
    address: 'fd00::2',
    prefix: '64',
    scope: 'global',
  })
  assert.equal(facts.ansible_all_ipv4_addresses, ['192.168.103.2', '10.0.0.1'])
  assert.equal(facts.ansible_all_ipv6_addresses, ['fd00::2', 'fe80::1'])
})

tables('a host without any network has empty facts of it', () => {
  const facts = factsOf({}, { gather_subset: ['!min', 'network'] })
  assert.equal(facts.ansible_default_ipv4, {})
  assert.equal(facts.ansible_interfaces, [])
})

for (const [subset, present, absent] of [
  ['all', ['hostname', 'mounts', 'interfaces', 'virtualization_type'], []],
  ['min', ['hostname'], ['mounts', 'interfaces', 'virtualization_type']],
  ['!all', ['hostname'], ['mounts', 'interfaces', 'virtualization_type']],
  ['!hardware', ['hostname', 'interfaces'], ['mounts']],
  ['network,!min', ['interfaces'], ['hostname', 'mounts']],
  ['!all,!min', [], ['hostname', 'interfaces']],
  ['mounts', ['hostname', 'mounts'], ['interfaces']],
] as const) {
  tables(`gather_subset: ${subset} gathers just what it names`, () => {
    const facts = factsOf({}, { gather_subset: subset })
    for (const name of present) assert.ok(`ansible_${name}` in facts, name)
    for (const name of absent) assert.not.ok(`ansible_${name}` in facts, name)
    assert.is(facts.module_setup, true)
  })
}

tables('filter takes patterns, and leaves only what they match', () => {
  assert.equal(Object.keys(factsOf(NETWORK, { filter: 'ansible_all_ipv?_addresses,eth0' })), [
    'ansible_eth0',
    'ansible_all_ipv4_addresses',
    'ansible_all_ipv6_addresses',
  ])
  assert.equal(Object.keys(factsOf({}, { filter: ['ansible_[!a-z]*', 'nodename'] })), ['ansible_nodename'])
})

tables('unknown subsets are refused', () => {
  assert.match(problemsOf(setup, { gather_subset: ['nothing'] })[0]!, /unknown subset "nothing"/)
  assert.equal(problemsOf(setup, { gather_subset: ['!nothing'] }), [])
})

tables.run()
