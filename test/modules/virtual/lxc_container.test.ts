import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { lxc_container } from '../../../src/modules/virtual/lxc_container/index.ts'
import { CHECK, planOf, problemsOf, RUN, rows } from '../../support/plan.ts'
import { filesText, statText } from '../../support/stat.ts'

const test = suite('lxc_container')

const FOLDER = statText({ type: 'directory', mode: 0o755 })
const CONFIG = `# made by a template
lxc.net.0.type = veth
lxc.net.0.link = lxcbr0
lxc.rootfs.path = dir:/var/lib/lxc/g1/rootfs
lxc.mount.entry = shm dev/shm tmpfs defaults 0 0
lxc.start.auto = 0
lxc.cgroup.memory.limit_in_bytes = 67108864
`

interface There {
  readonly state?: string
  readonly config?: string
  readonly live?: readonly string[]
  readonly folder?: string
  readonly clone?: boolean
}

/** What the probe prints of the container g1. */
function printed({ state, config = CONFIG, live = [], folder = FOLDER, clone }: There = {}) {
  const file = state === undefined ? undefined : statText({ mode: 0o640 })
  const up = state === 'RUNNING' || state === 'FROZEN'
  const told = ['0', '0', state ?? '', up ? '42' : '', ...(up ? ['10.0.3.2', 'lo\neth0', ...live] : [])]
  return [
    filesText(folder, file, ...(clone === undefined ? [] : [clone ? statText() : undefined])),
    state === undefined ? '0' : `1${config}`,
    told.map((one) => `${one}\0`).join(''),
  ]
}

const planned = (raw: object, there: There = {}, view = RUN) =>
  planOf(lxc_container, { name: 'g1', ...raw }, printed(there), view)

for (const [raw, state, expected] of [
  [{}, undefined, [['container g1', null, 'running']]],
  [{}, 'STOPPED', [['container g1', 'stopped', 'running']]],
  [{}, 'FROZEN', [['container g1', 'frozen', 'running']]],
  [{}, 'RUNNING', []],
  [{ state: 'running' }, 'RUNNING', []],
  [{ state: 'frozen' }, 'RUNNING', [['container g1', 'running', 'frozen']]],
  [{ state: 'paused' }, 'FROZEN', []],
  [{ state: 'stopped' }, undefined, [['container g1', null, 'stopped']]],
  [{ state: 'shutdown' }, 'RUNNING', [['container g1', 'running', 'stopped']]],
  [{ state: 'restarted' }, 'RUNNING', [['container g1', 'running', 'restarted']]],
  [{ state: 'present' }, 'FROZEN', []],
  [{ state: 'present' }, undefined, [['container g1', null, 'stopped']]],
  [{ state: 'absent' }, undefined, []],
  [{ state: 'absent' }, 'RUNNING', [['container g1', 'running', null]]],
] as const) {
  test(`${JSON.stringify(raw)} plans just what differs from a container that is ${state ?? 'absent'}`, () => {
    for (const view of [RUN, CHECK]) assert.equal(rows(planned(raw, state && { state }, view)), expected)
  })
}

for (const [title, raw, live, expected] of [
  ['memory', { memory: 32 }, ['67108864'], [['memory of g1', '67108864', '33554432']]],
  ['memory that is so', { memory: 64 }, ['67108864'], []],
  [
    'memory of the running one alone',
    { memory: 64 },
    ['9223372036854771712'],
    [['memory of g1', '9223372036854771712', '67108864']],
  ],
  ['vcpus', { vcpus: 2 }, ['-1'], [['vcpus of g1', null, '200000']]],
  ['autostart', { autostart: true }, [], [['autostart of g1', '0', '1']]],
  ['autostart that is so', { autostart: false }, [], []],
  [
    'a line more of a key that may stand several times',
    { container_config: ['lxc.mount.entry=proc proc proc defaults 0 0'] },
    [],
    [
      [
        'lxc.mount.entry of g1 (needs a restart)',
        'shm dev/shm tmpfs defaults 0 0',
        'shm dev/shm tmpfs defaults 0 0\nproc proc proc defaults 0 0',
      ],
    ],
  ],
  ['a line that is there', { container_config: ['lxc.net.0.type = veth'] }, [], []],
  ['a folder that is the root file system already', { rootfs: '/var/lib/lxc/g1/rootfs' }, [], []],
  [
    'no interface',
    { vif: [] },
    [],
    [
      [
        'vif of g1 (needs a restart)',
        'lxc.net.0.type = veth\nlxc.net.0.link = lxcbr0',
        'lxc.net.0.type = empty',
      ],
    ],
  ],
] as const) {
  test(`a difference is seen, and whether it needs a restart: ${title}`, () => {
    assert.equal(rows(planned(raw, { state: 'RUNNING', live })), JSON.parse(JSON.stringify(expected)))
  })
}

