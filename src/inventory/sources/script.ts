import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { isTooDeep, TOO_DEEP } from '../../values/depth.ts'
import { ProblemError } from '../../values/problem.ts'
import { Source, type SourceSpan } from '../../values/source.ts'
import { isMap, type Value, type ValueMap } from '../../values/value.ts'
import { decoded } from '../../yaml/encoding.ts'
import { shownPath } from '../../yaml/files.ts'
import type { Builder } from '../builder.ts'
import { readGroup, setVariables } from './groups.ts'

const run = promisify(execFile)
const OUTPUT_AT_MOST = 256 * 1024 * 1024
/** How long it may take, in ms; PLAYSSH_INVENTORY_TIMEOUT sets it in seconds. */
export const PATIENCE = Math.min(Number(process.env.PLAYSSH_INVENTORY_TIMEOUT) || 600, 2_147_483) * 1000

interface Answer {
  readonly value: ValueMap
  readonly place: SourceSpan
}

/** Runs an executable inventory with --list (and --host, when it gives no _meta) and takes the JSON it prints. */
export async function readScript(path: string, cwd: string, builder: Builder): Promise<void> {
  try {
    const list = await ask(path, ['--list'], cwd)
    const { _meta: meta, ...groups } = list.value
    const known = isMap(meta) && isMap(meta.hostvars) ? meta.hostvars : undefined
    const hosts = new Set(
      Object.entries(groups).flatMap(([name, data]) => readGroup(name, data, list.place, builder)),
    )
    for (const host of hosts) {
      const own = known === undefined ? await ask(path, ['--host', host.name], cwd) : undefined
      setVariables(host, own?.value ?? known?.[host.name] ?? {}, own?.place ?? list.place)
    }
  } catch (error) {
    if (error instanceof ProblemError) builder.problems.push(...error.problems)
    else builder.problem((error as Error).message)
  }
}

async function ask(path: string, words: string[], cwd: string): Promise<Answer> {
  const command = [shownPath(path), ...words].join(' ')
  const options = { cwd, maxBuffer: OUTPUT_AT_MOST, timeout: PATIENCE, encoding: 'buffer' } as const
  const { stdout } = await run(path, words, options).catch((error) => {
    if (error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER')
      throw new Error(
        `the inventory script printed more than ${OUTPUT_AT_MOST / 1024 / 1024} MiB: ${command}`,
      )
    if (error.killed)
      throw new Error(`the inventory script did not end within ${PATIENCE / 1000} s: ${command}`)
    const said = String(error.stderr ?? '').trim()
    throw new Error(`the inventory script failed: ${command}: ${said || `exit status ${error.code}`}`)
  })
  const source = decoded(command, stdout)
  if (!(source instanceof Source)) throw new ProblemError(source)
  const value = parseJson(source.text.trim() || '{}')
  if (!isMap(value)) throw new Error(`the inventory script must print a JSON object: ${command}`)
  if (isTooDeep(value)) throw new Error(`${command}: ${TOO_DEEP}`)
  return { value, place: { source, start: 0, end: 0 } }
}

function parseJson(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value
  } catch {
    return undefined
  }
}
