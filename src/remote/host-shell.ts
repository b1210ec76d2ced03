import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { becomeCommand, becomeRefusal, checkUser, Questions } from './become.ts'
import { type Channel, type Transport, Unreachable } from './channel.ts'
import { FrameReader, KEPT_AT_MOST } from './frames.ts'
import { LastOutput } from './last-output.ts'
import type { Become } from './target.ts'

export interface ShellOptions {
  /** Seconds until a shell must be there; 60 if nothing is said. */
  readonly patience?: number | undefined
  /** Bytes of an output that are kept; KEPT_AT_MOST if nothing is said. */
  readonly most?: number | undefined
  /** Seconds until a probe must be answered; 3600 if nothing is said. */
  readonly answer?: number | undefined
}

const PATIENCE = 60
/** How long what was said last may take to come after its end, in ms. */
const LAST_WORDS = 500

/** What runs on a host: its channel, and its process group there. */
export interface Started {
  readonly channel: Channel
  readonly group: number
}

/** Where administrators' programs are goes behind what the login has; an empty PATH would mean the current folder. */
export const WITH_SBIN =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own
  'PATH=${PATH:-/usr/local/bin:/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin'

/** What no login shell takes for more than words. */
const PLAIN_WORDS = /^[\w./ -]+$/

// A bash that is /bin/sh takes options and functions from its environment, which change what our words mean.
const PLAIN_SHELL =
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own
  'set +aefuvxC; case ${BASH_VERSION-} in ?*) unset -f $(compgen -A function);; esac'

// Only the shell's own words: no process is started for it. Most often the shell leads its group; what else there is,
// the shell reads byte by byte.
const TELL_GROUP =
  'kill -0 -$$ 2>/dev/null && g=$$ || { read -r _ _ _ _ g _ </proc/$$/stat; } 2>/dev/null || g=$$'

/**
 * A /bin/sh on the host, as another user if one is to be become; it need not have come up yet. The login shell is sent
 * one line of plain words and nothing else, as it may be of any kind. Raises Unreachable, and BecomeError.
 */
export async function openShell(
  transport: Transport,
  become: Become | undefined,
  options: ShellOptions = {},
): Promise<HostShell> {
  if (become === undefined) return new HostShell(await transport.open('exec /bin/sh'), undefined, options)
  checkUser(become)
  if (become.method === 'sudo' && become.password === undefined) {
    const line = `exec ${becomeCommand(become)}`
    if (PLAIN_WORDS.test(line)) return new HostShell(await transport.open(line), become, options)
  }
  const shell = new HostShell(await transport.open('exec /bin/sh'), undefined, options)
  await shell.change(become)
  return shell
}

interface Said {
  readonly out: LastOutput
  readonly err: LastOutput
}

/**
 * A /bin/sh that reads what it is to do from its stdin. It answers in frames, on both streams; the first holds what was
 * printed before, by a login shell's start files or by sudo, which is nobody's answer.
 */
export class HostShell {
  readonly channel: Channel
  readonly stdout: FrameReader
  readonly stderr: FrameReader
  /** Bytes of a frame that are kept. */
  readonly most: number
  readonly #become: Become | undefined
  readonly #patience: number
  readonly #nonce = [randomBytes(6).toString('hex'), randomBytes(6).toString('hex')] as const

