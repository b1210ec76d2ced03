import { globToRegExp } from '../values/glob.ts'
import { matching } from '../values/matching.ts'
import { didYouMean, type Problem } from '../values/problem.ts'
import { pythonRegExp } from '../values/regexp.ts'
import type { SourceSpan } from '../values/source.ts'
import { type Host, LOCALHOST } from './group.ts'
import type { Inventory } from './inventory.ts'
import { limitParts, type Part, partsOf } from './parts.ts'

/** The hosts found, and what is wrong with the pattern they were looked for with. */
export interface Selection {
  readonly hosts: Host[]
  readonly problems: Problem[]
  /** Names that no host or group has. */
  readonly unknown: Problem[]
}

/** The hosts that a pattern of `hosts:` means, in Ansible's order. A list counts as joined by commas. */
export function select(
  inventory: Inventory,
  pattern: string | readonly string[],
  place?: SourceSpan,
): Selection {
  const { hosts, problems, unknown } = selectParts(inventory, partsOf([pattern].flat(), place))
  const placed = (problem: Problem) => ({ place, ...problem })
  return { hosts, problems: problems.map(placed), unknown: unknown.map(placed) }
}

/** The hosts that --limit leaves; `@FILE` (from the folder `cwd`) stands for the patterns in it, one on a line. */
export function selectLimit(inventory: Inventory, limit: string, cwd: string): Selection {
  const { parts, problems } = limitParts(limit, cwd)
  const { hosts, unknown, problems: faults } = selectParts(inventory, parts)
  return { hosts, problems: [...problems, ...faults], unknown }
}

/**
 * The hosts that a pattern's parts mean together: first all that stand by themselves, in their order, of these the
 * intersections (&), of these all but the exclusions (!). When none stands by itself, they apply to all hosts.
 */
function selectParts(inventory: Inventory, parts: readonly Part[]): Selection {
  if (parts.length === 0)
    return { hosts: [], problems: [{ message: 'the pattern is empty: it names no hosts' }], unknown: [] }
  const problems: Problem[] = []
  const unknown: Problem[] = []
  const find = ({ text, place }: Part): readonly Host[] => {
    try {
      return hostsOfPart(inventory, text)
    } catch (error) {
      const { message } = error as Error
      if (error instanceof UnknownName) unknown.push({ message, place, hint: error.hint })
      else problems.push({ message, place })
      return []
    }
  }
  const marked = (mark: string) =>
    parts
      .filter(({ text }) => text.startsWith(mark))
      .map(({ text, place }) => new Set(find({ text: text.slice(1), place })))
  const plain = parts.filter(({ text }) => !/^[&!]/.test(text))
  const [first, ...others] = (plain.length === 0 ? [{ text: 'all' }] : plain).map((part) => {
    const host = inventory.hosts.get(part.text)
    return host === undefined ? find(part) : [host]
  })
  const found = others.length === 0 ? first! : [...new Set([first!, ...others].flat())]
  const wanted = marked('&')
  const unwanted = marked('!')
  const hosts = found.filter(
    (host) => wanted.every((set) => set.has(host)) && !unwanted.some((set) => set.has(host)),
  )
  return { hosts, problems, unknown }
}

class UnknownName extends Error {
  readonly hint: string | undefined

  constructor(message: string, hint: string | undefined) {
    super(message)
    this.hint = hint
  }
}

const SUBSCRIPT = /^(.+)\[(?:(-?\d+)|(\d+)([:-])(\d*))\]$/

function hostsOfPart(inventory: Inventory, text: string): readonly Host[] {
  const subscript = text.startsWith('~') ? null : SUBSCRIPT.exec(text)
  if (subscript === null) return hostsCalled(inventory, text)
  const [, name, index, first, separator, last] = subscript
  if (separator === '-') throw new Error(`"${text}" takes a range of hosts with a colon: [${first}:${last}]`)
  const hosts = hostsCalled(inventory, name!)
  if (index === undefined) return hosts.slice(Number(first), last === '' ? undefined : Number(last) + 1)
  const host = hosts.at(Number(index))
  if (host === undefined && hosts.length > 0)
    throw new Error(
      `"${text}" is past the end: "${name}" means ${hosts.length} host${hosts.length === 1 ? '' : 's'}`,
    )
  return host === undefined ? [] : [host]
}

/** The hosts of all groups that a name, wildcard or regular expression matches, then the hosts it matches itself. */
function hostsCalled(inventory: Inventory, name: string): readonly Host[] {
  const { groups, hosts } = inventory
  if (name.startsWith('~') || /[*?[]/.test(name)) {
    const expression = name.startsWith('~') ? pythonRegExp(name.slice(1)) : globToRegExp(name)
    const called = <T>(known: ReadonlyMap<string, T>): T[] => {
      const text = [...known.keys()].join(' ')
      const use = { expression, written: name.replace(/^~/, ''), text, name: 'the names of the inventory' }
      const found = matching(use, () => [...known].filter(([key]) => key.search(expression) === 0))
      return found.map(([, item]) => item)
    }
    return [...new Set([...called(groups).flatMap((group) => inventory.hostsOf(group)), ...called(hosts)])]
  }
  const group = groups.get(name)
  const host = group === undefined || name.includes('.') ? hosts.get(name) : undefined
  if (group !== undefined && host === undefined) return inventory.hostsOf(group)
  if (group !== undefined) return [...new Set([...inventory.hostsOf(group), host!])]
  const single = host ?? (LOCALHOST.includes(name) ? inventory.host(name) : undefined)
  if (single !== undefined) return [single]
  throw new UnknownName(
    `no host or group is called "${name}"`,
    didYouMean(name, [...groups.keys(), ...hosts.keys()]) ?? knownNames(inventory),
  )
}

function knownNames({ groups, hosts }: Inventory): string {
  const names = [...groups.keys(), ...hosts.keys()].filter((name) => name !== 'all' && name !== 'ungrouped')
  const some = names.slice(0, 8).join(', ')
  if (names.length === 0) return 'the inventory holds no hosts'
  return `the inventory holds ${some}${names.length > 8 ? ` and ${names.length - 8} more` : ''}`
}