test('interfaces are written as lxc has them, and an address that was chosen stays', () => {
  const vif = [
    { bridge: 'br1', vifname: 'g1.0' },
    { bridge: 'br2', mac: '00:16:3E:00:00:02' },
  ]
  const there = { state: 'STOPPED', config: 'lxc.net.0.hwaddr = 00:16:3e:aa:bb:cc\n' }
  const [[, , after]] = rows(planned({ vif, state: 'stopped' }, there)) as [string[]]
  assert.equal(after!.split('\n'), [
    ...['lxc.net.0.type = veth', 'lxc.net.0.link = br1', 'lxc.net.0.flags = up', 'lxc.net.0.name = eth0'],
    ...['lxc.net.0.hwaddr = 00:16:3e:aa:bb:cc', 'lxc.net.0.veth.pair = g1.0'],
    ...['lxc.net.1.type = veth', 'lxc.net.1.link = br2', 'lxc.net.1.flags = up', 'lxc.net.1.name = eth1'],
    'lxc.net.1.hwaddr = 00:16:3e:00:00:02',
  ])
  assert.equal(rows(planned({ vif, state: 'stopped' }, { state: 'STOPPED', config: `${after}\n` })), [])
})

test('without restart, what takes one is told', () => {
  const plan = planned({ vif: [], restart: false }, { state: 'RUNNING' })
  assert.equal(
    rows(plan).map(([what]) => what),
    ['vif of g1'],
  )
  assert.is(plan.result!.restart_needed, true)
  assert.match(plan.warnings![0]!, /until it is restarted$/)
})

test('a copy is made once', () => {
  const copied = (clone: boolean) =>
    rows(planned({ state: 'clone', clone_name: 'g2' }, { state: 'STOPPED', clone }))
  assert.equal(copied(false), [['container g2', null, 'stopped']])
  assert.equal(copied(true), [])
})

test('containers are not made where others may write', () => {
  const folder = statText({ type: 'directory', mode: 0o777 })
  assert.match(planned({}, { folder }).failed!, /^others may write to \/var\/lib\/lxc/)
  assert.match(
    planned({}, { folder: statText({ type: 'directory', mode: 0o755, uid: 7 }) }).failed!,
    /^others/,
  )
})

test('one that is just starting is told', () => {
  assert.match(planned({}, { state: 'STARTING' }).failed!, /^g1 is just starting/)
})

test('what is wrong with arguments is told before anything is connected to', () => {
  for (const [raw, expected] of [
    [{ name: '-x' }, /is not a name of a container/],
    [{ clone_name: 'g1' }, /no copy of itself/],
    [{ state: 'clone' }, /missing: clone_name/],
    [{ memory: 0 }, /memory: 0 is too small/],
    [{ cpus: 'a' }, /not a list of processors/],
    [{ container_config: ['x'] }, /is not a line lxc\.KEY=VALUE/],
    [{ container_config: ['lxc.a=b\nlxc.c=d'] }, /is not a line/],
    [{ template_options: '"' }, /^template_options: /],
    [{ template: '-t' }, /is not a template/],
    [{ lxc_path: 'x' }, /whole path/],
    [{ vif: ['x'] }, /is a map/],
    [{ vif: [{}] }, /interface 0 needs a bridge/],
    [{ vif: [{ bridge: 'b', mac: 'x' }] }, /cannot be a mac/],
    [{ vif: [{ bridge: 'b', ip: '1' }] }, /has no "ip"/],
  ] as const)
    assert.match(problemsOf(lxc_container, { name: 'g1', ...(raw as object) }).join('\n'), expected)
})

test.run()
