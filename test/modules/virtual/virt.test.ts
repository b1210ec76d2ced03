import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { xmlDifferences } from '../../../src/modules/virtual/differences.ts'
import { virt } from '../../../src/modules/virtual/virt/index.ts'
import { xmlOf } from '../../../src/modules/virtual/xml.ts'
import { CHECK, planOf, problemsOf, RUN, rows } from '../../support/plan.ts'

const field = (code: number, said: string) => `${code}\n${said}\0`
// As virsh 9.0 prints it.
const about = (state: string, autostart = 'disable') =>
  field(
    0,
    `Id:             -
Name:           g
UUID:           7d92c7b3-c134-4eb2-8028-deb09936b626
OS Type:        hvm
State:          ${state}
CPU(s):         2
CPU time:       3.5s
Max memory:     65536 KiB
Used memory:    32768 KiB
Persistent:     yes
Autostart:      ${autostart}`,
  )
const NONE = field(1, "error: failed to get domain 'g'")

const plans = suite('virt: plan')

for (const [raw, found, changes, script] of [
  [{ state: 'running' }, about('running'), [], ''],
  [{ state: 'running' }, about('idle'), [], ''],
  [{ state: 'running' }, about('shut off'), [['domain g', 'shutdown', 'running']], 'start'],
  [{ state: 'running' }, about('crashed'), [['domain g', 'crashed', 'running']], 'start'],
  [{ state: 'running' }, about('paused'), [['domain g', 'paused', 'running']], 'resume'],
  [{ state: 'paused' }, about('running'), [['domain g', 'running', 'paused']], 'suspend'],
  [{ state: 'paused' }, about('shut off'), [], ''],
  [{ state: 'shutdown' }, about('in shutdown'), [], ''],
  [{ state: 'shutdown' }, about('running'), [['domain g', 'running', 'shutdown']], 'shutdown'],
  [{ state: 'destroyed' }, about('paused'), [['domain g', 'paused', 'destroyed']], 'destroy'],
  [{ state: 'destroyed' }, about('shut off'), [], ''],
  [{ autostart: true }, about('running', 'enable'), [], ''],
  [{ autostart: true }, about('running'), [['autostart of g', false, true]], 'autostart'],
  [{ command: 'stop' }, about('running'), [['domain g', 'running', 'shutdown']], 'shutdown'],
  [{ command: 'create' }, about('running'), [], ''],
  [{ command: 'undefine' }, about('shut off'), [['domain g', 'shutdown', null]], 'undefine'],
] as const)
  plans(`${JSON.stringify(raw)} of one in ${/State: +(.*)/.exec(found)![1]} is planned`, () => {
    const plan = planOf(virt, { name: 'g', ...raw }, found)
    assert.equal(rows(plan), changes)
    const [action] = plan.actions ?? []
    const expected = `env LC_ALL=C virsh -q '--connect=qemu:///system' ${script} '--domain=g'`
    assert.is(
      action?.do === 'sh' ? action.script.replaceAll("'", '') : '',
      script === '' ? '' : expected.replaceAll("'", ''),
    )
  })

plans('one that an earlier task defines is planned for under check, and missed in a run', () => {
  const raw = { name: 'g', state: 'running', autostart: true }
  assert.equal(rows(planOf(virt, raw, NONE, CHECK)), [
    ['autostart of g', null, true],
    ['domain g', null, 'running'],
  ])
  assert.is(planOf(virt, raw, NONE).failed, 'domain g not found')
})

