import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { rule } from '../../../src/modules/network/rule/index.ts'
import { failureOf, type NetnsHost, netnsHosts, settles } from '../../support/netns.ts'
import { FULL_WANTED } from './full-rule.ts'

const real = suite<{ hosts: NetnsHost[] }>('rule: on hosts')

real.before(async (context) => {
  context.hosts = await netnsHosts()
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

real('rules are made, changed, moved and deleted', async ({ hosts }) => {
  for (const host of hosts) {
    const r = (raw: object, changed: string[]) => settles(host, rule, { ...raw }, changed)
    await r({ priority: 100, from: '192.168.100.3/32', table: 100 }, ['rule 100'])
    await r({ priority: 100, from: '192.168.100.3', table: 101, fwmark: '0x10/255' }, [
      'rule 100 fwmark',
      'rule 100 table',
    ])
    await r({ ...FULL_WANTED, priority: 100, tos: '0x10' }, [
      ...['not', 'from', 'to', 'iif', 'oif', 'fwmark', 'tos', 'table'].map((name) => `rule 100 ${name}`),
    ])
    await r({ priority: 100, table: 'main', from: '10.0.0.0/24' }, [
      ...['not', 'to', 'iif', 'oif', 'fwmark', 'tos'].map((name) => `rule 100 ${name}`),
    ])
    await r({ priority: 100, action: 'blackhole', fwmark: '0/0xff' }, [
      ...['from', 'fwmark', 'action', 'table'].map((name) => `rule 100 ${name}`),
    ])
    await r({ priority: 90, action: 'blackhole', fwmark: '0/0xff' }, [
      'rule from all fwmark 0x0/0xff blackhole priority',
    ])
    for (const action of ['unreachable', 'prohibit']) await r({ priority: 90, action }, expectedFor(action))
    await r({ priority: 90, state: 'absent' }, ['rule 90'])
    assert.is(host.ip('rule').trim().split('\n').length, 3)
  }
})

function expectedFor(action: string): string[] {
  return action === 'unreachable' ? ['rule 90 fwmark', 'rule 90 action'] : ['rule 90 action']
}

real('duplicates made without a priority, and rules of the same priority', async ({ hosts }) => {
  for (const host of hosts) {
    const wanted = { priority: 100, from: '10.0.0.3', table: 100 }
    for (let times = 0; times < 3; times += 1) host.ip('rule', 'add', 'from', '10.0.0.3', 'table', '100')
    await settles(host, rule, wanted, [
      ...['rule from 10.0.0.3 lookup 100 priority', 'rule 32764', 'rule 32765'],
    ])
    host.ip('rule', 'add', 'from', '10.0.0.4', 'table', '100', 'priority', '100')
    await settles(host, rule, { ...wanted, exclusive: false }, [])
    await settles(host, rule, wanted, ['rule 100'])
    await settles(host, rule, { priority: 100, table: 100 }, ['rule 100 from'])
    await settles(host, rule, { priority: 100, state: 'absent' }, ['rule 100'])
    assert.is(host.ip('rule').trim().split('\n').length, 3)
  }
})

real('IPv6 rules come to be as wanted, and a second run finds nothing', async ({ hosts }) => {
  for (const host of hosts) {
    await settles(host, rule, { priority: 50, from: 'fd00:0::/64', table: 9 }, ['rule 50'])
    await settles(host, rule, { priority: 50, family: 'inet6', table: 9, tos: '0x28' }, [
      'rule 50 from',
      'rule 50 tos',
    ])
    await settles(host, rule, { priority: 50, family: 'inet6', state: 'absent' }, ['rule 50'])
    assert.not.match(host.ip('-6', 'rule'), /^50:/m)
  }
})

real('a table that the host does not know', async ({ hosts }) => {
  for (const host of hosts) {
    assert.match(
      (await failureOf(host, rule, { priority: 1, table: 'nosuch' }))!,
      /knows no routing table "nosuch"/,
    )
  }
})

real.run()