  /** `become` is whom the line given to the login shell becomes. */
  constructor(
    channel: Channel,
    become: Become | undefined,
    { patience = PATIENCE, most = KEPT_AT_MOST }: ShellOptions = {},
  ) {
    this.channel = channel
    this.most = most
    this.#become = become
    this.#patience = patience
    this.stdout = new FrameReader(this.#nonce.join(''), most)
    this.stderr = new FrameReader(this.#nonce.join(''), most)
    this.stdout.read(channel.stdout)
    this.stderr.read(channel.stderr)
  }

  /**
   * The command that ends a frame on both streams; `number`, a word of sh, is stdout's code. The host puts the mark
   * together: an echo of what was sent does not hold it.
   */
  mark(number: string): string {
    const halves = this.#nonce.join(' ')
    return `printf '%s%s %s\\n' ${halves} "${number}"; printf '%s%s 0\\n' ${halves} >&2`
  }

  /**
   * Has it say that it is there and do `then`, a command line, which it has read to the end by the time it says so:
   * what is written to it afterwards is for the programs in that line. Raises as `openShell` does, and Unreachable
   * when it does not come up.
   */
  async start(then = ':'): Promise<Started> {
    const there = this.#arrival(
      ({ out }) => (out.isEcho ? echoes(out) : undefined),
      (code, said) => refusal(this.#become, code, said),
    )
    const tell = [`: ${this.#nonce[0]}`, PLAIN_SHELL, TELL_GROUP, this.mark('$g'), then]
    this.channel.stdin.write(`${tell.join('; ')}\n`)
    return { channel: this.channel, group: await there }
  }

  /** Makes way for a /bin/sh of another user; answers when a password is asked for. Raises as `openShell` does. */
  async change(become: Become): Promise<void> {
    const questions = new Questions(become, (answer) => this.channel.stdin.write(`${answer}\n`))
    const command = becomeCommand(become, questions.prompt, `${this.mark('0')}; exec /bin/sh`)
    const up = this.start(`exec ${command}`)
    const changed = this.#arrival(
      ({ err }) => questions.hear(err.text()),
      (code, said) => becomeRefusal(become, code, said.replaceAll(questions.prompt, '')),
    )
    // A login that is refused ends both, and is the reason.
    changed.catch(() => {})
    await up
    await changed
  }

  /** Waits until nothing more can come from it, but no longer than `milliseconds`. */
  async over(milliseconds: number): Promise<void> {
    const late = new AbortController()
    const time = sleep(milliseconds, undefined, { signal: late.signal }).catch(() => {})
    await Promise.race([Promise.all([this.stdout.over, this.stderr.over]), time])
    late.abort()
  }

  /** Whoever waits for an answer meets this error. */
  fail(error: Error): void {
    this.stdout.fail(error)
    this.stderr.fail(error)
  }

  /** The code of the next frame, which the host must end in time and before it ends itself; `hear` may give it up. */
  async #arrival(
    hear: (said: Said) => Error | undefined,
    refused: (code: number, said: string) => Error,
  ): Promise<number> {
    const said = { out: new LastOutput(this.#nonce[0]), err: new LastOutput(this.#nonce[0]) }
    const next = (reader: FrameReader, words: LastOutput) => {
      const onBytes = (bytes: Buffer) => {
        words.add(bytes)
        const error = hear(said)
        if (error !== undefined) this.fail(error)
      }
      return reader.next({ onBytes, keeps: false })
    }
    const frames = Promise.all([next(this.stdout, said.out), next(this.stderr, said.err)])
    const ended = this.channel.exited.then(async (code) => {
      await this.over(LAST_WORDS)
      throw refused(code, wordsOf(said))
    })
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      // What has come meanwhile is heard first.
      const tooLate = () => setImmediate(() => reject(tardy(this.#patience, wordsOf(said))))
      timer = setTimeout(tooLate, this.#patience * 1000)
    })
    try {
      const [{ code }] = await Promise.race([frames, ended, late])
      return code
    } catch (error) {
      this.channel.close()
      throw error
    } finally {
      clearTimeout(timer)
    }
  }
}

function wordsOf({ out, err }: Said): string {
  return [err.text(), out.text()].filter(Boolean).join('\n')
}

function tardy(patience: number, said: string): Unreachable {
  const words = said === '' ? 'and the host said nothing' : `the host said: ${said}`
  return new Unreachable(
    `no shell came up within ${patience} s; ${words}`,
    'does a start file of the login shell wait, or print without end? -T sets the time to wait',
  )
}

function echoes(out: LastOutput): Unreachable {
  const before = out.text()
  return new Unreachable(
    `the host did not start /bin/sh: it only says back what it is told${before && ` (before that: ${before})`}`,
    'a start file of the login shell runs a program that reads what is meant for the shell, such as cat: let it do so only at a terminal, as in: [ -t 0 ] && cat',
  )
}

/** What login shells say that run no commands, or not this one. */
const NO_SHELL = /^$|restricted|not available|nologin|unrecognized command|not allowed to log ?in/i

function refusal(become: Become | undefined, code: number, said: string): Error {
  if (become !== undefined && !NO_SHELL.test(said)) return becomeRefusal(become, code, said)
  return new Unreachable(
    `the host did not start /bin/sh: ${said || `exit status ${code}`}`,
    'the user who logs in needs a login shell that runs commands, and a POSIX /bin/sh',
  )
}