plans('what libvirt does not answer is told with what to do', () => {
  const down = field(1, "error: failed to connect to the hypervisor\nerror: Failed to connect socket to '/x'")
  assert.throws(
    () => planOf(virt, { name: 'g', state: 'running' }, down),
    /^failed to connect to the hypervisor: Failed to connect socket to '\/x' \(libvirt does not run on this/,
  )
})

plans('a definition that libvirt knows for the same has changed nothing', () => {
  const raw = { command: 'define', xml: '<domain><name>g</name></domain>' }
  const outcome = { code: 0, seconds: 0, stdout: 'the description is the same\n', stderr: '' }
  const plan = planOf(virt, raw, NONE + NONE)
  assert.is(virt.interpret!([outcome], raw as never, undefined, plan).changed, false)
  assert.is(virt.interpret!([{ ...outcome, stdout: '' }], raw as never, undefined, plan).changed, undefined)
})

plans.run()

const compared = suite('virt: descriptions')

const IS = `<domain type='kvm' id='3'><name>g</name><memory unit='KiB'>65536</memory>
<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><boot dev='hd'/></os>
<devices><emulator>/usr/bin/qemu</emulator>
<disk type='file'><source file='/a'/><target dev='vda'/></disk>
<disk type='file'><source file='/b'/><target dev='vdb'/></disk>
<interface type='bridge'><mac address='52:54:00:00:00:aa'/><source bridge='br0'/><address slot='0x03'/></interface>
<controller type='usb'/></devices></domain>`

for (const [title, wanted, expected] of [
  ['itself', IS, []],
  ['one in other words', IS.replace("unit='KiB'>65536", "unit='MiB'>64").replace('pc-q35-7.2', 'q35'), []],
  ['what libvirt has added', IS.replace("<controller type='usb'/>", ''), []],
  ['letters and numbers', IS.replace(':aa', ':AA').replace("'0x03'", "'3'"), []],
  ['entities and comments', IS.replace("'/a'", "'&#47;a'").replace('<devices>', '<!-- x --><devices>'), []],
  ['a file', IS.replace("'/b'", "'/c'"), [['disk vdb source file', '/b', '/c']]],
  [
    'one disk less',
    IS.replace(/<disk.*'\/a'.*\n/, ''),
    [['disk vda', '<disk type="file"><source file="/a"/><target dev="vda"/></disk>', null]],
  ],
  [
    'one interface more, with a password that nobody sees',
    IS.replace('</devices>', "<interface type='user' passwd='x'/></devices>"),
    [['interface', null, '<interface type="user"/>']],
  ],
  [
    'the bus',
    IS.replace("bridge='br0'", "bridge='br1'"),
    [['interface 52:54:00:00:00:aa source bridge', 'br0', 'br1']],
  ],
] as const)
  compared(`${title}`, () =>
    assert.equal(rows({ changes: xmlDifferences(xmlOf(wanted), xmlOf(IS)) }), expected),
  )

compared('what nests too deeply is refused', () => {
  const nested = '<a>'.repeat(201) + '</a>'.repeat(201)
  assert.throws(() => xmlOf(nested), /the XML is nested too deeply: there may be 200 levels/)
})

compared.run()

const problems = suite('virt: problems')

for (const [raw, expected] of [
  [{}, 'expected state or command parameter to be specified'],
  [{ state: 'running' }, 'state change requires a guest specified'],
  [{ autostart: true }, 'autostart requires 1 argument: name'],
  [{ command: 'start' }, 'start requires 1 argument: guest'],
  [{ command: 'define' }, 'define requires xml argument'],
  [{ command: 'define', xml: '<domain/>' }, "Could not find domain 'name' in xml"],
  [{ command: 'define', xml: '<network/>' }, 'xml: its root is <network>, and not <domain>'],
  [
    { command: 'define', xml: '<domain>\n<a></domain>' },
    'xml: Opening and ending tag mismatch: "a" != "domain" in line 2 of the XML',
  ],
  [
    { name: 'g', command: 'start', state: 'running' },
    '"state" and "command" exclude each other, unless that is list_vms',
  ],
  [{ name: '7', state: 'running' }, 'name: "7" is a number to virsh, not a name'],
  [{ name: 'a/b', state: 'running' }, 'name: "a/b" is not a name to libvirt'],
  [{ name: 'g', state: 'running', uri: '-x' }, 'uri: "-x" is not a uri'],
] as const)
  problems(`${JSON.stringify(raw)} is refused`, () => assert.ok(problemsOf(virt, raw).includes(expected)))

problems('commands about the host need no name', () => {
  for (const command of ['info', 'list_vms', 'nodeinfo', 'freemem', 'virttype'])
    assert.equal(problemsOf(virt, { command }), [])
  assert.equal(planOf(virt, { command: 'info' }, '', RUN).result, {})
})

problems.run()
