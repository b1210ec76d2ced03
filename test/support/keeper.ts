import './as-built.ts'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'
import { KeeperClient } from '../../src/remote/kept/keeper-client.ts'
import { KeeperLink, PATIENCE } from '../../src/remote/kept/keeper-link.ts'
import { socketsIn } from '../../src/remote/kept/place.ts'
import type { Listed } from '../../src/remote/kept/words.ts'
import type { Session } from '../../src/remote/session.ts'
import { SessionPool, type SessionPoolOptions } from '../../src/remote/session-pool.ts'
import type { Target } from '../../src/remote/target.ts'
import { forgetRuns } from '../../src/values/of-run.ts'
import { until } from './until.ts'

/** Keepers of a test, which are nobody else's: in a folder of their own, and gone with it. */
export class TestKeeper {
  /** As XDG_RUNTIME_DIR. */
  readonly runtime: string
  readonly #program: string
  readonly #before = process.env.XDG_RUNTIME_DIR

  constructor() {
    // A frozen one is given up soon, and one that is slow on a busy machine is waited for.
    Object.assign(PATIENCE, { welcome: 3000, every: 500, within: 3000 })
    const folder = mkdtempSync(join(tmpdir(), 'playssh-kept-'))
    this.runtime = join(folder, 'run')
    mkdirSync(this.runtime, { mode: 0o700 })
    this.#program = join(folder, 'keeper.cjs')
    buildSync({
      entryPoints: [fileURLToPath(new URL('../../src/remote/kept/main.ts', import.meta.url))],
      outfile: this.#program,
      bundle: true,
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      external: ['cpu-features', '*.node'],
      logLevel: 'warning',
    })
    process.env.XDG_RUNTIME_DIR = this.runtime
  }

  /** The folder of its sockets. */
  get folder(): string {
    return join(this.runtime, 'playssh')
  }

  client(): KeeperClient {
    return new KeeperClient({ file: this.#program, argv: [this.#program] })
  }

  /** Waits until the keeper that is there has heard of the end of all runs. */
  async released(): Promise<void> {
    const [path] = socketsIn(this.folder)
    if (path === undefined) throw new Error('there is no keeper')
    for (;;) {
      const link = await KeeperLink.to(path)
      const logins = await link.ask<Listed[]>({ list: true })
      link.close()
      if (logins.every(({ users }) => users === 0)) return
      await sleep(20)
    }
  }

  /** What a run of its own does with a session. */
  async run<T>(
    target: Target,
    use: (session: Session, pool: SessionPool, keeper: KeeperClient) => Promise<T>,
    options: SessionPoolOptions = {},
  ): Promise<T> {
    // What a run has read it reads anew.
    forgetRuns()
    const keeper = this.client()
    const pool = new SessionPool({ keeper, ...options })
    try {
      return await use(await pool.session(target), pool, keeper)
    } finally {
      await pool.close()
      await keeper.close()
    }
  }

  /** The processes of its keepers. */
  pids(): number[] {
    const words = (pid: string) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      } catch {
        return ''
      }
    }
    const numbers = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    return numbers.filter((pid) => words(pid).startsWith(`playssh sessions ${this.folder}`)).map(Number)
  }

  /** Of the one that is there, or comes up. */
  async pid(): Promise<number> {
    await until('there is one keeper', () => this.pids().length === 1)
    return this.pids()[0]!
  }

  async end(): Promise<void> {
    for (const pid of this.pids()) process.kill(pid, 'SIGKILL')
    await until('the keepers are gone', () => this.pids().length === 0)
    if (this.#before === undefined) delete process.env.XDG_RUNTIME_DIR
    else process.env.XDG_RUNTIME_DIR = this.#before
    rmSync(join(this.runtime, '..'), { recursive: true })
  }
}
