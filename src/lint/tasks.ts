import { splitWords } from '../playbook/key-values.ts'
import type { SourceSpan } from '../values/source.ts'
import {
  type MapEntry,
  type MapNode,
  type Node,
  type ScalarNode,
  toValue,
  type Value,
} from '../values/value.ts'
import type { LintFile } from './lint-file.ts'

/** What a task does, as it is written. */
export interface Action {
  /** The module's name as written. */
  readonly written: string
  /** Without `ansible.builtin.` or `ansible.legacy.` in front. */
  readonly short: string
  /** Of the name. */
  readonly place: SourceSpan
  /** What stands behind the name. */
  readonly value: Node
  /** `action:` or `local_action:`, where the name is not the key itself. */
  readonly by: 'action' | 'local_action' | undefined
  /** The free text, `ls -l` of `command: ls -l creates=/x`; '' if there is none. */
  readonly free: string
  /** Arguments by name: of the map, of `name=value`, of `args:`. */
  readonly args: ReadonlyMap<string, Node>
}

/** A task or block of a file, as it is written. */
export interface LintTask {
  readonly file: LintFile
  readonly node: MapNode
  /** A list of tasks or handlers, or what a block holds. */
  readonly within: 'tasks' | 'handlers' | 'block'
  readonly isBlock: boolean
  readonly entries: ReadonlyMap<string, MapEntry>
  /** Undefined in blocks, and where nothing is named. */
  readonly action: Action | undefined
}

const BLOCK_KEYS = ['block', 'rescue', 'always'] as const

/** Words of tasks, blocks and plays that name no module. */
const KEYWORDS = new Set(
  `action always any_errors_fatal args async become become_exe become_flags become_method become_user block
  changed_when check_mode collections connection debugger delay delegate_facts delegate_to diff environment failed_when
  gather_facts ignore_errors ignore_unreachable listen local_action loop loop_control module_defaults name no_log notify
  order poll port register remote_user rescue retries run_once su su_user sudo sudo_user tags throttle timeout
  transport until vars when`.split(/\s+/),
)

/** The lists of tasks that a play has. */
export const TASK_LISTS = ['pre_tasks', 'tasks', 'post_tasks', 'handlers'] as const

/** Every task and block of a file, blocks in front of what they hold. */
export function tasksOf(file: LintFile): LintTask[] {
  const { node, kind } = file
  if (node?.kind !== 'list') return []
  if (kind === 'tasks' || kind === 'handlers') return inList(node, kind, file)
  if (kind !== 'playbook') return []
  return playsOf(file).flatMap((play) =>
    TASK_LISTS.flatMap((key) => inList(under(play, key), key === 'handlers' ? 'handlers' : 'tasks', file)),
  )
}

/** The plays of a playbook, imports too. */
export function playsOf({ node, kind }: LintFile): MapNode[] {
  if (kind !== 'playbook' || node?.kind !== 'list') return []
  return node.items.filter((item): item is MapNode => item.kind === 'map')
}

export function under(map: MapNode, key: string): Node | undefined {
  return map.entries.find((entry) => entry.key === key)?.value
}

/** The text of a scalar; undefined for all else. */
export function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined
}

function inList(list: Node | undefined, within: LintTask['within'], file: LintFile): LintTask[] {
  if (list?.kind !== 'list') return []
  return list.items.flatMap((node) => {
    if (node.kind !== 'map' || node.entries.length === 0) return []
    const entries = new Map(node.entries.map((entry) => [entry.key, entry]))
    const isBlock = BLOCK_KEYS.some((key) => entries.has(key))
    const action = isBlock ? undefined : actionOf(entries)
    const inner = BLOCK_KEYS.flatMap((key) => inList(entries.get(key)?.value, 'block', file))
    return [{ file, node, within, isBlock, entries, action }, ...inner]
  })
}

