import { didYouMean } from '../../values/problem.ts'
import type { Source, SourceSpan } from '../../values/source.ts'
import { type Node, toNode } from '../../values/value.ts'
import { splitWords, type Word } from '../../values/words.ts'
import type { Builder } from '../builder.ts'
import type { Group } from '../group.ts'
import { pythonLiteral } from './python-literal.ts'

const SECTION = /^\[([^:\]\s]+)(?::(\w+))?\]\s*(?:#.*)?$/
const KINDS = ['hosts', 'children', 'vars']
const SECTIONS_HINT = 'a section is [group], [group:children] or [group:vars]'

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
  /** Groups that some section of hosts or children must declare, and where they are wanted. */
  readonly #wanted = new Map<string, SourceSpan>()
  readonly #declared: Set<string>

  constructor(source: Source, builder: Builder) {
    this.#source = source
    this.#builder = builder
    this.#declared = new Set(builder.inventory.groups.keys())
  }

  read(): void {
    const lines = linesOf(this.#source.text)
    if (lines.length === 0)
      this.#builder.problem(`${this.#source.path} is empty: it names no host and no group`)
    let section: Section = { group: this.#builder.inventory.addGroup('ungrouped'), kind: 'hosts' }
    for (const line of lines) {
      const header = SECTION.exec(line.text)
      if (header !== null) section = this.#section(line, header[1]!, header[2] ?? 'hosts')
      else if (/^\[.*\]$/.test(line.text)) {
        this.#problem(`${line.text} is not a section`, line, SECTIONS_HINT)
        section = { group: undefined, kind: 'hosts' }
      } else if (section.group !== undefined) this.#entry(section.group, section.kind, line)
    }
    this.#reportUndeclared()
  }

  #section(line: Line, name: string, kind: string): Section {
    if (!KINDS.includes(kind)) {
      const hint = didYouMean(kind, KINDS) ?? SECTIONS_HINT
      this.#problem(`"${kind}" is not a kind of section`, line, hint)
      return { group: undefined, kind }
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
    const hosts = this.#builder.hosts(first.text, this.#place(line, first.start, first.end), group)
    for (const { text, start, end } of rest) {
      const place = this.#place(line, start, end)
      const at = text.indexOf('=')
      if (at > 0) {
        const value = this.#value(text.slice(at + 1), place)
        this.#builder.hostVariable(hosts, text.slice(0, at), place, value)
      } else {
        const message = `expected variable=value behind a host, found "${text}"`
        this.#builder.problem(message, place, 'each host takes a line of its own')
      }
    }
  }

  #words(line: Line): Word[] {
    try {
      return splitWords(line.text, { comments: true })
    } catch (error) {
      this.#problem((error as Error).message, line)
      return []
    }
  }

  #variable(group: Group, line: Line): void {
    const at = line.text.indexOf('=')
    if (at < 1) {
      this.#problem(`expected variable=value, found "${line.text}"`, line)
      return
    }
    const name = line.text.slice(0, at).trimEnd()
    const value = line.text.slice(at + 1).trimStart()
    const node = this.#value(value, this.#place(line, line.text.length - value.length))
    this.#builder.groupVariable(group, name, this.#place(line, 0, name.length), node)
  }

  #value(text: string, place: SourceSpan): Node {
    try {
      return toNode(pythonLiteral(text), place)
    } catch (error) {
      this.#builder.problem((error as Error).message, place)
      return toNode(text, place)
    }
  }

  #child(group: Group, line: Line): void {
    const name = /^([^:\]\s]+)\s*(?:#.*)?$/.exec(line.text)?.[1]
    if (name === undefined) this.#problem(`expected the name of a group, found "${line.text}"`, line)
    else {
      const place = this.#place(line, 0, name.length)
      if (!this.#wanted.has(name)) this.#wanted.set(name, place)
      const child = this.#builder.group(name, place)
      if (child !== undefined) this.#builder.nest(group, child, place)
    }
  }

  #reportUndeclared(): void {
    for (const [name, place] of this.#wanted) {
      if (this.#declared.has(name)) continue
      const hint = didYouMean(name, this.#declared) ?? `add a section [${name}] with its hosts`
      this.#builder.problem(`unknown group "${name}"`, place, hint)
    }
  }

  #problem(message: string, line: Line, hint?: string): void {
    this.#builder.problem(message, this.#place(line), hint)
  }

  #place(line: Line, from = 0, to = line.text.length): SourceSpan {
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
