import {
  backupOf,
  type Edit,
  type Edited,
  editFootprint,
  editOptions,
  editProbe,
  failureOf,
  fromBytes,
  planEdit,
  readEdited,
  toBytes,
} from '../../host/edit.ts'
import { defineMarkedModule } from '../../host/marked-module.ts'
import { validateProblems } from '../../host/write.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { matching } from '../../values/matching.ts'
import { pythonRegExp, pythonReplacement, regexpProblems } from '../../values/regexp.ts'

const { state: _, create: __, ...edits } = editOptions
const declared = options({
  ...edits,
  regexp: { type: 'str', required: true, help: 'Python regular expression; ^ and $ are ends of lines.' },
  replace: {
    type: 'str',
    bytes: true,
    default: '',
    help: 'What takes the place of all that it matches; \\1 and \\g<name> are groups of it.',
  },
  after: { type: 'str', help: 'Only what stands behind the first match of this is changed.' },
  before: { type: 'str', help: 'Only what stands before the first match of this is changed.' },
  encoding: {
    type: 'str',
    choices: ['utf-8', 'utf8'],
    default: 'utf-8',
    help: 'What the file is written in.',
  },
})

type Args = ArgsOf<typeof declared>

/** Replaces all that a regular expression matches in a file. Semantics: ansible.builtin.replace. */
export const replace = defineMarkedModule<typeof declared, Edited>({
  name: 'replace',
  summary: 'Replaces all that a regular expression matches in a file.',
  options: declared,
  validate: problems,
  probe: (args) => editProbe(asEdit(args)),
  parse: (output, args) => readEdited(output, asEdit(args)),
  plan: (args, state, view) => planEdit(asEdit(args), state, edit(args, state), view),
  footprint: {
    ...editFootprint,
    paths: (args) => editFootprint.paths(asEdit(args)),
    of: (args, state, plan) => editFootprint.of(asEdit(args), state, plan),
  },
  interpret: (outcomes) => {
    const backup = backupOf(outcomes)
    return failureOf(outcomes) ?? { result: { rc: 0, ...(backup !== undefined && { backup_file: backup }) } }
  },
})

function asEdit(args: Args) {
  return { ...args, state: 'present' as const }
}

function problems({ validate, regexp, replace, after, before }: Partial<Args>): string[] {
  const found = [...validateProblems(validate), ...regexpProblems(Object.entries({ regexp, after, before }))]
  try {
    if (replace !== undefined) pythonReplacement(replace)
  } catch (error) {
    found.push(`replace: ${(error as Error).message}`)
  }
  return found
}

function edit(args: Args, { path, bytes }: Edited): Edit {
  const { text, toPattern, back } = readable(bytes)
  const section = sectionOf(args, text, toPattern, path)
  if ('msg' in section) return { bytes, msg: section.msg, result: { rc: 0 } }
  const { start, end } = section
  const { made, count } = replacedIn(args, text.slice(start, end), toPattern, path)
  const after = back(text.slice(0, start) + made + text.slice(end))
  if (after === bytes) return { bytes, msg: '', result: { rc: 0 } }
  const change = { what: `${count} replacements`, before: args.regexp, after: args.replace }
  return { bytes: after, change, msg: `${count} replacements made`, result: { rc: 0 } }
}

/** What expressions are matched with: characters where the file is UTF-8, or else its bytes. */
function readable(bytes: string) {
  const text = fromBytes(bytes)
  if (toBytes(text) === bytes) return { text, toPattern: (pattern: string) => pattern, back: toBytes }
  return { text: bytes, toPattern: toBytes, back: (made: string) => made }
}

/** The part of a text that is meant, or Ansible's sentence for a text that has none. */
function sectionOf(
  { after = '', before = '' }: Args,
  text: string,
  toPattern: (pattern: string) => string,
  name: string,
): { start: number; end: number } | { msg: string } {
  if (after === '' && before === '') return { start: 0, end: text.length }
  const written = `${after}(?P<subsection>.*${after === '' || before === '' ? '' : '?'})${before}`
  const expression = pythonRegExp(toPattern(written), 'sd')
  const match = matching({ expression, written, text, name }, () => expression.exec(text))
  const place = match?.indices?.groups?.subsection
  if (place === undefined)
    return { msg: `Pattern for before/after params did not match the given file: ${written}` }
  return { start: place[0], end: place[1] }
}

function replacedIn(
  { regexp, replace }: Args,
  text: string,
  toPattern: (pattern: string) => string,
  name: string,
): { made: string; count: number } {
  const expression = pythonRegExp(toPattern(regexp), 'mg')
  const replacement = pythonReplacement(toPattern(replace))
  let count = 0
  const made = matching({ expression, written: regexp, text, name }, () =>
    text.replace(expression, (match, ...rest) => {
      count += 1
      return replacement(match, ...rest)
    }),
  )
  return { made, count }
}
