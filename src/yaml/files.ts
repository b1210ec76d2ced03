import type { Stats } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import { statSync } from '../values/controller-files.ts'
import { mapOfRun } from '../values/of-run.ts'
import type { Problem } from '../values/problem.ts'
import { Source, type SourceSpan, type TemplateLanguage } from '../values/source.ts'
import type { Node } from '../values/value.ts'
import { decoded } from './encoding.ts'
import { fileBytes } from './file-bytes.ts'
import { parseYamlFile } from './kept/trees.ts'
import { opened } from './vaulted.ts'
import { parseYaml } from './yaml.ts'

let shownFrom: string | undefined

/** Says in which folder (absolute) the user is. */
export function showPathsFrom(folder: string): void {
  shownFrom = folder
}

/** How a path is shown: relative to the user's folder where it lies below it. */
export function shownPath(path: string): string {
  if (shownFrom === undefined) return path
  const below = relative(shownFrom, path)
  return below === '' || below.startsWith('..') ? path : below
}

/** The template languages that are said for folders (absolute), with all that lies in them. */
const languages = new Map<string, TemplateLanguage>()

/** Says in which language the templates of the files are that are read from now on; undefined: in either. */
export function startLanguages(language: TemplateLanguage | undefined): void {
  languages.clear()
  if (language !== undefined) languages.set('/', language)
}

/** Says it for the files of a folder. */
export function pinLanguage(folder: string, language: TemplateLanguage): void {
  languages.set(resolve(folder), language)
}

/** What is said of the nearest folder around a path; undefined: nothing. */
export function languageIn(path: string): TemplateLanguage | undefined {
  if (languages.size === 0) return undefined
  for (let folder = dirname(resolve(path)); ; folder = dirname(folder)) {
    const language = languages.get(folder)
    if (language !== undefined || folder === '/') return language
  }
}

export function isFile(path: string): boolean {
  return statsOf(path)?.isFile() ?? false
}

export function isFolder(path: string): boolean {
  return statsOf(path)?.isDirectory() ?? false
}

/** Undefined when there is nothing, or nothing that may be read. */
function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path)
  } catch {
    return undefined
  }
}

/** The first of the paths where something is that is no folder; reading it reports when it is no file either. */
export function firstFile(paths: readonly string[]): string | undefined {
  return paths.find((path) => statsOf(path)?.isDirectory() === false)
}

/** The YAML files of a run: each is read and parsed once, and what is wrong with it is found whenever it is wanted. */
export class Files {
  readonly problems: Problem[] = []
  readonly #parsed = new Map<string, { node: Node | undefined; problems: readonly Problem[] }>()

  /** Says what a path holds, in place of what may be there. */
  take(path: string, text: string): void {
    this.#parsed.set(resolve(path), parseYaml(new Source(shownPath(path), text)))
  }

  /** The content of a YAML file, or undefined when there is none or it cannot be read (which is then a problem). */
  yaml(path: string, wanted?: SourceSpan): Node | undefined {
    const absolute = resolve(path)
    const parsed = this.#parsed.get(absolute) ?? parse(absolute, wanted)
    this.#parsed.set(absolute, parsed)
    this.problems.push(...parsed.problems.filter((problem) => !this.problems.includes(problem)))
    return parsed.node
  }
}

function parse(path: string, wanted: SourceSpan | undefined) {
  const source = readSource(path)
  if (source instanceof Source) return parseYamlFile(path, source)
  return { node: undefined, problems: [{ place: wanted, ...source }] }
}

/** A text file as a source, decrypted if it is encrypted with ansible-vault; or why it cannot be read. */
export function readSource(path: string): Source | Problem {
  const source = readWritten(path)
  const plain = source instanceof Source ? opened(source) : source
  if (plain instanceof Source) plain.language = languageIn(path)
  return plain
}

/** A text file and its permission bits, 0 to 0o7777. */
export interface ReadFile {
  readonly source: Source
  readonly mode: number
}

const kept = mapOfRun<string, ReadFile & { readonly stamp: string | undefined }>()

/**
 * What `readSource` gives, of a file that many hosts ask for, such as a template: it is not read again while it is as it
 * was.
 */
export function readOften(path: string): ReadFile | Problem {
  const { stamp, mode } = stampOf(path)
  const known = kept.get(path)
  if (known !== undefined && stamp !== undefined && known.stamp === stamp) {
    known.source.language = languageIn(path)
    return known
  }
  const source = readSource(path)
  if (!(source instanceof Source)) return source
  const read = { stamp, source, mode }
  kept.set(path, read)
  return read
}

/** In ms: two changes within it may have one time, and the second would pass unseen. */
const SAME_TIME = 1000

/** What tells the states of a file apart; undefined where nothing does, as nothing is there or it changes just now. */
function stampOf(path: string): { stamp: string | undefined; mode: number } {
  try {
    const { dev, ino, size, mode, ctimeNs, ctimeMs } = statSync(path, { bigint: true })
    const isOld = Date.now() - Number(ctimeMs) > SAME_TIME
    return { stamp: isOld ? `${dev},${ino},${size},${ctimeNs}` : undefined, mode: Number(mode) & 0o7777 }
  } catch {
    return { stamp: undefined, mode: 0 }
  }
}

/** A text file as it is written, or why it cannot be read. */
export function readWritten(path: string): Source | Problem {
  const shown = shownPath(path)
  try {
    return decoded(shown, fileBytes(path))
  } catch (error) {
    return { message: `${shown} ${(error as Error).message}` }
  }
}
