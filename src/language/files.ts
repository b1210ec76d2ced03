import { type Stats, statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { decoded } from './encoding.ts'
import { fileBytes } from './file-bytes.ts'
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

/** The first of the paths where something is that is no folder; reading it tells when it is no file either. */
export function firstFile(paths: readonly string[]): string | undefined {
  return paths.find((path) => statsOf(path)?.isDirectory() === false)
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
    if (!(source instanceof Source)) {
      this.problems.push({ place: wanted, ...source })
      return undefined
    }
    const { node, problems } = parseYaml(source)
    this.problems.push(...problems)
    return node
  }
}

/** A text file as a source, or why it cannot be read. */
export function readSource(path: string): Source | Problem {
  const shown = shownPath(path)
  try {
    return decoded(shown, fileBytes(path))
  } catch (error) {
    return { message: `${shown} ${(error as Error).message}` }
  }
}
