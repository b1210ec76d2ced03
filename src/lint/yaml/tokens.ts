import type { ValueMap } from '../../values/value.ts'
import type { YamlToken } from '../../yaml/tokens.ts'
import type { Found } from '../finding.ts'
import type { LintFile } from '../lint-file.ts'

/** What is looked for piece by piece. */
export const TOKEN_CHECKS: Readonly<Record<string, (file: LintFile, settings: ValueMap) => Iterable<Found>>> =
  {
    braces: (file, settings) => inside(file, settings, 'braces', '{', '}'),
    brackets: (file, settings) => inside(file, settings, 'brackets', '[', ']'),
    colons,
    commas,
    hyphens,
    comments,
    'document-start': documentStart,
    'octal-values': octalValues,
    truthy,
  }

/** The blanks behind a token; undefined where the line ends or a comment follows. */
function blanksAfter(tokens: readonly YamlToken[], index: number): YamlToken | undefined | 'end' {
  const next = tokens[index + 1]
  if (next === undefined || next.type === 'newline' || next.type === 'comment') return 'end'
  if (next.type !== 'space') return undefined
  const behind = tokens[index + 2]
  return behind === undefined || behind.type === 'newline' || behind.type === 'comment' ? 'end' : next
}

/** The blanks in front of a token; 'start' where the line begins. */
function blanksBefore(tokens: readonly YamlToken[], index: number): YamlToken | undefined | 'start' {
  const before = tokens[index - 1]
  if (before === undefined || before.type === 'newline') return 'start'
  if (before.type !== 'space') return undefined
  const ahead = tokens[index - 2]
  return ahead === undefined || ahead.type === 'newline' ? 'start' : before
}

function length(blanks: YamlToken | undefined): number {
  return blanks === undefined ? 0 : blanks.end - blanks.start
}

/** A number of blanks that is put right where it is more than `max` or less than `min`; -1: any is right. */
function* counted(
  file: LintFile,
  part: string,
  where: string,
  at: { readonly blanks: YamlToken | undefined; readonly start: number },
  { min, max }: { readonly min: number; readonly max: number },
): Iterable<Found> {
  const has = length(at.blanks)
  const wanted = max !== -1 && has > max ? max : min !== -1 && has < min ? min : undefined
  if (wanted === undefined) return
  const place = file.at(at.start, at.start + has)
  yield {
    part,
    message: `too ${has > wanted ? 'many' : 'few'} blanks ${where}`,
    place: has > 0 ? place : file.at(at.start, at.start + 1),
    edits: [{ place, text: ' '.repeat(wanted) }],
  }
}

function* inside(
  file: LintFile,
  settings: ValueMap,
  part: string,
  open: string,
  close: string,
): Iterable<Found> {
  const { tokens } = file
  const { text } = file.source
  const own = { min: Number(settings['min-spaces-inside']), max: Number(settings['max-spaces-inside']) }
  const empty = {
    min:
      Number(settings['min-spaces-inside-empty']) === -1
        ? own.min
        : Number(settings['min-spaces-inside-empty']),
    max:
      Number(settings['max-spaces-inside-empty']) === -1
        ? own.max
        : Number(settings['max-spaces-inside-empty']),
  }
  for (const [index, token] of tokens.entries()) {
    const written = text.slice(token.start, token.end)
    if (!token.type.startsWith('flow-')) continue
    if (written === open) {
      const blanks = blanksAfter(tokens, index)
      if (blanks === 'end') continue
      const next = tokens[index + (blanks === undefined ? 1 : 2)]
      const isEmpty = next !== undefined && text.slice(next.start, next.end) === close
      const where = `inside ${isEmpty ? 'empty ' : ''}${part}`
      yield* counted(file, part, where, { blanks, start: token.end }, isEmpty ? empty : own)
    }
    if (written === close) {
      const blanks = blanksBefore(tokens, index)
      if (blanks === 'start') continue
      const before = tokens[index - (blanks === undefined ? 1 : 2)]
      if (before !== undefined && text.slice(before.start, before.end) === open) continue
      const comma = index - (blanks === undefined ? 1 : 2)
      for (const found of counted(
        file,
        part,
        `inside ${part}`,
        { blanks, start: blanks?.start ?? token.start },
        own,
      ))
        yield before?.type === 'comma' && own.max === 0 ? withoutComma(found, file, comma) : found
    }
  }
}

function* colons(file: LintFile, settings: ValueMap): Iterable<Found> {
  const { tokens } = file
  for (const [index, { type, start, end }] of tokens.entries()) {
    if (type === 'map-value-ind') {
      const before = blanksBefore(tokens, index)
      // A colon behind an explicit key ("? a") begins its line.
      if (before !== 'start' && tokens[index - (before === undefined ? 1 : 2)]?.type !== 'explicit-key-ind')
        yield* counted(
          file,
          'colons',
          'before the colon',
          { blanks: before, start: before?.start ?? start },
          { min: -1, max: Number(settings['max-spaces-before']) },
        )
    }
    if (type !== 'map-value-ind' && type !== 'explicit-key-ind') continue
    const after = blanksAfter(tokens, index)
    if (after === 'end') continue
    yield* counted(
      file,
      'colons',
      'after the colon',
      { blanks: after, start: end },
      { min: -1, max: Number(settings['max-spaces-after']) },
    )
  }
}

function* commas(file: LintFile, settings: ValueMap): Iterable<Found> {
  const { tokens } = file
  for (const [index, { type, start, end }] of tokens.entries()) {
    if (type !== 'comma') continue
    const before = blanksBefore(tokens, index)
    if (before !== 'start')
      yield* counted(
        file,
        'commas',
        'before the comma',
        { blanks: before, start: before?.start ?? start },
        { min: -1, max: Number(settings['max-spaces-before']) },
      )
    const after = blanksAfter(tokens, index)
    if (after === 'end') continue
    const wanted = { min: Number(settings['min-spaces-after']), max: Number(settings['max-spaces-after']) }
    for (const found of counted(file, 'commas', 'after the comma', { blanks: after, start: end }, wanted))
      yield isLast(tokens, index) ? withoutComma(found, file, index) : found
  }
}

