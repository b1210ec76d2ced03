import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { link } from '../../../src/modules/network/link/index.ts'
import { readArguments } from '../../../src/sdk/arguments.ts'
import { failureOf, type NetnsHost, netnsHosts, settles } from '../../support/netns.ts'
import { RUN } from '../../support/plan.ts'

const commands = suite('link: commands on hosts')

// An ip of a kernel that was built without what these words need.
function ipWithout(words: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-ip-'))
  const refuses = `case " $* " in ${words}) echo "RTNETLINK answers: Operation not supported" >&2; exit 2 ;; esac`
  const real = execFileSync('/bin/sh', ['-c', 'PATH=$PATH:/usr/sbin:/sbin; command -v ip'], {
    encoding: 'utf8',
  })
  writeFileSync(join(folder, 'ip'), `#!/bin/sh\n${refuses}\nexec ${real.trim()} "$@"\n`, { mode: 0o755 })
  return folder
}

for (const [lacked, raw, expected] of [
  [
    '*" vlan_filtering "*',
    { type: 'bridge', vlan_filtering: true, stp_state: true, state: 'up' },
    /^RTNETLINK answers: Operation not supported \(this kernel was built without "vlan_filtering" for a link of type bridge: leave that out/,
  ],
  [
    '*" vlan_filtering "* | *" mcast_querier "*',
    { type: 'bridge', vlan_filtering: true, mcast_querier: true, ageing_time: 0 },
    /without "vlan_filtering" and "mcast_querier" for a link of type bridge/,
  ],
  [
    '*" type bridge "*',
    { type: 'bridge', vlan_filtering: true },
    /^RTNETLINK answers: Operation not supported \(this kernel has no bridge: modprobe bridge/,
  ],
  ['*" promisc "*', { type: 'bridge', promisc: true }, /^RTNETLINK answers: Operation not supported$/],
  ['*" master "*', { type: 'veth', peer: 'y', master: 'lo' }, /^RTNETLINK answers: Operation not supported$/],
] as const) {
  commands(`what the kernel lacks fails, and leaves no link: ${lacked}`, () => {
    const { args } = readArguments(link, { name: 'x', ...raw })
    const [action] = link.plan(args, [], RUN).actions!
    const folder = ipWithout(lacked)
    const script = `PATH=${folder}:$PATH:/usr/sbin:/sbin; (${(action as { script: string }).script}); code=$?; ip -o link; exit $code`
    const { status, stderr, stdout } = spawnSync('unshare', ['-n', '/bin/sh', '-c', script], {
      encoding: 'utf8',
    })
    rmSync(folder, { recursive: true })
    const { failed } = link.interpret!([{ code: status!, stdout, stderr, seconds: 0 }], args, [], {
      changes: [],
    })
    assert.match(failed!, expected)
    // Nothing half made is left, nor what was made for a trial.
    assert.equal(stdout.match(/^\d+: [^:]*/gm), ['1: lo'])
  })
}

commands.run()

const real = suite<{ hosts: NetnsHost[] }>('link: on hosts')

real.before(async (context) => {
  context.hosts = await netnsHosts()
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

real('a bridge comes to be as wanted, and goes', async ({ hosts }) => {
  for (const host of hosts) {
    const bridge = { name: 'br0', type: 'bridge', state: 'up', mtu: 1400, address: '02:00:00:00:01:00' }
    await settles(host, link, bridge, ['link br0'])
    const options = { forward_delay: 400, ageing_time: 0, stp_state: true, priority: 0 }
    await settles(host, link, { name: 'br0', ...options }, Object.keys(options))
    await settles(host, link, { ...bridge, state: 'down', mtu: 1300 }, ['mtu', 'state'])
    await settles(host, link, { name: 'br0', state: 'absent' }, ['link br0'])
  }
})

real('veth: in a bridge and out of it, odd alias, flags', async ({ hosts }) => {
  for (const host of hosts) {
    await settles(host, link, { name: 'br0', type: 'bridge' }, ['link br0'])
    await settles(host, link, { name: 'v0', type: 'veth', peer: 'v1', master: 'br0', state: 'up' }, [
      'link v0',
    ])
    assert.match(host.ip('link', 'show', 'dev', 'v0'), /master br0/)
    await settles(host, link, { name: 'v0', master: '' }, ['master'])
    await settles(host, link, { name: 'v0', master: 'nomaster' }, [])
    const odd = '-it\'s "a" $(b)\n`c`'
    await settles(host, link, { name: 'v0', alias: odd }, ['alias'])
    await settles(host, link, { name: 'v0', alias: '' }, ['alias'])
    const flags = { arp: false, multicast: false, allmulticast: true, promisc: true, txqueuelen: 0 }
    await settles(host, link, { name: 'v0', ...flags }, Object.keys(flags))
    assert.match((await failureOf(host, link, { name: 'v0', peer: 'v2' }))!, /the peer of v0 cannot change/)
    await settles(host, link, { name: 'v0', peer: 'v2', force: true }, ['peer'])
    await settles(host, link, { name: 'v0', ...flags, state: 'up' }, [])
    await settles(host, link, { name: 'v2', state: 'absent' }, ['link v2'])
    assert.not.match(host.ip('link'), /v0/)
    await settles(host, link, { name: 'br0', state: 'absent' }, ['link br0'])
  }
})

real('macvlan and vxlan: what the kernel shows is what was asked for', async ({ hosts }) => {
  for (const host of hosts) {
    await settles(host, link, { name: 'v0', type: 'veth', peer: 'v1' }, ['link v0'])
    const macvlan = { name: 'm0', type: 'macvlan', link: 'v0', mode: 'source' }
    await settles(host, link, { ...macvlan, macaddr: ['02:00:00:00:00:02', '02:00:00:00:00:01'] }, [
      'link m0',
    ])
    await settles(host, link, { ...macvlan, macaddr: ['02:00:00:00:00:03'] }, ['macaddr'])
    await settles(host, link, { ...macvlan, macaddr: [] }, ['macaddr'])
    await settles(host, link, { ...macvlan, mode: 'bridge', bcqueuelen: 2000 }, ['mode', 'bcqueuelen'])
    // One of mode passthru has the device below for itself.
    await settles(host, link, { name: 'm0', state: 'absent' }, ['link m0'])
    await settles(host, link, { ...macvlan, mode: 'passthru', flag: 'nopromisc' }, ['link m0'])
    await settles(host, link, { ...macvlan, mode: 'passthru', flag: 'null' }, ['flag'])
    const vxlan = { name: 'x0', type: 'vxlan', id: 5, dev: 'v0', group: '239.1.1.1', dstport: 4789 }
    const more = { srcport: '1000-2000', learning: false, proxy: true, tos: 16, df: 'set', maxaddress: 9 }
    await settles(host, link, { ...vxlan, ...more, gbp: true, ageing: 60 }, ['link x0'])
    await settles(host, link, { ...vxlan, ageing: 90, learning: true, tos: 'inherit' }, [
      ...['ageing', 'learning', 'tos'],
    ])
    await settles(host, link, { ...vxlan, rsc: true, force: true }, ['rsc'])
    await settles(host, link, { ...vxlan, ...more, gbp: true }, ['learning', 'tos'])
    await settles(host, link, { name: 'x1', type: 'vxlan', external: true, dstport: 4790 }, ['link x1'])
    for (const name of ['x0', 'x1', 'm0', 'v0'])
      await settles(host, link, { name, state: 'absent' }, [`link ${name}`])
  }
})

real('a bridge has every option that the kernel takes', async ({ hosts }) => {
  for (const host of hosts) {
    const options = {
      ...{ forward_delay: 400, hello_time: 100, max_age: 600, group_address: '01:80:c2:00:00:0e' },
      ...{ no_linklocal_learn: true, mcast_snooping: false, mcast_hash_max: 512, mcast_last_member_count: 3 },
      ...{ mcast_startup_query_count: 3, mcast_last_member_interval: 200, mcast_membership_interval: 20000 },
      ...{ mcast_querier_interval: 20000, mcast_query_interval: 10000, mcast_query_response_interval: 900 },
      ...{ mcast_startup_query_interval: 3000, mcast_stats_enabled: true, mcast_igmp_version: 3 },
      ...{ mcast_mld_version: 2, mcast_query_use_ifaddr: true },
    }
    await settles(host, link, { name: 'br1', type: 'bridge', ...options }, ['link br1'])
    await settles(host, link, { name: 'br1', mcast_query_interval: 11000 }, ['mcast_query_interval'])
    await settles(host, link, { name: 'br1', state: 'absent' }, ['link br1'])
  }
})

real('tunnels: made, changed, deleted; or a sentence where the kernel has none', async ({ hosts }) => {
  for (const host of hosts) {
    const wanted = { name: 't', type: 'ipip', local: '10.0.0.1', remote: '10.0.0.2', state: 'up' }
    const failure = await failureOf(host, link, wanted)
    if (failure !== undefined) {
      assert.match(failure, /this kernel has no ipip: modprobe ipip/)
      assert.not.match(host.ip('link'), / t[@:]/)
      continue
    }
    await settles(host, link, { ...wanted, remote: '10.0.0.3', ttl: 9 }, ['remote', 'ttl'])
    await settles(host, link, { name: 't', remote: 'any', force: true }, ['remote'])
    await settles(host, link, { name: 't', state: 'absent' }, ['link t'])
  }
})

real('tun and tap links come to be, and go', async ({ hosts }) => {
  for (const host of hosts) {
    await settles(host, link, { name: 't0', type: 'tun', user: 'root', mtu: 1400 }, ['link t0'])
    await settles(host, link, { name: 't0', type: 'tap', force: true }, ['type'])
    await settles(host, link, { name: 't0', state: 'absent' }, ['link t0'])
  }
})

real('what cannot be made says why, and leaves what there is', async ({ hosts }) => {
  for (const host of hosts) {
    await settles(host, link, { name: 'v0', type: 'veth', peer: 'v1' }, ['link v0'])
    const gone = { name: 'v0', type: 'ipip', local: '10.0.0.1', remote: '10.0.0.2', force: true }
    const failure = await failureOf(host, link, { ...gone, link: 'nothing' })
    assert.match(failure ?? '', /nothing|Unknown device type/)
    assert.match(host.ip('link', 'show', 'dev', 'v0'), /v0@v1/)
    await settles(host, link, { name: 'v0', state: 'absent' }, ['link v0'])
    assert.match((await failureOf(host, link, { name: 'lo', state: 'absent' }))!, /not deleted/)
    assert.match((await failureOf(host, link, { name: 'v9', state: 'up' }))!, /there is no link v9/)
  }
})

real.run()
