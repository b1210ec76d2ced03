import { existsSync, readFileSync } from 'node:fs'

/** Beside the program: an example is read when somebody asks for it. */
const folder = new URL('../../docs/examples/', import.meta.url)

/** A module's example without what is given first, as YAML; undefined where there is none. */
export function exampleOf(name: string): string | undefined {
  const file = new URL(`${encodeURIComponent(name)}.yml`, folder)
  if (!existsSync(file)) return undefined
  const tasks = readFileSync(file, 'utf8').split(/\n(?=- name: )/)
  return tasks.filter((task) => !task.startsWith('- name: Given')).join('\n')
}
