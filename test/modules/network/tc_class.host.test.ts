import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { link } from '../../../src/modules/network/link/index.ts'
import { qdisc } from '../../../src/modules/network/qdisc/index.ts'
import { tc_class } from '../../../src/modules/network/tc_class.ts'
import { failureOf, type NetnsHost, netnsHosts, settles } from '../../support/netns.ts'

const real = suite<{ hosts: NetnsHost[] }>('tc_class: on hosts')

real.before(async (context) => {
  context.hosts = await netnsHosts()
  for (const host of context.hosts) {
    await settles(host, link, { name: 'v0', type: 'veth', peer: 'v1', state: 'up' }, ['link v0'])
    await settles(host, qdisc, { dev: 'v0', kind: 'htb', handle: '1:', default: 10 }, ['qdisc root on v0'])
  }
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

real('a tree of classes comes to be as wanted, and a second run finds nothing', async ({ hosts }) => {
  for (const host of hosts) {
    const c = (classid: string, raw: object, changed: string[]) =>
      settles(
        host,
        tc_class,
        { dev: 'v0', classid, ...raw },
        changed.map((what) => `class ${classid} on v0${what}`),
      )
    await c('1:1', { rate: '100mbit' }, [''])
    await c('1:10', { parent: '1:1', rate: '30mbit', ceil: '100mbit', burst: '15k', prio: 1 }, [''])
    await c(
      '1:10',
      { rate: '30mbit', ceil: '100mbit', burst: '20k', cburst: 30000, prio: 2, quantum: 3000 },
      [' burst', ' cburst', ' prio', ' quantum'],
    )
    await c('1:1', { rate: '90mbit', ceil: '95mbit', prio: 3 }, [' rate', ' ceil'])
    for (const rate of ['56kbit', '999999bit', '7mbit', '1gbit', '40gbit'])
      for (const burst of ['1601b', '30001b', '1mb']) {
        await c('1:20', { parent: '1:1', rate, burst }, [''])
        await c('1:20', { state: 'absent' }, [''])
      }
    await settles(host, qdisc, { dev: 'v0', parent: '1:10', kind: 'pfifo', limit: 5 }, ['qdisc 1:10 on v0'])
    await c('1:10', { rate: '30mbit', ceil: '100mbit', prio: 2 }, [])
    await c('1:10', { state: 'absent' }, [''])
    await c('1:1', { state: 'absent' }, [''])
    await c('1:1', { state: 'absent' }, [])
  }
})

real('what is in the way is said', async ({ hosts }) => {
  for (const host of hosts) {
    const said = async (raw: object) =>
      (await failureOf(host, tc_class, { dev: 'v0', rate: '1mbit', ...raw }))!
    assert.match(await said({ dev: 'v9', classid: '1:1' }), /Cannot find device "v9"/)
    assert.match(await said({ classid: '1:30', parent: '1:77' }), /there is no class 1:77 on v0: make it/)
    assert.match(await said({ classid: '7:1' }), /or has another number: make it first/)
    await settles(host, tc_class, { dev: 'v0', classid: '1:1', rate: '1mbit' }, ['class 1:1 on v0'])
    await settles(host, tc_class, { dev: 'v0', classid: '1:2', parent: '1:1', rate: '1mbit' }, [
      'class 1:2 on v0',
    ])
    assert.match(await said({ classid: '1:1', state: 'absent' }), /others stand in it: delete them first/)
  }
})

real.run()
