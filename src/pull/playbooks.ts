import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { ProblemError } from '../values/problem.ts'

/**
 * The playbooks of a checkout that are to be run: those that are named, or the one for this machine by one of its names,
 * or else local.yml. Raises ProblemError.
 */
export function playbooksIn(folder: string, named: readonly string[], names: readonly string[]): string[] {
  if (named.length > 0) {
    const missing = named.flatMap((name) => whyNot(join(folder, name)) ?? [])
    if (missing.length > 0) throw new ProblemError(missing.map((message) => ({ message })))
    return named.map((name) => join(folder, name))
  }
  const wanted = [...names, 'local'].map((name) => join(folder, `${name}.yml`))
  const found = wanted.find((path) => whyNot(path) === undefined)
  if (found !== undefined) return [found]
  const tried = wanted.map((path) => whyNot(path)!)
  throw new ProblemError({
    message: ['there is no playbook for this machine', ...tried].join('\n'),
    hint: 'name one behind the flags: run pull -U URL site.yml',
  })
}

function whyNot(path: string): string | undefined {
  try {
    accessSync(path, constants.R_OK)
    return undefined
  } catch (error) {
    return `${path} ${(error as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read'}`
  }
}
