import { readFileSync, type Stats, statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import type { Problem } from './problem.ts'
import { type Place, Source } from './source.ts'
import type { Node } from './value.ts'
import { parseYaml } from './yaml.ts'

/** How a path is shown: relative to the current folder where it lies below it. */
export function shownPath(path: string): string {
  const below = relative(process.cwd(), path)
  return below === '' || below.startsWith('..') ? path : below
}

export function isFile(path: string): boolean {
  return statsOf(path)?.isFile() ?? false
}

export function isFolder(path: string): boolean {
  return statsOf(path)?.isDirectory() ?? false
}

/** Undefined when there is nothing, or nothing that one may look at. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}

/** The first of the paths that is a file. */
export function firstFile(paths: readonly string[]): string | undefined {
  return paths.find(isFile)
}

/** The YAML files of a run: each is read and parsed once, and what is wrong with it is found whenever it is wanted. */
export class Files {
  readonly problems: Problem[] = []
  readonly #parsed = new Map<string, { node: Node | undefined; problems: readonly Problem[] }>()

  /** The content of a YAML file, or undefined when there is none or it cannot be read (which is then a problem). */
  yaml(path: string, wanted?: Place): Node | undefined {
    const absolute = resolve(path)
    const parsed = this.#parsed.get(absolute) ?? parse(absolute, wanted)
    this.#parsed.set(absolute, parsed)
    this.problems.push(...parsed.problems.filter((problem) => !this.problems.includes(problem)))
    return parsed.node
  }
}

function parse(path: string, wanted: Place | undefined) {
  const source = readSource(path)
  if (typeof source !== 'string') return parseYaml(source)
  return { node: undefined, problems: [{ message: source, place: wanted }] }
}

/** A text file as a source, or a sentence saying why it cannot be read. */
export function readSource(path: string): Source | string {
  const shown = shownPath(path)
  if (isFolder(path)) return `${shown} is a folder, a file is expected`
  try {
    return new Source(shown, readFileSync(path, 'utf8'))
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code
    return code === 'ENOENT' ? `${shown} does not exist` : `${shown} cannot be read (${code})`
  }
}
