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
import { regexpProblems } from '../../values/regexp.ts'

const declared = options({
  ...editOptions,
  block: {
    type: 'str',
    bytes: true,
    default: '',
    aliases: ['content'],
    help: 'The lines between the markers; an empty text removes block and markers.',
  },
  marker: {
    type: 'str',
    default: '# {mark} ANSIBLE MANAGED BLOCK',
    help: 'The lines around the block, with {mark} for marker_begin and marker_end.',
  },
  marker_begin: { type: 'str', default: 'BEGIN', help: 'What {mark} is in the first marker.' },
  marker_end: { type: 'str', default: 'END', help: 'What {mark} is in the last marker.' },
  insertafter: {
    type: 'str',
    help: 'Where a new block goes: after the last line this regular expression matches, or EOF (the default).',
  },
  insertbefore: { type: 'str', help: 'Where a new block goes: before the last line this matches, or BOF.' },
  append_newline: { type: 'bool', default: false, help: 'Keep an empty line behind the block.' },
  prepend_newline: { type: 'bool', default: false, help: 'Keep an empty line before the block.' },
})

type Args = ArgsOf<typeof declared>

/** Makes sure that a block of lines between two markers is in a file. Semantics: ansible.builtin.blockinfile. */
export const blockinfile = defineMarkedModule<typeof declared, Edited>({
  name: 'blockinfile',
  summary: 'Makes sure that a block of lines between two markers is in a file, or is not.',
  options: declared,
  validate: problems,
  probe: editProbe,
  parse: readEdited,
  plan: (args, state, view) => planEdit(args, state, edit(args, state), view),
  footprint: editFootprint,
  interpret(outcomes) {
    const backup = backupOf(outcomes)
    return failureOf(outcomes) ?? { result: backup === undefined ? {} : { backup_file: backup } }
  },
})

function problems(args: Partial<Args>): string[] {
  const found = validateProblems(args.validate)
  const { marker, insertafter, insertbefore } = args
  if (insertafter !== undefined && insertbefore !== undefined)
    found.push('give insertafter or insertbefore, not both')
  if (marker !== undefined && !marker.includes('{mark}')) {
    found.push('marker must hold {mark}, or begin and end of the block look the same: "# {mark} my block"')
  }
  if ([marker, args.marker_begin, args.marker_end].some((text) => text?.includes('\n'))) {
    found.push('a marker is one line; it cannot hold a line break')
  }
  if (args.marker_begin !== undefined && args.marker_begin === args.marker_end) {
    found.push('marker_begin and marker_end are the same; they must differ')
  }
  const patterns = Object.entries({ insertafter, insertbefore }).map(
    ([name, pattern]) => [name, pattern === undefined ? undefined : toBytes(pattern)] as const,
  )
  return [...found, ...regexpProblems(patterns)]
}

function edit(args: Args, state: Edited): Edit {
  const { bytes, file } = state
  const lines = linesOf(bytes)
  const [begin, end] = markers(args)
  const wanted = blockLines(args, begin, end)
  const old = findBlock(lines, begin, end)
  const at = old?.from ?? insertionPoint(args, state, lines)
  const above = lines.slice(0, at)
  const below = lines.slice(old?.to ?? at)
  if (wanted.length > 0) {
    if (above.length > 0 && !above.at(-1)!.endsWith('\n')) above.push(`${above.pop()}\n`)
    if (args.prepend_newline && above.length > 0 && above.at(-1) !== '\n') above.push('\n')
    if (args.append_newline && below.length > 0 && below[0] !== '\n') below.unshift('\n')
  }
  const after = [...above, ...wanted, ...below].join('')
  if (file !== undefined && after === bytes) return { bytes, msg: '' }
  const before = old === undefined ? [] : lines.slice(old.from, old.to)
  const msg = file === undefined ? 'File created' : wanted.length === 0 ? 'Block removed' : 'Block inserted'
  return { bytes: after, change: { what: 'block', before: shown(before), after: shown(wanted) }, msg }
}

function markers({ marker, marker_begin, marker_end }: Args): [string, string] {
  const line = (mark: string) => `${toBytes(marker.replaceAll('{mark}', () => mark))}\n`
  return [line(marker_begin), line(marker_end)]
}

function blockLines({ state, block }: Args, begin: string, end: string): string[] {
  if (state === 'absent' || block === '') return []
  return [begin, ...linesOf(toBytes(block.endsWith('\n') ? block : `${block}\n`)), end]
}

/** The block that is there: index of its first line, and of the line behind it. */
function findBlock(lines: readonly string[], begin: string, end: string) {
  // A marker without line end stands in the last line.
  const first = lines.lastIndexOf(begin)
  const last = lines.findLastIndex((line) => line === end || `${line}\n` === end)
  if (first === -1 || last === -1) return undefined
  return { from: Math.min(first, last), to: Math.max(first, last) + 1 }
}

/** Index of the line before which a new block goes. */
function insertionPoint(
  { insertafter, insertbefore }: Args,
  state: Edited,
  lines: readonly string[],
): number {
  const place = insertafter ?? insertbefore ?? 'EOF'
  if (insertbefore === 'BOF') return 0
  if (place === 'EOF') return lines.length
  const matched = matchingBytes(place, state, (pattern) =>
    pattern.multiline
      ? lineOfMatch(pattern, state.bytes, insertafter !== undefined)
      : lines.findLastIndex((line) => pattern.test(line)),
  )
  if (matched === -1) return lines.length
  return insertafter === undefined ? matched : matched + 1
}

/** The line in which the first match in the whole text ends or begins, or -1. */
function lineOfMatch(pattern: RegExp, bytes: string, atEnd: boolean): number {
  const match = pattern.exec(bytes)
  if (match === null) return -1
  return bytes.slice(0, match.index + (atEnd ? match[0].length : 0)).split('\n').length - 1
}

/** Lines as a change shows them; null for none. */
function shown(lines: readonly string[]): string | null {
  return lines.length === 0 ? null : fromBytes(lines.join(''))
}
