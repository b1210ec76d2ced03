import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { virt_net } from '../../../src/modules/virtual/virt_net.ts'
import { CHECK, planOf, problemsOf, rows } from '../../support/plan.ts'

const fields = (...parts: string[]) => parts.map((part) => `${part}\0`).join('')
// As virsh 9.0 prints them.
const info = (active: string, persistent = 'yes') =>
  `0\nName:           lab\nUUID:           611b7531\nActive:         ${active}\nPersistent:     ${persistent}\nAutostart:      no\nBridge:         virbr7`
const XML = `0\n<network>
  <name>lab</name>
  <ip address='10.7.0.1' netmask='255.255.255.0'>
    <dhcp>
      <host mac='fc:c2:33:00:6c:3c' name='vm' ip='10.7.0.30'/>
    </dhcp>
  </ip>
</network>`
const LEASES = `0\n 2026-11-29 17:11:32   52:54:00:00:00:aa   ipv4       10.7.0.12/24   vm         ff:00:01
 2026-11-29 17:11:32   52:54:00:00:00:ab   ipv6       fd00::5/64     -          -`
const ON = fields('lab', info('yes'), XML, LEASES)
const OFF = fields('lab', info('no'), XML, '1\nerror: not active')
const NONE = fields(
  'lab',
  "1\nerror: failed to get network 'lab'",
  "1\nerror: failed to get network 'lab'",
  '1\n',
)
const WHAT = 'network lab'

const plans = suite('virt_net: plan')

for (const [raw, found, changes, script] of [
  [{ state: 'active' }, ON, [], ''],
  [{ state: 'active' }, OFF, [[WHAT, 'inactive', 'active']], 'net-start'],
  [{ command: 'destroy' }, ON, [[WHAT, 'active', 'inactive']], 'net-destroy'],
  [{ state: 'absent' }, ON, [[WHAT, 'active', null]], 'net-destroy net-undefine'],
  [{ state: 'absent' }, OFF, [[WHAT, 'inactive', null]], 'net-undefine'],
  // One that is not persistent goes when it stops.
  [
    { state: 'absent' },
    fields('lab', info('yes', 'no'), XML, LEASES),
    [[WHAT, 'active', null]],
    'net-destroy',
  ],
  [{ state: 'absent' }, NONE, [], ''],
  [{ command: 'undefine' }, NONE, [], ''],
  [{ state: 'inactive' }, NONE, [], ''],
  [{ command: 'undefine' }, OFF, [[WHAT, 'inactive', null]], 'net-undefine'],
  [{ autostart: true }, OFF, [[`autostart of ${WHAT}`, false, true]], 'net-autostart'],
  [{ command: 'modify', xml: "<host mac='FC:C2:33:00:6C:3C' name='vm' ip='10.7.0.30'/>" }, ON, [], ''],
] as const)
  plans(`${JSON.stringify(raw)} is planned as ${JSON.stringify(script)}`, () => {
    const plan = planOf(virt_net, { name: 'lab', ...raw }, found)
    assert.equal(rows(plan), changes)
    const [action] = plan.actions ?? []
    const verbs =
      action?.do === 'sh' ? [...action.script.matchAll(/ (net-\w+) /g)].map(([, verb]) => verb) : []
    assert.is(verbs.join(' '), script)
  })

plans('one that an earlier task makes is planned for under check, and missed in a run', () => {
  const raw = { name: 'lab', state: 'active', autostart: true }
  assert.equal(rows(planOf(virt_net, raw, NONE, CHECK)), [
    [WHAT, null, 'active'],
    [`autostart of ${WHAT}`, false, true],
  ])
  assert.is(planOf(virt_net, raw, NONE).failed, 'network lab not found')
})

plans('leases are told in names of libvirt', () => {
  const { result } = planOf(virt_net, { command: 'info' }, `0\nlab\0${ON}`)
  const { networks } = result as { networks: { lab: { dhcp_leases: unknown } } }
  const common = { iface: 'virbr7', expirytime: 1795972292, iaid: null }
  assert.equal(networks.lab.dhcp_leases, [
    {
      ...{ ...common, type: 0, mac: '52:54:00:00:00:aa', ipaddr: '10.7.0.12', prefix: 24 },
      ...{ hostname: 'vm', clientid: 'ff:00:01' },
    },
    {
      ...{ ...common, type: 1, mac: '52:54:00:00:00:ab', ipaddr: 'fd00::5', prefix: 64 },
      ...{ hostname: null, clientid: null },
    },
  ])
})

plans.run()

const problems = suite('virt_net: problems')

for (const [raw, expected] of [
  [{}, 'expected state or command parameter to be specified'],
  [{ state: 'active' }, 'state change requires a specified name'],
  [{ autostart: true }, 'state change requires a specified name'],
  [{ command: 'start' }, 'start requires 1 argument: name'],
  [{ command: 'define', name: 'a' }, 'define requires xml argument'],
  [{ command: 'modify', name: 'a', xml: '<host/>' }, 'xml: the <host> to modify needs a mac'],
  [{ command: 'modify', name: 'a', xml: '<ip/>' }, 'xml: its root is <ip>, and not <host>'],
  [
    { name: 'a', state: 'present', xml: '<network><name>b</name></network>' },
    'xml: its <name> is "b", and not "a"',
  ],
  [{ name: 'a', state: 'active', command: 'start' }, '"state" and "command" exclude each other'],
  [{ name: '7', state: 'active' }, 'name: "7" is a number to virsh, not a name'],
] as const)
  problems(`${JSON.stringify(raw)} is refused`, () => assert.ok(problemsOf(virt_net, raw).includes(expected)))

problems.run()
