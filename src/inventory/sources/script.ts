import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { isTooDeep, TOO_DEEP } from '../../values/depth.ts'
import { ProblemError } from '../../values/problem.ts'
import { Source, type SourceSpan } from '../../values/source.ts'
import { isMap, toNode, type Value, type ValueMap } from '../../values/value.ts'
import { decoded } from '../../yaml/encoding.ts'
import { shownPath } from '../../yaml/files.ts'
import type { Builder } from '../builder.ts'
import type { Group, Host } from '../group.ts'

const run = promisify(execFile)
const OUTPUT_AT_MOST = 256 * 1024 * 1024
/** How long it may take, in ms; PLAYSSH_INVENTORY_TIMEOUT sets it in seconds. */
const PATIENCE = Math.min(Number(process.env.PLAYSSH_INVENTORY_TIMEOUT) || 600, 2_147_483) * 1000

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

/** A group as a script gives it: a list of hosts, a map of hosts, vars and children, or the variables of one host. */
function readGroup(name: string, data: Value, place: SourceSpan, builder: Builder): Host[] {
  const group = builder.group(name, place)
  if (group === undefined) return []
  const shape = toShape(name, data)
  const { hosts = [], children = [], vars = {} } = shape
  if (!Array.isArray(hosts) || !Array.isArray(children) || !isMap(vars))
    throw new Error(
      `${place.source.path}: the group "${name}" must have lists of hosts and children, and a map of vars`,
    )
  setVariables(group, vars, place)
  for (const child of children) {
    const below = builder.group(String(child), place)
    if (below !== undefined) builder.nest(group, below, place)
  }
  return hosts.map((host) => builder.host(String(host), group))
}

function toShape(name: string, data: Value): ValueMap {
  if (!isMap(data)) return { hosts: data }
  return 'hosts' in data || 'children' in data || 'vars' in data ? data : { hosts: [name], vars: data }
}

/** Names are not checked: they come from a cloud's tags or the like, and nobody here can change them. */
function setVariables(owner: Host | Group, values: Value, place: SourceSpan): void {
  if (!isMap(values))
    throw new Error(`${place.source.path}: what "${owner.name}" has must be a map of variables`)
  for (const [name, value] of Object.entries(values)) {
    if (name === 'ansible_group_priority' && 'priority' in owner) owner.priority = Number(value)
    else owner.variables.set(name, toNode(value, place))
  }
}
