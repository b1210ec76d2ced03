import { splitWords } from '../../playbook/key-values.ts'
import type { Edit, Found } from '../finding.ts'
import type { Rule } from '../rule.ts'
import { type Action, type LintTask, textOf } from '../tasks.ts'
import { isPlain, wholeLines, writtenText } from '../written.ts'

export const freeForm: readonly Rule[] = [
  {
    id: 'no-free-form',
    description: 'Write arguments as a map, one below the other.',
    severity: 'MEDIUM',
    tags: ['syntax', 'risk'],
    profile: 'moderate',
    parts: { raw: 'Write executable of raw below "args".', 'raw-non-string': 'Give raw a text.' },
    fixes: true,
    on: 'task',
    check: checkFreeForm,
  },
  {
    id: 'deprecated-local-action',
    description: 'Write delegate_to: localhost in place of local_action.',
    severity: 'MEDIUM',
    tags: ['deprecations'],
    profile: 'basic',
    fixes: true,
    on: 'task',
    check: checkLocalAction,
  },
]

const INCLUDES = ['include', 'include_tasks', 'import_tasks', 'import_playbook']
const COMMANDS = [
  'command',
  'shell',
  'ansible.windows.win_command',
  'ansible.windows.win_shell',
  'win_command',
  'win_shell',
]

function* checkFreeForm({ action, entries }: LintTask): Iterable<Found> {
  if (action === undefined || action.by !== undefined || INCLUDES.includes(action.short)) return
  const { short, value, place } = action
  const text = textOf(value)
  if (short === 'raw') {
    if (text?.includes('executable='))
      yield {
        part: 'raw',
        message: 'executable stands within the command',
        place: value.place,
        hint: 'write it below "args"',
      }
    else if (text === undefined)
      yield { part: 'raw-non-string', message: 'raw takes a text', place: value.place }
    return
  }
  if (!text?.includes('=')) return
  if (
    COMMANDS.includes(short) &&
    !/^(chdir|creates|executable|removes|stdin|stdin_add_newline|warn)=/.test(text)
  )
    return
  yield {
    message: `the arguments of ${short} are written in one line`,
    place: value.place,
    hint: 'write them as a map',
    ...(!COMMANDS.includes(short) && !entries.has('args') && asMap(action, place.start)),
  }
}

/** The same arguments one below the other, where there is no doubt what they are. */
function asMap({ value, place }: Action, key: number): { edits?: Edit[] } {
  if (/^["'|>&!*]/.test(writtenText(value.place)) || writtenText(value.place).includes('\\')) return {}
  const lines = pairsAsLines(writtenText(value.place))
  if (lines === undefined) return {}
  const { source } = place
  const indent = ' '.repeat(key - wholeLines({ source, start: key, end: key }).start + 2)
  const text = lines.map((line) => `\n${indent}${line}`).join('')
  const before = /\s*$/.exec(source.text.slice(place.end, value.place.start))![0].length
  return { edits: [{ place: { source, start: value.place.start - before, end: value.place.end }, text }] }
}

/** `name: value` for each `name=value`; undefined where a word is no such pair, or a value might be read as another. */
function pairsAsLines(text: string): string[] | undefined {
  const lines: string[] = []
  for (const word of splitWords(text)) {
    const pair = /^([A-Za-z_]\w*)=([\s\S]*)$/.exec(word)
    const value = pair === null ? undefined : asScalar(pair[2]!)
    if (value === undefined) return undefined
    lines.push(`${pair![1]}: ${value}`)
  }
  return new Set(lines.map((line) => line.replace(/:.*/s, ''))).size === lines.length ? lines : undefined
}

function asScalar(written: string): string | undefined {
  const value = written.replace(/^(["'])([\s\S]*)\1$/, '$2')
  if (value === '' || value.includes('\n')) return undefined
  // As "name=value" all are texts; what YAML would read as something else is quoted, except what modules take as yes and no.
  if (/^(yes|true|on)$/.test(value)) return 'true'
  if (/^(no|false|off)$/.test(value)) return 'false'
  if (
    /^[A-Za-z/][\w./+@=-]*$/.test(value) &&
    !/^(y|n|null|nan|inf)$/i.test(value) &&
    !/^(yes|no|true|false|on|off)$/i.test(value)
  )
    return value
  return /["\\]/.test(value) ? (value.includes("'") ? undefined : `'${value}'`) : `"${value}"`
}

function* checkLocalAction(task: LintTask): Iterable<Found> {
  const entry = task.entries.get('local_action')
  if (entry === undefined) return
  yield {
    message: '"local_action" is old',
    place: entry.keyPlace,
    hint: 'write the module as in other tasks, and delegate_to: localhost',
    ...delegated(task),
  }
}

function delegated({ action, entries }: LintTask): { edits?: Edit[] } {
  const entry = entries.get('local_action')!
  if (action === undefined || entries.has('delegate_to') || !isPlain(entry.value)) return {}
  const { source } = entry.keyPlace
  const written = writtenText(entry.value.place)
  if (!/^[\w.]+(\s|$)/.test(written)) return {}
  const [module = ''] = /^[\w.]+/.exec(written)!
  const rest = written.slice(module.length).trim()
  const column = entry.keyPlace.start - wholeLines(entry.keyPlace).start
  const after = source.text.slice(entry.value.place.end, wholeLines(entry.value.place).end)
  if (after.trim() !== '') return {}
  const text = `${module}:${rest === '' ? '' : ` ${rest}`}\n${' '.repeat(column)}delegate_to: localhost`
  return { edits: [{ place: { source, start: entry.keyPlace.start, end: entry.value.place.end }, text }] }
}
