import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { nmcli } from '../../../src/modules/network/nmcli/index.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw } from '../../support/plan.ts'

const test = suite<{ hosts: ApartHost[] }>('nmcli: on hosts')

/** A bus and a NetworkManager of the host's own. */
const START = `mount -t tmpfs tmpfs /var/lib/NetworkManager; mkdir -p /run/dbus /etc/NetworkManager
rm -rf /etc/NetworkManager/*; mkdir -m 700 /etc/NetworkManager/system-connections
printf '[main]\\nplugins=keyfile\\nauth-polkit=root-only\\ndns=none\\nno-auto-default=*\\n' >/etc/NetworkManager/NetworkManager.conf
dbus-daemon --system --nopidfile --fork
NetworkManager --no-daemon >/run/manager.log 2>&1 &
until [ "$(nmcli -t -f RUNNING general 2>/dev/null)" = running ]; do sleep 0.1; done`

test.before(async (context) => {
  context.hosts = await apartHosts(START, true, true)
})
test.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

/** Check says what the run then does, and a second run finds nothing. */
async function settles({ session, name }: ApartHost, raw: Raw): Promise<void> {
  const where = `${JSON.stringify(raw)} on ${name}`
  const checked = await applyModule(session, nmcli, raw, CHECK)
  const { plan, result } = await applyModule(session, nmcli, raw)
  assert.equal([plan.failed, result.failed], [undefined, undefined], where)
  assert.equal(plan.changes, checked.plan.changes, where)
  assert.ok(plan.changes.length > 0, where)
  assert.equal((await applyModule(session, nmcli, raw)).plan.changes, [], where)
}

const NAME = 'a "b" $c:\\d ü'
const ETHERNET = { conn_name: NAME, type: 'ethernet', ifname: 'e7', state: 'present', autoconnect: false }

