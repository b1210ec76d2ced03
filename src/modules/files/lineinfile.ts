import {
  backupOf,
  type Edit,
  type Edited,
  editFootprint,
  editOptions,
  editProbe,
  failureOf,
  fromBytes,
  linesOf,
  matchingBytes,
  planEdit,
  readEdited,
  toBytes,
} from '../../host/edit.ts'
import { defineMarkedModule } from '../../host/marked-module.ts'
import { validateProblems } from '../../host/write.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { pythonReplacement, regexpProblems } from '../../values/regexp.ts'

const declared = options({
  ...editOptions,
  line: {
    type: 'str',
    bytes: true,
    aliases: ['value'],
    help: 'The line that is to be there, or to be gone.',
  },
  regexp: {
    type: 'str',
    aliases: ['regex'],
    help: 'Python regular expression: the last line it matches is replaced, or all such lines are removed.',
  },
  search_string: { type: 'str', help: 'Like regexp, but text that a line holds.' },
  insertafter: {
    type: 'str',
    help: 'Where a new line goes: after the last line this matches, or EOF (the default) or BOF.',
  },
  insertbefore: { type: 'str', help: 'Where a new line goes: before the last line this matches, or BOF.' },
  backrefs: {
    type: 'bool',
    default: false,
    help: 'Groups of regexp such as \\1 are filled into line; nothing is added when regexp matches no line.',
  },
  firstmatch: { type: 'bool', default: false, help: 'The first matching line counts instead of the last.' },
})

type Args = ArgsOf<typeof declared>

/** Makes sure that a line is in a file, or is not. Semantics: ansible.builtin.lineinfile. */
export const lineinfile = defineMarkedModule<typeof declared, Edited>({
  name: 'lineinfile',
  summary: 'Makes sure that a line is in a file, or replaces or removes one.',
  options: declared,
  validate: problems,
  probe: editProbe,
  parse: readEdited,
  plan: (args, state, view) => ({
    ...planEdit(args, state, edit(args, state), view, 'Destination'),
    warnings: warningsOf(args),
  }),
  footprint: editFootprint,
  interpret: (outcomes) => failureOf(outcomes) ?? { result: { backup: backupOf(outcomes) ?? '' } },
})

function problems(args: Partial<Args>, complete: boolean): string[] {
  const found = validateProblems(args.validate)
  const { line, regexp, search_string, backrefs, insertafter, insertbefore } = args
  if (insertafter !== undefined && insertbefore !== undefined)
    found.push('give insertafter or insertbefore, not both')
  if (regexp !== undefined && search_string !== undefined)
    found.push('give regexp or search_string, not both')
  if (backrefs && search_string !== undefined)
    found.push('backrefs are groups of regexp; search_string has none')
  if (complete && args.state === 'present') {
    if (line === undefined) found.push('lineinfile needs "line": what is to be in the file')
    if (backrefs && regexp === undefined) found.push('backrefs needs "regexp", whose groups go into line')
  }
  if (complete && args.state === 'absent' && (line ?? regexp ?? search_string) === undefined) {
    found.push('lineinfile needs "line", "regexp" or "search_string" to know which lines are to be gone')
  }
  const patterns = Object.entries({ regexp, insertafter, insertbefore }).map(
    ([name, pattern]) => [name, pattern === undefined ? undefined : toBytes(pattern)] as const,
  )
  return [...found, ...regexpProblems(patterns)]
}

function warningsOf(args: Args): string[] {
  const { regexp, search_string } = args
  const several = 'line holds several lines, which are not found again; take blockinfile'
  const every = (what: string) =>
    `The ${what} is an empty string, which will match every line in the file. ` +
    'This may have unintended consequences, such as replacing the last line in the file rather than appending.'
  const instead = " If this is desired, use '^' to match every line in the file and avoid this warning."
  return [
    ...(isSeveral(args) ? [several] : []),
    ...(regexp === '' ? [every('regular expression') + instead] : []),
    ...(search_string === '' && regexp !== '' ? [every('search string')] : []),
  ]
}

function isSeveral({ line, state }: Args): boolean {
  return state === 'present' && line !== undefined && /\n./s.test(line)
}

function edit(args: Args, state: Edited): Edit {
  return args.state === 'present' ? present(args, state) : absent(args, state)
}

function absent(args: Args, state: Edited): Edit {
  const { bytes } = state
  const lines = linesOf(bytes)
  const linesThat = (isWanted: Matcher) => lines.filter((line) => isWanted(line) !== null)
  const gone = withMatcher(args, state, linesThat) ?? linesThat(equals(args.line ?? ''))
  const result = { found: gone.length }
  if (gone.length === 0) return { bytes, msg: '', result }
  return {
    bytes: without(lines, new Set(gone)).join(''),
    change: { what: 'line', before: fromBytes(gone.join('')).replace(/\n$/, ''), after: null },
    msg: `${gone.length} line(s) removed`,
    result,
  }
}

