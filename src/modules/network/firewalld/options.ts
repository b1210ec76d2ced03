import { type ArgsOf, options } from '../../../sdk/options.ts'
import { toBoolean } from '../../../values/truth.ts'
import { isMap, type Value } from '../../../values/value.ts'

export const declared = options({
  zone: { type: 'str', help: 'The zone; the default zone of the host if not told.' },
  state: {
    type: 'str',
    choices: ['absent', 'disabled', 'enabled', 'present'],
    required: true,
    help: 'Whether the zone has it; present and absent are for zones themselves and their target.',
  },
  service: { type: 'str', help: 'Service that is let in, by the name of firewalld.' },
  port: { type: 'str', help: 'Port or range that is let in, such as 8080/tcp or 161-162/udp.' },
  protocol: { type: 'str', help: 'Protocol that is let in, such as ospf.' },
  source: { type: 'str', help: 'Address, network, MAC or ipset: who the zone is for; needs permanent.' },
  interface: { type: 'str', help: 'Interface that the zone is for, taken from another zone; needs zone.' },
  icmp_block: { type: 'str', help: 'Type of ICMP that is not let in.' },
  icmp_block_inversion: { type: 'str', help: 'Whether only the types that are blocked are let in.' },
  masquerade: { type: 'str', help: 'Whether what leaves has the address of the host.' },
  forward: { type: 'str', help: 'Whether what comes in by the zone may go on within it.' },
  rich_rule: { type: 'str', help: 'A rule in the rich language of firewalld.' },
  port_forward: {
    type: 'list',
    help: 'A port that is sent on: port, proto, toport, and toaddr for another host; one in the list.',
  },
  target: {
    type: 'str',
    choices: ['default', 'ACCEPT', 'DROP', '%%REJECT%%'],
    help: 'What becomes of packets that nothing in the zone is about; needs zone and permanent.',
  },
  permanent: { type: 'bool', help: 'Keep it in the configuration, where it holds after a reload.' },
  immediate: {
    type: 'bool',
    default: false,
    help: 'Have it in the firewall that runs; so it is anyway unless permanent.',
  },
  timeout: {
    type: 'int',
    default: 0,
    help: 'Seconds after which the running firewall drops it again; 0 for never.',
  },
  offline: {
    type: 'bool',
    help: 'Does nothing: where firewalld does not run, what is permanent is written in its files anyway.',
  },
})

export type Args = ArgsOf<typeof declared>

const KINDS = [
  ...(['icmp_block', 'icmp_block_inversion', 'service', 'protocol', 'port', 'port_forward'] as const),
  ...(['rich_rule', 'interface', 'forward', 'masquerade', 'source', 'target'] as const),
]

const NEEDS = [
  ['interface', 'zone'],
  ['target', 'zone'],
  ['source', 'permanent'],
] as const

/** A port that is sent on. */
export interface Forward {
  readonly port: string
  readonly proto: string
  readonly toport: string
  readonly toaddr: string
}

export function problems(args: Partial<Args>, complete: boolean): string[] {
  const { port, state, target, permanent, immediate, timeout, port_forward } = args
  const given = KINDS.filter((kind) => args[kind] !== undefined)
  const found: string[] = []
  if (given.length > 1) found.push(`parameters are mutually exclusive: ${KINDS.join('|')}`)
  if (port !== undefined && !/^\s*\d+(-\d+)?\/[a-z]+\s*$/.test(port))
    found.push(
      port.includes('/')
        ? `port: ${JSON.stringify(port)} is not like 80/tcp`
        : 'improper port format (missing protocol?)',
    )
  if (port_forward !== undefined) found.push(...forwardProblems(port_forward))
  for (const kind of ['zone', 'service', 'protocol', 'source', 'interface', 'icmp_block'] as const) {
    const text = args[kind]
    if (text !== undefined && !/^[^\s-]\S*$/.test(text))
      found.push(`${kind}: ${JSON.stringify(text)} is no name`)
  }
  if (timeout !== undefined && timeout < 0) found.push('timeout is less than 0')
  const isOfZone = state === 'absent' || state === 'present'
  if (isOfZone && given.some((kind) => kind !== 'target'))
    found.push('absent and present state can only be used in zone level operations')
  if (!complete) return found
  for (const [kind, need] of NEEDS)
    if (args[kind] !== undefined && args[need] === undefined)
      found.push(`missing parameter(s) required by '${kind}': ${need}`)
  const changesZone = target !== undefined || (isOfZone && given.length === 0)
  if (changesZone && (!permanent || immediate))
    found.push(
      "Zone operations must be permanent. Make sure you didn't set the 'permanent' flag to 'false' or the 'immediate' flag to 'true'.",
    )
  if (isOfZone && given.length === 0 && args.zone === undefined)
    found.push('zone is needed: which one is to be there, or not')
  return found
}

function forwardProblems(list: readonly Value[]): string[] {
  if (list.length > 1) return ['Only one port forward supported at a time']
  const [one] = list
  if (!isMap(one)) return ['port_forward is a list of one map']
  if (one.port === undefined) return ['port must be specified for port forward']
  if (one.proto === undefined) return ['proto udp/tcp must be specified for port forward']
  if (one.toport === undefined) return ['toport must be specified for port forward']
  const { port, proto, toport, toaddr } = forwardOf(list)!
  const isRight = /^\d+(-\d+)?$/.test(port) && /^\d+(-\d+)?$/.test(toport) && /^[a-z]+$/.test(proto)
  if (!isRight || !/^[0-9A-Fa-f.:]*$/.test(toaddr))
    return [
      'port_forward: port and toport are numbers or ranges, proto is such as tcp, and toaddr is an address',
    ]
  const others = Object.keys(one).filter((key) => !['port', 'proto', 'toport', 'toaddr'].includes(key))
  return others.map((key) => `port_forward: ${JSON.stringify(key)} is none of port, proto, toaddr, toport`)
}

/** The port that is sent on. */
export function forwardOf(list: readonly Value[] | undefined): Forward | undefined {
  const one = list?.[0]
  if (!isMap(one)) return undefined
  const text = (value: Value | undefined) => (value === undefined || value === null ? '' : String(value))
  return { port: text(one.port), proto: text(one.proto), toport: text(one.toport), toaddr: text(one.toaddr) }
}

/** A text that says yes or no; what says neither counts as yes, with a warning. */
export function switched(kind: string, text: string): { is: boolean; warnings: string[] } {
  const is = toBoolean(text)
  if (is !== undefined) return { is, warnings: [] }
  return { is: true, warnings: [`${kind}: ${JSON.stringify(text)} is neither yes nor no, and counts as yes`] }
}
