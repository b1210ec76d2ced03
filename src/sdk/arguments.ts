import { faultIn, unpassable, unwritable } from '../values/passable.ts'
import { didYouMean, type Problem } from '../values/problem.ts'
import { convert } from './convert.ts'
import type { Args, Module } from './module.ts'
import type { Option, OptionTypes } from './options.ts'

/** What is wrong with one argument (or, without `option`, with several together). */
export type ArgumentProblem = Problem<{ readonly option?: string }>

/** The option that a name or alias means. */
export function optionNamed(module: Module, name: string): string | undefined {
  if (Object.hasOwn(module.options, name)) return name
  return Object.entries(module.options).find(([, option]) => option.aliases?.includes(name))?.[0]
}

/**
 * Arguments as the module takes them, from what was written: aliases resolved, defaults filled in, each value
 * converted to its option's type. Values of the types file, script, template, conditions and expression are expected
 * ready made. With `partial`, missing ones are not a problem: the rest is not known yet.
 */
export function readArguments(
  module: Module,
  given: Readonly<Record<string, unknown>>,
  partial = false,
): { args: Args; problems: ArgumentProblem[] } {
  const problems: ArgumentProblem[] = []
  const args: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(given)) {
    const option = optionNamed(module, name)
    if (option === undefined && module.openEnded) args[name] = value
    else if (option === undefined && passedOver(module).includes(name)) continue
    else if (option === undefined) problems.push(unknownOption(module, name))
    else if (option in args)
      problems.push({ option: name, message: `"${name}" is another name of "${option}", which is given too` })
    else if (value !== null && value !== undefined) {
      try {
        args[option] = convert(module.options[option]!, value)
        const reason =
          module.probe !== undefined ? untellable(module.options[option]!, args[option]) : undefined
        if (reason !== undefined) throw new Error(reason)
      } catch (error) {
        problems.push({ option: name, message: `${name}: ${(error as Error).message}` })
      }
    }
  }
  if (!partial) {
    const missing: string[] = []
    for (const [name, option] of Object.entries(module.options)) {
      if (args[name] !== undefined || problems.some((problem) => problem.option === name)) continue
      if (option.default !== undefined) args[name] = option.default
      else if (option.required) missing.push(name)
    }
    if (missing.length > 0) problems.push(missingArguments(module, missing))
  }
  if (problems.length === 0)
    for (const message of module.validate?.(args as Args, !partial) ?? []) problems.push({ message })
  return { args: args as Args, problems }
}

/** What keeps an argument from reaching a host. Local files, and what is evaluated here, are not sent as they are. */
function untellable({ type, bytes }: Option, value: unknown): string | undefined {
  switch (type) {
    case 'file':
    case 'archive':
      return typeof value === 'string' ? unpassable(value) : undefined
    case 'template':
    case 'conditions':
    case 'expression':
      return undefined
    case 'script':
      return faultIn((value as OptionTypes['script']).words, unpassable)
    default:
      return faultIn(value, bytes ? unwritable : unpassable)
  }
}

/** Arguments of Ansible's that mean nothing here: how files are written, what is old, and its own. */
const OF_FILES = ['unsafe_writes', 'decrypt', '_diff_peek', '_original_basename']

/** The arguments that a module passes over. */
export function passedOver({ options, accepts = [], runsCommands }: Module): string[] {
  return [...accepts, ...(runsCommands ? ['warn'] : []), ...('mode' in options ? OF_FILES : [])]
}

/** What is said of required arguments that are not given. */
export function missingArguments({ options }: Module, names: readonly string[]): ArgumentProblem {
  const hint = names.map((name) => `${name}: ${options[name]!.help}`).join(' ')
  return { message: `missing required arguments: ${names.join(', ')}`, hint }
}

function unknownOption(module: Module, name: string): ArgumentProblem {
  const known = Object.entries(module.options).flatMap(([key, option]) => [key, ...(option.aliases ?? [])])
  const hint = didYouMean(name, known) ?? `it takes ${Object.keys(module.options).join(', ')}`
  return { option: name, message: `${module.name} has no argument "${name}"`, hint }
}
