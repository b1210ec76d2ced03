import { type ArgsOf, options } from '../../../sdk/options.ts'
import { flagsIn } from './flags.ts'

const LEVELS: readonly string[] = [
  ...['0', '1', '2', '3', '4', '5', '6', '7'],
  ...['emerg', 'alert', 'crit', 'error', 'warning', 'notice', 'info', 'debug'],
]

export const iptablesOptions = options({
  table: {
    type: 'str',
    choices: ['filter', 'nat', 'mangle', 'raw', 'security'],
    default: 'filter',
    help: 'The table that the chain is in.',
  },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether the rule is to be there; without a rule and with chain_management, the chain.',
  },
  action: {
    type: 'str',
    choices: ['append', 'insert'],
    default: 'append',
    help: 'Whether a new rule goes to the end of the chain or to its beginning.',
  },
  rule_num: { type: 'str', help: 'With action insert, the place that a new rule gets, from 1.' },
  ip_version: {
    type: 'str',
    choices: ['ipv4', 'ipv6'],
    default: 'ipv4',
    help: 'Whether iptables or ip6tables is meant.',
  },
  chain: { type: 'str', help: 'The chain that the rule is in, of the system or your own.' },
  chain_management: {
    type: 'bool',
    default: false,
    help: 'Make the chain if it is not there; with state absent and no rule, delete it.',
  },
  flush: {
    type: 'bool',
    default: false,
    help: 'Remove all rules of the chain, or of the table without one.',
  },
  policy: {
    type: 'str',
    choices: ['ACCEPT', 'DROP', 'QUEUE', 'RETURN'],
    help: "What becomes of packets that no rule of the system's chain has taken; no rule is looked at then.",
  },
  wait: { type: 'str', help: 'Seconds to wait for another program that changes rules.' },
  protocol: { type: 'str', help: 'Protocol, by name or number; a leading ! is "any other", here and below.' },
  source: { type: 'str', help: 'Address or network that packets come from.' },
  destination: { type: 'str', help: 'Address or network that packets go to.' },
  in_interface: { type: 'str', help: 'Interface that packets came in by; eth+ is all that begin with eth.' },
  out_interface: { type: 'str', help: 'Interface that packets leave by; eth+ is all that begin with eth.' },
  fragment: { type: 'str', help: 'True for second and further fragments only, "!" for all other packets.' },
  match: { type: 'strings', default: [], help: 'Extensions that the rule uses, such as conntrack.' },
  source_port: { type: 'str', help: 'Port that packets come from, or first:last.' },
  destination_port: { type: 'str', help: 'Port that packets go to, or first:last.' },
  destination_ports: { type: 'strings', default: [], help: 'Ports that packets go to, or first:last each.' },
  tcp_flags: {
    type: 'map',
    default: {},
    help: 'TCP flags: a map of flags, those looked at, and flags_set, those of them that are set.',
  },
  syn: {
    type: 'str',
    choices: ['ignore', 'match', 'negate'],
    default: 'ignore',
    help: 'Whether packets that begin a TCP connection are meant, or all but them.',
  },
  icmp_type: { type: 'str', help: 'ICMP type, by number, number/code or name.' },
  ctstate: { type: 'strings', default: [], help: 'States of connections, such as ESTABLISHED,RELATED.' },
  src_range: { type: 'str', help: 'Addresses first-last that packets come from.' },
  dst_range: { type: 'str', help: 'Addresses first-last that packets go to.' },
  match_set: { type: 'str', help: 'A set of ipset(8) that packets fit; needs match_set_flags.' },
  match_set_flags: {
    type: 'str',
    choices: ['src', 'dst', 'src,dst', 'dst,src'],
    help: 'What of a packet is looked up in match_set.',
  },
  limit: { type: 'str', help: 'How many packets the rule takes at most on average, such as 5/second.' },
  limit_burst: { type: 'str', help: 'How many packets it takes before the limit counts.' },
  uid_owner: { type: 'str', help: 'User whose process has made the packet.' },
  gid_owner: { type: 'str', help: 'Group whose process has made the packet.' },
  comment: { type: 'str', help: 'A comment that the rule carries.' },
  set_counters: { type: 'str', help: 'What the counters of a new rule begin with: packets,bytes.' },
  jump: { type: 'str', help: 'What becomes of packets: ACCEPT, DROP, another target, or a chain.' },
  goto: { type: 'str', help: 'The chain in which packets go on without coming back to this one.' },
  gateway: { type: 'str', help: 'With jump TEE, the address that copies of packets are sent to.' },
  log_prefix: { type: 'str', help: 'What logged packets are marked with; jump is LOG then.' },
  log_level: {
    type: 'str',
    choices: LEVELS,
    help: 'Level at which packets are logged; jump is LOG then.',
  },
  reject_with: { type: 'str', help: 'What the sender is told; jump is REJECT if it is not given.' },
  to_ports: { type: 'str', help: 'Port or ports that packets are sent on to.' },
  to_destination: { type: 'str', help: 'Address that packets are sent on to, with jump DNAT.' },
  to_source: { type: 'str', help: 'Address that packets then come from, with jump SNAT.' },
  set_dscp_mark: { type: 'str', help: 'DSCP mark that packets are given, with jump DSCP.' },
  set_dscp_mark_class: { type: 'str', help: 'The same as a class of DiffServ.' },
})

