import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { network_config } from '../../../src/modules/network/network_config/index.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw } from '../../support/plan.ts'

const test = suite<{ hosts: ApartHost[] }>('network_config: on hosts')

const SETUP = `rm -rf /etc/netplan/* /etc/network/interfaces.d/* /etc/systemd/network/* /etc/systemd/system/*.wants/systemd-networkd.service
mkdir -p /etc/network && echo 'source /etc/network/interfaces.d/*' >/etc/network/interfaces`

test.before(async (context) => {
  context.hosts = await apartHosts(SETUP)
})
test.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

const LINKS = [
  { name: 'p0', master: 'br0', mtu: 1400 },
  {
    name: 'br0',
    type: 'bridge',
    stp_state: false,
    forward_delay: 400,
    addresses: ['10.0.0.1/24', 'fd00::1/64'],
    routes: [
      { to: 'default', via: '10.0.0.254', metric: 5 },
      { to: '10.9.0.0/16', type: 'blackhole' },
      { to: 'fd09::/64', via: 'fd00::2', table: 7 },
    ],
    rules: [{ priority: 100, from: '10.0.0.0/24', table: 7, fwmark: '3' }],
    dns: ['10.0.0.53'],
    search: ['example.org'],
  },
]
/** What this machine need not be able to make, but the tools can read. */
const MORE = [
  ...LINKS,
  { name: 'p0.5', type: 'vlan', link: 'p0', id: 5 },
  { name: 'bond0', type: 'bond', mode: 'active-backup', miimon: 100 },
  { name: 'p1', master: 'bond0', accept_ra: false },
  {
    name: 'vx1',
    type: 'vxlan',
    id: 7,
    local: '10.0.0.1',
    remote: '10.0.0.2',
    dstport: 4789,
    learning: false,
  },
  { name: 'vrf1', type: 'vrf', table: 9 },
  { name: 'gre1', type: 'gre', local: '10.0.0.1', remote: '10.0.0.3', ttl: 64, key: 5 },
]

/** Checks, applies and looks again; gives what has changed. */
async function applied({ session, name }: ApartHost, raw: Raw): Promise<unknown[]> {
  const checked = await applyModule(session, network_config, raw, CHECK)
  const { plan, result } = await applyModule(session, network_config, raw)
  assert.equal([plan.failed, result.failed, plan.changes], [undefined, undefined, checked.plan.changes], name)
  assert.equal((await applyModule(session, network_config, raw)).plan.changes, [], name)
  return plan.changes.map(({ what }) => what)
}

/** The tools of this machine, also where those of busybox come first. */
const TOOLS = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin; '

const FILE = '/etc/network/interfaces.d/playssh'

test('ifupdown sets up what its file says, and takes it down', async ({ hosts }) => {
  for (const host of hosts) {
    assert.equal(await applied(host, { links: LINKS }), [FILE])
    assert.match(host.run(`${TOOLS}ifquery --list -a`), /^br0$/m)
    const said = host.run(`${TOOLS}unshare --net --mount sh -ec '
mount --make-rprivate /; mkdir -p /run/network; mount -t tmpfs none /run/network
ip link set lo up; ip link add p0 type veth peer name p1
ifup -a 2>&1
ip -o address show dev br0; ip -o link show dev p0; ip route; ip -6 route show table 7; ip rule
ip -d link show dev br0
ifdown -a 2>&1
echo left; ip -o link; ip rule'`)
    for (const expected of [
      /inet 10\.0\.0\.1\/24 /,
      /inet6 fd00::1\/64 /,
      /p0@p1: .* mtu 1400 .* master br0 /,
      /^default via 10\.0\.0\.254 dev br0 metric 5/m,
      /^blackhole 10\.9\.0\.0\/16/m,
      /^fd09::\/64 via fd00::2 dev br0/m,
      /from 10\.0\.0\.0\/24 fwmark 0x3 lookup 7/,
      / bridge forward_delay 400 /,
    ])
      assert.match(said, expected, host.name)
    const [, left = ''] = said.split('\nleft\n')
    assert.not.match(left, /br0|lookup 7/, host.name)
    assert.equal(await applied(host, { links: [] }), [FILE])
    assert.not.match(host.run('ls /etc/network/interfaces.d'), /playssh/)
  }
})

