import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Content } from '../modules/content.ts'
import type { Outcome } from '../modules/module.ts'
import { quote } from '../modules/sh.ts'
import { openAs, openShell, type Started } from './become.ts'
import type { Channel, Transport } from './channel.ts'
import { ResidentShell, type ShellOutput } from './shell.ts'
import type { Become } from './target.ts'

const ONE_OUTPUT_AT_MOST = 64 * 1024 * 1024
/** A longer line is told in pieces. */
const ONE_LINE_AT_MOST = 1024 * 1024

export interface ExecOptions {
  readonly stdin?: string | undefined
  readonly environment?: Readonly<Record<string, string>> | undefined
  /** Called for every line of stdout and stderr as it comes. */
  readonly onLine?: (line: string) => void
}

/** One identity on one host: the user logged in as, or the one become. */
export class Session {
  readonly #transport: Transport
  readonly #become: Become | undefined
  readonly #running = new Set<Promise<Started>>()
  /** Programs are being told to end. */
  readonly #telling = new Set<Promise<void>>()
  #resident: Promise<ResidentShell> | undefined

  constructor(transport: Transport, become?: Become) {
    this.#transport = transport
    this.#become = become
  }

  /** Starts the resident shell, so that it comes up while it is thought about what to ask; false if it was there. */
  begin(): boolean {
    const isNew = this.#resident === undefined
    // Whoever asks it something meets the error.
    this.#open().catch(() => {})
    return isNew
  }

  /** Runs a script in the resident shell. */
  async sh(script: string, environment?: Readonly<Record<string, string>>): Promise<ShellOutput> {
    const [output] = await this.shInTurn([script], environment)
    return output!
  }

