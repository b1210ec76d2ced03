import { modules } from '../../modules/index.ts'
import { ProblemError } from '../../values/problem.ts'

/** One that is here, or by its full name one of a collection. */
export function isModule(name: string): boolean {
  return Object.hasOwn(modules, name) || /^\w+\.\w+\.\w[\w.]*$/.test(name)
}

/** What a module is for, and its arguments, a line each. Raises ProblemError for one that is not here. */
export function moduleHelp(name: string): string[] {
  const module = modules[name.replace(/^.*\./, '')]
  if (module === undefined)
    throw new ProblemError({ message: `${name} is not here; where it is installed, it is run as it is` })
  const options = Object.entries(module.options)
  const width = Math.max(0, ...options.map(([option]) => option.length))
  return [module.summary, ...options.map(([option, { help }]) => `  ${option.padEnd(width)}  ${help}`)]
}
