import { isCollection, isPair, isScalar, isSeq, visit } from 'yaml'
import type { Source, SourceSpan } from '../values/source.ts'
import { isVault } from '../vault/envelope.ts'
import { documentsOf } from '../yaml/documents.ts'

/** A value of `!vault` in a YAML file. */
export interface InlineValue {
  /** What stands behind the tag: an encrypted text, or one that is to be encrypted. */
  readonly text: string
  readonly isEncrypted: boolean
  /** Without the tag. */
  readonly place: SourceSpan
  /** It is one, or nothing that cannot stand behind one follows on its line. */
  readonly canBeBlock: boolean
  /** The keys and numbers that lead to it. */
  readonly path: string
}

/** The values of `!vault` of a YAML file, in their order, those of all its documents. Raises ProblemError. */
export function inlineValues(source: Source): InlineValue[] {
  const found: InlineValue[] = []
  for (const [at, document] of documentsOf(source).entries()) {
    visit(document, {
      Scalar: (key, node, parents) => {
        if (key === 'key' || !/^!vault(-encrypted)?$/.test(node.tag ?? '')) return
        const text = String(node.value ?? '')
        const [start, end] = node.range!
        const place = { source, start, end }
        const path = JSON.stringify([at, ...namesOf([...parents, node])])
        const isWithinFlow = parents.some((parent) => isCollection(parent) && parent.flow)
        const canBeBlock = isBlock(place) || (!isWithinFlow && lineBehind(place).trim() === '')
        found.push({ text, isEncrypted: isVault(text.trim()), place, canBeBlock, path })
      },
    })
  }
  return found
}

function namesOf(parents: readonly unknown[]): unknown[] {
  return parents.flatMap((parent, at) => {
    if (isPair(parent)) return [isScalar(parent.key) ? parent.key.value : String(parent.key)]
    return isSeq(parent) ? [parent.items.indexOf(parents[at + 1])] : []
  })
}

/** The text of a file in which values have been written anew; all else stays as it is. */
export function withValues(
  { text }: Source,
  values: readonly (readonly [InlineValue, written: string])[],
): string {
  let now = ''
  let from = 0
  for (const [{ place }, written] of values) {
    now += text.slice(from, place.start) + written
    from = place.end
  }
  return now + text.slice(from)
}

/**
 * An encrypted text in the place of a value: a block where there can be one, else within quotes. It stands there as the
 * value does or, better, as `like` stood there before.
 */
export function writtenVault(value: InlineValue, encrypted: string, like: InlineValue = value): string {
  const { place } = value
  const lines = encrypted.trimEnd().split('\n')
  const isAsBlock = value.canBeBlock && (isBlock(place) || like === value || isBlock(like.place))
  if (!isAsBlock) return JSON.stringify(lines.join('\n') + (like.text.endsWith('\n') ? '\n' : ''))
  const model = isBlock(like.place) ? like : value
  const [header, indent] = shapeOf(model)
  const deeper = depthOf(place) - depthOf(model.place)
  return inBlock(header, lines, ' '.repeat(Math.max(1, indent.length + deeper)), place)
}

/** A decrypted text in that place: within quotes, or as a block if it has several lines that a block can hold. */
export function writtenPlain(value: InlineValue, plain: string): string {
  const { place } = value
  if (!isBlock(place)) return JSON.stringify(plain)
  const lines = plain.replace(/\n$/, '').split('\n')
  const fits = lines.every((line) => /^(?![ \t])[^\p{Cc}\ufeff]*$/u.test(line)) && lines.at(-1) !== ''
  if (lines.length === 1 || lines[0] === '' || !fits) return `${JSON.stringify(plain)}${ending(place)}`
  return inBlock(plain.endsWith('\n') ? '|' : '|-', lines, shapeOf(value)[1], place)
}

function isBlock({ source, start }: SourceSpan): boolean {
  return /[|>]/.test(source.text.charAt(start))
}

/** The header of a block, and the blanks before its lines. */
function shapeOf({ place }: InlineValue): [header: string, indent: string] {
  if (!isBlock(place)) return ['|', ' '.repeat(depthOf(place) + 2)]
  const [header = '', ...body] = place.source.text.slice(place.start, place.end).split(/\r?\n/)
  const first = body.find((line) => line.trim() !== '') ?? ''
  return [header, /^ */.exec(first)![0]]
}

/** How far the line is indented on which something begins, the dashes of lists included. */
function depthOf({ source, start }: SourceSpan): number {
  return /^(?: |- )*/.exec(source.line(source.position(start).line))![0].length
}

function inBlock(header: string, lines: readonly string[], indent: string, place: SourceSpan): string {
  const end = place.source.text.includes('\r\n') ? '\r\n' : '\n'
  const body = lines.map((line) => (line === '' ? '' : indent + line))
  return `${[header, ...body].join(end)}${isBlock(place) ? ending(place) : ''}`
}

/** The line ends and blank lines behind a block, which are part of it. */
function ending({ source, start, end }: SourceSpan): string {
  return /(?:[ \t]*\r?\n)*$/.exec(source.text.slice(start, end))![0]
}

function lineBehind({ source, end }: SourceSpan): string {
  return /^.*/.exec(source.text.slice(end))![0]
}
