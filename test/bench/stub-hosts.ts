import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { cpuOf, peakOf } from './process.ts'

/** Where Debian's golang-golang-x-crypto-dev puts sources. */
const GOPATH = '/usr/share/gocode'

/** What the server has done so far. */
interface Done {
  /** Connections that were let in. */
  readonly logins: number
  /** Shells and other programs that were started. */
  readonly shells: number
  /** Resident shells that were answered for without one being started. */
  readonly replayed: number
  /** Different answers that were learned. */
  readonly learned: number
}

/** A server that stands for many hosts (stub-hosts/main.go). */
export interface StubHosts {
  /** The one it listens on, on every address. */
  readonly port: number
  /** Milliseconds of processors that it has had, without its shells. */
  cpu(): number
  /** The most memory that it has had, in MB. */
  peak(): number
  done(): Promise<Done>
  stop(): Promise<void>
}

/** Builds the server in this folder, and gives its path. Raises when Go or its package is not installed. */
export function buildStubHosts(folder: string): string {
  const source = fileURLToPath(new URL('stub-hosts', import.meta.url))
  const program = join(folder, 'stub-hosts')
  mkdirSync(join(folder, 'go'), { recursive: true })
  execFileSync('go', ['build', '-o', program, '.'], {
    cwd: source,
    env: {
      ...process.env,
      GO111MODULE: 'off',
      GOFLAGS: '',
      GOPATH,
      GOCACHE: join(folder, 'go'),
      CGO_ENABLED: '0',
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  return program
}

export interface Start {
  /** The command line that starts the program; its arguments come behind it. */
  readonly argv: readonly string[]
  /** 0 is a free one. */
  readonly port: number
  /** Files, as the server sees them. */
  readonly hostKey: string
  readonly authorizedKey: string
}

/** Starts the server, and waits until it listens. */
export async function startStubHosts({ argv, port, hostKey, authorizedKey }: Start): Promise<StubHosts> {
  const [program, ...words] = [...argv, `0.0.0.0:${port}`, hostKey, authorizedKey]
  const server = spawn(program!, words, { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = linesOf(server)
  const listening = /^listening on .*:(\d+)$/.exec(await lines())
  if (listening === null) throw new Error('the stub hosts did not start')
  return {
    port: Number(listening[1]),
    cpu: () => cpuOf(server.pid!),
    peak: () => peakOf(server.pid!),
    async done() {
      server.stdin.write('\n')
      return JSON.parse(await lines()) as Done
    },
    async stop() {
      server.stdin.end()
      if (server.exitCode === null) await once(server, 'exit')
    },
  }
}

/** The lines of its output, one a call; '' when there are no more. */
function linesOf(server: ChildProcessByStdio<Writable, Readable, null>): () => Promise<string> {
  const lines = createInterface({ input: server.stdout })[Symbol.asyncIterator]()
  const failed = once(server, 'error').then(([error]) => {
    throw error as Error
  })
  failed.catch(() => {})
  return () => Promise.race([lines.next().then(({ value, done }) => (done ? '' : value)), failed])
}
