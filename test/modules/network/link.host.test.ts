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