export type IptablesArgs = ArgsOf<typeof iptablesOptions>

/** Those that name what a program looks for by that name. */
const NAMES = ['chain', 'jump', 'goto'] as const

export function problems(args: Partial<IptablesArgs>, complete: boolean): string[] {
  const found = Object.entries(args)
    .filter(([, value]) => typeof value === 'string' && /^!?\s*$/.test(value))
    .filter(([name, value]) => name !== 'fragment' || value === '')
    .map(([name]) => `${name} is empty; leave it out`)
  for (const name of NAMES) {
    const value = args[name]
    if (value && !/^[^\s!/-][^\s/]*$/.test(value))
      found.push(
        `${name}: ${JSON.stringify(value)} is not a name of a ${name === 'jump' ? 'target' : 'chain'}`,
      )
  }
  for (const match of args.match ?? []) {
    if (!/^\w+$/.test(match)) found.push(`match: ${JSON.stringify(match)} is not a name of an extension`)
  }
  for (const [name, form, said] of [
    ['rule_num', /^[1-9]\d*$/, 'a number from 1'],
    ['wait', /^\d+$/, 'a number of seconds'],
    ['set_counters', /^\d+,\d+$/, 'two numbers, packets,bytes'],
  ] as const) {
    const value = args[name]
    if (value !== undefined && !form.test(value))
      found.push(`${name}: ${JSON.stringify(value)} is not ${said}`)
  }
  return [...found, ...flagProblems(args), ...combined(args, complete)]
}

function flagProblems({ tcp_flags: flags = {} }: Partial<IptablesArgs>): string[] {
  const names = Object.keys(flags)
  if (names.length === 0) return []
  if (names.toSorted().join(' ') !== 'flags flags_set')
    return ['tcp_flags takes flags and flags_set, and needs both']
  const all = [...flagsIn(flags.flags), ...flagsIn(flags.flags_set)]
  return all
    .filter((flag) => !/^\w+$/.test(flag))
    .map((flag) => `tcp_flags: ${JSON.stringify(flag)} is no flag`)
}

function combined(args: Partial<IptablesArgs>, complete: boolean): string[] {
  const { chain, flush, policy, jump } = args
  const found: string[] = []
  if (args.set_dscp_mark !== undefined && args.set_dscp_mark_class !== undefined)
    found.push('parameters are mutually exclusive: set_dscp_mark|set_dscp_mark_class')
  if (flush && policy !== undefined) found.push('parameters are mutually exclusive: flush|policy')
  if (jump !== undefined && jump !== 'LOG' && (args.log_prefix ?? args.log_level) !== undefined)
    found.push('Logging options can only be used with the LOG jump target.')
  if (!complete) return found
  if (chain === undefined && !flush) found.push('Either chain or flush parameter must be specified.')
  if (jump?.toLowerCase() === 'tee' && args.gateway === undefined)
    found.push(`jump is ${jump} but all of the following are missing: gateway`)
  if ((args.match_set === undefined) !== (args.match_set_flags === undefined))
    found.push('parameters are required together: match_set, match_set_flags')
  return found
}
