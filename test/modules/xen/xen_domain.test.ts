import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { complaints, concludeXl, domainsProbe } from '../../../src/modules/xen/domains.ts'
import { xen_domain } from '../../../src/modules/xen/xen_domain/index.ts'
import { readArguments } from '../../../src/sdk/arguments.ts'
import { Output } from '../../../src/shell/output.ts'
import { CHECK, planOf, problemsOf, RUN, rows, stateOf } from '../../support/plan.ts'
import { domains, RUNNING, WANTED, wanted } from '../../support/xen.ts'

const { b_info, nics, disks } = WANTED
const [vif0, vif1] = nics
const [disk] = disks

const plans = suite('xen_domain: plan')

for (const [raw, letters, expected] of [
  [{}, undefined, [['domain g1', null, 'running']]],
  [{}, 'r-----', []],
  [{}, '-b----', []],
  [{}, '------', []],
  [{}, '--p---', [['domain g1', 'paused', 'running']]],
  [{}, '---s--', [['domain g1', 'shut down', 'running']]],
  [{}, '--ps--', [['domain g1', 'shut down', 'running']]],
  [{}, '---sc-', [['domain g1', 'crashed', 'running']]],
  [{}, '-----d', [['domain g1', null, 'running']]],
  [{ state: 'paused' }, undefined, [['domain g1', null, 'paused']]],
  [{ state: 'paused' }, '-b----', [['domain g1', 'running', 'paused']]],
  [{ state: 'paused' }, '--p---', []],
  [{ state: 'shutdown' }, undefined, []],
  [{ state: 'shutdown' }, 'r-----', [['domain g1', 'running', 'shutdown']]],
  [{ state: 'shutdown' }, '--p---', [['domain g1', 'paused', 'shutdown']]],
  [{ state: 'shutdown' }, '--ps--', []],
  [{ state: 'destroyed' }, undefined, []],
  [{ state: 'destroyed' }, '---s--', [['domain g1', 'shut down', 'destroyed']]],
  [{ state: 'destroyed' }, 'r-----', [['domain g1', 'running', 'destroyed']]],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs from a domain that is ${letters ?? 'absent'}`, () => {
    for (const view of [RUN, CHECK])
      assert.equal(
        rows(planOf(xen_domain, { name: 'g1', ...raw }, [domains(letters), wanted()], view)),
        expected,
      )
  })
}

plans('a domain whose name others begin or end with is another one', () => {
  const other = domains('r-----')
    .replace(/^g1 {2}/m, 'g11 ')
    .replaceAll('"g1"', '"g11"')
  assert.equal(rows(planOf(xen_domain, { name: 'g1' }, [other, wanted()])), [['domain g1', null, 'running']])
})

for (const [title, changed, expected] of [
  ['memory', { b_info: { ...b_info, target_memkb: 122880 } }, [['memory of g1', '96 MiB', '120 MiB']]],
  [
    'memory above what it may have',
    { b_info: { ...b_info, target_memkb: 196608, max_memkb: 196608 } },
    [['memory of g1 (needs a restart)', '96 MiB', '192 MiB']],
  ],
  [
    'less memory, and no maxmem',
    { b_info: { ...b_info, target_memkb: 65536, max_memkb: 65536 } },
    [['memory of g1', '96 MiB', '64 MiB']],
  ],
  [
    'maxmem',
    { b_info: { ...b_info, max_memkb: 196608 } },
    [['maxmem of g1 (needs a restart)', '160 MiB', '192 MiB']],
  ],
  ['vcpus', { b_info: { ...b_info, avail_vcpus: [0, 1] } }, [['vcpus of g1', 1, 2]]],
  [
    'vcpus above what it may have',
    { b_info: { ...b_info, avail_vcpus: [0, 1, 2], max_vcpus: 3, vcpu_hard_affinity: [[1], [1], [1]] } },
    [['vcpus of g1 (needs a restart)', 1, 3]],
  ],
  ['no maxvcpus', { b_info: { ...b_info, max_vcpus: 1, vcpu_hard_affinity: [[1]] } }, []],
  [
    'maxvcpus',
    { b_info: { ...b_info, max_vcpus: 4, vcpu_hard_affinity: [[1], [1], [1], [1]] } },
    [['maxvcpus of g1 (needs a restart)', 2, 4]],
  ],
  [
    'cpus',
    { b_info: { ...b_info, vcpu_hard_affinity: [[0, 1], [1]] } },
    [['cpus of g1 (needs a restart)', '[[1],[1]]', '[[0,1],[1]]']],
  ],
  [
    'bridge',
    { nics: [{ ...vif0, bridge: 'xenbr1' }, vif1] },
    [['vif 0 bridge of g1 (needs a restart)', 'xenbr0', 'xenbr1']],
  ],
  [
    'vifname taken away',
    { nics: [{ devid: 0, mac: vif0!.mac, bridge: 'xenbr0' }, vif1] },
    [['vif 0 vifname of g1 (needs a restart)', 'g1.0', null]],
  ],
  ['an address that Xen chooses', { nics: [{ ...vif0, mac: undefined }, vif1] }, []],
  ['an interface less', { nics: [vif0] }, [['vif 1 of g1 (needs a restart)', RUNNING.nics[1], null]]],
  [
    'no interface',
    { nics: undefined },
    [0, 1].map((at) => [`vif ${at} of g1 (needs a restart)`, RUNNING.nics[at], null]),
  ],
  [
    'an interface more',
    { nics: [vif0, vif1, { devid: 2 }] },
    [['vif 2 of g1 (needs a restart)', null, { devid: 2 }]],
  ],
  [
    'disk',
    { disks: [{ ...disk, pdev_path: '/dev/vg/g1' }] },
    [['disk xvda1 target of g1 (needs a restart)', '/srv/xen/tiny.img', '/dev/vg/g1']],
  ],
  [
    'disk that is only read',
    { disks: [{ pdev_path: '/srv/xen/tiny.img', vdev: 'xvda1', format: 'raw' }] },
    [['disk xvda1 readwrite of g1 (needs a restart)', 1, 0]],
  ],
  [
    'another kernel and no ramdisk',
    { b_info: { ...b_info, kernel: '/k', ramdisk: undefined } },
    [
      ['kernel of g1 (needs a restart)', '/srv/xen/vmlinux', '/k'],
      ['ramdisk of g1 (needs a restart)', '/srv/xen/domu.img', null],
    ],
  ],
  [
    'what a default is left for',
    { on_reboot: undefined },
    [['on_reboot of g1 (needs a restart)', 'restart', 'destroy']],
  ],
  [
    'what is said for the first time',
    { on_crash: 'preserve' },
    [['on_crash of g1 (needs a restart)', 'destroy', 'preserve']],
  ],
  [
    'what Xen has filled in',
    { b_info: { ...b_info, sched_params: { weight: 512 } } },
    [['sched_params.weight of g1 (needs a restart)', 256, 512]],
  ],
  [
    'devices of other kinds',
    { vfbs: [{ devid: 0, vnc: { enable: 'True' } }] },
    [
      ['vfbs.0.devid of g1 (needs a restart)', null, 0],
      ['vfbs.0.vnc.enable of g1 (needs a restart)', null, 'True'],
    ],
  ],
] as const) {
  plans(`a difference is seen, and whether it needs a restart: ${title}`, () => {
    const found = [domains('-b----'), wanted({ ...WANTED, ...changed })]
    const plan = planOf(xen_domain, { name: 'g1' }, found)
    assert.equal(rows(plan), JSON.parse(JSON.stringify(expected)))
    assert.is(plan.result!.restart_needed, false)
  })
}

plans('without restart, what takes one is told', () => {
  const changed = {
    ...WANTED,
    b_info: { ...b_info, target_memkb: 65536 },
    nics: [{ ...vif0, bridge: 'xenbr1' }],
  }
  const plan = planOf(xen_domain, { name: 'g1', restart: false }, [domains('-b----'), wanted(changed)])
  assert.equal(rows(plan), [['memory of g1', '96 MiB', '64 MiB']])
  assert.is(plan.result!.restart_needed, true)
  assert.equal(plan.warnings, [
    'vif 0 bridge of g1 is xenbr0, not xenbr1, until it is restarted',
    'vif 1 of g1 is {"devid":1,"mac":"00:16:3e:00:00:02","bridge":"xenbr1","nictype":"vif"}, not absent, until it is restarted',
  ])
})

plans('what xl does not understand is told', () => {
  const said = "Parsing config from /etc/xen/g1.cfg\nunrecognized argument `bridg=xenbr0'\n"
  const { changes, warnings } = planOf(xen_domain, { name: 'g1' }, [domains('r-----'), wanted(WANTED, said)])
  assert.equal(changes, [])
  assert.equal(warnings, ["configuration of g1: unrecognized argument `bridg=xenbr0'"])
})

