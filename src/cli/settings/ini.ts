import { ProblemError } from '../../values/problem.ts'
import type { Source, SourceSpan } from '../../values/source.ts'

/** A value of an ini file, and where it stands. */
export interface IniEntry {
  readonly text: string
  readonly place: SourceSpan
}

/** A line that says something, without comment and blanks around it; lines that go on from it are in its text. */
interface Line extends IniEntry {
  readonly indent: number
}

/**
 * The values of an ini file by `section.key`, as Python's configparser reads it for Ansible: `key = value` or
 * `key: value`, lines that go on when indented, comments with # or ; on lines of their own and with ; behind a blank.
 * Raises ProblemError.
 */
export function readIni(source: Source): Map<string, IniEntry> {
  const entries = new Map<string, IniEntry>()
  const sections = new Set<string>()
  let section: string | undefined
  for (const { text, place } of linesOf(source)) {
    const header = HEADER.exec(text)?.[1]
    if (header !== undefined) {
      section = header
      if (sections.has(section)) throw problem(`the section [${section}] stands here again`, place)
      sections.add(section)
      continue
    }
    const [, key, value] = ENTRY.exec(text) ?? []
    if (key === undefined || value === undefined) throw problem('"key = value" is expected', place)
    if (section === undefined)
      throw problem(`"${key}" stands in no section`, place, 'write [defaults] in a line above it')
    const name = `${section}.${key.toLowerCase()}`
    if (entries.has(name)) throw problem(`"${key}" is given twice in [${section}]`, place)
    entries.set(name, { text: value, place })
  }
  return entries
}

const HEADER = /^\[([^\]]+)\]/
const ENTRY = /^([^=:\n]*[^=:\s])\s*[=:]\s*(.*)$/s

function linesOf(source: Source): Line[] {
  const lines: Line[] = []
  for (const { 0: written, index } of source.text.matchAll(/[^\r\n]+/g)) {
    const line = written.replace(/(?:^|\s);.*/, '')
    const text = line.trim()
    if (text === '' || text.startsWith('#')) continue
    const indent = line.indexOf(text)
    const last = lines.at(-1)
    if (last !== undefined && indent > last.indent && !HEADER.test(last.text))
      lines[lines.length - 1] = { ...last, text: `${last.text}\n${text}` }
    else {
      const start = index + indent
      lines.push({ text, indent, place: { source, start, end: start + text.length } })
    }
  }
  return lines
}

function problem(message: string, place: SourceSpan, hint?: string): ProblemError {
  return new ProblemError({ message, place, hint })
}
