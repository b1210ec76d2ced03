import { isScalar, type Scalar, visit } from 'yaml'
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
  /** The keys and numbers that lead to it. */
  readonly path: string
}

/** The values of `!vault` of a YAML file, in their order, those of all its documents. Raises ProblemError. */
export function inlineValues(source: Source): InlineValue[] {
  if (!source.text.includes('!vault')) return []
  const found: InlineValue[] = []
  for (const [at, document] of documentsOf(source).entries()) {
    visit(document, {
      Scalar: (key, node, parents) => {
        if (key === 'key' || !/^!vault(-encrypted)?$/.test(node.tag ?? '')) return
        const text = String(node.value ?? '')
        const [start, end] = node.range!
        const path = JSON.stringify([at, ...namesOf([...parents, node] as unknown[])])
        found.push({ text, isEncrypted: isVault(text.trim()), place: { source, start, end }, path })
      },
    })
  }
  return found
}

function namesOf(parents: readonly unknown[]): unknown[] {
  return parents.flatMap((parent, at) => {
    const below = parents[at + 1]
    if (isPair(parent)) return [isScalar(parent.key) ? parent.key.value : String(parent.key)]
    return isList(parent) ? [parent.items.indexOf(below)] : []
  })
}

function isPair(node: unknown): node is { key: Scalar | unknown } {
  return typeof node === 'object' && node !== null && 'key' in node && 'value' in node
}

function isList(node: unknown): node is { items: unknown[] } {
  return typeof node === 'object' && node !== null && 'items' in node && Array.isArray(node.items)
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

/** An encrypted text in the place of a value: a block with the same header and indentation, or else within quotes. */
export function writtenVault({ place }: InlineValue, encrypted: string): string {
  const was = written(place)
  const lines = encrypted.trimEnd().split('\n')
  if (!/^[|>]/.test(was)) return JSON.stringify(`${lines.join('\n')}\n`)
  const [header = '', ...body] = was.split(/(?<=\n)/)
  const end = header.endsWith('\r\n') ? '\r\n' : '\n'
  return header + inBlock(lines, indentOf(body, place), end) + ending(was)
}

/** A decrypted text in that place: within quotes, or as a block if it has several lines that a block can hold. */
export function writtenPlain({ place }: InlineValue, plain: string): string {
  const was = written(place)
  const isBlock = /^[|>]/.test(was)
  const lines = plain.replace(/\n$/, '').split('\n')
  const fits =
    lines.every((line) => /^[^\s\p{Cc}]([^\p{Cc}]*[^\s\p{Cc}])?$|^$/u.test(line)) && lines.at(-1) !== ''
  if (!isBlock) return JSON.stringify(plain)
  const end = /\r\n/.test(was) ? '\r\n' : '\n'
  if (lines.length === 1 || lines[0] === '' || !fits)
    return JSON.stringify(plain) + end + ending(was).replace(/^\r?\n/, '')
  const [, ...body] = was.split(/(?<=\n)/)
  const header = plain.endsWith('\n') ? '|' : '|-'
  return header + end + inBlock(lines, indentOf(body, place), end) + ending(was)
}

function written({ source, start, end }: SourceSpan): string {
  return source.text.slice(start, end)
}

function inBlock(lines: readonly string[], indent: string, end: string): string {
  return lines.map((line) => (line === '' ? '' : indent + line)).join(end)
}

/** The blanks before the first line of a block that says something. */
function indentOf(body: readonly string[], { source, start }: SourceSpan): string {
  const first = body.find((line) => line.trim() !== '')
  if (first !== undefined) return /^ */.exec(first)![0]
  return ' '.repeat(source.position(start).column + 1)
}

/** Line ends and blank lines behind a block, which belong to it for the parser. */
function ending(was: string): string {
  return /(?:[ \t]*\r?\n)*$/.exec(was)![0]
}