plans('a configuration that is not there', () => {
  const missing = (letters: string | undefined, view = RUN) =>
    planOf(xen_domain, { name: 'g1' }, [domains(letters), 'missing\n'], view)
  assert.match(missing(undefined).failed!, /^there is no \/etc\/xen\/g1\.cfg: write it first/)
  assert.equal(rows(missing(undefined, CHECK)), [['domain g1', null, 'running']])
  assert.equal(rows(missing('r-----', CHECK)), [])
})

plans('JSON that is none, or something else, is a sentence', () => {
  const table = 'Name                ID   Mem VCPUs\tState\tTime(s)\n'
  assert.throws(
    () => planOf(xen_domain, { name: 'd' }, [`${table}\0{"x": \0`, '']),
    /^xl list -l on the host printed what is not JSON: /,
  )
  assert.not.throws(() => domainsProbe.read(new Output(Buffer.from(`${table}\0{}\0`)), ['all']))
})

plans('what xl cannot do is a failure', () => {
  const failed = (raw: object, letters: string, running: object | undefined, config = WANTED, view = RUN) =>
    planOf(xen_domain, { name: 'g1', ...raw }, [domains(letters, running), wanted(config)], view).failed
  const again = { ...RUNNING, on_poweroff: 'restart' }
  assert.match(
    failed({ state: 'shutdown' }, 'r-----', again)!,
    /starts again by itself .*on_poweroff is restart/,
  )
  assert.match(failed({}, 'r-----', again)!, /starts again by itself/)
  assert.is(failed({ restart: false }, 'r-----', again), undefined)
  assert.is(failed({ state: 'destroyed' }, 'r-----', again), undefined)
  const other = { ...WANTED, c_info: { ...WANTED.c_info, name: 'g2' } }
  assert.is(failed({}, 'r-----', RUNNING, other), '/etc/xen/g1.cfg is the configuration of "g2", not of "g1"')
})

