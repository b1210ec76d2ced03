import { linesOf } from '../../../host/edit.ts'

/** A line of a file of one-line sources (sources.list(5)), as Ansible reads it. */
export interface Line {
  /** It names a repository, even if it is commented out. */
  readonly isSource: boolean
  readonly isEnabled: boolean
  /** With one space between its words. */
  readonly source: string
  /** What stands behind it as a comment. */
  readonly comment: string
}

const TYPES = ['deb', 'deb-src']

/** White space of a text with a character a byte: others of Unicode's are parts of letters there. */
const SPACE = /[ \t\r\n\f\v]+/

export function parseLine(text: string): Line {
  const bare = trimmed(text)
  const isEnabled = !bare.startsWith('#')
  const line = isEnabled ? bare : bare.slice(1)
  const at = line.indexOf('#')
  const comment = at > 0 ? trimmed(line.slice(at + 1)) : ''
  const source = trimmed(at > 0 ? line.slice(0, at) : line)
  const words = source.split(SPACE)
  const isSource = TYPES.includes(words[0]!)
  return { isSource, isEnabled, source: isSource ? words.join(' ') : source, comment }
}

function trimmed(text: string): string {
  return text.replace(/^[ \t\r\n\f\v]+|[ \t\r\n\f\v]+$/g, '')
}

/** The source that a task names; undefined if it is none, or commented out. */
export function sourceOf(repo: string): string | undefined {
  const { isSource, isEnabled, source } = parseLine(repo)
  return isSource && isEnabled && /\s/.test(source) ? source : undefined
}

/** The name of the file that Ansible puts a source into, without its ending. */
export function fileNameOf(source: string): string {
  const words = source
    .replace(/\[[^\]]+\]/g, '')
    .replace(/[\p{L}\p{N}_]+:\/\//gu, '')
    .split(/\s+/)
    .filter((word) => word !== '' && !TYPES.includes(word))
  // Who logs in there is no part of the name.
  const address = (words[0] ?? '').replace(/^[^@]*@/, '')
  return address
    .split(/[^A-Za-z0-9]+/)
    .filter(Boolean)
    .join('_')
}

/** Whether a file names the source, even if it is commented out. */
export function mentions(bytes: string, source: string): boolean {
  return linesOf(bytes).some((line) => isOf(line, source))
}

/** A file with all lines of the source that are commented out made to count. */
export function enabled(bytes: string, source: string): string {
  const lines = linesOf(bytes).map((line) => {
    const { isEnabled, comment } = parseLine(line)
    if (!isOf(line, source) || isEnabled) return line
    return `${source}${comment === '' ? '' : ` # ${comment}`}\n`
  })
  return lines.join('')
}

/** A file with the source at its end. */
export function added(bytes: string, source: string): string {
  return `${bytes}${bytes === '' || bytes.endsWith('\n') ? '' : '\n'}${source}\n`
}

/** A file without the lines of the source that count. */
export function removed(bytes: string, source: string): string {
  return linesOf(bytes)
    .filter((line) => !(isOf(line, source) && parseLine(line).isEnabled))
    .join('')
}

function isOf(line: string, source: string): boolean {
  const parsed = parseLine(line)
  return parsed.isSource && parsed.source === source
}
