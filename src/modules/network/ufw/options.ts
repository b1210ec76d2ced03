import { type ArgsOf, options } from '../../../sdk/options.ts'

export const declared = options({
  state: {
    type: 'str',
    choices: ['disabled', 'enabled', 'reloaded', 'reset'],
    help: 'Whether the firewall is on, now and at boot; reloaded and reset do so each time.',
  },
  default: {
    type: 'str',
    aliases: ['policy'],
    choices: ['allow', 'deny', 'reject'],
    help: 'What becomes of packets that no rule is about; of those that come in unless direction says otherwise.',
  },
  direction: {
    type: 'str',
    choices: ['in', 'incoming', 'out', 'outgoing', 'routed'],
    help: 'Which packets: in or out for a rule; incoming, outgoing or routed for the default.',
  },
  logging: {
    type: 'str',
    choices: ['on', 'off', 'low', 'medium', 'high', 'full'],
    help: 'How much is logged.',
  },
  insert: {
    type: 'int',
    help: 'The place of a new rule among the rules, counted from 1; the end if not given.',
  },
  insert_relative_to: {
    type: 'str',
    choices: ['first-ipv4', 'first-ipv6', 'last-ipv4', 'last-ipv6', 'zero'],
    default: 'zero',
    help: 'What insert is counted from.',
  },
  rule: {
    type: 'str',
    choices: ['allow', 'deny', 'limit', 'reject'],
    help: 'What a rule does with packets.',
  },
  log: { type: 'bool', default: false, help: 'The rule logs new connections.' },
  from_ip: {
    type: 'str',
    default: 'any',
    aliases: ['from', 'src'],
    help: 'Where packets of a rule come from.',
  },
  from_port: { type: 'str', help: 'The port that they come from.' },
  to_ip: { type: 'str', default: 'any', aliases: ['dest', 'to'], help: 'Where packets of a rule go to.' },
  to_port: {
    type: 'str',
    aliases: ['port'],
    help: 'The port that they go to, or several: "80,443", "60:70".',
  },
  proto: {
    type: 'str',
    aliases: ['protocol'],
    choices: ['any', 'tcp', 'udp', 'ipv6', 'esp', 'ah', 'gre', 'igmp'],
    help: 'The protocol of a rule.',
  },
  name: { type: 'str', aliases: ['app'], help: 'A profile of /etc/ufw/applications.d in place of ports.' },
  delete: { type: 'bool', default: false, help: 'The rule is not to be there.' },
  interface: { type: 'str', aliases: ['if'], help: 'The interface of a rule with a direction.' },
  interface_in: { type: 'str', aliases: ['if_in'], help: 'The interface that packets come in by.' },
  interface_out: { type: 'str', aliases: ['if_out'], help: 'The interface that packets go out by.' },
  route: { type: 'bool', default: false, help: 'The rule is about packets that are forwarded.' },
  comment: { type: 'str', help: 'What is said of the rule.' },
})

export type Args = ArgsOf<typeof declared>

export function problems(args: Partial<Args>, complete: boolean): string[] {
  const { state, rule, logging, name, proto, direction } = args
  const found: string[] = []
  if ([name, proto, logging].filter((one) => one !== undefined).length > 1)
    found.push('parameters are mutually exclusive: name|proto|logging')
  for (const option of ['interface_in', 'interface_out'] as const) {
    if (direction !== undefined && args[option] !== undefined)
      found.push(`parameters are mutually exclusive: direction|${option}`)
  }
  if (rule !== undefined && direction !== undefined && !['in', 'out'].includes(direction))
    found.push('For rules, direction must be one of "in" and "out", or direction must not be specified.')
  if (args.default !== undefined && (direction === 'in' || direction === 'out'))
    found.push(
      'For default, direction must be one of "outgoing", "incoming" and "routed", or direction must not be specified.',
    )
  const isForwarded = args.route ?? !complete
  if (
    rule !== undefined &&
    !isForwarded &&
    args.interface_in !== undefined &&
    args.interface_out !== undefined
  )
    found.push('Only route rules can combine interface_in and interface_out')
  for (const option of [
    'from_ip',
    'from_port',
    'to_ip',
    'to_port',
    'interface',
    'interface_in',
    'interface_out',
  ] as const) {
    const text = args[option]
    if (text !== undefined && !/^[^\s'"-][^\s'"]*$/.test(text))
      found.push(`${option}: ${JSON.stringify(text)} is no word that ufw takes there`)
  }
  if (name !== undefined && !/^[^\s'"-][^\n'"]*$/.test(name))
    found.push(`name: ${JSON.stringify(name)} is not a name of a profile`)
  if (args.comment !== undefined && /[\n']/.test(args.comment))
    found.push("comment must be one line without the sign '")
  if (!complete) return found
  if ([state, args.default, rule, logging].every((one) => one === undefined))
    found.push('one of the following is required: state, default, rule, logging')
  if (args.interface !== undefined && direction === undefined)
    found.push("missing parameter(s) required by 'interface': direction")
  return found
}
