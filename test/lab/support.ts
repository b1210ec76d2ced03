import { spawn } from 'node:child_process'
import { resolve } from 'node:path'

export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** Seconds. */
  readonly seconds: number
}

/** Runs a program to its end, with nothing on its stdin. */
function program(command: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.once('error', reject)
    child.once('close', (code) =>
      resolve({ code: code ?? -1, stdout, stderr, seconds: (performance.now() - started) / 1000 }),
    )
  })
}

// A server that is stopped or frozen is no obstacle to who is logged in already.
process.env.PLAYSSH_PERSIST ??= '0'

// Another lab may be running on this machine, and even from this checkout.
const { LAB_PORT, LAB_DIR } = process.env
const port = LAB_PORT === undefined ? [] : ['-e', `lab_port=${LAB_PORT}`]
const dir = LAB_DIR === undefined ? [] : ['-e', `lab_dir=${resolve(LAB_DIR)}`]

/** Where the lab's keys and the embedded galileo are. */
const labDir = resolve(LAB_DIR ?? '.lab')

/** `./run` with arguments. */
export const run = (...args: string[]): Promise<Ended> => program('./run', ...port, ...dir, ...args)

/** The parts of `--format json` that the checks look at. */
export interface Report {
  readonly plays: readonly {
    readonly tasks: readonly {
      readonly task: { readonly name: string }
      readonly hosts: Readonly<Record<string, HostResult>>
    }[]
  }[]
  readonly stats: Readonly<Record<string, Readonly<Record<string, number>>>>
}

interface HostResult {
  readonly changed?: boolean
  readonly unreachable?: boolean
  readonly msg?: string
  readonly diff?: unknown
  /** Of a shell, its line. */
  readonly cmd?: string
}

/** A run with `--format json`. */
export async function report(...args: string[]): Promise<Ended & { readonly report: Report }> {
  const ended = await run('--format', 'json', ...args)
  try {
    return { ...ended, report: JSON.parse(ended.stdout) }
  } catch {
    throw new Error(`no report came, exit status ${ended.code}:\n${ended.stdout}${ended.stderr}`)
  }
}

/** What was changed, or would be: "host: task", in the order of the run. */
export function changes({ plays }: Report): string[] {
  return plays.flatMap(({ tasks }) =>
    tasks.flatMap(({ task, hosts }) =>
      Object.entries(hosts)
        .filter(([, result]) => result.changed)
        .map(([host]) => `${host}: ${task.name}`),
    ),
  )
}

/** A command on a machine of the lab, by OpenSSH and not by the runner. */
export async function on(host: string, command: string): Promise<string> {
  const ended = await program('ssh', '-F', `${labDir}/ssh_config`, '-o', 'ConnectTimeout=60', host, command)
  if (ended.code !== 0) throw new Error(`${host}: ${command}: exit status ${ended.code}\n${ended.stderr}`)
  return ended.stdout.trim()
}

/** The machines of ../../inventory. */
export const MACHINES: readonly string[] = [
  'crouter',
  'cnode',
  'hrouter',
  'frouter',
  'hagent',
  'pmagent',
  'mnode',
]

/** Stops the embedded galileo; the next run starts it. */
export async function stopHost(): Promise<void> {
  exits(await program('roles/embedded_host/files/vm', `${labDir}/galileo`, 'stop'), 0)
}

/** Waits until a machine that starts can be logged in to. */
export async function loggedIn(machine: string): Promise<void> {
  for (let tries = 30; ; tries -= 1) {
    const said = await on(machine, 'true').catch((error: Error) => error)
    if (!(said instanceof Error)) return
    expect(tries > 0, said.message)
  }
}

/** Fails unless every host of a run has no change. */
export function nothingChanged(stats: Report['stats']): void {
  for (const [host, { changed }] of Object.entries(stats)) same(changed, 0, `changed of ${host}`)
}

let passed = 0
let failed = 0

/** One check: says what it is, then how it went. Those behind a failed one are still tried. */
export async function check(name: string, body: () => Promise<string | undefined>): Promise<void> {
  const started = performance.now()
  process.stdout.write(`${name} ... `)
  try {
    const note = await body()
    passed += 1
    const seconds = ((performance.now() - started) / 1000).toFixed(1)
    process.stdout.write(`passed in ${seconds} s${note === undefined ? '' : ` (${note})`}\n`)
  } catch (error) {
    failed += 1
    process.stdout.write(`FAILED\n${(error as Error).message.replace(/^/gm, '    ')}\n`)
  }
}

/** Prints how many checks passed and failed; gives the exit status. */
export function summary(): number {
  process.stdout.write(`\n${passed} passed, ${failed} failed\n`)
  return failed === 0 ? 0 : 1
}

export function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Error(otherwise)
}

export function same(actual: unknown, wanted: unknown, what: string): void {
  const [is, should] = [JSON.stringify(actual), JSON.stringify(wanted)]
  expect(is === should, `${what} is ${is}, not ${should}`)
}

/** Fails with all that a run printed unless it ended as it should. */
export function exits(ended: Ended, code: number): void {
  expect(
    ended.code === code,
    `exit status ${ended.code}, not ${code}\n${ended.stdout.slice(-4000)}${ended.stderr.slice(-4000)}`,
  )
}