/** Connections of each type, and each again with something else. */
const CONNECTIONS: Raw[] = [
  ETHERNET,
  {
    ...ETHERNET,
    ip4: ['192.0.2.5/24', '192.0.2.6'],
    gw4: '192.0.2.1',
    zone: 'dmz',
    mac: 'aa:bb:cc:dd:ee:ff',
  },
  {
    ...ETHERNET,
    ...{
      ip4: '192.0.2.6/24',
      method4: 'manual',
      never_default4: true,
      may_fail4: false,
      dhcp_client_id: 'me',
    },
    routes4: ['198.51.100.0/24 192.0.2.1 5', '203.0.113.7'],
    routing_rules4: ['priority 5 from 192.0.2.0/24 table 7', 'priority 6 to 192.0.2.9 table 8'],
    ...{ ip6: ['2001:DB8:0::1'], gw6: '2001:db8::ff', routes6: ['2001:db8:1::/64 2001:db8::2'] },
    ...{ ip_privacy6: 'prefer-temp-addr', addr_gen_mode6: 'eui64', route_metric4: 5, route_metric6: 6 },
  },
  {
    ...ETHERNET,
    routes4_extended: [
      { ip: '198.51.100.0/24', next_hop: '192.0.2.1', metric: 5, table: 7, onlink: true, mtu: 1400 },
    ],
    routes6_extended: [{ ip: '2001:db8:1::/64', next_hop: '2001:db8::2', metric: 3, table: 9 }],
    dns4: ['192.0.2.53', '192.0.2.54'],
    dns4_search: ['example.org', 'example.net'],
    dns6: ['2001:db8:0::53'],
    ...{ dns4_ignore_auto: true, dns6_ignore_auto: true, gw4_ignore_auto: true, gw6_ignore_auto: true },
    mtu: 1400,
  },
  {
    ...ETHERNET,
    gw4: '',
    gw6: '',
    ip6: [],
    ip4: [],
    method4: 'auto',
    routes4: [],
    routes6: [],
    dns4: [],
    dns6: [],
    method6: 'ignore',
  },
  {
    conn_name: 'bond',
    type: 'bond',
    state: 'present',
    mode: 'active-backup',
    miimon: 100,
    downdelay: 200,
    primary: 'e8',
  },
  {
    ...{
      conn_name: 'bond',
      type: 'bond',
      state: 'present',
      mode: 'balance-xor',
      xmit_hash_policy: 'layer3+4',
    },
    ...{ miimon: 50, primary: '' },
  },
  {
    conn_name: 'arp',
    type: 'bond',
    state: 'present',
    mode: 'active-backup',
    arp_interval: 100,
    arp_ip_target: '192.0.2.1,192.0.2.2',
  },
  { conn_name: 'bp', type: 'bond-slave', ifname: 'e9', master: 'bond', state: 'present' },
  { conn_name: 'br', type: 'bridge', state: 'present', stp: false, autoconnect: false },
  {
    conn_name: 'br',
    type: 'bridge',
    state: 'present',
    priority: 4096,
    maxage: 30,
    mac: '02:00:00:00:00:01',
    autoconnect: false,
  },
  { conn_name: 'brp', type: 'bridge-slave', ifname: 'e10', master: 'br', hairpin: true, state: 'present' },
  {
    conn_name: 'brp',
    type: 'bridge-slave',
    ifname: 'e10',
    master: 'br',
    path_cost: 7,
    slavepriority: 5,
    state: 'present',
  },
  {
    conn_name: 'team',
    type: 'team',
    state: 'present',
    runner: 'lacp',
    runner_fast_rate: true,
    autoconnect: false,
  },
  {
    conn_name: 'team',
    type: 'team',
    state: 'present',
    runner: 'lacp',
    runner_fast_rate: false,
    autoconnect: false,
  },
  { conn_name: 'tp', type: 'team-slave', ifname: 'e11', master: 'team', state: 'present', mtu: 1400 },
  {
    conn_name: 'gre',
    type: 'gre',
    state: 'present',
    ip_tunnel_local: '192.0.2.5',
    ip_tunnel_remote: '192.0.2.9',
    ip_tunnel_input_key: '5',
    autoconnect: false,
  },
  {
    conn_name: 'sit',
    type: 'sit',
    state: 'present',
    ip_tunnel_local: '192.0.2.5',
    ip_tunnel_remote: '192.0.2.9',
    ip_tunnel_dev: 'e7',
    autoconnect: false,
  },
  { conn_name: 'sit', state: 'present', ifname: 's1', autoconnect: false },
  { conn_name: 'ipip', type: 'ipip', state: 'present', ip_tunnel_remote: '192.0.2.9', autoconnect: false },
  {
    conn_name: 'vlan',
    type: 'vlan',
    state: 'present',
    vlanid: 5,
    vlandev: 'e7',
    flags: '1',
    ingress: '1:2,3:4',
    egress: '4:5',
    autoconnect: false,
  },
  {
    conn_name: 'vlan',
    type: 'vlan',
    state: 'present',
    vlanid: 6,
    vlandev: 'e7',
    flags: '3',
    autoconnect: false,
  },
  {
    conn_name: 'vxlan',
    type: 'vxlan',
    state: 'present',
    vxlan_id: 5,
    vxlan_remote: '192.0.2.9',
    vxlan_local: '192.0.2.5',
    autoconnect: false,
  },
  {
    conn_name: 'mac',
    type: 'macvlan',
    state: 'present',
    macvlan: { mode: 4, parent: 'e7', promiscuous: false, tap: true },
    autoconnect: false,
  },
  { conn_name: 'generic', type: 'generic', state: 'present', autoconnect: false },
  { conn_name: 'ib', type: 'infiniband', state: 'present', transport_mode: 'connected', autoconnect: false },
  {
    conn_name: 'wifi',
    type: 'wifi',
    ifname: 'w0',
    state: 'present',
    ssid: 'a:b c',
    wifi: {
      mode: 'ap',
      hidden: true,
      band: 'bg',
      channel: 3,
      powersave: 2,
      'mac-address-randomization': 1,
      'wake-on-wlan': 4,
      mtu: 1400,
    },
  },
  {
    conn_name: 'wifi',
    type: 'wifi',
    ifname: 'w0',
    state: 'present',
    ssid: 'a',
    wifi_sec: { 'key-mgmt': 'wpa-psk', psk: '"se  cret" #1', proto: ['rsn', 'wpa'], pairwise: ['ccmp'] },
  },
  {
    conn_name: 'wifi',
    type: 'wifi',
    ifname: 'w0',
    state: 'present',
    ssid: 'a',
    wifi_sec: { psk: 'other secret' },
  },
  {
    conn_name: 'gsm',
    type: 'gsm',
    ifname: 'g0',
    state: 'present',
    gsm: { apn: 'internet', pin: '1234', username: 'u', password: 'pass word' },
    autoconnect: false,
  },
  {
    conn_name: 'wg',
    type: 'wireguard',
    state: 'present',
    wireguard: { 'listen-port': 51820, 'private-key': `${'A'.repeat(43)}=`, fwmark: 16 },
    autoconnect: false,
  },
  {
    conn_name: 'vpn',
    type: 'vpn',
    state: 'present',
    vpn: {
      'service-type': 'org.freedesktop.NetworkManager.l2tp',
      permissions: 'root',
      gateway: '192.0.2.9',
      user: 'u',
      'ipsec-enabled': true,
      'ipsec-psk': 'a b',
    },
    autoconnect: false,
  },
]