function actionOf(entries: ReadonlyMap<string, MapEntry>): Action | undefined {
  for (const by of ['action', 'local_action'] as const) {
    const entry = entries.get(by)
    if (entry !== undefined) return byKeyword(by, entry, argsOf(entries))
  }
  for (const { key, keyPlace, value } of entries.values())
    if (!KEYWORDS.has(key) && !key.startsWith('with_'))
      return made(key, keyPlace, value, undefined, argsOf(entries))
  return undefined
}

function argsOf(entries: ReadonlyMap<string, MapEntry>): readonly MapEntry[] {
  const args = entries.get('args')?.value
  return args?.kind === 'map' ? args.entries : []
}

function byKeyword(
  by: 'action' | 'local_action',
  { value }: MapEntry,
  args: readonly MapEntry[],
): Action | undefined {
  if (value.kind === 'map') {
    const module = under(value, 'module')
    if (textOf(module) === undefined) return undefined
    const rest = value.entries.filter(({ key }) => key !== 'module')
    return made(textOf(module)!, module!.place, { ...value, entries: rest }, by, args)
  }
  const text = textOf(value)
  const word = splitWords(text ?? '')[0]
  if (text === undefined || word === undefined) return undefined
  const rest = { ...(value as ScalarNode), value: text.trim().slice(word.length).trim() }
  return made(word, value.place, rest, by, args)
}

function made(
  written: string,
  place: SourceSpan,
  value: Node,
  by: Action['by'],
  besides: readonly MapEntry[],
): Action {
  const short = written.replace(/^ansible\.(builtin|legacy)\./, '')
  const { free, args } = argumentsIn(short, value)
  for (const { key, value: node } of besides) args.set(key, node)
  return { written, short, place, value, by, free, args }
}

/** Modules that take a text, in which only these names are arguments. */
const FREE_FORM = new Set(['command', 'shell', 'raw', 'script', 'win_command', 'win_shell'])
const OF_COMMANDS = /^(chdir|creates|executable|removes|stdin|stdin_add_newline|warn)=([\s\S]*)$/
const PAIR = /^([A-Za-z_][\w-]*)=([\s\S]*)$/

function argumentsIn(module: string, value: Node): { free: string; args: Map<string, Node> } {
  const args = new Map<string, Node>()
  if (value.kind === 'map') for (const { key, value: node } of value.entries) args.set(key, node)
  const text = textOf(value)
  if (text === undefined) return { free: '', args }
  const isCommand = FREE_FORM.has(module.split('.').at(-1)!)
  let free = text
  for (const word of splitWords(text)) {
    const pair = (isCommand ? OF_COMMANDS : PAIR).exec(word)
    if (pair === null) continue
    const [, name, written] = pair
    args.set(name!, { ...(value as ScalarNode), value: written!.replace(/^(["'])([\s\S]*)\1$/, '$2') })
    free = free.replace(word, '')
  }
  return { free: free.trim(), args }
}

/** The plain value of an argument; undefined if it is not given. */
export function argument(action: Action, name: string): Value | undefined {
  const node = action.args.get(name)
  return node === undefined ? undefined : toValue(node)
}

/** The command that a task of `command`, `shell` or `raw` runs, its words in `argv` one behind the other. */
export function commandOf(action: Action): string {
  const cmd = argument(action, 'cmd') ?? argument(action, '_raw_params')
  if (typeof cmd === 'string') return cmd
  const argv = argument(action, 'argv')
  return Array.isArray(argv) ? argv.map(String).join(' ') : action.free
}

/** Every scalar below a node with the key that it stands under. */
export function* scalarsIn(node: Node, key = ''): Generator<{ key: string; node: ScalarNode }> {
  if (node.kind === 'scalar') yield { key, node }
  else if (node.kind === 'list') for (const item of node.items) yield* scalarsIn(item, key)
  else for (const entry of node.entries) yield* scalarsIn(entry.value, entry.key)
}

/** The same of a task, without what its blocks hold. */
export function* scalarsOf(task: LintTask): Generator<{ key: string; node: ScalarNode }> {
  for (const entry of task.node.entries)
    if (!(BLOCK_KEYS as readonly string[]).includes(entry.key)) yield* scalarsIn(entry.value, entry.key)
}
