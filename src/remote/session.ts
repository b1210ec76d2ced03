import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { StringDecoder } from 'node:string_decoder'
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

  /** Runs a script that reads `content` from its stdin; sends no faster than the host takes it. */
  async send(
    script: string,
    content: Content,
    environment?: Readonly<Record<string, string>>,
  ): Promise<Outcome> {
    return this.#onChannel(withPath(exports(environment) + script), async (channel) => {
      const outcome = collect(channel)
      // A script that ends early (disk full) closes its stdin: its exit status tells why, not the broken pipe.
      await pipeline(content.open(), channel.stdin).catch(() => {})
      return outcome
    })
  }

  /** Runs a script whose stdout becomes the local file `path`, written beside and renamed into place. */
  async receive(script: string, path: string): Promise<Outcome> {
    const beside = `${path}.${process.pid}.part`
    try {
      const outcome = await this.#onChannel(withPath(script), async (channel) => {
        channel.stdin.end()
        const stderr = readText(channel.stderr)
        await pipeline(channel.stdout, createWriteStream(beside))
        return { code: await channel.exited, stdout: '', stderr: await stderr, seconds: 0 }
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

/** How long after its end a program's output is waited for when a child of its still holds the pipe, in ms. */
const GRACE = 200

async function collect(channel: Channel, onLine?: (line: string) => void): Promise<Outcome> {
  const stdout = readText(channel.stdout, onLine)
  const stderr = readText(channel.stderr, onLine)
  const code = await channel.exited
  const late = new Promise<void>((resolve) => setTimeout(resolve, GRACE).unref())
  await Promise.race([Promise.all([stdout, stderr]), late])
  return { code, stdout: stdout.soFar(), stderr: stderr.soFar(), seconds: 0 }
}

/** The whole text of a stream; `soFar()` is what has come by now. */
function readText(
  stream: Channel['stdout'],
  onLine?: (line: string) => void,
): Promise<string> & { soFar: () => string } {
  const decoder = new StringDecoder('utf8')
  let text = ''
  let lineStart = 0
  stream.on('data', (chunk: Buffer) => {
    if (text.length < ONE_OUTPUT_AT_MOST) text += decoder.write(chunk)
    if (onLine === undefined) return
    for (let at = text.indexOf('\n', lineStart); at !== -1; at = text.indexOf('\n', lineStart)) {
      onLine(text.slice(lineStart, at))
      lineStart = at + 1
    }
  })
  const ended = new Promise<string>((resolve) => {
    const done = () => resolve(text)
    stream.once('end', done)
    stream.once('close', done)
    stream.once('error', done)
  })
  return Object.assign(ended, { soFar: () => text })
}
