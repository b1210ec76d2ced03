import { execFileSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { link } from '../../../src/modules/network/link/index.ts'
import { qdisc } from '../../../src/modules/network/qdisc/index.ts'
import { failureOf, type NetnsHost, netnsHosts, settles } from '../../support/netns.ts'

const real = suite<{ hosts: NetnsHost[] }>('qdisc: on hosts')

real.before(async (context) => {
  context.hosts = await netnsHosts()
  for (const host of context.hosts)
    await settles(host, link, { name: 'v0', type: 'veth', peer: 'v1', state: 'up' }, ['link v0'])
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

/** What tc shows of v0, which nobody has touched besides. */
function shown(host: NetnsHost): string {
  const netns = host.ip('netns', 'identify').trim()
  return execFileSync('tc', ['-n', netns, 'qdisc', 'show', 'dev', 'v0'], { encoding: 'utf8' })
}

const ON = 'qdisc root on v0'

real(
  'token buckets of many sizes come to be as wanted, and a second run finds nothing',
  async ({ hosts }) => {
    for (const host of hosts) {
      const q = (raw: object, changed: string[]) =>
        settles(host, qdisc, { dev: 'v0', kind: 'tbf', ...raw }, changed)
      await q({ rate: '1mbit', burst: '10kb', latency: '50ms' }, [ON])
      await q({ rate: '8mbit', burst: '10kb', latency: '50ms' }, [`${ON} rate`])
      await q({ rate: '7mbit', burst: 1511, latency: '33ms', overhead: 4, linklayer: 'atm' }, [
        `${ON} rate`,
        `${ON} burst`,
        `${ON} latency`,
        `${ON} overhead`,
        `${ON} linklayer`,
      ])
      for (const rate of ['56kbit', '333333bit', '1234567bit', '987654321bit', '40gbit'])
        for (const burst of ['1601b', '30001b', '1mb'])
          for (const queue of [{ latency: '1.5ms' }, { limit: '3001b' }, { limit: '7mb' }]) {
            const raw = { dev: 'v0', kind: 'tbf', rate, burst, ...queue }
            await settles(host, qdisc, { ...raw, state: 'absent' }, [ON])
            await settles(host, qdisc, raw, [ON])
          }
      await q({ state: 'absent' }, [ON])
      await q({ state: 'absent' }, [])
    }
  },
)

real('a tree of htb with queues in its classes, and what is in its way', async ({ hosts }) => {
  for (const host of hosts) {
    const q = (raw: object, changed: string[]) => settles(host, qdisc, { dev: 'v0', ...raw }, changed)
    await q({ kind: 'pfifo', limit: 10 }, [ON])
    await q({ kind: 'htb', handle: '1:', default: 30 }, [ON])
    assert.match(
      (await failureOf(host, qdisc, { dev: 'v0', kind: 'htb', default: 20 }))!,
      /"force: true" replaces it/,
    )
    await q({ kind: 'htb', default: 20, direct_qlen: 5, force: true }, [`${ON} default`, `${ON} direct_qlen`])
    assert.match(
      (await failureOf(host, qdisc, { dev: 'v0', kind: 'bfifo', parent: '1:10', limit: '30kb' }))!,
      /or has another number: make it first/,
    )
    await q({ kind: 'htb', state: 'absent' }, [ON])
  }
})

real('fifos change in place, and keep their handle', async ({ hosts }) => {
  for (const host of hosts) {
    const q = (raw: object, changed: string[]) => settles(host, qdisc, { dev: 'v0', ...raw }, changed)
    await q({ kind: 'pfifo', limit: 10, handle: '7:' }, [ON])
    await q({ kind: 'pfifo', limit: 20 }, [`${ON} limit`])
    assert.match(shown(host), /^qdisc pfifo 7: root refcnt \d+ limit 20p/m)
    await q({ kind: 'pfifo', limit: 20, handle: '8:' }, [`${ON} handle`])
    await q({ kind: 'bfifo', limit: '64kb', handle: '8:' }, [ON])
    assert.match(shown(host), /^qdisc bfifo 8: root refcnt \d+ limit 64Kb/m)
    await q({ state: 'absent', kind: 'pfifo' }, [])
    await q({ state: 'absent', kind: 'bfifo' }, [ON])
  }
})

real('ingress and clsact stand apart from the root', async ({ hosts }) => {
  for (const host of hosts) {
    const q = (raw: object, changed: string[]) => settles(host, qdisc, { dev: 'v0', ...raw }, changed)
    await q({ kind: 'pfifo', limit: 10 }, [ON])
    await q({ kind: 'ingress' }, ['qdisc ingress on v0'])
    await q({ kind: 'clsact', state: 'absent' }, [])
    await q({ kind: 'clsact', force: true }, ['qdisc ingress on v0'])
    await q({ kind: 'clsact', state: 'absent' }, ['qdisc ingress on v0'])
    await q({ state: 'absent' }, [ON])
  }
})

real('a device that is not there, and a kind that this kernel may lack', async ({ hosts }) => {
  for (const host of hosts) {
    await settles(host, qdisc, { dev: 'v9', state: 'absent' }, [])
    assert.match((await failureOf(host, qdisc, { dev: 'v9', kind: 'pfifo' }))!, /Cannot find device "v9"/)
    const raw = { dev: 'v0', kind: 'netem', delay: '100ms', jitter: '1ms', loss: '0.1%', reorder: '1%' }
    const failed = await failureOf(host, qdisc, raw)
    if (failed === undefined) await settles(host, qdisc, raw, [])
    else assert.match(failed, /this kernel has no netem: modprobe sch_netem/)
  }
})

real.run()
