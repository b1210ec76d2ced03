import { didYouMean } from '../language/problem.ts'
import type { Place, Source } from '../language/source.ts'
import { toNode } from '../language/value.ts'
import { splitWords, type Word } from '../language/words.ts'
import type { Builder } from './builder.ts'
import type { Group } from './group.ts'
import { pythonLiteral } from './python-literal.ts'

const SECTION = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/
const KINDS = ['hosts', 'children', 'vars']

/** A line without the blanks around it, and where it begins. */
interface Line {
  readonly text: string
  readonly start: number
}

interface Section {
  readonly group: Group | undefined
  readonly kind: string
}

/** Reads an inventory in Ansible's INI format: [group], [group:children] and [group:vars]. */
export function readIniInventory(source: Source, builder: Builder): void {
  new IniReader(source, builder).read()
}

class IniReader {
  readonly #source: Source
  readonly #builder: Builder
  /** Groups that a section must still declare, and where they are wanted. */
  readonly #wanted = new Map<string, Place>()
  readonly #declared = new Set<string>(['all', 'ungrouped'])

  constructor(source: Source, builder: Builder) {
    this.#source = source
    this.#builder = builder
    for (const name of builder.inventory.groups.keys()) this.#declared.add(name)
  }

  read(): void {
    let section: Section = { group: this.#builder.inventory.addGroup('ungrouped'), kind: 'hosts' }
    const lines = linesOf(this.#source.text)
    if (lines.length === 0)
      this.#builder.problem(`${this.#source.path} is empty: it names no host and no group`)
    for (const line of lines) {
      if (/^\[.*\]\s*(#.*)?$/.test(line.text) && !/^\[[^\]]*\]:\d/.test(line.text))
        section = this.#section(line)
      else if (section.group !== undefined) this.#entry(section.group, section.kind, line)
    }
    this.#reportUndeclared()
  }

  #section(line: Line): Section {
    const [, name, kind = 'hosts'] = SECTION.exec(line.text) ?? []
    if (name === undefined || !KINDS.includes(kind)) {
      const hint =
        name === undefined
          ? 'a section is [group], [group:children] or [group:vars]'
          : didYouMean(kind, KINDS)
      const message =
        name === undefined ? `${line.text} is no section` : `[${name}:${kind}] is no kind of section`
      this.#builder.problem(
        message,
        this.#place(line),
        hint ?? 'write [group], [group:children] or [group:vars]',
      )
      return { group: undefined, kind: 'hosts' }
    }
    const place = this.#place(line, 1, 1 + name.length)
    if (kind !== 'vars') this.#declared.add(name)
    else if (!this.#wanted.has(name)) this.#wanted.set(name, place)
    return { group: this.#builder.group(name, place), kind }
  }

  #entry(group: Group, kind: string, line: Line): void {
    if (kind === 'hosts') this.#hosts(group, line)
    else if (kind === 'vars') this.#variable(group, line)
    else this.#child(group, line)
  }

  #hosts(group: Group, line: Line): void {
    const [first, ...rest] = this.#words(line)
    if (first === undefined) return
    if (first.text === '---')
      return this.#builder.problem(
        'this is YAML in an INI inventory',
        this.#place(line),
        'name the file hosts.yml',
      )
    const hosts = this.#builder.hosts(first.text, this.#place(line, first.start, first.end), group)
    for (const { text, start, end } of rest) {
      const at = text.indexOf('=')
      const place = this.#place(line, start, end)
      if (at > 0)
        this.#builder.hostVariable(
          hosts,
          text.slice(0, at),
          place,
          toNode(pythonLiteral(text.slice(at + 1)), place),
        )
      else
        this.#builder.problem(
          `expected variable=value behind a host, found "${text}"`,
          place,
          'each host takes a line of its own',
        )
    }
  }

  #words(line: Line): Word[] {
    try {
      return splitWords(line.text, { comments: true })
    } catch (error) {
      this.#builder.problem((error as Error).message, this.#place(line))
      return []
    }
  }

  #variable(group: Group, line: Line): void {
    const [whole, name, value] = /^([^=]*?)\s*=\s*(.*)$/.exec(line.text) ?? []
    const place = this.#place(line)
    if (whole === undefined || name === '')
      return this.#builder.problem(`expected variable=value, found "${line.text}"`, place)
    const namePlace = this.#place(line, 0, name!.length)
    const valuePlace = this.#place(line, line.text.length - value!.length)
    this.#builder.groupVariable(group, name!, namePlace, toNode(pythonLiteral(value!), valuePlace))
  }

  #child(group: Group, line: Line): void {
    const name = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line.text)?.[1]
    if (name === undefined)
      return this.#builder.problem(`expected the name of a group, found "${line.text}"`, this.#place(line))
    const place = this.#place(line, 0, name.length)
    if (!this.#wanted.has(name)) this.#wanted.set(name, place)
    const child = this.#builder.group(name, place)
    if (child !== undefined) this.#builder.nest(group, child, place)
  }

  #reportUndeclared(): void {
    for (const [name, place] of this.#wanted) {
      if (this.#declared.has(name)) continue
      const hint = didYouMean(name, this.#declared) ?? `add a section [${name}] with its hosts`
      this.#builder.problem(`there is no group "${name}"`, place, hint)
    }
  }

  #place(line: Line, from = 0, to = line.text.length): Place {
    return { source: this.#source, start: line.start + from, end: line.start + to }
  }
}

/** The lines that say something: neither blank nor a comment. */
function linesOf(text: string): Line[] {
  return [...text.matchAll(/[^\r\n]+/g)].flatMap(({ 0: line, index }) => {
    const trimmed = line.trim()
    if (trimmed === '' || /^[#;]/.test(trimmed)) return []
    return [{ text: trimmed, start: index + line.indexOf(trimmed) }]
  })
}