  /** Runs scripts in the resident shell, with nothing in between and no wait, up to one that fails. */
  async shInTurn(
    scripts: readonly string[],
    environment?: Readonly<Record<string, string>>,
  ): Promise<ShellOutput[]> {
    const resident = this.#open()
    try {
      const shell = await resident
      return await shell.runInTurn(scripts.map((script) => exports(environment) + script))
    } catch (error) {
      // A new one may have taken its place meanwhile.
      if (this.#resident === resident) this.#resident = undefined
      throw error
    }
  }

  /** Runs a script on a channel of its own and gives all that it prints, up to 64 MiB. */
  async exec(script: string, { stdin, environment, onLine }: ExecOptions = {}): Promise<Outcome> {
    return this.#onChannel(withPath(exports(environment) + script), (channel) => {
      channel.stdin.end(stdin ?? '')
      return collect(channel, onLine)
    })
  }

  /**
   * Runs a script that reads `content` from its stdin; sends no faster than the host takes it. When the content
   * cannot be read to its end, the script is ended too; it must not trust what it has got without its length.
   */
  async send(
    script: string,
    content: Content,
    environment?: Readonly<Record<string, string>>,
  ): Promise<Outcome> {
    return this.#onChannel(withPath(exports(environment) + script), async (channel, kill) => {
      const outcome = collect(channel)
      // Looked at below, or of no interest once the content could not be read.
      outcome.catch(() => {})
      try {
        await pump(content.open(), channel.stdin)
      } catch (error) {
        // Before its stdin is closed, which it would take for the end of the content.
        await kill()
        throw error
      }
      return outcome
    })
  }

  /** Runs a script whose stdout becomes the local file `path`, its folder made, written beside and renamed into place. */
  async receive(script: string, path: string): Promise<Outcome> {
    await mkdir(dirname(path), { recursive: true })
    const beside = `${path}.${randomBytes(4).toString('hex')}.part`
    try {
      const outcome = await this.#onChannel(withPath(script), async (channel) => {
        channel.stdin.end()
        const stderr = new Text(channel.stderr)
        const lost = new AbortController()
        channel.exited.catch((error: Error) => lost.abort(error))
        await pipeline(channel.stdout, createWriteStream(beside), { signal: lost.signal }).catch(
          async (error) => {
            throw lost.signal.aborted ? lost.signal.reason : error
          },
        )
        const code = await channel.exited
        await quiet(stderr)
        return { code, stdout: '', stderr: stderr.text, seconds: 0 }
      })
      if (outcome.code === 0) await rename(beside, path)
      return outcome
    } finally {
      await rm(beside, { force: true })
    }
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
      async (shell) => {
        if (!shell.isBusy) return
        if (this.#resident === resident) this.#resident = undefined
        shell.abandon()
        const program = await shell.start().catch(() => undefined)
        if (program === undefined) return
        await this.#kill(program)
        // What has got stuck in it may hold its streams for ever.
        program.channel.close()
      },
      () => {},
    )
  }

  async close(): Promise<void> {
    const shell = await this.#resident?.catch(() => undefined)
    shell?.close()
    // One that does not answer must not keep us.
    await Promise.race([Promise.all(this.#telling), sleep(LAST_WORDS, undefined, { ref: false })])
  }

  #open(): Promise<ResidentShell> {
    this.#resident ??= openShell(this.#transport, this.#become).then((opened) => new ResidentShell(opened))
    return this.#resident
  }

  async #onChannel(
    script: string,
    use: (channel: Channel, kill: () => Promise<void>) => Promise<Outcome>,
  ): Promise<Outcome> {
    const started = performance.now()
    const opening = openAs(this.#transport, this.#become, script)
    this.#running.add(opening)
    try {
      const program = await opening
      const outcome = await use(program.channel, () => this.#kill(program)).finally(() =>
        program.channel.close(),
      )
      return { ...outcome, seconds: (performance.now() - started) / 1000 }
    } finally {
      this.#running.delete(opening)
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
   * Tells a process group to end. sshd passes no signal on to programs of root, so another program must do it; what
   * has been stopped must go on to end.
   */
  async #tell(group: number): Promise<void> {
    const script = `for s in TERM CONT; do kill -$s -${group} 2>/dev/null || kill -$s ${group}; done`
    const killing = openAs(this.#transport, this.#become, script)
    await killing.then((killer) => killer.channel.exited).catch(() => {})
  }
}

/** How long a program that has been told to end may take, in ms. */
const LAST_WORDS = 5000

/** Writes a stream to a program, no faster than it reads; ends early when it no longer reads. */
async function pump(source: Readable, stdin: Writable): Promise<void> {
  const gone = new AbortController()
  stdin.once('close', () => gone.abort())
  for await (const chunk of source) {
    if (stdin.destroyed || stdin.writableEnded) return
    if (!stdin.write(chunk)) await once(stdin, 'drain', { signal: gone.signal }).catch(() => {})
  }
  stdin.end()
}

function withPath(script: string): string {
  return `PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin; export PATH\n${script}`
}

function exports(environment: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(environment ?? {})
    .map(([name, value]) => `export ${name}=${quote(value)}\n`)
    .join('')
}

/** How long a program's output may be silent after its end before it is taken for complete, in ms. */
const GRACE = 500

async function collect(channel: Channel, onLine?: (line: string) => void): Promise<Outcome> {
  const stdout = new Text(channel.stdout, onLine)
  const stderr = new Text(channel.stderr, onLine)
  const code = await channel.exited
  await quiet(stdout, stderr)
  return { code, stdout: stdout.text, stderr: stderr.text, seconds: 0 }
}

/**
 * Waits until texts have ended. After a program's end what it printed may still be on its way; but a child that it
 * left in the background may hold its streams open for ever, so it is enough that nothing more comes.
 */
async function quiet(...texts: Text[]): Promise<void> {
  for (let before = -1; ; ) {
    const now = texts.reduce((sum, text) => sum + text.bytes, 0)
    if (now === before) return
    before = now
    const late = new AbortController()
    await Promise.race([
      Promise.all(texts.map((text) => text.ended)),
      sleep(GRACE, undefined, { signal: late.signal }).catch(() => {}),
    ])
    late.abort()
    if (texts.every((text) => text.isWhole)) return
  }
}

/** What a stream says, as UTF-8, up to 64 MiB; with its lines as they come. */
class Text {
  readonly ended: Promise<void>
  text = ''
  bytes = 0
  isWhole = false
  #rest = ''

  constructor(stream: Readable, onLine?: (line: string) => void) {
    const decoder = new StringDecoder('utf8')
    stream.on('data', (chunk: Buffer) => {
      this.bytes += chunk.length
      const piece = decoder.write(chunk)
      if (this.text.length < ONE_OUTPUT_AT_MOST) this.text += piece
      if (onLine !== undefined) this.#lines(piece, onLine)
    })
    this.ended = new Promise((resolve) => {
      const end = () => {
        if (this.isWhole) return
        this.isWhole = true
        this.text += decoder.end()
        if (onLine !== undefined && this.#rest !== '') onLine(this.#rest)
        resolve()
      }
      stream.once('end', end)
      stream.once('close', end)
      stream.once('error', end)
    })
    // It was stopped while one waited for a password to be asked for.
    stream.resume()
  }

  #lines(piece: string, onLine: (line: string) => void): void {
    const [end, ...lines] = piece.split('\n')
    lines.unshift(this.#rest + end)
    this.#rest = lines.pop()!
    for (const line of lines) onLine(line)
    if (this.#rest.length < ONE_LINE_AT_MOST) return
    onLine(this.#rest)
    this.#rest = ''
  }
}
