import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { iptables } from '../../../src/modules/network/iptables/index.ts'
import type { Plan } from '../../../src/sdk/module.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const plans = suite('iptables: plan')

const FRESH = '-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT DROP\n'
const DROP = { chain: 'INPUT', source: '8.8.8.8', jump: 'DROP' }
const NO_RULE = [1, 'iptables: Bad rule (does a matching rule exist in that chain?).'] as const
const HERE = [0, ''] as const

/** What the probe prints: the table, and what came of asking for the rule. */
function printed(table: string, asked?: readonly [code: number, said: string]): string {
  return [[0, table] as const, ...(asked === undefined ? [] : [asked])]
    .map(([code, said]) => `${code}\n${said}\0`)
    .join('')
}

const scripts = ({ actions = [] }: Plan) => actions.map((action) => (action.do === 'sh' ? action.script : ''))

for (const [raw, rule] of [
  [DROP, '-s 8.8.8.8 -j DROP'],
  [{ source: '!10.0.0.0/8', destination: '! 10.1.0.0/16' }, '! -s 10.0.0.0/8 ! -d 10.1.0.0/16'],
  [
    { protocol: 'tcp', destination_ports: ['80', '8081:8083'], jump: 'ACCEPT' },
    '-p tcp -j ACCEPT -m multiport --dports 80,8081:8083',
  ],
  [{ match: 'conntrack', ctstate: 'ESTABLISHED,RELATED' }, '-m conntrack --ctstate ESTABLISHED,RELATED'],
  [{ match: ['state'], ctstate: ['NEW'] }, '-m state --state NEW'],
  [{ ctstate: ['NEW'] }, '-m conntrack --ctstate NEW'],
  [
    { protocol: 'tcp', tcp_flags: { flags: 'ALL', flags_set: ['ACK', 'RST', 'SYN', 'FIN'] } },
    '-p tcp --tcp-flags ALL ACK,RST,SYN,FIN',
  ],
  [{ protocol: 'tcp', syn: 'negate' }, '-p tcp ! --syn'],
  [
    { protocol: 'tcp', syn: 'match', source_port: 80, destination_port: '1:2' },
    '-p tcp --source-port 80 --destination-port 1:2 --syn',
  ],
  [
    { limit: '2/second', limit_burst: 20, log_prefix: '!IPTABLES: ', log_level: 'info' },
    '-j LOG --log-prefix !IPTABLES:  --log-level info -m limit --limit 2/second --limit-burst 20',
  ],
  [{ limit_burst: 20 }, '-m limit --limit-burst 20'],
  [{ uid_owner: '!root', gid_owner: 'adm' }, '-m owner ! --uid-owner root -m owner --gid-owner adm'],
  [{ reject_with: 'tcp-reset', ip_version: 'ipv4' }, '-j REJECT --reject-with tcp-reset'],
  [{ reject_with: 'tcp-reset', jump: 'REJECT' }, '-j REJECT --reject-with tcp-reset'],
  [{ icmp_type: 'echo-request', protocol: 'icmp' }, '-p icmp --icmp-type echo-request'],
  [{ icmp_type: '8', protocol: 'icmpv6', ip_version: 'ipv6' }, '-p icmpv6 --icmpv6-type 8'],
  [
    { comment: '!it is "so"', in_interface: 'eth0', out_interface: '!eth+' },
    '-i eth0 ! -o eth+ -m comment --comment !it is "so"',
  ],
  [{ src_range: '10.0.0.1-10.0.0.9', match: 'iprange' }, '-m iprange --src-range 10.0.0.1-10.0.0.9'],
  [{ dst_range: '10.0.0.1-10.0.0.9' }, '-m iprange --dst-range 10.0.0.1-10.0.0.9'],
  [{ match_set: '!bad', match_set_flags: 'src,dst' }, '-m set ! --match-set bad src,dst'],
  [{ jump: 'TEE', gateway: '10.0.0.1' }, '-j TEE --gateway 10.0.0.1'],
  [{ jump: 'DROP', gateway: '10.0.0.1' }, '-j DROP'],
  [{ jump: 'DNAT', to_destination: '10.0.0.1:80' }, '-j DNAT --to-destination 10.0.0.1:80'],
  [{ jump: 'SNAT', to_source: '10.0.0.1' }, '-j SNAT --to-source 10.0.0.1'],
  [{ jump: 'REDIRECT', to_ports: 8600 }, '-j REDIRECT --to-ports 8600'],
  [{ goto: 'OTHER', fragment: true }, '-g OTHER -f'],
  [{ goto: 'OTHER', fragment: '!' }, '-g OTHER ! -f'],
  [{ jump: 'DSCP', set_dscp_mark: 8 }, '-j DSCP --set-dscp 8'],
  [{ jump: 'DSCP', set_dscp_mark_class: 'CS1' }, '-j DSCP --set-dscp-class CS1'],
  [{ jump: 'DROP', set_counters: '1,2' }, '-j DROP'],
  [{ jump: 'DROP', wait: 5 }, '-w 5 -j DROP'],
  [{}, ''],
] as [Raw, string][]) {
  plans(`${JSON.stringify(raw)} is the rule "${rule}"`, () => {
    const plan = planOf(iptables, { chain: 'INPUT', ...raw }, printed(FRESH, NO_RULE))
    assert.is(plan.result?.rule, rule)
    assert.is(plan.changes[0]?.after, rule.replace('-w 5 ', ''))
    const same = planOf(iptables, { chain: 'INPUT', ...raw }, printed(FRESH, HERE))
    assert.equal(same.changes, [])
  })
}

