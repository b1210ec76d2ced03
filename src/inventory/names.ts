import { magicNames } from '../template/magic-names.ts'
import type { Problem } from '../values/problem.ts'
import type { SourceSpan } from '../values/source.ts'
import { isVariableName } from '../values/variable-name.ts'

/** Variables that the runner sets: what an inventory says about them is never seen. */
const SET_BY_THE_RUNNER = new Set([...magicNames, 'ansible_facts', 'vars'])

/** Words that mean something else in a template. */
const WORDS_OF_TEMPLATES = new Set(['as', 'else', 'false', 'null', 'this', 'true', 'undefined'])

/** What is wrong with a name; one can go on with it when it is not fatal. */
export type NameProblem = Problem<{ readonly fatal: boolean }>

/** What is wrong with the name of a variable. */
export function variableNameProblem(name: string): NameProblem | undefined {
  if (name === '') return { message: 'a variable needs a name', fatal: true }
  if (WORDS_OF_TEMPLATES.has(name))
    return { message: `"${name}" cannot be a variable: templates read it as something else`, fatal: true }
  if (!isVariableName(name)) {
    const valid = name.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=[0-9])/, '_')
    const message = `"${name}" is not a name for a variable: only letters, digits and _ may be in it, and no digit first`
    return { message, hint: `write "${valid}"`, fatal: true }
  }
  if (SET_BY_THE_RUNNER.has(name))
    return {
      message: `"${name}" is set by the runner itself; what is written here has no effect`,
      fatal: false,
    }
  return undefined
}

/** What is wrong with the name of a group. */
export function groupNameProblem(name: string): NameProblem | undefined {
  if (name === '') return { message: 'a group needs a name', fatal: true }
  if (/[\s:,[\]]|^[!&~@]/.test(name)) {
    const message = `"${name}" is not a name for a group: a pattern could not name it`
    return { message, hint: `write "${name.replace(/\W/g, '_')}"`, fatal: true }
  }
  return undefined
}

/** Whether the name of a group is none of a variable, so that templates reach it by lookup only. */
export function isHardInTemplates(name: string): boolean {
  return /^\d|\W/.test(name)
}

/** One warning for all such groups, with the place of the first. */
export function hardNamesWarning(names: ReadonlyMap<string, SourceSpan>): Problem[] {
  const [first] = names
  if (first === undefined) return []
  const some = [...names.keys()].slice(0, SOME).map((name) => `"${name}"`)
  const rest = names.size > SOME ? ` and ${names.size - SOME} more` : ''
  const message =
    names.size === 1
      ? `the group name ${some} has characters other than letters, digits and _, or begins with a digit`
      : `${names.size} group names have characters other than letters, digits and _, or begin with a digit: ${some.join(', ')}${rest}`
  return [{ message, hint: 'templates can reach such a name by lookup only', place: first[1] }]
}

const SOME = 5
