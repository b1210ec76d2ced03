import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import pLimit from 'p-limit'
import { quote } from '../../shell/quote.ts'
import { mapOfRun } from '../../values/of-run.ts'
import { Unreachable } from '../channel.ts'
import { exhausted } from '../exhausted.ts'
import { wildcard } from './known-hosts.ts'

/** What `ssh -G` has printed for one host. */
interface Answer {
  readonly printed: string
  /** undefined when it cannot be seen what the answer for other hosts would be. */
  readonly basis: Basis | undefined
}

/** What an answer was made from. */
interface Basis {
  readonly hostLines: readonly HostLine[]
  /** In lower case: all the text that went in and came out, but for `Host` lines and those that name the host itself. */
  readonly text: string
}

/** A `Host` line: two hosts for which the same of them hold have the same answer. */
interface HostLine {
  readonly yes: readonly RegExp[]
  readonly no: readonly RegExp[]
}

/** How long ssh may take to say what its configuration means, in ms. */
const PATIENCE = 30_000

// Each question is a process: a few at a time.
const atATime = pLimit(4)

const askers = mapOfRun<string, Asker>()

/**
 * What `ssh -G WORDS -- ADDRESS` prints; ssh's configuration is checked once a process. Hundreds of hosts are not
 * hundreds of processes: those for which the same `Host` lines hold share one answer, unless the configuration may
 * make some other difference between them. Raises Unreachable.
 */
export function askSsh(words: readonly string[], address: string): Promise<string> {
  const key = JSON.stringify(words)
  let asker = askers.get(key)
  if (asker === undefined) {
    asker = new Asker(words)
    askers.set(key, asker)
  }
  return asker.ask(address)
}

/** Asks about different hosts with the same words. */
class Asker {
  readonly #words: readonly string[]
  readonly #answers = new Map<string, Promise<Answer>>()
  /** The first host for which just these `Host` lines hold. */
  readonly #samples = new Map<string, string>()
  #first: string | undefined

  constructor(words: readonly string[]) {
    this.#words = words
  }

  async ask(address: string): Promise<string> {
    this.#first ??= address
    const basis = (await this.#answerIfAny(this.#first))?.basis
    const sample = basis === undefined ? address : this.#sampleFor(address, basis)
    const answer = sample === address ? undefined : await this.#answerIfAny(sample)
    return (answer && adapted(answer, sample, address)) ?? (await this.#answer(address)).printed
  }

  #answer(address: string): Promise<Answer> {
    let answer = this.#answers.get(address)
    if (answer === undefined) {
      answer = atATime(() => ask(this.#words, address))
      this.#answers.set(address, answer)
    }
    return answer
  }

  /** Another host's trouble is its own. */
  #answerIfAny(address: string): Promise<Answer | undefined> {
    return this.#answer(address).catch(() => undefined)
  }

  #sampleFor(address: string, { hostLines }: Basis): string {
    const holding = hostLines.map((line) => (holds(line, address) ? 1 : 0)).join('')
    const sample = this.#samples.get(holding) ?? address
    this.#samples.set(holding, sample)
    return sample
  }
}

/** An answer about one host as it would be about another; undefined when that one has to be asked about itself. */
function adapted({ printed, basis }: Answer, from: string, to: string): string | undefined {
  if (basis === undefined || !isPlain(from) || !isPlain(to)) return undefined
  // A name that turns up elsewhere may mean something there: a jump host, a folder of its own.
  if ([from, to].some((name) => basis.text.includes(name.toLowerCase()))) return undefined
  return printed.replace(/^host .*/m, `host ${to}`).replace(/^hostname .*/m, `hostname ${to.toLowerCase()}`)
}

/** Whether ssh takes a name as it is, but for capitals: a name, or an IPv4 address in its usual form. */
function isPlain(address: string): boolean {
  return /^[a-z][\w.-]*$/i.test(address) || isIPv4(address)
}

function ask(words: readonly string[], address: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    // -v: it says which files it reads.
    const options = { maxBuffer: 1 << 20, timeout: PATIENCE }
    execFile('ssh', ['-v', ...words, '--', address], options, (error, stdout, stderr) => {
      const ours = error === null ? undefined : exhausted(error)
      if (ours !== undefined) reject(ours)
      else if (error === null) resolve({ printed: stdout, basis: basisOf(words, address, stdout, stderr) })
      else if (error.code === 'ENOENT') {
        const advice = 'install it: apt-get install openssh-client'
        reject(new Unreachable('ssh is not installed here; it reads ~/.ssh/config for us', advice))
      } else if (error.killed) {
        const advice = 'does a "Match exec" of ~/.ssh/config, or its name server, take long?'
        reject(new Unreachable(`ssh -G did not end within ${PATIENCE / 1000} s`, advice))
      } else {
        const said = stderr.trim().split('\n').at(-1) || error.message
        const file = /^Bad owner or permissions on (.*?)\r?$/.exec(said)?.[1]
        const advice =
          file !== undefined
            ? `others may not write it: chmod go-w ${quote(file)}, and it must belong to you or root`
            : 'look at ansible_ssh_common_args, ansible_ssh_extra_args and ~/.ssh/config'
        reject(new Unreachable(`ssh does not understand its configuration: ${said}`, advice))
      }
    })
  })
}

