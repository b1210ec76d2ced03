import { type Args, forwardOf, switched } from './options.ts'

/** One thing that a zone is to have or not, as firewall-cmd is told of it. */
export interface Wish {
  /** What it is called in changes. */
  readonly what: string
  /** The words that ask: an exit status of 0 says yes and 1 no, or a list is printed. */
  readonly query: readonly string[]
  readonly add: readonly string[]
  readonly remove: readonly string[]
  readonly isWanted: boolean
  /** The value that it gets, where it is more than on or off. */
  readonly after?: string
  /** What of the printed list says that it is there. */
  readonly find?: (printed: string) => boolean
  /** It may go by itself after a time. */
  readonly mayExpire?: true
  /** What the task says once it is made, in Ansible's words. */
  readonly told: (zone: string) => string
  readonly warnings: readonly string[]
}

/** What the task is about; undefined where it is about nothing. */
export function wishOf(args: Args): Wish | undefined {
  const { zone, state } = args
  const isOn = state === 'enabled' || state === 'present'
  const base = { isWanted: isOn, warnings: [] }
  const inZone = zone === undefined ? [] : [`--zone=${zone}`]
  const verbs = (query: string, add: string, remove: string) => ({
    query: [...inZone, query],
    add: [...inZone, add],
    remove: [...inZone, remove],
  })
  for (const [kind, flag] of NAMED) {
    const text = kind === 'port' ? args.port?.trim() : args[kind]
    if (text === undefined) continue
    return {
      ...base,
      ...verbs(`--query-${flag}=${text}`, `--add-${flag}=${text}`, `--remove-${flag}=${text}`),
      what: `${flag} ${text}`,
      mayExpire: true,
      told: () => `Changed ${kind === 'icmp_block' ? flag : kind} ${text} to ${state}`,
    }
  }
  const { interface: link, source, target } = args
  if (link !== undefined)
    return {
      ...base,
      ...verbs(`--query-interface=${link}`, `--change-interface=${link}`, `--remove-interface=${link}`),
      what: `interface ${link}`,
      told: (name) => (isOn ? `Changed ${link} to zone ${name}` : `Removed ${link} from zone ${name}`),
    }
  if (source !== undefined)
    return {
      ...base,
      ...verbs(`--query-source=${source}`, `--add-source=${source}`, `--remove-source=${source}`),
      what: `source ${source}`,
      told: (name) => (isOn ? `Added ${source} to zone ${name}` : `Removed ${source} from zone ${name}`),
    }
  for (const [kind, flag] of SWITCHES) {
    const text = args[kind]
    if (text === undefined) continue
    const { is, warnings } = switched(kind, text)
    const isWanted = isOn === is
    const zoned = (name: string) =>
      isWanted ? `Added ${kind} to zone ${name}` : `Removed ${kind} from zone ${name}`
    return {
      ...verbs(`--query-${flag}`, `--add-${flag}`, `--remove-${flag}`),
      what: flag,
      isWanted,
      warnings,
      told: kind === 'icmp_block_inversion' ? () => `Changed ${flag} ${text} to ${state}` : zoned,
    }
  }
  const forward = forwardOf(args.port_forward)
  if (forward !== undefined) {
    const { port, proto, toport, toaddr } = forward
    const text = `port=${port}:proto=${proto}:toport=${toport}${toaddr === '' ? '' : `:toaddr=${toaddr}`}`
    return {
      ...base,
      ...verbs(`--query-forward-port=${text}`, `--add-forward-port=${text}`, `--remove-forward-port=${text}`),
      what: `forward-port ${text}`,
      mayExpire: true,
      told: () =>
        `Changed port_forward port=${port}:proto=${proto}:toport=${toport}:toaddr=${toaddr} to ${state}`,
    }
  }
  if (target !== undefined)
    return {
      ...base,
      ...verbs('--get-target', `--set-target=${target}`, '--set-target=default'),
      what: 'target',
      after: isOn ? target : 'default',
      // The default that is not wanted is the default again.
      find: (printed) => printed.trim() === target && (isOn || target !== 'default'),
      told: (name) =>
        isOn ? `Set zone ${name} target to ${target}` : `Reset zone ${name} target to default`,
    }
  if (state !== 'present' && state !== 'absent') return undefined
  return {
    ...base,
    query: ['--get-zones'],
    add: [`--new-zone=${zone}`],
    remove: [`--delete-zone=${zone}`],
    what: 'zone',
    find: (printed) => printed.split(/\s+/).includes(zone!),
    told: () =>
      isOn
        ? `Added zone ${zone}, Changed zone ${zone} to present`
        : `Removed zone ${zone}, Changed zone ${zone} to absent`,
  }
}

const NAMED = [
  ['icmp_block', 'icmp-block'],
  ['service', 'service'],
  ['protocol', 'protocol'],
  ['port', 'port'],
  ['rich_rule', 'rich-rule'],
] as const

const SWITCHES = [
  ['icmp_block_inversion', 'icmp-block-inversion'],
  ['masquerade', 'masquerade'],
  ['forward', 'forward'],
] as const