test('netplan takes its file, and makes of it what systemd-networkd reads', async ({ hosts }) => {
  for (const host of hosts) {
    const raw = { links: MORE, backend: 'netplan' }
    assert.equal(await applied(host, raw), ['/etc/netplan/90-playssh.yaml'])
    assert.match(host.run('stat -c %a /etc/netplan/90-playssh.yaml'), /^600$/m)
    const made = host.run(`${TOOLS}d=$(mktemp -d); mkdir $d/etc; cp -a /etc/netplan $d/etc
netplan generate --root-dir $d 2>&1; cat $d/run/systemd/network/*; rm -r $d`)
    for (const expected of [/Kind=bridge/, /Kind=vlan/, /Kind=bond/, /Kind=vxlan/, /Kind=vrf/, /Kind=gre/])
      assert.match(made, expected, host.name)
    assert.match(made, /Address=10\.0\.0\.1\/24/)
    // Now netplan is in use here.
    assert.equal(await applied(host, { links: [] }), ['/etc/netplan/90-playssh.yaml'])
  }
})

test('systemd-networkd makes what its files say, and complains of none of them', async ({ hosts }) => {
  for (const host of hosts) {
    const raw = { links: MORE, backend: 'networkd' }
    assert.is((await applied(host, raw)).length, 14)
    const log = host.run(`${TOOLS}unshare --net --mount sh -c '
mount --make-rprivate /; mount -t tmpfs none /run; mkdir -p /run/systemd
install -d -o systemd-network -m 755 /run/systemd/netif
SYSTEMD_LOG_LEVEL=debug SYSTEMD_LOG_TARGET=console /lib/systemd/systemd-networkd >/run/log 2>&1 &
n=0
until ip link show dev br0 >/dev/null 2>&1 || [ $((n += 1)) -gt 300 ]; do sleep 0.1; done
ip -d link show dev br0
kill $!; wait $!
cat /run/log'`)
    assert.match(log, / bridge forward_delay 400 /, host.name)
    for (const kind of ['bond', 'bridge', 'vlan', 'vxlan', 'vrf', 'gre'])
      assert.match(log, `loaded "${kind}"`)
    assert.not.match(log, /etc\/systemd\/network\//, host.name)
    const fewer = { links: LINKS.slice(1), backend: 'networkd' }
    assert.is((await applied(host, fewer)).length, 12)
    assert.is((await applied(host, { links: [], backend: 'networkd' })).length, 2)
  }
})

test('what somebody has put in the place of a file is told of, or put right', async ({ hosts }) => {
  for (const host of hosts) {
    const raw = { links: LINKS, backend: 'ifupdown' }
    await applied(host, raw)
    host.run(`echo mine >>${FILE}; chmod 600 ${FILE}`)
    assert.equal(await applied(host, raw), [FILE])
    host.run(`rm ${FILE}; mkdir ${FILE}`)
    const { plan } = await applyModule(host.session, network_config, raw)
    assert.match(plan.failed!, /interfaces\.d\/playssh is a directory, and a file is to be there/)
    host.run(`rmdir ${FILE}`)
  }
})

test('a failure to apply is told in the words of the tool', async ({ hosts }) => {
  for (const { session, run, bin } of hosts) {
    run(
      `printf '#!/bin/sh\\necho "no bus here" >&2; exit 3\\n' >${bin}/networkctl; chmod +x ${bin}/networkctl`,
    )
    const raw = { links: LINKS, backend: 'networkd', apply: true }
    assert.match((await applyModule(session, network_config, raw)).result.failed!, /no bus here/)
  }
})

test.run()