plans('a domain that is being made is waited for', () => {
  const { args } = readArguments(xen_domain, { name: 'g1' })
  const made = domains('--p---', null as unknown as undefined)
  assert.match(
    xen_domain.poll!(args, stateOf(xen_domain, args, [made, wanted()]))!.for,
    /configuration of g1/,
  )
  assert.is(xen_domain.poll!(args, stateOf(xen_domain, args, [domains(), wanted()])), undefined)
  assert.is(xen_domain.poll!(args, stateOf(xen_domain, args, [domains('r-----'), wanted()])), undefined)
  assert.match(planOf(xen_domain, { name: 'g1' }, [made, wanted()], CHECK).failed!, /is just being made/)
})

plans('a configuration that xl does not take', () => {
  const said = (text: string) => () => planOf(xen_domain, { name: 'g1' }, [domains(), text])
  assert.throws(
    said(
      "Parsing config from /dev/null\n/dev/null:4: config parsing error near `here': syntax error\nFailed to parse config: Invalid argument\n\nexit 1\n",
    ),
    "xl does not take the configuration of g1: line 2 of the content: config parsing error near `here': syntax error; Failed to parse config: Invalid argument",
  )
})

plans('wrong arguments are refused', () => {
  assert.match(problemsOf(xen_domain, {})[0]!, /missing required arguments: name/)
  assert.match(problemsOf(xen_domain, { name: '12' })[0]!, /number of a domain/)
  assert.match(problemsOf(xen_domain, { name: 'Domain-0' })[0]!, /the host itself/)
  for (const name of ['', 'a b', '-x', 'a/b'])
    assert.match(problemsOf(xen_domain, { name })[0]!, /is not a name/)
  assert.match(problemsOf(xen_domain, { name: 'a', timeout: 0 })[0]!, /at least 1 second/)
  assert.match(problemsOf(xen_domain, { name: 'a', content: 'x', template: {} })[0]!, /exclude each other/)
})

