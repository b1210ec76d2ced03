import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { nmcli } from '../../../src/modules/network/nmcli/index.ts'
import { readArguments } from '../../../src/sdk/arguments.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('nmcli')

const shown = (lines: Record<string, string>) =>
  `0\0${Object.entries({ 'connection.uuid': 'u', 'connection.slave-type': '', ...lines })
    .map(([name, value]) => `${name}:${value}`)
    .join('\n')}\0\0`

const NONE = '10\0Error: a - no such connection profile.\0\0'
const VLAN = { conn_name: 'a', type: 'vlan', state: 'present', master: 'b' }
const PRESENT = {
  'connection.type': 'vlan',
  'connection.autoconnect': 'yes',
  '802-3-ethernet.mtu': 'auto',
}

/** Properties of a vlan: as asked for, as nmcli shows them, and whether that is the same. */
const SAME: [asked: Raw, shown: Record<string, string>, isSame: boolean][] = [
  [{}, {}, true],
  [{ mtu: 1400 }, {}, false],
  [{}, { '802-3-ethernet.mtu': '1400' }, false],
  [{ mac: 'aa:bb:cc:dd:ee:ff' }, { '802-3-ethernet.cloned-mac-address': 'AA:BB:CC:DD:EE:FF' }, true],
  [{ ingress: '3:4,1:2' }, { 'vlan.ingress-priority-map': '1:2,3:4' }, true],
  [{ vlanid: 5 }, { 'vlan.id': '5' }, true],
  [{ zone: 'dmz' }, { 'connection.zone': '' }, false],
]

test('what nmcli shows in another way is the same', () => {
  for (const [asked, properties, isSame] of SAME) {
    const { changes } = planOf(nmcli, { ...VLAN, ...asked }, shown({ ...PRESENT, ...properties }))
    assert.is(changes.length === 0, isSame, JSON.stringify([asked, changes]))
  }
})

const ETHERNET = { conn_name: 'a', type: 'ethernet', state: 'present' }
const BARE = {
  ...{ 'connection.type': '802-3-ethernet', 'connection.autoconnect': 'yes', '802-3-ethernet.mtu': 'auto' },
  ...{ 'ipv4.ignore-auto-dns': 'no', 'ipv4.ignore-auto-routes': 'no', 'ipv4.never-default': 'no' },
  ...{ 'ipv4.may-fail': 'yes', 'ipv6.ignore-auto-dns': 'no', 'ipv6.ignore-auto-routes': 'no' },
}

const ADDRESSES: [asked: Raw, shown: Record<string, string>, rows: unknown[][]][] = [
  [{ type: undefined }, {}, []],
  [{ ip4: '192.0.2.1', method4: 'auto' }, { 'ipv4.addresses': '192.0.2.1/32', 'ipv4.method': 'auto' }, []],
  [
    { ip4: ['192.0.2.2/24', '192.0.2.1/24'] },
    { 'ipv4.addresses': '192.0.2.1/24, 192.0.2.2/24', 'ipv4.method': 'manual' },
    [['ipv4.addresses', '192.0.2.1/24, 192.0.2.2/24', '192.0.2.2/24,192.0.2.1/24']],
  ],
  [{ dns4: ['192.0.2.2', '192.0.2.1'] }, { 'ipv4.dns': '192.0.2.1,192.0.2.2' }, []],
  [{ gw6: '2001:DB8::0:1' }, { 'ipv6.gateway': '2001:db8::1' }, []],
  [{ gw4: '' }, { 'ipv4.gateway': '192.0.2.1' }, [['ipv4.gateway', '192.0.2.1', null]]],
  [
    { routes4_extended: [{ ip: '10.0.0.0/8', next_hop: '192.0.2.1', table: 7, onlink: true }] },
    { 'ipv4.routes': '10.0.0.0/8 192.0.2.1 onlink=true table=7' },
    [],
  ],
  [
    { routes4: ['10.0.0.0/8 192.0.2.1'] },
    { 'ipv4.routes': '' },
    [['ipv4.routes', null, '10.0.0.0/8 192.0.2.1']],
  ],
]

test('addresses, routes and name servers are compared as what they mean', () => {
  for (const [asked, properties, wanted] of ADDRESSES) {
    const plan = planOf(nmcli, { ...ETHERNET, ...asked }, shown({ ...BARE, ...properties }))
    assert.equal(rows(plan), wanted, JSON.stringify(asked))
    const told =
      wanted.length === 0
        ? 'Connections already exist and no changes made'
        : 'Connections do exist so we are modifying them'
    assert.equal(plan.result, { conn_name: 'a', state: 'present', Exists: told })
  }
})

