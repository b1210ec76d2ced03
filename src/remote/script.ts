import type { Writable } from 'node:stream'
import type { Outcome } from '../shell/outcome.ts'
import { quote } from '../shell/quote.ts'
import { tooMuch, type Want } from './frames.ts'
import type { HostShell, Started } from './host-shell.ts'
import { Lines } from './lines.ts'

/** How long the output of a script that was cut off may be silent before it is taken for complete, in ms. */
const GRACE = 500
/** How long it is waited for in all. */
const GRACE_AT_MOST = 5000

/** What becomes of a script's output besides its outcome. */
export interface Watch {
  /** Called for every line of stdout and stderr as it comes. */
  readonly onLine?: ((line: string) => void) | undefined
  /** Takes stdout instead of the outcome. */
  readonly file?: Writable
  /** What reads the file waits for each byte: stdout is that of the script alone, to its end. */
  readonly isTalk?: boolean
}

/** A script that has a shell, and so a channel, for itself. */
export class RunningScript {
  /** Resolves when it has begun; what is written to its channel from then on is its stdin. Rejects as HostShell.start. */
  readonly started: Promise<Started>
  /**
   * Resolves when it has ended, whatever its children in the background still print. Rejects with Unreachable, with an
   * Error when its output was too long to be kept, and with that of the file.
   */
  readonly outcome: Promise<Outcome>
  readonly #shell: HostShell
  readonly #isTalk: boolean

  constructor(shell: HostShell, script: string, watch: Watch = {}) {
    this.#shell = shell
    this.#isTalk = watch.isTalk ?? false
    // Under eval a script that is no sh ends its own subshell, and its end is printed all the same.
    // A signal is the script's to end by: this shell waits until that has cleared up.
    this.started = shell.start(
      `trap : HUP INT TERM; (eval ${quote(script)}); c=$?; { ${shell.mark('$c')}; }${this.#isTalk ? ' >&2' : ''}; exit $c`,
    )
    this.outcome = this.#outcome(watch)
    // Whoever waits for either meets the error.
    this.started.catch(() => {})
    this.outcome.catch(() => {})
  }

  close(): void {
    this.#shell.channel.close()
  }

  async #outcome({ onLine, file }: Watch): Promise<Outcome> {
    const { stdout, stderr, channel, most } = this.#shell
    const lines = onLine === undefined ? [] : [new Lines(onLine), new Lines(onLine)]
    const wants = lines.map((each): Want => ({ onBytes: (bytes) => each.take(bytes) }))
    const frames = Promise.all([stdout.next(file ? this.#into(file) : wants[0]), stderr.next(wants[1])])
    await Promise.race([this.started, frames])
    channel.exited.then(
      (code) => this.#cutOff(code),
      (error: Error) => this.#shell.fail(error),
    )
    const [out, err] = await frames
    // Until it has ended, right behind what it said last, it takes one of the places that the server has for programs.
    await this.#shell.over(GRACE)
    for (const each of lines) each.end()
    if (out.isCut || err.isCut) throw new Error(`${tooMuch(most)}; it ended with status ${out.code}`)
    return { code: out.code, stdout: out.bytes.toString(), stderr: err.bytes.toString(), seconds: 0 }
  }

  /** Writes no faster than the file takes it. */
  #into(file: Writable): Want {
    const { stdout } = this.#shell.channel
    file.once('error', (error) => this.#shell.fail(error))
    file.on('drain', () => stdout.resume())
    const onBytes = (bytes: Buffer) => {
      if (!file.write(bytes)) stdout.pause()
    }
    return { onBytes, keeps: false, isRaw: this.#isTalk }
  }

  /**
   * The shell has ended: as it should, or it was killed and says nothing of it. Then what was printed before may still be
   * on its way, but it is enough that nothing more comes.
   */
  async #cutOff(code: number): Promise<void> {
    const { stdout, stderr } = this.#shell
    if (this.#isTalk) await stdout.over
    const end = performance.now() + GRACE_AT_MOST
    for (let before = -1; stdout.isWaiting || stderr.isWaiting; ) {
      const received = stdout.received + stderr.received
      if (received === before || performance.now() > end) break
      before = received
      await this.#shell.over(GRACE)
    }
    stdout.cutOff(code)
    stderr.cutOff(code)
  }
}
