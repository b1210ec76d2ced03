import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { WrittenFile } from '../local/written-file.ts'
import type { Content } from '../shell/content.ts'
import type { Outcome } from '../shell/outcome.ts'
import type { Transport } from './channel.ts'
import { exports, withPath } from './environment.ts'
import { type HostShell, openShell, type ShellOptions, type Started } from './host-shell.ts'
import { KeeperLost } from './kept/errors.ts'
import { inOwnShell } from './own-shell.ts'
import { type HostFolder, type OnLine, ResidentShell, type ShellOutput } from './resident-shell.ts'
import { RunningScript, type Watch } from './script.ts'
import type { Become } from './target.ts'

export interface ExecOptions {
  readonly stdin?: string | undefined
  readonly environment?: Readonly<Record<string, string>> | undefined
  /** It becomes one program by exec, and asks for no shell of its own before. */
  readonly becomes?: boolean | undefined
  /** Called for every line of stdout and stderr as it comes. */
  readonly onLine?: (line: string) => void
}

/** A script, and the environment that it is run in. */
export interface InEnvironment {
  readonly script: string
  readonly environment: Readonly<Record<string, string>> | undefined
}

/** How scripts of the resident shell are waited for, and who hears of them meanwhile. */
interface Hearing {
  readonly seconds?: number
  readonly onLine?: OnLine | undefined
  readonly onOutput?: (output: ShellOutput) => void
}

/** One identity on one host: the user logged in as, or the one become. */
export class Session {
  readonly #transport: Transport
  readonly #become: Become | undefined
  readonly #options: ShellOptions
  readonly #running = new Set<Promise<Started>>()
  /** Signals on their way to programs that are to end. */
  readonly #telling = new Set<Promise<void>>()
  #resident: Promise<ResidentShell> | undefined

  constructor(transport: Transport, become?: Become, options: ShellOptions = {}) {
    this.#transport = transport
    this.#become = become
    this.#options = options
  }

  /** Starts the resident shell, so that it comes up while it is thought about what to ask; false if it was there. */
  begin(): boolean {
    const isNew = this.#resident === undefined
    // Whoever asks it something meets the error.
    this.#open().catch(() => {})
    return isNew
  }

  /** Runs a script that only reads, in the resident shell. Raises an Error when it is not answered in time. */
  async sh(script: string, environment?: Readonly<Record<string, string>>): Promise<ShellOutput> {
    const inEnvironment = [exports(environment) + script]
    const ask = () => this.#inTurn(inEnvironment, { seconds: this.#options.answer ?? ANSWER })
    // What only reads may be asked again, over a login of our own.
    const [output] = await ask().catch((error) => {
      if (error instanceof KeeperLost) return ask()
      throw error
    })
    return output!
  }

