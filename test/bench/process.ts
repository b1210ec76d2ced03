import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

export interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
  /** From before its start to its end. */
  readonly ms: number
  /** The most memory that it had at a time, without its children, in MB. */
  readonly peak: number
  /** The time that processors gave it, in ms; of its last LOOK_EVERY ms some may be missing. */
  readonly cpu: number
  /** What of it its main thread had. */
  readonly thread: number
}

/** Runs a program to its end. It finds nothing in its environment but PATH, HOME, LANG and what `env` adds. */
export function timed(argv: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const began = performance.now()
    const child = spawn(argv[0]!, argv.slice(1), {
      cwd,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    let peak = 0
    let cpu = 0
    let thread = 0
    const look = setInterval(() => {
      peak = Math.max(peak, peakOf(child.pid!))
      cpu = Math.max(cpu, cpuOf(child.pid!))
      thread = Math.max(thread, threadOf(child.pid!))
    }, LOOK_EVERY)
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk
    })
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk
    })
    child.once('error', reject)
    child.once('exit', (status) => {
      const ms = performance.now() - began
      clearInterval(look)
      const end = () => resolve({ status, stdout, stderr, ms, peak, cpu, thread })
      child.once('close', end)
      // What it leaves running may hold its stdout for long.
      setTimeout(end, LAST_WORDS)
    })
  })
}

/** In ms. */
const LOOK_EVERY = 50
const LAST_WORDS = 500

/** The most memory that a process has had at a time, in MB (VmHWM, proc(5)); 0 for one that is gone. */
export function peakOf(pid: number): number {
  try {
    const kilobytes = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
    return Number(kilobytes ?? 0) / 1024
  } catch {
    return 0
  }
}

/** The time that processors gave a process, without its children, in ms; 0 for one that is gone. */
export function cpuOf(pid: number): number {
  return timeIn(`/proc/${pid}/stat`)
}

/** The same of its main thread alone. */
function threadOf(pid: number): number {
  return timeIn(`/proc/${pid}/task/${pid}/stat`)
}

function timeIn(path: string): number {
  try {
    // Behind the name, which may hold anything: utime is the 14th field of all, stime the next (proc(5)).
    const [, fields] = /.*\) (.*)/s.exec(readFileSync(path, 'utf8'))!
    const [utime, stime] = fields!.split(' ').slice(11, 13)
    return (Number(utime) + Number(stime)) * (1000 / TICKS)
  } catch {
    return 0
  }
}

/** Of a second: what the kernel shows is in these on every machine (USER_HZ). */
const TICKS = 100
