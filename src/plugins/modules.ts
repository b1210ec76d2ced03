import { closeSync, readSync } from 'node:fs'
import type { Module } from '../sdk/module.ts'
import { openSync } from '../values/controller-files.ts'
import { mapOfRun } from '../values/of-run.ts'
import { didYouMean, ProblemError } from '../values/problem.ts'
import { isMap, type Value } from '../values/value.ts'
import { shownPath } from '../yaml/files.ts'
import { pluginNamed } from './find.ts'
import { exportsOf, sentenceOf } from './load.ts'

const TYPES = [
  'any',
  'archive',
  'bool',
  'conditions',
  'expression',
  'file',
  'float',
  'int',
  'list',
  'map',
  'mode',
  'path',
  'script',
  'str',
  'strings',
  'template',
]

const known = mapOfRun<string, Module | undefined>()

/**
 * The module of a name that a folder has in TypeScript or JavaScript, written with `playssh/sdk`; undefined if none has.
 * A file that begins with `#!` is a program for the host and none of these. Raises ProblemError.
 */
export function pluginModule(name: string, folders: readonly string[]): Module | undefined {
  const path = pluginNamed(name, folders)
  if (path === undefined) return undefined
  if (!known.has(path)) known.set(path, isProgram(path) ? undefined : moduleIn(path, name))
  return known.get(path)
}

function moduleIn(path: string, name: string): Module {
  const exported = exportsOf(path)
  const module = (exported.default ?? exported[name]) as Partial<Module> | undefined
  const problem = wrongIn(module, path)
  if (problem !== undefined) throw new ProblemError(problem)
  return {
    ...Object.fromEntries(Object.entries(module!).map(([key, part]) => [key, located(part, path)])),
    name,
  } as Module
}

/** A function whose slips, such as a property of undefined, say in which line of the file they are. */
function located(part: unknown, path: string): unknown {
  if (typeof part !== 'function') return part
  return (...args: unknown[]) => {
    try {
      return part(...args)
    } catch (error) {
      const isSlip = [TypeError, ReferenceError, RangeError, SyntaxError].some(
        (kind) => error instanceof kind,
      )
      throw isSlip ? new Error(sentenceOf(error, path)) : error
    }
  }
}

function isProgram(path: string): boolean {
  const start = Buffer.alloc(2)
  const file = openSync(path, 'r')
  try {
    readSync(file, start)
  } finally {
    closeSync(file)
  }
  return start.toString('latin1') === '#!'
}

/** A mistake in what a file exports would else show as one of the runner's own, in the middle of a run. */
function wrongIn(module: Partial<Module> | undefined, path: string) {
  const shown = shownPath(path)
  if (typeof module !== 'object' || module === null)
    return { message: `${shown} exports no module`, hint: 'export default defineModule({ ... })' }
  if (typeof module.plan !== 'function') return { message: `the module of ${shown} has no function "plan"` }
  if (module.probe !== undefined && module.parse === undefined)
    return { message: `the module of ${shown} has a "probe", and no "parse" that reads what it prints` }
  if (!isMap(module.options as unknown as Value))
    return {
      message: `the module of ${shown} has no "options"`,
      hint: 'a module without any has options: {}',
    }
  for (const [option, { type }] of Object.entries(module.options!)) {
    if (TYPES.includes(type)) continue
    const hint = didYouMean(String(type), TYPES) ?? `there are ${TYPES.join(', ')}`
    return { message: `the option "${option}" of ${shown} has no type "${type}"`, hint }
  }
  return undefined
}
