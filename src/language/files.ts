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

/** The YAML files of a run: each is read and parsed once, and its problems are reported once. */
export class Files {
  readonly problems: Problem[] = []
  readonly #parsed = new Map<string, Node | undefined>()

  /** The content of a YAML file, or undefined when there is none or it cannot be read (which is then a problem). */
  yaml(path: string, wanted?: Place): Node | undefined {
    const absolute = resolve(path)
    if (!this.#parsed.has(absolute)) this.#parsed.set(absolute, this.#parse(absolute, wanted))
    return this.#parsed.get(absolute)
  }

  #parse(path: string, wanted: Place | undefined): Node | undefined {
    const source = readSource(path)
    if (typeof source === 'string') {
      this.problems.push({ message: source, place: wanted })
      return undefined
    }
    const { node, problems } = parseYaml(source)
    this.problems.push(...problems)
    return node
  }
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
