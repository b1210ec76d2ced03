import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { iptables } from '../../../src/modules/network/iptables/index.ts'
import { applyModule } from '../../support/host.ts'
import { failureOf, type NetnsHost, netnsHosts } from '../../support/netns.ts'
import { CHECK, type Raw, rows } from '../../support/plan.ts'

const real = suite<{ hosts: NetnsHost[] }>('iptables: on hosts')

real.before(async (context) => {
  context.hosts = await netnsHosts()
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

/** Rules of a table, by whichever program lists them. */
async function listed({ session }: NetnsHost, table = 'filter', program = 'iptables'): Promise<string> {
  return (await session.exec(`${program} -t ${table} -S`)).stdout
}

/** Applies what check has announced, and sees that a second run finds nothing. */
async function settled(host: NetnsHost, raw: Raw): Promise<void> {
  const where = `${JSON.stringify(raw)} on ${host.name}`
  const before = await listed(host)
  const planned = await applyModule(host.session, iptables, raw, CHECK)
  assert.is(await listed(host), before, 'check changes nothing')
  assert.ok(planned.plan.changes.length > 0, where)
  const { plan, result } = await applyModule(host.session, iptables, raw)
  assert.is(plan.failed ?? result.failed, undefined, where)
  assert.equal(rows(plan), rows(planned.plan), where)
  assert.equal(rows((await applyModule(host.session, iptables, raw)).plan), [], where)
}

real('rules come and go, whatever they are written as', async ({ hosts }) => {
  for (const host of hosts) {
    for (const raw of [
      { source: '8.8.8.8', jump: 'DROP' },
      { source: '!10.0.0.0/255.0.0.0', protocol: 'TCP', destination_port: 'ssh', jump: 'ACCEPT' },
      { protocol: 'tcp', destination_ports: ['80', '443', '8081:8083'], jump: 'ACCEPT', wait: 5 },
      { ctstate: ['ESTABLISHED', 'RELATED'], jump: 'ACCEPT', comment: `it's "so" $(id) !` },
      { protocol: 'tcp', tcp_flags: { flags: 'ALL', flags_set: 'ACK,RST,SYN,FIN' }, jump: 'DROP' },
      { protocol: 'tcp', syn: 'negate', in_interface: '!eth+', reject_with: 'tcp-reset' },
      { limit: '2/second', limit_burst: 20, log_prefix: 'IPTABLES: ', log_level: 'info' },
      { protocol: 'icmp', icmp_type: 'echo-request', fragment: false, set_counters: '1,2', jump: 'ACCEPT' },
      { src_range: '10.0.0.1-10.0.0.9', fragment: '!', jump: 'RETURN' },
      { protocol: 'icmpv6', icmp_type: '128', ip_version: 'ipv6', jump: 'ACCEPT' },
    ]) {
      await settled(host, { chain: 'INPUT', ...raw })
      await settled(host, { chain: 'INPUT', ...raw, state: 'absent' })
    }
    assert.not.match(await listed(host), /^-A/m)
  }
})

real('rules have their place, and several that are the same go together', async ({ hosts }) => {
  for (const host of hosts) {
    for (const raw of [
      { source: '10.0.0.2' },
      { source: '10.0.0.1', action: 'insert' },
      { source: '10.0.0.3', action: 'insert', rule_num: 2 },
    ])
      await settled(host, { chain: 'OUTPUT', jump: 'DROP', ...raw })
    const places = [...(await listed(host)).matchAll(/-A OUTPUT -s 10\.0\.0\.(\d)/g)].map(([, last]) => last)
    assert.equal(places, ['1', '3', '2'])
    await host.session.exec('iptables -A OUTPUT -s 10.0.0.1 -j DROP')
    await settled(host, { chain: 'OUTPUT', jump: 'DROP', source: '10.0.0.1', state: 'absent' })
    const far = { chain: 'OUTPUT', jump: 'DROP', source: '10.0.0.9', action: 'insert', rule_num: 9 }
    assert.match(
      (await failureOf(host, iptables, far)) ?? '',
      /rule_num: 9 is too much, for OUTPUT has 2 rules/,
    )
    await settled(host, { chain: 'OUTPUT', flush: true })
    assert.not.match(await listed(host), /^-A/m)
  }
})

real('chains come with their rules, and go when nothing needs them', async ({ hosts }) => {
  for (const host of hosts) {
    const chain = { chain: 'MINE', chain_management: true }
    await settled(host, { ...chain, jump: 'DROP' })
    const leads = { chain: 'INPUT', jump: 'MINE' }
    await settled(host, leads)
    const gone = { ...chain, state: 'absent' }
    assert.match((await failureOf(host, iptables, gone)) ?? '', /the chain MINE has rules/)
    await settled(host, { chain: 'MINE', flush: true })
    assert.match((await failureOf(host, iptables, gone)) ?? '', /needed by another one.*-A INPUT -j MINE/)
    await settled(host, { ...leads, state: 'absent' })
    await settled(host, gone)
    assert.match(
      (await failureOf(host, iptables, leads)) ?? '',
      /does not take the rule: Chain 'MINE' does not exist/,
    )
    assert.is((await applyModule(host.session, iptables, leads, CHECK)).plan.changes.length, 1)
    await settled(host, chain)
    await settled(host, gone)
  }
})

real('policies and other tables are changed as told', async ({ hosts }) => {
  for (const host of hosts) {
    await settled(host, { chain: 'FORWARD', policy: 'DROP' })
    await settled(host, { chain: 'FORWARD', policy: 'DROP', ip_version: 'ipv6' })
    const nat = { table: 'nat', chain: 'PREROUTING', protocol: 'tcp', destination_port: '80' }
    await settled(host, { ...nat, jump: 'REDIRECT', to_ports: '8600' })
    assert.match(
      await listed(host, 'nat'),
      /-A PREROUTING -p tcp -m tcp --dport 80 -j REDIRECT --to-ports 8600/,
    )
    await settled(host, { table: 'nat', flush: true })
    assert.match(await listed(host, 'filter', 'ip6tables'), /-P FORWARD DROP/)
  }
})

real('what iptables does not take is told in its words', async ({ hosts }) => {
  for (const host of hosts) {
    const raw = { chain: 'INPUT', protocol: 'tcp', destination_port: 'no-such', jump: 'DROP' }
    const { plan } = await applyModule(host.session, iptables, raw, CHECK)
    assert.is(plan.failed, "iptables does not take the rule: invalid port/service `no-such' specified")
  }
})

real.run()