  /**
   * Runs scripts in the resident shell, with nothing in between and no wait, up to one that fails. `onLine` hears each
   * line of stderr as it comes.
   */
  shInTurn(
    scripts: readonly string[],
    environment?: Readonly<Record<string, string>>,
    onLine?: OnLine,
  ): Promise<ShellOutput[]> {
    return this.#inTurn(
      scripts.map((script) => exports(environment) + script),
      { onLine },
    )
  }

  /** The same for scripts that each have an environment of their own; `onOutput` hears each output as it comes. */
  async shTogether(
    scripts: readonly InEnvironment[],
    onOutput: (output: ShellOutput) => void,
  ): Promise<void> {
    await this.#inTurn(
      scripts.map(({ script, environment }) => exports(environment) + script),
      { onOutput },
    )
  }

  /** With `seconds`, the shell is given up when they are over; they begin when all that was sent before is answered. */
  async #inTurn(scripts: readonly string[], { seconds, onLine, onOutput }: Hearing): Promise<ShellOutput[]> {
    if ((await this.#resident?.catch(() => undefined))?.ended instanceof KeeperLost)
      this.#resident = undefined
    const resident = this.#open()
    const end = new AbortController()
    const late = (shell: ResidentShell) =>
      this.#giveUp(resident, shell, `the host has not answered what it was asked for ${seconds} s; ${STUCK}`)
    try {
      const shell = await resident
      if (seconds !== undefined)
        shell.answered
          .then(() => sleep(seconds * 1000, undefined, { signal: end.signal }))
          .then(
            () => late(shell),
            () => {},
          )
      return await shell.runInTurn(scripts, onLine, onOutput)
    } catch (error) {
      // A new one may have taken its place meanwhile.
      if (this.#resident === resident) this.#resident = undefined
      throw error
    } finally {
      end.abort()
    }
  }

  /** A folder on the host for what is sent once and used more than once; it goes with the session. Raises as `sh` does. */
  async folder(): Promise<HostFolder> {
    return (await this.#open()).folder()
  }

  /** Runs a script on a channel of its own and gives all that it prints; raises an Error when that is too much. */
  async exec(script: string, { stdin, environment, becomes, onLine }: ExecOptions = {}): Promise<Outcome> {
    const own = becomes ? script : inOwnShell(script)
    return this.#run(withPath(exports(environment) + own), { onLine }, ({ channel }) => {
      channel.stdin.end(stdin ?? '')
    })
  }

  /**
   * Runs a script that reads `content` from its stdin; sends no faster than the host takes it. When the content
   * cannot be read to its end, the script is ended too; it must not trust what it has got without its length.
   * `onBytes` is told how many have gone, again and again.
   */
  async send(
    script: string,
    content: Content,
    environment?: Readonly<Record<string, string>>,
    onBytes?: OnBytes,
  ): Promise<Outcome> {
    return this.#run(withPath(exports(environment) + script), {}, async (program, end) => {
      try {
        await Promise.race([pump(content.open(), program.channel.stdin, onBytes), end])
      } catch (error) {
        // Before its stdin is closed, which it would take for the end of the content.
        await this.#kill(program)
        throw error
      }
    })
  }

  /** Runs a script whose stdout becomes the local file `path`, as WrittenFile has it; an error when more than `size` bytes come. */
  async receive(script: string, path: string, size: number, onBytes?: OnBytes): Promise<Outcome> {
    const file = await WrittenFile.open(path, size, undefined, onBytes)
    try {
      const outcome = await this.#run(withPath(script), { file: file.stream }, ({ channel }) => {
        channel.stdin.end()
      })
      await finished(file.stream.end())
      if (outcome.code === 0) await file.keep()
      return { ...outcome, stdout: '' }
    } finally {
      await file.close()
    }
  }

  /** Runs a script that speaks with us: it reads what comes `from` there, and what it writes goes on at once. */
  async converse(
    script: string,
    from: Readable,
    to: Writable,
    environment?: Readonly<Record<string, string>>,
  ): Promise<Outcome> {
    const watch = { file: to, isTalk: true }
    return this.#run(withPath(exports(environment) + script), watch, ({ channel }) => {
      from.pipe(channel.stdin)
    })
  }

  /**
   * Ends every program that runs or is just starting, and the resident shell unless it has nothing to do; all that
   * waits for these fails, and the next script has a new shell.
   */
  kill(): void {
    for (const opening of this.#running)
      opening.then(
        (program) => this.#kill(program),
        () => {},
      )
    const resident = this.#resident
    void resident?.then(
      (shell) => (shell.isBusy ? this.#giveUp(resident, shell, CUT_OFF) : undefined),
      () => {},
    )
  }

  /** Whether the resident shell answers within so many ms; one that is not there need not. */
  async answers(patience: number): Promise<boolean> {
    if (this.#resident === undefined) return true
    const end = new AbortController()
    const late = sleep(patience, false, { signal: end.signal }).catch(() => false)
    const answer = this.sh(':').then(
      () => true,
      () => false,
    )
    return Promise.race([answer, late]).finally(() => end.abort())
  }

  async close(): Promise<void> {
    const shell = await this.#resident?.catch(() => undefined)
    shell?.close()
    // One that does not answer must not keep us.
    await Promise.race([Promise.all(this.#telling), sleep(LAST_WORDS, undefined, { ref: false })])
  }

  #open(): Promise<ResidentShell> {
    this.#resident ??= this.#shell().then((shell) => new ResidentShell(shell))
    return this.#resident
  }

  /** Ends a resident shell and what runs in it; all that waits for it fails for this reason. */
  async #giveUp(resident: Promise<ResidentShell>, shell: ResidentShell, reason: string): Promise<void> {
    if (this.#resident === resident) this.#resident = undefined
    shell.abandon(reason)
    const program = await shell.start().catch(() => undefined)
    if (program === undefined) return
    await this.#kill(program)
    // What has got stuck in it may hold its streams for ever.
    program.channel.close()
  }

  #shell(): Promise<HostShell> {
    return openShell(this.#transport, this.#become, this.#options)
  }

  /** `use` is called when the script has begun, with what resolves when it has ended. */
  async #run(
    script: string,
    watch: Watch,
    use: (program: Started, end: Promise<void>) => void | Promise<void>,
  ): Promise<Outcome> {
    const began = performance.now()
    const opening = this.#shell().then((shell) => new RunningScript(shell, script, watch))
    const starting = opening.then(({ started }) => started)
    this.#running.add(starting)
    try {
      const program = await starting
      const { outcome } = await opening
      try {
        await use(
          program,
          outcome.then(
            () => {},
            () => {},
          ),
        )
        return { ...(await outcome), seconds: (performance.now() - began) / 1000 }
      } finally {
        program.channel.close()
      }
    } finally {
      this.#running.delete(starting)
    }
  }

  async #kill({ channel, group }: Started): Promise<void> {
    const telling = this.#tell(group)
    this.#telling.add(telling)
    await telling
    this.#telling.delete(telling)
    const late = setTimeout(() => channel.close(), LAST_WORDS)
    await channel.exited.catch(() => {})
    clearTimeout(late)
  }

  /**
   * Ends a process group. sshd passes no signal on to programs of root, so another program must do it; what
   * has been stopped must go on to end.
   */
  async #tell(group: number): Promise<void> {
    const script = `for s in TERM CONT; do kill -$s -${group} 2>/dev/null || kill -$s ${group}; done`
    try {
      const killer = new RunningScript(await this.#shell(), script)
      await killer.started
      await Promise.race([killer.outcome, sleep(LAST_WORDS, undefined, { ref: false })])
      killer.close()
    } catch {
      // Where nothing can be started any more nothing can be ended.
    }
  }
}

/** How long a probe may take if nothing is said, in seconds. */
const ANSWER = 3600
const STUCK = 'a file system that is gone, or a pipe where a file was, may hold it'
const CUT_OFF = 'cut off: an interrupt, or the timeout of a task, ended the shell that it ran in'
/** How long a program that is to end may take, in ms. */
const LAST_WORDS = 5000

/** Hears how many bytes of a whole have gone to a host, or come from it. */
export type OnBytes = (bytes: number) => void

/** Writes a stream to a program, no faster than it reads; ends early when it no longer reads. */
async function pump(source: Readable, stdin: Writable, onBytes?: OnBytes): Promise<void> {
  const gone = new AbortController()
  let bytes = 0
  stdin.once('close', () => gone.abort())
  for await (const chunk of source) {
    if (stdin.destroyed || stdin.writableEnded) return
    if (!stdin.write(chunk)) await once(stdin, 'drain', { signal: gone.signal }).catch(() => {})
    bytes += chunk.length
    onBytes?.(bytes)
  }
  stdin.end()
}