plans('a rule is appended or inserted, with its counters, and several of it are deleted', () => {
  const of = (raw: Raw, asked: readonly [number, string] = NO_RULE) =>
    scripts(planOf(iptables, { chain: 'INPUT', jump: 'DROP', ...raw }, printed(FRESH, asked)))
  assert.equal(of({}), ['iptables -t filter -A INPUT -j DROP'])
  assert.equal(of({ action: 'insert' }), ['iptables -t filter -I INPUT -j DROP'])
  assert.equal(of({ action: 'insert', rule_num: 1 }), ['iptables -t filter -I INPUT 1 -j DROP'])
  assert.equal(of({ table: 'raw', ip_version: 'ipv6', wait: 3, set_counters: '1,2' }), [
    'ip6tables -w 3 -t raw -A INPUT -j DROP -c 1,2',
  ])
  assert.equal(of({ comment: '$(id)' }), ["iptables -t filter -A INPUT -j DROP -m comment --comment '$(id)'"])
  assert.equal(of({ state: 'absent' }), [])
  assert.equal(of({ state: 'absent', set_counters: '1,2' }, HERE), [
    'while iptables -t filter -C INPUT -j DROP 2>/dev/null; do iptables -t filter -D INPUT -j DROP || exit; done',
  ])
})

const CHANGES: [raw: Raw, table: string, changes: unknown[], asked?: readonly [number, string]][] = [
  [DROP, FRESH, [['filter INPUT rule', null, '-s 8.8.8.8 -j DROP']], NO_RULE],
  [{ ...DROP, state: 'absent' }, FRESH, [['filter INPUT rule', '-s 8.8.8.8 -j DROP', null]], HERE],
  [
    { chain: 'A', chain_management: true, jump: 'DROP', ip_version: 'ipv6' },
    FRESH,
    [
      ['ipv6 filter A chain', null, 'chain'],
      ['ipv6 filter A rule', null, '-j DROP'],
    ],
    NO_RULE,
  ],
  [{ chain: 'A', chain_management: true }, FRESH, [['filter A chain', null, 'chain']]],
  [{ chain: 'A', chain_management: true }, `${FRESH}-N A\n`, []],
  [
    { chain: 'A', chain_management: true, state: 'absent' },
    `${FRESH}-N A\n`,
    [['filter A chain', 'chain', null]],
  ],
  [{ chain: 'A', chain_management: true, state: 'absent' }, FRESH, []],
  [{ chain: 'A', state: 'absent' }, `${FRESH}-N A\n`, []],
  [{ chain: 'INPUT', policy: 'DROP' }, FRESH, [['filter INPUT policy', 'ACCEPT', 'DROP']]],
  [{ chain: 'OUTPUT', policy: 'DROP' }, FRESH, []],
  [{ chain: 'A', flush: true }, `${FRESH}-N A\n-A INPUT -j A\n-A A -j DROP\n`, [['filter A rules', 1, 0]]],
  [{ flush: true }, `# a warning\n${FRESH}-N A\n-A INPUT -j A\n-A A -j DROP\n`, [['filter rules', 2, 0]]],
  [{ flush: true }, FRESH, []],
]

