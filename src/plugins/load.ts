import { createRequire } from 'node:module'
import { dirname, extname, resolve } from 'node:path'
import { compileFunction } from 'node:vm'
import * as host from '../host/index.ts'
import * as sdk from '../sdk/index.ts'
import { placed, readFileSync } from '../values/controller-files.ts'
import { mapOfRun } from '../values/of-run.ts'
import { type Problem, ProblemError } from '../values/problem.ts'
import { placeName, Source, type SourceSpan } from '../values/source.ts'
import { isFile, shownPath } from '../yaml/files.ts'

/** What a file gives to others by name. */
export type Exports = Record<string, unknown>

export type Plugin = (...args: unknown[]) => unknown

/** How the files of plugins end. */
export const ENDINGS = ['.ts', '.js', '.mts', '.mjs', '.cts', '.cjs']

const loaded = mapOfRun<string, Exports>()

/** The files that were run, as they were written and as they were compiled. */
const codes = mapOfRun<string, { source: Source; lines: readonly string[] }>()

/**
 * What a file in TypeScript or JavaScript exports, in either way of writing modules; it is run once. It may import
 * `playssh/sdk`, `playssh/host`, files beside it and packages. Raises ProblemError with the place at which the file is
 * wrong.
 */
export function exportsOf(path: string): Exports {
  const known = loaded.get(path)
  if (known !== undefined) return known
  const module = { exports: {} as Exports }
  // Files may import each other in a circle, as everywhere.
  loaded.set(path, module.exports)
  try {
    run(path, module)
  } catch (error) {
    loaded.delete(path)
    throw error
  }
  loaded.set(path, module.exports)
  return module.exports
}

/** The function that a file exports as its default or under its own name. Raises ProblemError. */
export function mainFunction(path: string, name: string): Plugin {
  const { default: main = undefined, [name]: named = main } = exportsOf(path)
  if (typeof named === 'function') return named as Plugin
  throw new ProblemError({
    message: `${shownPath(path)} exports no function`,
    hint: 'export default function (...) { ... }',
  })
}

function run(path: string, module: { exports: Exports }): void {
  const source = new Source(shownPath(path), readFileSync(path, 'utf8'))
  const code = compiled(source, path)
  codes.set(path, { source, lines: code.split('\n') })
  try {
    const start = compileFunction(code, ['exports', 'require', 'module', '__filename', '__dirname'], {
      filename: path,
    })
    start(module.exports, importing(path), module, path, dirname(path))
  } catch (error) {
    throw error instanceof ProblemError ? error : new ProblemError(told(error, path))
  }
}

/** The file as JavaScript that asks for what it imports, its lines where they were. */
function compiled(source: Source, path: string): string {
  // Sucrase loads where somebody has plugins, and nowhere else.
  const { transform } = createRequire(import.meta.url)('sucrase') as typeof import('sucrase')
  try {
    const { code } = transform(source.text, {
      transforms: ['typescript', 'imports'],
      filePath: path,
      disableESTransforms: true,
      preserveDynamicImport: true,
    })
    return code
  } catch (error) {
    const { message, loc } = error as Error & { loc?: { line: number; column: number } }
    const sentence = message.replace(/^Error transforming [^:]*: /, '').replace(/ \(\d+:\d+\)$/, '')
    throw new ProblemError({ message: sentence, place: loc && placeAt(source, loc.line, loc.column) })
  }
}

function importing(path: string): (wanted: string) => unknown {
  const installed = createRequire(placed(path))
  return (wanted) => {
    if (wanted === 'playssh/sdk') return sdk
    if (wanted === 'playssh/host') return host
    const beside = wanted.startsWith('.') ? besideFile(resolve(dirname(path), wanted)) : undefined
    return beside === undefined ? installed(wanted) : exportsOf(beside)
  }
}

/** The file that is meant by a path that need not say how it ends, or says how it ends once it is compiled. */
function besideFile(path: string): string | undefined {
  const bare = path.slice(0, path.length - extname(path).length)
  const candidates = [path, ...ENDINGS.flatMap((ending) => [`${path}${ending}`, `${bare}${ending}`])]
  return candidates.find((one) => ENDINGS.includes(extname(one)) && isFile(one))
}

/** What went wrong while a plugin was loaded or called, with the line of the plugin where that was. */
export function told(error: unknown, path: string): Problem {
  const message = error instanceof Error ? error.message : String(error)
  const stack = error instanceof Error ? (error.stack ?? '') : ''
  const at = stack.indexOf(`${path}:`)
  const found = /^:(\d+)(?::(\d+))?/.exec(at === -1 ? '' : stack.slice(at + path.length))
  const code = codes.get(path)
  if (found === null || code === undefined) return { message: `${shownPath(path)}: ${message}` }
  const [line, column] = [Number(found[1]), Number(found[2] ?? 1)]
  const written = code.source.line(line)
  // What was taken away or added moves the columns of a line.
  const isSame = code.lines[line - 1] === written
  return { message, place: placeAt(code.source, line, isSame ? column : written.search(/\S|$/) + 1) }
}

/** The same in a sentence. */
export function sentenceOf(error: unknown, path: string): string {
  const { message, place } = told(error, path)
  return place === undefined ? message : `${message} (${placeName(place)})`
}

function placeAt(source: Source, line: number, column: number): SourceSpan {
  const lines = source.text.split('\n')
  const before = lines.slice(0, line - 1).reduce((length, one) => length + one.length + 1, 0)
  const start = Math.min(before + Math.min(column - 1, lines[line - 1]?.length ?? 0), source.text.length)
  return { source, start, end: Math.min(start + 1, source.text.length) }
}