test('a secret goes over stdin, is never among words of a program, and is not told', () => {
  const wifi = {
    conn_name: 'a',
    type: 'wifi',
    ssid: 's',
    state: 'present',
    wifi_sec: { 'key-mgmt': 'wpa-psk', psk: 'hush hush' },
  }
  const plan = planOf(nmcli, wifi, NONE)
  assert.not.match(JSON.stringify([plan.changes, plan.result]), /hush/)
  const sent = plan.actions!.filter((action) => action.do === 'send')
  assert.is(sent.length, 1)
  assert.match(sent[0]!.content.text()!, /^set 802-11-wireless-security\.psk hush hush\nsave\n/)
  for (const action of plan.actions!) if ('script' in action) assert.not.match(action.script, /hush/)
  const outcome = { code: 1, stdout: '', stderr: "Error: 'hush hush' is not a valid PSK", seconds: 0 }
  const { failed } = nmcli.interpret!([outcome], wifi as never, undefined, plan)
  assert.is(failed, "Error: '(hidden)' is not a valid PSK")
})

test('secrets are asked for where one is compared, also with none', () => {
  const probeOf = (raw: Raw) =>
    nmcli.probe!(
      readArguments(nmcli, { conn_name: 'a', state: 'present', ...raw }).args as never,
      CHECK,
    ) as string
  for (const psk of ['hush hush', ''])
    assert.match(probeOf({ type: 'wifi', ssid: 's', wifi_sec: { psk } }), / -s connection show /)
  assert.not.match(probeOf({ type: 'ethernet' }), / -s /)
})

test('a new connection is told in the words of Ansible, and one that is gone has nothing to do', () => {
  const plan = planOf(nmcli, { ...ETHERNET, dns4: '192.0.2.53' }, NONE)
  assert.is(plan.result?.Connection, 'Connection a of Type ethernet is being added')
  assert.equal(rows(plan)[0], ['connection a', null, 'ethernet'])
  assert.match(JSON.stringify(plan.actions!.at(-1)), /connection up id a/)
  assert.equal(planOf(nmcli, { conn_name: 'a', state: 'absent' }, NONE).changes, [])
  assert.match(planOf(nmcli, { conn_name: 'a', state: 'present' }, NONE).failed!, /needs "type"/)
  const gone = planOf(nmcli, { conn_name: 'a', state: 'absent' }, shown(BARE))
  assert.equal(rows(gone), [['connection a', 'present', null]])
})

test('a host without nmcli, or where NetworkManager does not run, is told; under check it may come', () => {
  for (const [printed, told] of [
    ['missing\0\0\0', /executable "nmcli"/],
    ['8\0Error: NetworkManager is not running.\0\0', /not running/],
    ['1\0Error: Could not create NMClient object: Could not connect\0\0', /not running/],
  ] as const) {
    const plan = planOf(nmcli, ETHERNET, printed)
    assert.match(plan.failed!, told)
    assert.ok(plan.advice)
    assert.is(planOf(nmcli, ETHERNET, printed, CHECK).failed, undefined)
  }
  assert.is(planOf(nmcli, ETHERNET, '1\0Error: no\0\0').failed, 'Error: no')
  assert.throws(() => planOf(nmcli, ETHERNET, '0\0nonsense\0\0'), /describes no connection/)
})

const FAULTS: [raw: Raw, told: RegExp][] = [
  [{ ...ETHERNET, never_default4: true, gw4: '192.0.2.1' }, /never_default4\|gw4/],
  [{ ...ETHERNET, routes4: ['a'], routes4_extended: [{ ip: 'a' }] }, /routes4_extended\|routes4/],
  [{ ...ETHERNET, routes4_extended: [{ next_hop: 'a' }] }, /each is a map with "ip"/],
  [{ ...ETHERNET, routes6_extended: [{ ip: 'a', color: 1 }] }, /"color" is none of/],
  [{ ...ETHERNET, conn_name: '' }, /a connection has a name/],
  [{ ...ETHERNET, zone: 'a\nb' }, /connection\.zone: it holds a line break/],
  [{ ...ETHERNET, type: 'wifi' }, /type is wifi but all of the following are missing: ssid/],
  [{ ...ETHERNET, type: 'wifi', ssid: 'a', wifi_sec: { psk: 'a\nb' } }, /psk: it holds a line break/],
  [{ ...ETHERNET, type: 'wifi', ssid: 'a', wifi: { '+x y': 1 } }, /no name of a property/],
  [{ ...ETHERNET, type: 'macvlan' }, /type is macvlan but all of the following are missing: macvlan/],
  [{ ...ETHERNET, type: 'macvlan', macvlan: { mode: 9 } }, /"mode", 1 to 5/],
  [{ ...ETHERNET, type: 'team', runner_fast_rate: true }, /only allowed for runner lacp/],
  [{ ...ETHERNET, type: 'team', runner_hwaddr_policy: 'by_active' }, /only allowed for runner activebackup/],
  [{ ...ETHERNET, type: 'team-slave' }, /Please specify a name for the master/],
]

test('faults are named before anything is connected to', () => {
  for (const [raw, told] of FAULTS) assert.match(problemsOf(nmcli, raw).join('\n'), told)
})

test.run()
