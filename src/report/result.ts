import { stringify } from 'yaml'
import type { ItemResult, Location, TaskInfo, TaskResult } from '../protocol/event.ts'
import type { Display } from '../protocol/request.ts'
import type { ValueMap } from '../values/value.ts'
import { changeLine } from './changes.ts'
import { diffLines } from './diff.ts'
import type { Theme } from './paint.ts'
import { beside, clean, cleanLines, fit, indent } from './text.ts'

/** How much of a result is shown, and in which theme. */
export interface RenderOptions extends Partial<Display> {
  readonly look: Theme
  /** The number of -v. */
  readonly verbosity: number
  /** Show before and after of every change. */
  readonly diff: boolean
  /** Without `diff`, show every change in one line. */
  readonly changes: boolean
  /** Show what is skipped. */
  readonly skipped: boolean
}

/** The mark of what is a program's own word, and was not planned here. */
export const FOREIGN = ' (foreign)'

/** Lines of a command's output that are shown without -v: the last ones, for there it says what was wrong. */
const mostLines = 20
const longestLine = 500

export function locationName({ file, line, column }: Location): string {
  return `${clean(file)}:${line}:${column}`
}

/** Why a result failed, could not be reached or was skipped, in one line. */
export function reason(result: TaskResult): string {
  const { rc } = result.values
  const message = messageOf(result)
  const saysNothing = message === '' || (message === 'non-zero return code' && typeof rc === 'number')
  if (!saysNothing) return fit(cleanLines(message)[0]!, longestLine, '...')
  const item = result.items?.find(({ status }) => status === 'failed' || status === 'unreachable')
  if (item !== undefined) return `${itemName(item)}: ${reason(item)}`
  return typeof rc === 'number' ? `exit status ${rc}` : 'no reason was given'
}

function messageOf({ message, values }: TaskResult): string {
  return (message ?? (typeof values.msg === 'string' ? values.msg : '')).trim()
}

/** What is shown of a result below the line that names its host and status. */
export function details(task: TaskInfo, result: TaskResult, telling: RenderOptions): string[] {
  switch (result.status) {
    case 'failed':
    case 'unreachable':
      return failure(task, result, telling)
    case 'changed':
      return [...changes(result, telling), ...values(task, result, telling)]
    case 'ok':
      return values(task, result, telling)
    case 'skipped':
      return []
  }
}

/** The name of a result among those of a loop. */
export function itemName(item: ItemResult): string {
  return `item=${fit(clean(item.label), 200, '...')}`
}

function changes(result: TaskResult, { look, diff, changes: short }: RenderOptions): string[] {
  if (diff) return diffLines(result, look)
  return short ? result.changes.map(changeLine) : []
}

function failure(task: TaskInfo, result: TaskResult, telling: RenderOptions): string[] {
  const { look, verbosity } = telling
  const all = verbosity > 0
  const [said, ...fields] = fieldsOf(result, all)
  const where: Field[] = [
    ['task', [`${clean(task.name)} (${clean(task.action)})`]],
    ['at', [locationName(task.location)]],
  ]
  return [
    ...[said!, ...where, ...fields].flatMap(([name, lines]) =>
      beside(look.paint(name === 'try' ? 'hint' : 'dim', name), lines, 8),
    ),
    ...(all
      ? valueLines({ ...without(result.values, shownAsFields), ...invocation(result, verbosity) }, telling)
      : []),
  ]
}

/** What there is to know under a name; none of its lines when there is nothing. */
export type Field = readonly [name: string, lines: string[]]

/** What is known of how a result came about; first, without a name, what its message says behind its first line. */
export function fieldsOf(result: TaskResult, all: boolean): Field[] {
  const message = messageOf(result)
  const { rc, stdout, stderr } = result.values
  const said = typeof stderr === 'string' && stderr.includes(message) ? [] : cleanLines(message).slice(1)
  return [
    ['', cut(said, all)],
    ['on', result.delegatedTo === undefined ? [] : [clean(result.delegatedTo)]],
    ['ran', result.ran === undefined ? [] : cut(cleanLines(result.ran), all)],
    ['exit', typeof rc === 'number' ? [String(rc)] : []],
    ['stdout', typeof stdout === 'string' ? cut(cleanLines(stdout), all) : []],
    ['stderr', typeof stderr === 'string' ? cut(cleanLines(stderr), all) : []],
    ['try', result.advice === undefined ? [] : cleanLines(result.advice)],
  ]
}

function cut(lines: readonly string[], all: boolean): string[] {
  if (all) return [...lines]
  const short = lines.slice(-mostLines).map((line) => fit(line, longestLine, '...'))
  const left = lines.length - short.length
  return left === 0 ? short : [`... ${left} more line${left === 1 ? '' : 's'}, -v shows all`, ...short]
}

/** What a module returned: always if that is its purpose, else with -v. */
export function values(task: TaskInfo, result: TaskResult, telling: ValueOptions): string[] {
  const { verbosity } = telling
  if (result.items !== undefined || (verbosity === 0 && !task.verboseAlways)) return []
  const shown = { ...without(result.values, ofTheReport), ...invocation(result, verbosity) }
  if (task.verboseAlways && typeof shown.msg === 'string') return cleanLines(shown.msg)
  return valueLines(shown, telling)
}

/** What the module was given, with -vvv: a foreign one says so itself. */
function invocation({ invocation: given, values }: TaskResult, verbosity: number): ValueMap {
  const told = values.invocation ?? given
  return verbosity > 2 && told !== undefined ? { invocation: told } : {}
}

const ofTheReport = new Set(
  'changed failed skipped unreachable skip_reason diff invocation results stdout_lines stderr_lines'.split(
    ' ',
  ),
)
const shownAsFields = new Set([...ofTheReport, 'msg', 'rc', 'stdout', 'stderr', 'cmd'])

function without(all: ValueMap, hidden: ReadonlySet<string>): ValueMap {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !hidden.has(name)))
}

type ValueOptions = Pick<RenderOptions, 'verbosity' | 'results' | 'pretty'>

function valueLines(all: ValueMap, { verbosity, results, pretty = verbosity > 2 }: ValueOptions): string[] {
  if (Object.keys(all).length === 0) return []
  if (results === 'json') return cleanLines(JSON.stringify(all, undefined, pretty ? 4 : undefined))
  return cleanLines(stringify(all, { lineWidth: 0, aliasDuplicateObjects: false }))
}

/** What is shown of a result in one piece: of a loop, its items, each below its name. */
export function renderResult(task: TaskInfo, result: TaskResult, telling: RenderOptions): string[] {
  const { items } = result
  if (items === undefined || items.length === 0 || result.status === 'unreachable') {
    return details(task, result, telling)
  }
  return items.flatMap((item) => {
    const failed = item.status === 'failed' || item.status === 'unreachable'
    const lines = details(task, item, telling)
    if (!failed && lines.length === 0) return []
    const name = failed ? `${itemName(item)}: ${reason(item)}` : itemName(item)
    return [name, ...indent(lines, 2)]
  })
}
