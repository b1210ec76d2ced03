import {
  backupOf,
  type Edit,
  type Edited,
  editProbe,
  failureOf,
  planEdit,
  readEdited,
  toBytes,
} from '../../../host/edit.ts'
import { defineMarkedModule } from '../../../host/marked-module.ts'
import type { ModuleContext, Plan } from '../../../sdk/module.ts'
import { type ArgsOf, fileOptions, options } from '../../../sdk/options.ts'
import { failure } from '../../../sdk/plans.ts'
import { describe, edited, type Line, readLines } from './lines.ts'

const declared = options({
  dest: { type: 'path', default: '/etc/network/interfaces', help: 'The file of interfaces.' },
  iface: { type: 'str', help: 'The interface; needed for an option.' },
  address_family: {
    type: 'str',
    help: 'Which of several parts about the interface is meant, such as inet6.',
  },
  option: { type: 'str', help: 'The option; without one the file is only read.' },
  value: {
    type: 'str',
    help: 'What the option is to be; of pre-up, up, down and post-up an interface may have several.',
  },
  backup: { type: 'bool', default: false, help: 'Keep a copy of the file as it was.' },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether the interface has the option.',
  },
  ...fileOptions,
})

type Args = ArgsOf<typeof declared>

const editing = (args: Args) => ({ ...args, path: args.dest, state: 'present' as const, create: false })

/** Keeps options of interfaces in interfaces(5). Semantics: community.general.interfaces_file. */
export const interfaces_file = defineMarkedModule<typeof declared, Edited>({
  name: 'interfaces_file',
  summary: 'Keeps options of interfaces in /etc/network/interfaces, and tells what it holds.',
  options: declared,
  validate: problems,
  probe: (args) => editProbe(editing(args)),
  parse: (output, args) => readEdited(output, editing(args)),
  plan,
  interpret(outcomes) {
    const backup = backupOf(outcomes)
    return failureOf(outcomes) ?? { result: backup === undefined ? {} : { backup_file: backup } }
  },
})

function problems(
  { iface, option, value, state, address_family }: Partial<Args>,
  complete: boolean,
): string[] {
  const found: string[] = []
  for (const [name, text] of Object.entries({ iface, option, address_family }))
    if (text !== undefined && !/^[^\s#]\S*$/.test(text))
      found.push(`${name}: ${JSON.stringify(text)} is not one word`)
  if (value?.includes('\n')) found.push('value holds a line break, and an option is one line')
  if (!complete || option === undefined) return found
  if (iface === undefined) found.push("missing parameter(s) required by 'option': iface")
  if (state === 'present' && value === undefined)
    found.push("Value must be set if option is defined and state is 'present'")
  return found
}

function plan(args: Args, state: Edited, view: ModuleContext): Plan {
  let edit: Edit
  let lines: Line[]
  try {
    lines = readLines(state.bytes)
    edit = state.file?.type === 'file' ? editOf(args, state.bytes, lines) : { bytes: state.bytes, msg: '' }
  } catch (error) {
    return failure((error as Error).message)
  }
  const planned = planEdit(editing(args), state, edit, view, 'Destination')
  if (planned.failed !== undefined) return planned
  return { ...planned, result: { dest: args.dest, ifaces: describe(readLines(edit.bytes)) } }
}

function editOf(args: Args, bytes: string, lines: readonly Line[]): Edit {
  const { iface, option, value, state, address_family } = args
  if (iface === undefined || option === undefined) return { bytes, msg: '' }
  const wish = {
    state,
    iface: toBytes(iface),
    family: address_family === undefined ? undefined : toBytes(address_family),
    option: toBytes(option),
    value: value === undefined ? undefined : toBytes(value.trim()),
  }
  const after = edited(lines, wish)
  if (after === bytes) return { bytes, msg: '' }
  const shown = (all: readonly Line[]) => {
    const part = describe(all)[iface] as Record<string, string | string[] | null>
    const found = part[option] ?? null
    return Array.isArray(found) ? found.join('\n') || null : found
  }
  const change = { what: `${option} of ${iface}`, before: shown(lines), after: shown(readLines(after)) }
  return { bytes: after, change, msg: '' }
}
