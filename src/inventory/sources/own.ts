import { mainFunction, told } from '../../plugins/load.ts'
import { given } from '../../plugins/plain.ts'
import { ProblemError } from '../../values/problem.ts'
import { isMap, type MapNode, toValue, type Value } from '../../values/value.ts'
import type { Builder } from '../builder.ts'
import { readGroup, setVariables } from './groups.ts'
import { PATIENCE } from './script.ts'

/**
 * Asks a plugin in TypeScript or JavaScript for hosts and groups. It is called with what the inventory file says, and
 * gives what an inventory script prints under --list, or a promise of that.
 */
export async function readOwn(path: string, name: string, config: MapNode, builder: Builder): Promise<void> {
  const whose = `the inventory plugin "${name}"`
  try {
    const found = given(await inTime(call(path, name, config, builder), whose), whose)
    if (!isMap(found)) throw new Error(`${whose} gives no map of groups`)
    readFound(found, config, builder)
  } catch (error) {
    if (error instanceof ProblemError) builder.problems.push(...error.problems)
    else {
      const { message, place } = told(error, path)
      builder.problem(`${whose} failed: ${message}`, place ?? config.place)
    }
  }
}

async function call(path: string, name: string, config: MapNode, builder: Builder): Promise<unknown> {
  return mainFunction(path, name)(toValue(config), { file: builder.file })
}

function readFound(
  { _meta: meta, ...groups }: { [name: string]: Value },
  { place }: MapNode,
  builder: Builder,
) {
  const known = isMap(meta) && isMap(meta.hostvars) ? meta.hostvars : {}
  for (const host of new Set(Object.entries(groups).flatMap((group) => readGroup(...group, place, builder))))
    setVariables(host, known[host.name] ?? {}, place)
}

/** What a promise gives; a plugin that waits for ever is waited for no longer than a script. */
async function inTime(answer: Promise<unknown>, whose: string): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise((_, reject) => {
    const fail = () => reject(new Error(`${whose} did not end within ${PATIENCE / 1000} s`))
    timer = setTimeout(fail, PATIENCE)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
