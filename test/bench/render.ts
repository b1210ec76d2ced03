/**
 * What the report costs: `npx tsx test/bench/render.ts [HOSTS...]` runs 50 tasks that find everything in sync on so
 * many hosts of a local connection (100 if nothing is said), on a terminal of 24 rows and into a file in turn, and
 * prints the share of the run's CPU time that went into reporting: medians of three runs.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Watched } from './profiled-run.ts'

const tasks = 50
const runs = 3
const folder = mkdtempSync(join(tmpdir(), 'playssh-render-'))

/** Without commands all tasks are done in one round trip: the run is cheapest then, and the report's share largest. */
const plays = { 'a command in five tasks': true, 'no commands': false }

try {
  const numbers = process.argv.slice(2).map(Number)
  console.log('hosts x tasks                            to        report   of CPU  writes/s  bytes/s')
  for (const hosts of numbers.length > 0 ? numbers : [100]) {
    for (const [what, commands] of Object.entries(plays)) await compare(hosts, what, commands)
  }
} finally {
  rmSync(folder, { recursive: true })
}

async function compare(hosts: number, what: string, commands: boolean): Promise<void> {
  const args = ['-i', inventory(hosts), playbook(commands)]
  const terminal: Watched[] = []
  const file: Watched[] = []
  for (let run = 0; run < runs; run++) {
    terminal.push(await onTerminal(args))
    file.push(await intoFile(args))
  }
  for (const [to, watched] of Object.entries({ terminal, file })) {
    const of = (figure: (one: Watched) => number): number => median(watched.map(figure))
    const cells = [
      `${hosts} x ${tasks}, ${what}`.padEnd(39),
      to.padEnd(8),
      `${of(({ report }) => report)} ms`.padStart(7),
      `${(of(({ report, all }) => report / all) * 100).toFixed(1)} %`.padStart(7),
      of(({ writes, seconds }) => writes / seconds)
        .toFixed(1)
        .padStart(8),
      of(({ bytes, seconds }) => bytes / seconds)
        .toFixed(0)
        .padStart(7),
    ]
    console.log(cells.join('  '))
  }
}

function inventory(hosts: number): string {
  const lines = Array.from({ length: hosts }, (_, index) => `    node${String(index).padStart(4, '0')}:`)
  const path = join(folder, `hosts-${hosts}.yml`)
  writeFileSync(path, ['all:', '  vars: {ansible_connection: local}', '  hosts:', ...lines, ''].join('\n'))
  return path
}

function playbook(commands: boolean): string {
  const file = join(folder, 'file')
  writeFileSync(file, 'x=1\n', { mode: 0o644 })
  // No process can change this one, so the machine that measures is safe.
  const sysctl = join(folder, 'sysctl')
  writeFileSync(sysctl, 'kernel.ostype = Linux\n')
  const kinds = [
    `file: {path: ${file}, state: file, mode: "0644"}`,
    `lineinfile: {path: ${file}, line: "x=1"}`,
    `sysctl: {name: kernel.ostype, value: Linux, sysctl_file: ${sysctl}}`,
    `copy: {dest: ${file}, content: "x=1\\n"}`,
    commands ? 'command: "true", changed_when: false' : `stat: {path: ${file}}`,
  ]
  const steps = Array.from(
    { length: tasks },
    (_, index) => `    - {name: Step ${index}, ${kinds[index % kinds.length]}}`,
  )
  const path = join(folder, `play-${commands}.yml`)
  const head = ['- name: In sync', '  hosts: all', '  gather_facts: false', '  tasks:']
  writeFileSync(path, [...head, ...steps, ''].join('\n'))
  return path
}

function onTerminal(args: readonly string[]): Promise<Watched> {
  const command = `stty rows 24 cols 100; exec ${words(args).join(' ')}`
  return watched('script', ['-qec', command, '/dev/null'], 'ignore')
}

async function intoFile(args: readonly string[]): Promise<Watched> {
  const [node, ...rest] = words(args)
  const output = openSync(join(folder, 'output'), 'w')
  try {
    return await watched(node!, rest, output)
  } finally {
    closeSync(output)
  }
}

function words(args: readonly string[]): string[] {
  const run = new URL('profiled-run.ts', import.meta.url).pathname
  return [process.execPath, '--import', 'tsx', run, join(folder, 'result'), ...args]
}

async function watched(
  command: string,
  args: readonly string[],
  output: number | 'ignore',
): Promise<Watched> {
  const { CI, NO_COLOR, ...rest } = process.env
  const env = { ...rest, TERM: 'xterm-256color', LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' }
  const child = spawn(command, args, { stdio: ['ignore', output, 'inherit'], env })
  const [status] = await once(child, 'exit')
  if (status !== 0) throw new Error(`${command} ended with ${status}`)
  return JSON.parse(readFileSync(join(folder, 'result'), 'utf8'))
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!
}