function without(lines: readonly string[], gone: ReadonlySet<string>): string[] {
  return lines.filter((line) => !gone.has(line))
}

function present(args: Args, state: Edited): Edit {
  const { bytes } = state
  const lines = linesOf(bytes)
  const wanted = toBytes(args.line ?? '')
  const found = withMatcher(args, state, (isOne) => search(lines, isOne, args.firstmatch))
  if (found !== undefined) {
    const { index, match } = found
    return replaced(lines, index, args.backrefs && match !== true ? expand(wanted, match) : wanted)
  }
  const { exact, beside } = scan(args, state, lines, wanted)
  if (exact !== -1) return replaced(lines, exact, wanted)
  if (args.backrefs) return { bytes, msg: '' }
  if (args.insertbefore === 'BOF' || args.insertafter === 'BOF') return inserted(lines, 0, wanted)
  if (beside === -1) return inserted(lines, lines.length, wanted)
  const at = args.insertafter === undefined ? beside : beside + 1
  const next = lines[at]
  if (args.insertafter !== undefined && next !== undefined && withoutEnd(next) === wanted)
    return { bytes, msg: '' }
  return inserted(lines, at, wanted)
}

/** A line's match, or null. */
type Matcher = (line: string) => RegExpExecArray | true | null

/** What `work` makes of the matcher that the arguments describe; undefined when they describe none. */
function withMatcher<T>({ regexp, search_string }: Args, state: Edited, work: (isOne: Matcher) => T) {
  if (regexp !== undefined) {
    return matchingBytes(regexp, state, (expression) => work((line) => expression.exec(line)))
  }
  if (search_string === undefined) return undefined
  const part = toBytes(search_string)
  return work((line) => line.includes(part) || null)
}

function equals(line: string): Matcher {
  const wanted = toBytes(line)
  return (one) => withoutEnd(one) === wanted || null
}

function search(lines: readonly string[], isOne: Matcher, first: boolean) {
  let last: { index: number; match: RegExpExecArray | true } | undefined
  for (const [index, line] of lines.entries()) {
    const match = isOne(line)
    if (match !== null) last = { index, match }
    if (last !== undefined && first) break
  }
  return last
}

/** Where the wanted line is already, and the line beside which it belongs; -1 for nowhere. */
function scan(args: Args, state: Edited, lines: readonly string[], wanted: string) {
  const place = args.insertafter ?? args.insertbefore ?? 'EOF'
  const besideWhat = (pattern?: RegExp) => scanFor(lines, wanted, args.firstmatch, pattern)
  return place === 'EOF' || place === 'BOF' ? besideWhat() : matchingBytes(place, state, besideWhat)
}

function scanFor(lines: readonly string[], wanted: string, firstmatch: boolean, pattern?: RegExp) {
  let exact = -1
  let beside = -1
  for (const [index, line] of lines.entries()) {
    if (withoutEnd(line) === wanted) exact = index
    else if (pattern?.test(line)) {
      beside = index
      if (firstmatch) break
    }
  }
  return { exact, beside }
}

function withoutEnd(line: string): string {
  return line.replace(/[\r\n]+$/, '')
}

function replaced(lines: readonly string[], index: number, line: string): Edit {
  const before = lines[index]!
  const after = line.endsWith('\n') ? line : `${line}\n`
  if (before === after) return { bytes: lines.join(''), msg: '' }
  const change = { what: 'line', before: shown(before, after), after: shown(after, before) }
  return { bytes: lines.with(index, after).join(''), change, msg: 'line replaced' }
}

/** A line as a change shows it; its end too when nothing else differs. */
function shown(line: string, other: string): string {
  return fromBytes(withoutEnd(line) === withoutEnd(other) ? line : line.replace(/\n$/, ''))
}

function inserted(lines: readonly string[], index: number, line: string): Edit {
  const ended = lines.map((one, at) => (at < index && !/[\r\n]$/.test(one) ? `${one}\n` : one))
  const change = { what: 'line', before: null, after: fromBytes(line) }
  return { bytes: ended.toSpliced(index, 0, `${line}\n`).join(''), change, msg: 'line added' }
}

/** Fills the groups of a match into a text, as Python's Match.expand does. */
function expand(text: string, match: RegExpExecArray): string {
  const { index, input, groups } = match
  const [whole, ...parts] = match
  return pythonReplacement(text)(whole, ...parts, index, input, ...(groups === undefined ? [] : [groups]))
}