function basisOf(
  words: readonly string[],
  address: string,
  printed: string,
  said: string,
): Basis | undefined {
  // Told to be quiet, or to log elsewhere.
  if (!said.startsWith('OpenSSH_')) return undefined
  const own = new Set([`host ${address}`, `hostname ${address.toLowerCase()}`])
  const lines = printed.split('\n')
  if (!lines.some((line) => line.startsWith('hostname ') && own.has(line))) return undefined
  const config = configuration(said)
  const hostLines = config && hostLinesOf([...words, ...config])
  if (hostLines === undefined) return undefined
  const rest = [...words, ...config!, ...lines].filter((line) => !own.has(line) && !HOST_LINE.test(line))
  return { hostLines, text: rest.join('\n').toLowerCase() }
}

/** The lines of the files that ssh says it has read. */
function configuration(said: string): string[] | undefined {
  const files = [...said.matchAll(/^debug1: Reading configuration data (.*?)\r?$/gm)].map(([, file]) => file!)
  try {
    return [...new Set(files)].flatMap((file) => readFileSync(file, 'utf8').split('\n'))
  } catch {
    return undefined
  }
}

/** What makes a difference between hosts in other ways than by their names' patterns. */
const OTHER_DIFFERENCES = [
  /hostname|canonical/i,
  /^[\s"]*(include|user)\b.*%/i,
  /^[\s"]*match\b(?!\s+(final\s+)?all\s*$)/i,
]

const HOST_LINE = /^[\s"]*host[\s"=]+(.*)$/i

/** The `Host` lines; undefined when something else, too, may make a difference between hosts. */
function hostLinesOf(config: readonly string[]): HostLine[] | undefined {
  const lines = config.filter((line) => !/^\s*#/.test(line))
  if (lines.some((line) => OTHER_DIFFERENCES.some((difference) => difference.test(line)))) return undefined
  const found = lines.flatMap((line) => HOST_LINE.exec(line)?.[1] ?? [])
  if (found.some((patterns) => /["#\\]/.test(patterns))) return undefined
  return found.map((patterns) => {
    const all = patterns.trim().split(/\s+/)
    const no = all.filter((pattern) => pattern.startsWith('!')).map((pattern) => wildcard(pattern.slice(1)))
    return { yes: all.filter((pattern) => !pattern.startsWith('!')).map(wildcard), no }
  })
}

function holds({ yes, no }: HostLine, address: string): boolean {
  return yes.some((pattern) => pattern.test(address)) && !no.some((pattern) => pattern.test(address))
}
