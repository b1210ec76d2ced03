import {
  backupOf,
  type Edit,
  type Edited,
  editFootprint,
  editProbe,
  failureOf,
  fromBytes,
  linesOf,
  planEdit,
  readEdited,
  toBytes,
} from '../../../host/edit.ts'
import { files } from '../../../host/file-state.ts'
import { defineMarkedModule } from '../../../host/marked-module.ts'
import { settle } from '../../../host/placement.ts'
import type { Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import type { ArgsOf } from '../../../sdk/options.ts'
import { failure } from '../../../sdk/plans.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import type { Value } from '../../../values/value.ts'
import { declared } from './options.ts'
import { edited, type Having, linesThatSet, type Wish } from './settings.ts'

type Args = ArgsOf<typeof declared>

/** Makes sure that a file of settings in sections has a setting, or has it not. Semantics: community.general.ini_file. */
export const ini_file = defineMarkedModule<typeof declared, Edited>(
  {
    name: 'ini_file',
    summary: 'Makes sure that a setting, or a section of them, is in an INI file, or is not.',
    options: declared,
    validate: problems,
    probe: editProbe,
    parse,
    plan,
    footprint: {
      ...editFootprint,
      of: (args, state, plan) =>
        state.replaces === undefined ? editFootprint.of(args, state, plan) : undefined,
    },
    interpret(outcomes) {
      const backup = backupOf(outcomes)
      return failureOf(outcomes) ?? { result: backup === undefined ? {} : { backup_file: backup } }
    },
  },
  {
    places: ({ path, follow }, { replaces }) => [
      { path, follow, isReplaced: replaces !== undefined && !follow },
    ],
  },
)

function problems(args: Partial<Args>, complete: boolean): string[] {
  const { section, option, value, values, state, allow_no_value } = args
  const found: string[] = []
  if (value !== undefined && values !== undefined)
    found.push('parameters are mutually exclusive: value|values; give one of them')
  for (const [name, text] of Object.entries({ section, option, value })) {
    if (text?.includes('\n')) found.push(`${name} holds a line break, and a setting is one line`)
  }
  if (values?.some((one) => one.includes('\n')))
    found.push('values: one holds a line break, and a setting is one line')
  try {
    havings(args.section_has_values)
  } catch (error) {
    found.push((error as Error).message)
  }
  if (!complete) return found
  if (state === 'present' && !allow_no_value && value === undefined && !values?.length)
    found.push("Parameter 'value(s)' must be defined if state=present and allow_no_value=False.")
  if (state === 'absent' && !section && !option)
    found.push('ini_file needs "section" or "option" to know what is to be gone')
  return found
}

function havings(given: readonly Value[] = []): Having[] {
  return given.map((one) => {
    const { option, value, values, ...other } = Object(one) as Record<string, Value>
    const [unknown] = Object.keys(other)
    if (unknown !== undefined) throw new Error(`section_has_values: "${unknown}" means nothing there`)
    if (typeof option !== 'string' || option === '')
      throw new Error('section_has_values: each needs "option", the name of a setting')
    const all = [value ?? [], values ?? []].flat()
    return { option: toBytes(option), values: all.map((text) => toBytes(String(text))) }
  })
}

function parse(output: ProbeOutput, args: Args): Edited {
  const state = readEdited(output, args)
  const [itself] = output.of(files([args.path], { follow: true }))
  if (itself?.type !== 'link' || args.follow) return state
  const { via: _, ...others } = state
  return { ...others, path: args.path, replaces: itself }
}

function plan(args: Args, state: Edited, view: ModuleContext): Plan {
  if (state.file === undefined && !args.create)
    return {
      ...failure(`Destination ${state.path} does not exist!`),
      result: { rc: 257 },
      advice: '"create: true" makes it',
    }
  const edit = editOf(args, state)
  const result = { path: args.path, msg: edit.msg }
  // A link that nothing takes the place of is what has an owner and a group.
  const link = edit.change === undefined ? state.replaces : undefined
  if (link !== undefined) return { ...settle({ path: state.path, file: link }, args, state.ids), result }
  const planned = planEdit({ ...args, state: 'present' }, state, edit, view, 'Destination')
  return planned.failed === undefined ? { ...planned, result } : planned
}

function editOf(args: Args, { bytes }: Edited): Edit {
  const wish = wishOf(args)
  const text = bytes.replace(/^\xef\xbb\xbf/, '').replace(/\r\n?/g, '\n')
  const lines = text === '' ? [''] : linesOf(text).map((line) => line.replace(/\n$/, ''))
  const made = edited(lines, wish)
  const isEnded = text === '' || text.endsWith('\n')
  if (isEnded && isSame(lines, made.lines)) return { bytes, msg: made.msg }
  const after = made.lines.map((line) => `${line}\n`).join('')
  return { bytes: after, change: changeOf(wish, lines, made.lines), msg: made.msg }
}

function wishOf(args: Args): Wish {
  const text = (one: string | undefined) => (one === undefined ? undefined : toBytes(one))
  const values = args.value === undefined ? (args.values ?? []) : [args.value]
  return {
    ...args,
    section: text(args.section || undefined),
    option: text(args.option || undefined),
    has: havings(args.section_has_values),
    values: [...new Set(values.map(toBytes))],
    equals: args.no_extra_spaces ? '=' : ' = ',
  }
}

function changeOf(wish: Wish, before: readonly string[], after: readonly string[]): Change {
  const [old, now] = [shown(linesThatSet(before, wish)), shown(linesThatSet(after, wish))]
  if (old === now) return { what: 'end of the last line', before: null, after: '\n' }
  const { section, option } = wish
  const what =
    option === undefined ? `section ${section}` : section === undefined ? option : `[${section}] ${option}`
  return { what: fromBytes(what), before: old, after: now }
}

/** Lines as a change shows them; null for none. */
function shown(lines: readonly string[]): string | null {
  return lines.length === 0 ? null : fromBytes(lines.join('\n'))
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index])
}
