import { randomBytes } from 'node:crypto'
import { quote } from '../modules/sh.ts'
import type { Opened, Started } from './become.ts'
import { Unreachable } from './channel.ts'
import { FrameReader, KEPT_AT_MOST } from './frames.ts'

/** Output that was too long to be kept fails a script: status 1 at least, no stdout, and stderr says why. */
export interface ShellOutput {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: string
}

/**
 * One /bin/sh that stays on the host and is told what to do over its stdin: a step then costs one round trip
 * and no process tree. Answers come back in the order of the scripts, framed by a nonce that no output guesses.
 */
export class ResidentShell {
  readonly #opened: Opened
  readonly #nonce = randomBytes(12).toString('hex')
  readonly #stdout = new FrameReader(this.#nonce)
  readonly #stderr = new FrameReader(this.#nonce)
  #started: Promise<Started> | undefined
  #ended: Error | undefined

  constructor(opened: Opened) {
    this.#opened = opened
  }

  /** It is started with its first script, so that both go in one message. Rejects as `openAs` does. */
  start(): Promise<Started> {
    this.#started ??= this.#startNow()
    return this.#started
  }

  #startNow(): Promise<Started> {
    const { channel, start } = this.#opened
    const ended = (error: Error) => this.#end(error)
    const started = start()
    started.then(() => {
      this.#stdout.read(channel.stdout)
      this.#stderr.read(channel.stderr)
      channel.exited.then((code) => {
        ended(new Unreachable(`the shell on the host ended by itself (exit status ${code})`))
      }, ended)
    }, ended)
    channel.stdin.write(
      'PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin LC_ALL=C; export PATH LC_ALL; umask 022\n',
    )
    // The first frame holds what sudo and the login shell said before: nobody's answer.
    this.#frame(':').catch(() => {})
    return started
  }

  /**
   * Runs scripts one after the other, each in a subshell, its stdin /dev/null; those behind one that fails are not
   * run, and not among the outputs. Rejects with Unreachable when the connection dies, and as `openAs` does.
   */
  async runInTurn(scripts: readonly string[]): Promise<ShellOutput[]> {
    if (this.#ended !== undefined) throw this.#ended
    void this.start()
    // Under eval a script that is no sh ends its own subshell, not the resident one.
    const commands = scripts.map((script) => `(eval ${quote(script)}) </dev/null`)
    const frames = commands.map((command, index) =>
      this.#frame(index === 0 ? command : `[ "$c" = 0 ] && ${command}`),
    )
    const outputs = await Promise.all(frames)
    const failed = outputs.findIndex((output) => output.code !== 0)
    return failed === -1 ? outputs : outputs.slice(0, failed + 1)
  }

  async #frame(command: string): Promise<ShellOutput> {
    const out = this.#stdout.next()
    const err = this.#stderr.next()
    this.#opened.channel.stdin.write(
      `${command}\nc=$?\nprintf '\\n${this.#nonce} %s\\n' "$c"\nprintf '\\n${this.#nonce} 0\\n' >&2\n`,
    )
    const [stdout, stderr] = await Promise.all([out, err])
    if (stdout.isCut || stderr.isCut) {
      const said = `it printed more than ${KEPT_AT_MOST / 1024 / 1024} MiB`
      return { code: stdout.code || 1, stdout: Buffer.alloc(0), stderr: said }
    }
    return { code: stdout.code, stdout: stdout.bytes, stderr: stderr.bytes.toString() }
  }

  /** It has been told something that it has not answered. */
  get isBusy(): boolean {
    return this.#stdout.isWaiting || this.#stderr.isWaiting
  }

  close(): void {
    this.#opened.channel.stdin.end()
  }

  /** Waits for no answer any more: what it has been told fails. */
  abandon(): void {
    this.#end(new Error('cut off: an interrupt, or the timeout of a task, ended the shell that it ran in'))
  }

  #end(error: Error): void {
    this.#ended ??= error
    this.#stdout.fail(error)
    this.#stderr.fail(error)
  }
}