plans.run()

const sayings = suite('xen_domain: what xl says')

for (const [stderr, expected] of [
  [
    `Parsing config from /tmp/g2.cfg
libxl: error: libxl_exec.c:117:libxl_report_child_exitstatus: /etc/xen/scripts/vif-bridge online [673] exited with error status 1
libxl: error: libxl_device.c:1337:device_hotplug_child_death_cb: script: Could not find bridge device xenbr9
libxl: error: libxl_create.c:1921:domcreate_attach_devices: Domain 5:unable to add vif devices
libxl: error: libxl_exec.c:117:libxl_report_child_exitstatus: /etc/xen/scripts/vif-bridge offline [753] exited with error status 1
libxl: error: libxl_device.c:1337:device_hotplug_child_death_cb: script: Could not find bridge device xenbr9
libxl: error: libxl_domain.c:1183:libxl__destroy_domid: Domain 5:Non-existant domain
libxl: error: libxl_domain.c:1137:domain_destroy_callback: Domain 5:Unable to destroy guest
libxl: error: libxl_domain.c:1064:domain_destroy_cb: Domain 5:Destruction of domain failed
`,
    'Could not find bridge device xenbr9 (make the bridge first: the module link with type: bridge)',
  ],
  [
    `xc: error: panic: xg_dom_boot.c:119: xc_dom_boot_mem_init: can't allocate low memory for domain: Out of memory
libxl: error: libxl_dom.c:586:libxl__build_dom: xc_dom_boot_mem_init failed: Cannot allocate memory
libxl: error: libxl_create.c:1640:domcreate_rebuild_done: Domain 7:cannot (re-)build domain: -3
`,
    "can't allocate low memory for domain: Out of memory; xc_dom_boot_mem_init failed: Cannot allocate memory (there is less memory free on the host than the domain asks for: xl info says how much)",
  ],
  [
    `xc: error: panic: xg_dom_core.c:205: failed to open file '/srv/xen/none': No such file or directory: Internal error
libxl: error: libxl_dom.c:646:libxl__build_pv: xc_dom_kernel_file failed: No such file or directory
`,
    "failed to open file '/srv/xen/none': No such file or directory; xc_dom_kernel_file failed: No such file or directory",
  ],
  [
    `libxl: error: libxl_mem.c:278:libxl_set_memory_target: Domain 1:memory_dynamic_max must be less than or equal to memory_static_max

cannot set domid 1 dynamic max memory to : 200
`,
    'memory_dynamic_max must be less than or equal to memory_static_max; cannot set domid 1 dynamic max memory to : 200',
  ],
  ['', 'xl ended with exit status 3'],
] as const) {
  sayings(`the failure is "${expected}"`, () => {
    assert.is(concludeXl([{ code: 3, stdout: '', stderr, seconds: 0 }]).failed, expected)
    assert.is(complaints(stderr).length > 0, stderr !== '')
  })
}

sayings.run()

const ends = suite('xen_domain: conclusion')

for (const [code, stderr, letters, expected] of [
  [124, '', 'r-----', /has not shut down within 120 s: .*state: destroyed/],
  [125, '', undefined, /gone a second later.*xl-g1\.log/],
  [
    3,
    'Parsing config from x\nwrong\n',
    'r-----',
    /^wrong; g1 was shut down for its restart and does not run now$/,
  ],
  [3, 'Parsing config from x\nwrong\n', undefined, /^wrong$/],
  [3, 'wrong\n', 'r-----', /^wrong$/],
] as const) {
  ends(`exit status ${code} with the domain ${letters ?? 'absent'} is read rightly`, () => {
    const { args } = readArguments(xen_domain, { name: 'g1' })
    const state = stateOf(xen_domain, args, [domains(letters), wanted()])
    const outcomes = [{ code, stdout: '', stderr, seconds: 1 }]
    assert.match(xen_domain.interpret!(outcomes, args, state, { changes: [] }).failed!, expected)
  })
}

ends.run()
