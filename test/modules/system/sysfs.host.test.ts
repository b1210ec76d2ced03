import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { link } from '../../../src/modules/network/link/index.ts'
import { sysfs } from '../../../src/modules/system/sysfs.ts'
import { failureOf, type NetnsHost, netnsHosts, settles } from '../../support/netns.ts'

const real = suite<{ hosts: NetnsHost[]; folder: string }>('sysfs: on hosts')

real.before(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'playssh-sysfs-'))
  context.hosts = await netnsHosts()
  for (const host of context.hosts) {
    await settles(host, link, { name: 'v0', type: 'veth', peer: 'v1', state: 'up' }, ['link v0'])
    await settles(host, link, { name: 'br0', type: 'bridge' }, ['link br0'])
  }
})
real.after(async ({ hosts, folder }) => {
  for (const host of hosts) await host.close()
  rmSync(folder, { recursive: true })
})

const RPS = '/sys/class/net/v0/queues/rx-0/rps_cpus'
const MASK = '/sys/class/net/br0/bridge/group_fwd_mask'

real('values of devices come to be as wanted, and a second run finds nothing', async ({ hosts }) => {
  for (const host of hosts) {
    const s = (path: string, value: string, changed: string[]) =>
      settles(host, sysfs, { path, value }, changed)
    await s('class/net/v0/queues/rx-0/rps_cpus', '3', [RPS])
    await s(RPS, '0', [RPS])
    await s(
      '/sys/class/net/v*/tx_queue_len',
      '77',
      ['v0', 'v1'].map((name) => `/sys/class/net/${name}/tx_queue_len`),
    )
    await s(MASK, '8', [MASK])
    await s(MASK, '0x8', [])
    await s(MASK, '0x4000', [MASK])
    await s('class/net/v0/mtu', '1400', ['/sys/class/net/v0/mtu'])
  }
})

real('systemd-tmpfiles sets at boot what its file has, until it is taken out', async ({ hosts, folder }) => {
  for (const host of hosts) {
    const tmpfiles_file = join(folder, host.name, 'lab.conf')
    const raw = { path: '/sys/class/net/v*/mtu', value: '1300', persistent: true, tmpfiles_file }
    const own = ['v0', 'v1'].map((name) => `/sys/class/net/${name}/mtu`)
    await settles(host, sysfs, raw, [...own, `${raw.path} in ${tmpfiles_file}`])
    for (const name of ['v0', 'v1']) host.ip('link', 'set', name, 'mtu', '1500')
    const inside = host.ip('netns', 'identify').trim()
    execFileSync('ip', ['netns', 'exec', inside, 'systemd-tmpfiles', '--create', tmpfiles_file])
    for (const name of ['v0', 'v1']) assert.match(host.ip('link', 'show', name), / mtu 1300 /)
    await settles(host, sysfs, { ...raw, state: 'absent' }, [`${raw.path} in ${tmpfiles_file}`])
    assert.is(readFileSync(tmpfiles_file, 'utf8'), '')
    assert.match(host.ip('link', 'show', 'v0'), / mtu 1300 /)
  }
})

real('what the kernel does not take, or does not have, is said', async ({ hosts }) => {
  for (const host of hosts) {
    const said = async (raw: object) => (await failureOf(host, sysfs, { value: '1', ...raw }))!
    assert.match(
      await said({ path: RPS, value: 'zz' }),
      /"zz" was not set for .*rps_cpus: .*[Ii]nvalid argument|Value too large/,
    )
    assert.match(await said({ path: 'class/net/v9/mtu' }), /there is no \/sys\/class\/net\/v9\/mtu/)
    assert.match(
      await said({ path: 'class/net/v0/ifindex' }),
      /was not set for .*ifindex: .*[Pp]ermission denied/,
    )
  }
})

real.run()
