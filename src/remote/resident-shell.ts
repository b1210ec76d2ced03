import { IN_C_LOCALE } from '../shell/locale.ts'
import { quote } from '../shell/quote.ts'
import { Unreachable } from './channel.ts'
import { tooMuch } from './frames.ts'
import { type HostShell, type Started, WITH_SBIN } from './host-shell.ts'
import { Lines } from './lines.ts'

/** Output that was too long to be kept fails a script: status 1 at least, no stdout, and stderr says why. */
export interface ShellOutput {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

/** Hears a line without its end. */
export type OnLine = (line: string) => void

/** A folder on a host that nobody but its user may enter, and the names of what has been put into it. */
export interface HostFolder {
  readonly path: string
  readonly holds: Set<string>
}

// In the shell itself, and not in a subshell as all else: it is removed when that ends, however it does.
const FOLDER = `playssh_folder=$(umask 077; mktemp -d "\${TMPDIR:-/tmp}/playssh.XXXXXXXXXX") &&
trap 'rm -rf -- "$playssh_folder"' EXIT &&
trap 'exit 129' HUP && trap 'exit 130' INT && trap 'exit 143' TERM && printf %s "$playssh_folder"`

/**
 * One /bin/sh that stays on the host and reads what it is to do from its stdin: a step then costs one round trip
 * and no process tree. Answers come back in the order of the scripts, framed by a nonce that no output guesses.
 */
export class ResidentShell {
  readonly #shell: HostShell
  #started: Promise<Started> | undefined
  #ended: Error | undefined
  #answered: Promise<unknown> = Promise.resolve()
  #folder: Promise<HostFolder> | undefined

  constructor(shell: HostShell) {
    this.#shell = shell
  }

  /** It is started with its first script, so that both go in one message. Raises as HostShell's does. */
  start(): Promise<Started> {
    this.#started ??= this.#startNow()
    return this.#started
  }

  #startNow(): Promise<Started> {
    const { channel } = this.#shell
    const ended = (error: Error) => this.#end(error)
    const started = this.#shell.start()
    started.then(() => {
      channel.exited.then((code) => {
        ended(new Unreachable(`the shell on the host ended by itself (exit status ${code})`))
      }, ended)
    }, ended)
    channel.stdin.write(`${WITH_SBIN}; export PATH; ${IN_C_LOCALE}; unset CDPATH; umask 022\n`)
    return started
  }

  /**
   * Runs scripts one after the other, each in a subshell, its stdin /dev/null; those behind one that fails are not
   * run, and not among the outputs. `onLine` hears each line of stderr as it comes, and `onOutput` each output. Rejects
   * with Unreachable when the connection dies, and as `start` does.
   */
  async runInTurn(
    scripts: readonly string[],
    onLine?: OnLine,
    onOutput?: (output: ShellOutput) => void,
  ): Promise<ShellOutput[]> {
    if (this.#ended !== undefined) throw this.#ended
    void this.start()
    // Under eval a script that is no sh ends its own subshell, not the resident one.
    const commands = scripts.map((script) => `(eval ${quote(script)}) </dev/null`)
    const frames = commands.map((command, index) =>
      this.#frame(index === 0 ? command : `[ "$c" = 0 ] && ${command}`, onLine),
    )
    const heard = onOutput && each(frames, onOutput)
    const answered = Promise.all(frames)
    this.#answered = answered.catch(() => {})
    // What has come is heard before it is said that no more comes.
    const outputs = await answered.finally(() => heard)
    const failed = outputs.findIndex((output) => output.code !== 0)
    return failed === -1 ? outputs : outputs.slice(0, failed + 1)
  }

  /** A folder that is there as long as the shell. Raises an Error when it cannot be made, and as `start` does. */
  folder(): Promise<HostFolder> {
    this.#folder ??= this.#makeFolder()
    return this.#folder
  }

  async #makeFolder(): Promise<HostFolder> {
    if (this.#ended !== undefined) throw this.#ended
    void this.start()
    const { code, stdout, stderr } = await this.#frame(FOLDER)
    if (code !== 0) throw new Error(`no folder for what is sent can be made on the host: ${stderr.trim()}`)
    return { path: stdout.toString(), holds: new Set() }
  }

  async #frame(command: string, onLine?: OnLine): Promise<ShellOutput> {
    const lines = onLine && new Lines(onLine)
    const heard = lines && { onBytes: (bytes: Buffer) => lines.take(bytes) }
    const frames = Promise.all([this.#shell.stdout.next(), this.#shell.stderr.next(heard)])
    this.#shell.channel.stdin.write(`${command}\nc=$?\n${this.#shell.mark('$c')}\n`)
    const [stdout, stderr] = await frames
    lines?.end()
    if (stdout.isCut || stderr.isCut) {
      return { code: stdout.code || 1, stdout: Buffer.alloc(0), stderr: tooMuch(this.#shell.most) }
    }
    return { code: stdout.code, stdout: stdout.bytes, stderr: stderr.bytes.toString() }
  }

  /** Resolves when all that it has been sent so far is answered, or will not be. */
  get answered(): Promise<unknown> {
    return this.#answered
  }

  /** Why it does nothing any more. */
  get ended(): Error | undefined {
    return this.#ended
  }

  /** It has been sent something that it has not answered. */
  get isBusy(): boolean {
    return this.#shell.stdout.isWaiting || this.#shell.stderr.isWaiting
  }

  close(): void {
    this.#shell.channel.stdin.end()
  }

  /** Waits for no answer any more: what it has been sent fails for this reason. */
  abandon(reason: string): void {
    this.#end(new Error(reason))
  }

  #end(error: Error): void {
    this.#ended ??= error
    this.#shell.fail(error)
  }
}

/** Hears outputs in their order, up to one of a script that failed. */
async function each(
  frames: readonly Promise<ShellOutput>[],
  onOutput: (output: ShellOutput) => void,
): Promise<void> {
  for (const frame of frames) {
    const output = await frame.catch(() => undefined)
    if (output !== undefined) onOutput(output)
    if (output?.code !== 0) return
  }
}
