import { randomBytes } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { StringDecoder } from 'node:string_decoder'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Content } from '../modules/content.ts'
import type { Outcome } from '../modules/module.ts'
import { quote } from '../modules/sh.ts'
import { openAs } from './become.ts'
import type { Channel, Transport } from './channel.ts'
import { ResidentShell, type ShellOutput } from './shell.ts'
import type { Become } from './target.ts'

const ONE_OUTPUT_AT_MOST = 64 * 1024 * 1024

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
  readonly #running = new Set<Channel>()
  #shell: Promise<ResidentShell> | undefined

  constructor(transport: Transport, become?: Become) {
    this.#transport = transport
    this.#become = become
  }

  /** Runs a script in the resident shell. */
  async sh(script: string, environment?: Readonly<Record<string, string>>): Promise<ShellOutput> {
    this.#shell ??= openAs(this.#transport, this.#become, 'exec /bin/sh').then(
      (channel) => new ResidentShell(channel),
    )
    try {
      const shell = await this.#shell
      return await shell.run(exports(environment) + script)
    } catch (error) {
      this.#shell = undefined
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
    return this.#onChannel(withPath(exports(environment) + script), async (channel) => {
      const outcome = collect(channel)
      const source = content.open()
      const unreadable = new Promise<never>((_, reject) => {
        source.once('error', (error) => {
          channel.kill()
          reject(error)
        })
      })
      unreadable.catch(() => {})
      // A script that ends early (disk full) closes its stdin: its exit status tells why, not the broken pipe.
      await pipeline(source, channel.stdin).catch(() => {})
      return Promise.race([outcome, unreadable])
    })
  }

  /** Runs a script whose stdout becomes the local file `path`, written beside and renamed into place. */
  async receive(script: string, path: string): Promise<Outcome> {
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

  /** Ends every program that was started on a channel of its own and still runs. */
  kill(): void {
    for (const channel of this.#running) channel.kill()
  }

  async close(): Promise<void> {
    const shell = await this.#shell?.catch(() => undefined)
    shell?.close()
  }

  async #onChannel(script: string, use: (channel: Channel) => Promise<Outcome>): Promise<Outcome> {
    const started = performance.now()
    const channel = await openAs(this.#transport, this.#become, script)
    this.#running.add(channel)
    try {
      return { ...(await use(channel)), seconds: (performance.now() - started) / 1000 }
    } finally {
      this.#running.delete(channel)
      channel.kill()
    }
  }
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
    const lines = (this.#rest + piece).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
  }
}
