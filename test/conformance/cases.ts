import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'

/** The folder of the cases. */
export const FOLDER = 'test/conformance'

/** A small playbook, with what it is run with. */
export interface Case {
  readonly title: string
  /** Path to text; play.yml is the playbook. */
  readonly files: Readonly<Record<string, string>>
  readonly args: string
  /** What this runner does in another way on purpose. */
  readonly differs?: Difference
}

interface Difference {
  readonly why: string
  /** What becomes of Ansible's answer: a map replaces members of a map, or of a list by index; null removes. */
  readonly patch: unknown
}

export function areas(): string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith('.cases'))
    .map((name) => name.slice(0, -'.cases'.length))
    .sort()
}

/** The cases of an area. Throws an Error when its file is not as the README says. */
export function readCases(area: string): Case[] {
  const text = readFileSync(join(FOLDER, `${area}.cases`), 'utf8')
  const [before, ...cases] = `\n${text}`.split(/\n=== /)
  if (before!.trim() !== '') throw new Error(`${area}.cases begins with something else than a case`)
  const read = cases.map(readCase)
  const twice = read.find(({ title }, index) => read.findIndex((one) => one.title === title) < index)
  if (twice !== undefined) throw new Error(`${area}.cases has two cases called "${twice.title}"`)
  return read
}

function readCase(text: string): Case {
  const [title, ...parts] = text.split(/\n--- /)
  const files = Object.fromEntries(parts.map(readPart))
  if (files['play.yml'] === undefined) throw new Error(`"${title}" has no part play.yml`)
  const { args = '', differs, ...others } = files
  return {
    title: title!.trim(),
    files: others,
    args: args.trim(),
    ...(differs !== undefined && { differs: readDifference(differs) }),
  }
}

function readPart(part: string): [path: string, text: string] {
  const end = part.indexOf('\n')
  return end === -1 ? [part.trim(), ''] : [part.slice(0, end).trim(), `${part.slice(end + 1).trimEnd()}\n`]
}

function readDifference(text: string): Difference {
  const end = text.indexOf('\n\n')
  if (end === -1) throw new Error(`a difference is a sentence, an empty line and YAML: ${text}`)
  return { why: text.slice(0, end), patch: parse(text.slice(end)) }
}

/** An answer as a difference leaves it. */
export function patched(answer: unknown, patch: unknown): unknown {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch
  const isList = Array.isArray(answer)
  const members = new Map<string, unknown>(Object.entries((answer ?? {}) as object))
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) members.delete(name)
    else members.set(name, patched(members.get(name), value))
  }
  return isList ? [...members.values()] : Object.fromEntries(members)
}
