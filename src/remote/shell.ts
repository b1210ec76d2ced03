import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { quote } from '../modules/sh.ts'
import type { Opened, Started } from './become.ts'
import { Unreachable } from './channel.ts'

/** Of one script's output, in bytes. */
const KEPT_AT_MOST = 64 * 1024 * 1024

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

interface Frame {
  readonly bytes: Buffer
  /** More came than was kept. */
  readonly isCut: boolean
  readonly code: number
}

/** Cuts a stream into the frames that `\nNONCE CODE\n` ends. */
class FrameReader {
  readonly #mark: Buffer
  readonly #waiting: { resolve: (frame: Frame) => void; reject: (error: Error) => void }[] = []
  #chunks: Buffer[] = []
  #size = 0
  #tail: Buffer = Buffer.alloc(0)

  constructor(nonce: string) {
    this.#mark = Buffer.from(`\n${nonce} `)
  }

  read(stream: Readable): void {
    stream.on('data', (chunk: Buffer) => this.#take(chunk))
    stream.on('error', () => {})
    stream.resume()
  }

  get isWaiting(): boolean {
    return this.#waiting.length > 0
  }

  next(): Promise<Frame> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }))
  }

  fail(error: Error): void {
    for (const { reject } of this.#waiting.splice(0)) reject(error)
  }

  #take(chunk: Buffer): void {
    this.#tail = Buffer.concat([this.#tail, chunk])
    for (;;) {
      const at = this.#tail.indexOf(this.#mark)
      const end = at === -1 ? -1 : this.#tail.indexOf('\n', at + this.#mark.length)
      if (end === -1) break
      this.#keep(this.#tail.subarray(0, at))
      const bytes = Buffer.concat(this.#chunks)
      const isCut = this.#size > KEPT_AT_MOST
      const code = Number(this.#tail.subarray(at + this.#mark.length, end).toString())
      this.#chunks = []
      this.#size = 0
      this.#tail = this.#tail.subarray(end + 1)
      this.#waiting.shift()?.resolve({ bytes, isCut, code })
    }
    // Only the end of what has come can hold the beginning of a mark: the rest need not be searched again.
    const keep = this.#mark.length + 8
    if (this.#tail.length > keep && this.#tail.indexOf(this.#mark) === -1) {
      this.#keep(this.#tail.subarray(0, -keep))
      this.#tail = this.#tail.subarray(-keep)
    }
  }

  /** Drops what is too much, but reads on: what is not read would stall the connection. */
  #keep(bytes: Buffer): void {
    this.#size += bytes.length
    if (this.#size <= KEPT_AT_MOST) this.#chunks.push(bytes)
    else this.#chunks = []
  }
}