test('connections of each type are made and changed, and one goes', async ({ hosts }) => {
  for (const host of hosts) {
    // What nmcli does with them is the same for both.
    const some =
      host.name === 'dash'
        ? CONNECTIONS
        : CONNECTIONS.filter(({ type }) => type === 'wifi' || type === 'bridge')
    const names = new Set(['first', ...some.map(({ conn_name }) => conn_name)])
    for (const raw of [{ ...ETHERNET, conn_name: 'first' }, ...some]) await settles(host, raw)
    await settles(host, { conn_name: 'first', state: 'absent' })
    assert.is(host.run('nmcli -t -f NAME connection show').trim().split('\n').length, names.size - 1)
  }
})

test('a new connection with name servers is brought up at once; why that is not possible is told', async ({
  hosts,
}) => {
  for (const { session } of hosts) {
    const nowhere = {
      conn_name: 'up',
      ifname: 'none7',
      type: 'ethernet',
      state: 'present',
      dns4: '192.0.2.53',
    }
    const { plan, result } = await applyModule(session, nmcli, nowhere)
    assert.match(result.failed!, /^Error: Connection activation failed: No suitable device found/)
    assert.is(plan.changes[0]?.what, 'connection up')
    assert.equal((await applyModule(session, nmcli, nowhere)).plan.changes, [])
  }
})

test('properties of wifi that nmcli does not know are named, or left out', async ({ hosts }) => {
  for (const { session } of hosts) {
    const odd = {
      conn_name: 'wifi',
      type: 'wifi',
      state: 'present',
      ssid: 'a',
      wifi: { nope: 1, hidden: false },
    }
    const told = 'Invalid or unsupported option(s): "wifi.nope"'
    assert.is((await applyModule(session, nmcli, odd)).plan.failed, told)
    const ignoring = await applyModule(session, nmcli, { ...odd, ignore_unsupported_suboptions: true }, CHECK)
    assert.equal([ignoring.plan.failed, ignoring.plan.warnings], [undefined, [told]])
  }
})

/** The connection with its secret, which nmcli leaves out now and then. */
function withSecret(run: ApartHost['run']): string {
  const shown = Array.from({ length: 10 }, () => run('nmcli -t -s connection show id wifi'))
  const whole = shown.find((text) => text.includes('psk:other secret'))
  assert.ok(whole !== undefined, shown[0])
  return whole
}

/** An nmcli that shows no secrets the first so many times: it does so when NetworkManager says something meanwhile. */
const forgetful = (times: number) => `#!/bin/sh
case " $* " in
*' -s '*' wifi '*) if [ "$(cat /run/forgotten 2>/dev/null | wc -l)" -lt ${times} ]; then
    echo >>/run/forgotten
    /usr/bin/nmcli "$@" | sed 's/psk:.*/psk:/'
    exit
  fi ;;
esac
exec /usr/bin/nmcli "$@"
`

test('a secret that nmcli leaves out once or twice is no difference', async ({ hosts }) => {
  for (const { session, bin, run } of hosts) {
    writeFileSync(join(bin, 'nmcli'), forgetful(2), { mode: 0o755 })
    const same = { conn_name: 'wifi', type: 'wifi', ifname: 'w0', state: 'present', ssid: 'a' }
    const withKey = (psk: string) => ({ ...same, wifi_sec: { psk } })
    assert.equal((await applyModule(session, nmcli, withKey('other secret'))).plan.changes, [])
    run('rm /run/forgotten')
    const changes = [{ what: '802-11-wireless-security.psk', before: '(hidden)', after: '(hidden)' }]
    assert.equal((await applyModule(session, nmcli, withKey('third secret'), CHECK)).plan.changes, changes)
    rmSync(join(bin, 'nmcli'))
  }
})

test('what NetworkManager refuses is a sentence without secrets, and leaves things as they were', async ({
  hosts,
}) => {
  for (const { session, run } of hosts) {
    const short = {
      conn_name: 'short',
      type: 'wifi',
      ifname: 'w1',
      state: 'present',
      ssid: 'a',
      wifi_sec: { 'key-mgmt': 'wpa-psk', psk: 'short' },
    }
    const { result } = await applyModule(session, nmcli, short)
    assert.match(result.failed!, /^Error: Failed to save .*psk: property is invalid/)
    assert.not.match(run('nmcli -t -f NAME connection show'), /short/)
    const before = withSecret(run)
    const worse = { ...short, conn_name: 'wifi', ssid: 'b' }
    assert.match((await applyModule(session, nmcli, worse)).result.failed!, /psk: property is invalid/)
    assert.is(withSecret(run), before)
    const odd = { conn_name: 'x', type: 'ethernet', state: 'present', ip4: 'nonsense' }
    assert.match((await applyModule(session, nmcli, odd)).result.failed!, /nonsense/)
    const other = await applyModule(session, nmcli, { conn_name: 'br', type: 'ethernet', state: 'present' })
    assert.match(other.plan.failed!, /is there with type bridge/)
  }
})

test.run()