/** Behind a last comma a blank is wanted, and within brackets none is: the comma says nothing, and is taken away. */
function withoutComma(found: Found, file: LintFile, comma: number): Found {
  const { tokens } = file
  const close = tokens[comma + 1]!.type === 'space' ? tokens[comma + 2]! : tokens[comma + 1]!
  return { ...found, edits: [{ place: file.at(tokens[comma]!.start, close.start), text: '' }] }
}

/** Whether the list or map ends behind a comma, on its line. */
function isLast(tokens: readonly YamlToken[], comma: number): boolean {
  const next = tokens[comma + 1]?.type === 'space' ? tokens[comma + 2] : tokens[comma + 1]
  return next?.type === 'flow-seq-end' || next?.type === 'flow-map-end'
}

/** Blanks are not taken away: where they are many, what is below is lined up with what follows. */
function* hyphens(file: LintFile, settings: ValueMap): Iterable<Found> {
  const { tokens } = file
  for (const [index, { type, end }] of tokens.entries()) {
    if (type !== 'seq-item-ind') continue
    const after = blanksAfter(tokens, index)
    if (after === undefined || after === 'end' || length(after) <= Number(settings['max-spaces-after']))
      continue
    yield { part: 'hyphens', message: 'too many blanks after the hyphen', place: file.at(end, after.end) }
  }
}

function* comments(file: LintFile, settings: ValueMap): Iterable<Found> {
  const { tokens } = file
  const { text } = file.source
  for (const [index, { type, start, end }] of tokens.entries()) {
    if (type !== 'comment') continue
    const before = blanksBefore(tokens, index)
    if (before !== 'start' && length(before) < Number(settings['min-spaces-from-content']))
      yield { part: 'comments', message: 'too few blanks before the comment', place: file.at(start, end) }
    if (settings['require-starting-space'] !== true) continue
    const sharps = /^#+/.exec(text.slice(start, end))![0].length
    const next = text[start + sharps]
    const isShebang = settings['ignore-shebangs'] === true && start === 0 && next === '!'
    if (next === undefined || start + sharps >= end || next === ' ' || next === '\r' || isShebang) continue
    const place = file.at(start + sharps, start + sharps)
    yield {
      part: 'comments',
      message: 'no blank stands at the beginning of the comment',
      place,
      edits: [{ place, text: ' ' }],
    }
  }
}

function* documentStart(file: LintFile, settings: ValueMap): Iterable<Found> {
  const first = file.tokens.find(
    ({ type }) => !['comment', 'newline', 'space', 'byte-order-mark'].includes(type),
  )
  const isThere = first?.type === 'doc-start' || first?.type === 'directive-line'
  if (first === undefined || isThere === (settings.present !== false)) return
  const message = isThere ? '"---" is not wanted' : '"---" is missing in front of the document'
  yield { part: 'document-start', message, place: file.at(first.start, first.start + 1) }
}

/** Plain texts, those behind a tag left out: what they are, the tag says. */
function plainScalars(file: LintFile): { token: YamlToken; written: string; isKey: boolean }[] {
  const { tokens } = file
  return tokens.flatMap((token, index) => {
    if (token.type !== 'plain-scalar') return []
    const before = tokens[index - 1]?.type === 'space' ? tokens[index - 2] : tokens[index - 1]
    if (before?.type === 'tag') return []
    const after = tokens[index + 1]?.type === 'space' ? tokens[index + 2] : tokens[index + 1]
    const isKey = after?.type === 'map-value-ind'
    return [{ token, written: file.source.text.slice(token.start, token.end).trim(), isKey }]
  })
}

function* octalValues(file: LintFile, settings: ValueMap): Iterable<Found> {
  let key = ''
  for (const { token, written, isKey } of plainScalars(file)) {
    if (isKey) key = written
    const isImplicit = settings['forbid-implicit-octal'] === true && /^0[0-7]+$/.test(written)
    const isExplicit = settings['forbid-explicit-octal'] === true && /^0o[0-7]+$/.test(written)
    if (!isImplicit && !isExplicit) continue
    const place = file.at(token.start, token.start + written.length)
    yield {
      part: 'octal-values',
      message: `"${written}" is an octal number for some and a decimal one for others`,
      place,
      hint: `write "${written}" in quotes if it is a mode`,
      // A mode is the same as a text; other numbers are not.
      ...(isImplicit &&
        !isKey &&
        /^(mode|directory_mode)$/.test(key) && { edits: [{ place, text: `"${written}"` }] }),
    }
  }
}

const TRUTHY = new Set(
  'YES Yes yes NO No no TRUE True true FALSE False false ON On on OFF Off off'.split(' '),
)

function* truthy(file: LintFile, settings: ValueMap): Iterable<Found> {
  const allowed = (settings['allowed-values'] as unknown[]).map(String)
  for (const { token, written, isKey } of plainScalars(file)) {
    if (!TRUTHY.has(written) || allowed.includes(written) || (isKey && settings['check-keys'] === false))
      continue
    const place = file.at(token.start, token.start + written.length)
    const better = /^(yes|true|on)$/i.test(written) ? 'true' : 'false'
    yield {
      part: 'truthy',
      message: `"${written}" stands for ${better}`,
      place,
      hint: `write ${better}, or quotes if it is meant as text`,
      ...(!isKey && allowed.includes(better) && { edits: [{ place, text: better }] }),
    }
  }
}