for (const [raw, table, changes, asked] of CHANGES) {
  plans(`${JSON.stringify(raw)} changes just what differs from ${JSON.stringify(table)}`, () => {
    assert.equal(rows(planOf(iptables, raw, printed(table, asked))), changes)
  })
}

const FAILURES: [raw: Raw, table: string, said: RegExp, asked?: readonly [number, string]][] = [
  [
    { chain: 'A', jump: 'DROP' },
    FRESH,
    /^there is no chain A in the table filter; "chain_management: true"/,
    NO_RULE,
  ],
  [
    { chain: 'INPUT', jump: 'NOPE' },
    FRESH,
    /^iptables does not take the rule: Chain 'NOPE' does not exist$/,
    [
      2,
      "iptables v1.8.9 (nf_tables): Chain 'NOPE' does not exist\nTry `iptables -h' or 'iptables --help' for more information.",
    ],
  ],
  [
    { chain: 'INPUT', action: 'insert', rule_num: 2, jump: 'DROP' },
    FRESH,
    /^rule_num: 2 is too much/,
    NO_RULE,
  ],
  [
    { chain: 'A', policy: 'DROP' },
    `${FRESH}-N A\n`,
    /^Can't detect current policy: only chains of the system/,
  ],
  [{ chain: 'A', policy: 'DROP' }, FRESH, /^Can't detect current policy: there is no chain A/],
  [{ chain: 'A', flush: true }, FRESH, /^there is no chain A/],
  [
    { chain: 'A', chain_management: true, state: 'absent' },
    `${FRESH}-N A\n-A A -j DROP\n`,
    /^the chain A has rules; remove them by "flush: true"/,
  ],
  [
    { chain: 'A', chain_management: true, state: 'absent' },
    `${FRESH}-N A\n-A INPUT -s 10.0.0.1\\/32 -g A\n`,
    /^the chain A is needed by another one; .*: -A INPUT/,
  ],
]

for (const [raw, table, said, asked] of FAILURES) {
  plans(`${JSON.stringify(raw)} fails: ${said.source}`, () => {
    assert.match(planOf(iptables, raw, printed(table, asked)).failed ?? '', said)
    assert.is(
      planOf(iptables, raw, printed(table, asked), CHECK).failed,
      undefined,
      'an earlier task may change that',
    )
  })
}

plans('what can never be is a failure under check too', () => {
  const wrong = [2, "iptables v1.8.9 (nf_tables): invalid port/service `x' specified"] as const
  for (const state of ['present', 'absent']) {
    const raw = { chain: 'INPUT', protocol: 'tcp', destination_port: 'x', state }
    const said = planOf(iptables, raw, printed(FRESH, wrong), CHECK).failed
    assert.is(said, "iptables does not take the rule: invalid port/service `x' specified")
  }
  const system = { chain: 'INPUT', chain_management: true, state: 'absent' }
  assert.match(planOf(iptables, system, printed(FRESH), CHECK).failed ?? '', /which cannot be deleted/)
})

plans('a rule that needs a chain or set that is not there cannot be there', () => {
  for (const said of [
    "Chain 'A' does not exist",
    "Couldn't load target `A':No such file",
    "Set a doesn't exist.",
  ]) {
    const plan = planOf(iptables, { ...DROP, state: 'absent' }, printed(FRESH, [2, said]))
    assert.equal([plan.changes, plan.failed], [[], undefined])
  }
})

plans('a host without iptables is a failure, and under check one that an earlier task may change', () => {
  assert.is(
    planOf(iptables, { ...DROP, ip_version: 'ipv6' }, '127\n\x00127\n\0').failed,
    'Failed to find required executable "ip6tables": install iptables on this host in an earlier task',
  )
  assert.is(planOf(iptables, DROP, '127\n\x00127\n\0', CHECK).changes.length, 1)
})

plans('what iptables says is read strictly', () => {
  assert.throws(
    () => planOf(iptables, DROP, printed('Chain INPUT\n', NO_RULE)),
    /listed "Chain INPUT", which makes no/,
  )
  assert.throws(
    () =>
      planOf(
        iptables,
        DROP,
        `4\niptables v1.8.9 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)\n\x004\n\0`,
      ),
    /iptables cannot list the table filter: Could not fetch .* \(you must be root\)$/,
  )
})

plans('the result tells what was asked for', () => {
  assert.equal(planOf(iptables, DROP, printed(FRESH, HERE)).result, {
    ip_version: 'ipv4',
    table: 'filter',
    chain: 'INPUT',
    flush: false,
    rule: '-s 8.8.8.8 -j DROP',
    state: 'present',
    chain_management: false,
  })
})

const PROBLEMS: [raw: Raw, problem: RegExp][] = [
  [{ jump: 'DROP' }, /Either chain or flush parameter must be specified\./],
  [{ chain: 'INPUT', flush: true, policy: 'DROP' }, /mutually exclusive: flush\|policy/],
  [
    { chain: 'A', set_dscp_mark: 1, set_dscp_mark_class: 'CS1' },
    /exclusive: set_dscp_mark\|set_dscp_mark_class/,
  ],
  [
    { chain: 'A', jump: 'DROP', log_prefix: 'x' },
    /Logging options can only be used with the LOG jump target\./,
  ],
  [{ chain: 'A', jump: 'tee' }, /jump is tee but all of the following are missing: gateway/],
  [{ chain: 'A', match_set: 'x' }, /required together: match_set, match_set_flags/],
  [{ chain: '-F' }, /chain: "-F" is not a name of a chain/],
  [{ chain: 'A', jump: '../x' }, /jump: "..\/x" is not a name of a target/],
  [{ chain: 'A', match: ['../x'] }, /"..\/x" is not a name of an extension/],
  [{ chain: 'A', source: '!' }, /source is empty; leave it out/],
  [{ chain: 'A', comment: '' }, /comment is empty; leave it out/],
  [{ chain: 'A', action: 'insert', rule_num: '-F' }, /rule_num: "-F" is not a number from 1/],
  [{ chain: 'A', wait: 'x' }, /wait: "x" is not a number of seconds/],
  [{ chain: 'A', set_counters: '1' }, /set_counters: "1" is not two numbers/],
  [{ chain: 'A', tcp_flags: { flags: ['SYN'] } }, /tcp_flags takes flags and flags_set, and needs both/],
  [{ chain: 'A', tcp_flags: { flags: ['SYN'], flags_set: ['-j'] } }, /tcp_flags: "-j" is no flag/],
  [{ chain: 'A', table: 'x' }, /none of filter, nat/],
]

plans('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(iptables, raw)
    assert.is(problems.length, 1, JSON.stringify([raw, problems]))
    assert.match(problems[0]!, problem)
  }
})

plans.run()
