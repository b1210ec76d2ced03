import { linesOf } from '../../host/edit.ts'

/** A part of a file of repositories: its header, and what stands below it. */
interface Section {
  /** Undefined for what stands before the first header. */
  readonly id: string | undefined
  readonly lines: readonly string[]
}

function sectionsOf(bytes: string): Section[] {
  const found: { id: string | undefined; lines: string[] }[] = []
  for (const line of linesOf(bytes)) {
    const id = /^\[([^\]]+)\]/.exec(line)?.[1]
    if (id !== undefined || found.length === 0) found.push({ id, lines: [] })
    found.at(-1)!.lines.push(line)
  }
  return found
}

/** Fields as Python's configparser reads them: a line that begins with a space goes on with the one before. */
function fieldsIn({ lines }: Section): Map<string, string> {
  const found = new Map<string, string>()
  let last: string | undefined
  for (const line of lines) {
    const text = line.trim()
    const [, name, value = ''] = /^([^\s=:#;[][^=:]*?)\s*[=:]\s*(.*)$/.exec(text) ?? []
    if (text === '' || /^[#;[]/.test(text)) continue
    if (/^\s/.test(line) && last !== undefined) found.set(last, `${found.get(last)}\n${text}`)
    else if (name !== undefined) {
      last = name.toLowerCase()
      found.set(last, value)
    }
  }
  return found
}

/** Repositories by their ids, with their fields, as bytes with a character a byte. */
export function repositoriesIn(bytes: string): Map<string, Map<string, string>> {
  return new Map(
    sectionsOf(bytes).flatMap((section): [string, Map<string, string>][] =>
      section.id === undefined ? [] : [[section.id, fieldsIn(section)]],
    ),
  )
}

/** A file in which a repository has another id and some other fields; its other lines stay as they are. */
export function withFields(
  bytes: string,
  id: string,
  other: { readonly id: string; readonly fields: ReadonlyMap<string, string> },
): string {
  return sectionsOf(bytes)
    .map((section) =>
      section.id === id ? changedSection(section, other.id, other.fields) : section.lines.join(''),
    )
    .join('')
}

function changedSection(section: Section, id: string, fields: ReadonlyMap<string, string>): string {
  const left = new Map(fields)
  let isReplaced = false
  const kept = section.lines.slice(1, endOf(section)).flatMap((line) => {
    const name = /^([^\s=:#;[][^=:]*?)\s*[=:]/.exec(line.trim())?.[1]?.toLowerCase()
    if (/^\s/.test(line)) return isReplaced ? [] : [line]
    isReplaced = name !== undefined && fields.has(name)
    if (!isReplaced) return [line.endsWith('\n') ? line : `${line}\n`]
    const value = left.get(name!)
    left.delete(name!)
    return value === undefined ? [] : [fieldLine(name!, value)]
  })
  const added = [...left].map(([name, value]) => fieldLine(name, value))
  return [`[${id}]\n`, ...kept, ...added, section.lines.slice(endOf(section)).join('')].join('')
}

function fieldLine(name: string, value: string): string {
  return `${name}=${value.replaceAll('\n', '\n\t')}\n`
}

export function ids(bytes: string): string[] {
  return sectionsOf(bytes).flatMap(({ id }) => id ?? [])
}

/** A file with a repository of these fields, bytes with a character a byte; the same if it has that already. */
export function withRepository(
  bytes: string,
  id: string,
  fields: readonly (readonly [string, string])[],
): string {
  const sections = sectionsOf(bytes)
  const old = sections.find((section) => section.id === id)
  if (old !== undefined && isSame(fieldsIn(old), fields)) return bytes
  const text = textOf(id, fields)
  const isOnlyOne = (section: Section) => section === old
  if (old === undefined) return `${ended(bytes)}${text}\n`
  return sections
    .map((section) => (isOnlyOne(section) ? `${text}${gapOf(section)}` : section.lines.join('')))
    .join('')
}

/** Comments in front of the next one stay. */
export function withoutRepository(bytes: string, id: string): string {
  return sectionsOf(bytes)
    .map((section) => (section.id === id ? gapOf(section).trimStart() : section.lines.join('')))
    .join('')
}

/** Of a repository its own lines, for a change; undefined if there is none. */
export function repositoryIn(bytes: string, id: string): string | undefined {
  const found = sectionsOf(bytes).find((section) => section.id === id)
  return found?.lines.slice(0, endOf(found)).join('').trimEnd()
}

function textOf(id: string, fields: readonly (readonly [string, string])[]): string {
  return `[${id}]\n${fields.map(([name, value]) => `${name} = ${value.replaceAll('\n', '\n\t')}\n`).join('')}`
}

function isSame(now: ReadonlyMap<string, string>, fields: readonly (readonly [string, string])[]): boolean {
  return now.size === fields.length && fields.every(([name, value]) => now.get(name) === value.trim())
}

function ended(bytes: string): string {
  if (bytes === '' || bytes.endsWith('\n\n')) return bytes
  return bytes.endsWith('\n') ? `${bytes}\n` : `${bytes}\n\n`
}

/** Empty lines, and comments, between a repository and the next. */
function gapOf(section: Section): string {
  return section.lines.slice(endOf(section)).join('') || '\n'
}

function endOf({ lines }: Section): number {
  return lines.findLastIndex((line) => !/^([#;].*)?$/.test(line.trim())) + 1
}
