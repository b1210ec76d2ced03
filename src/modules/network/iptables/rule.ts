import { toBoolean } from '../../../values/truth.ts'
import { flagsIn } from './flags.ts'
import type { IptablesArgs } from './options.ts'

/** A rule as iptables(8) takes it: its words, in Ansible's order, without the counters that it begins with. */
export function ruleWords(args: IptablesArgs): string[] {
  const { jump, ip_version } = args
  return [
    ...valued('-p', args.protocol),
    ...valued('-s', args.source),
    ...valued('-d', args.destination),
    ...args.match.flatMap((name) => ['-m', name]),
    ...flags(args),
    ...valued('-j', jump ?? (logs(args) ? 'LOG' : undefined)),
    ...(jump?.toLowerCase() === 'tee' ? valued('--gateway', args.gateway) : []),
    ...text('--log-prefix', args.log_prefix),
    ...valued('--log-level', args.log_level),
    ...valued('--to-destination', args.to_destination),
    ...listed('-m multiport --dports', args.destination_ports),
    ...valued('--to-source', args.to_source),
    ...valued('-g', args.goto),
    ...valued('-i', args.in_interface),
    ...valued('-o', args.out_interface),
    ...fragment(args.fragment),
    ...valued('--source-port', args.source_port),
    ...valued('--destination-port', args.destination_port),
    ...valued('--to-ports', args.to_ports),
    ...valued('--set-dscp', args.set_dscp_mark),
    ...valued('--set-dscp-class', args.set_dscp_mark_class),
    ...{ ignore: [], match: ['--syn'], negate: ['!', '--syn'] }[args.syn],
    ...states(args),
    ...using(args, 'iprange', [
      ...valued('--src-range', args.src_range),
      ...valued('--dst-range', args.dst_range),
    ]),
    ...using(args, 'set', [
      ...valued('--match-set', args.match_set),
      ...(args.match_set_flags === undefined ? [] : [args.match_set_flags]),
    ]),
    ...loading('limit', [...valued('--limit', args.limit), ...valued('--limit-burst', args.limit_burst)]),
    ...loading('owner', valued('--uid-owner', args.uid_owner)),
    ...loading('owner', valued('--gid-owner', args.gid_owner)),
    ...(jump === undefined && args.reject_with !== undefined ? ['-j', 'REJECT'] : []),
    ...valued('--reject-with', args.reject_with),
    ...valued(ip_version === 'ipv4' ? '--icmp-type' : '--icmpv6-type', args.icmp_type),
    ...loading('comment', text('--comment', args.comment)),
  ]
}

function logs({ log_prefix, log_level }: IptablesArgs): boolean {
  return (log_prefix ?? log_level) !== undefined
}

/** An option with its value; a `!` at its start stands before the option. */
function valued(option: string, value: string | undefined): string[] {
  if (value === undefined) return []
  return value.startsWith('!') ? ['!', option, value.slice(1).trim()] : [option, value]
}

/** An option whose value may begin with any sign. */
function text(option: string, value: string | undefined): string[] {
  return value === undefined ? [] : [option, value]
}

function listed(before: string, values: readonly string[]): string[] {
  return values.length === 0 ? [] : [...before.split(' '), values.join(',')]
}

/** Behind its extension, if there is anything to say. */
function loading(extension: string, words: readonly string[]): string[] {
  return words.length === 0 ? [] : ['-m', extension, ...words]
}

/** The same, where it may have been asked for by name already. */
function using({ match }: IptablesArgs, extension: string, words: readonly string[]): readonly string[] {
  return match.includes(extension) ? words : loading(extension, words)
}

function states(args: IptablesArgs): readonly string[] {
  const isOld = args.match.includes('state') && !args.match.includes('conntrack')
  return using(args, isOld ? 'state' : 'conntrack', listed(isOld ? '--state' : '--ctstate', args.ctstate))
}

function flags({ tcp_flags }: IptablesArgs): string[] {
  if (Object.keys(tcp_flags).length === 0) return []
  return ['--tcp-flags', flagsIn(tcp_flags.flags).join(','), flagsIn(tcp_flags.flags_set).join(',')]
}

function fragment(value: string | undefined): string[] {
  if (value?.startsWith('!')) return ['!', '-f']
  return value === undefined || toBoolean(value) === false ? [] : ['-f']
}
