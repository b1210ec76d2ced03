import { isIPv6 } from 'node:net'

const RANGE = String.raw`\[(?:[a-z]:[a-z]|[0-9]+:[0-9]+)(?::[0-9]+)?\]`
const LABEL = String.raw`(?:[\p{L}\p{N}_]|${RANGE})(?:[\p{L}\p{N}_-]|${RANGE})*(?<![_-])`
const HOSTNAME = new RegExp(String.raw`^${LABEL}(?:\.${LABEL})*$`, 'iu')
/** Nothing in it could be a port, a range or wrong. */
const PLAIN_NAME = /^[A-Za-z0-9_.][A-Za-z0-9_.-]*$/
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'
/** More hosts than anybody has; a mistyped range must not fill the memory. */
const HOSTS_AT_MOST = 1_000_000
/** Characters of a name, its ranges not yet expanded. */
const NAME_AT_MOST = 1024

/**
 * A host name or address with its port, as "web1:2222" or "[2001:db8::1]:22"; undefined when it is neither.
 * Names may hold ranges, "web[01:20]".
 */
export function parseAddress(text: string): { host: string; port?: number } | undefined {
  const withPort = /^\[(.+)\]:(\d+)$/.exec(text) ?? /^((?:[^:[\]]|\[[^\]]*\])*):(\d+)$/.exec(text)
  const host = withPort === null ? text : withPort[1]!
  // The first check for an IPv6 address costs milliseconds.
  if (!HOSTNAME.test(host) && !(host.includes(':') && isIPv6(host))) return undefined
  return withPort === null ? { host } : { host, port: Number(withPort[2]) }
}

/** The hosts that a key of `hosts:` names, ranges expanded. Throws an Error that says what is wrong with one. */
export function expandHosts(pattern: string): { hosts: string[]; port?: number } {
  if (pattern.length > NAME_AT_MOST)
    throw new Error(
      `"${pattern.slice(0, 40)}..." has more than the ${NAME_AT_MOST} characters that a host's name may have`,
    )
  // Nearly all are, and there are many.
  if (PLAIN_NAME.test(pattern)) return { hosts: [pattern] }
  const known = parseAddress(pattern)
  if (known === undefined && pattern.endsWith(':'))
    throw new Error(`"${pattern}" ends in ":", behind which a port would stand`)
  const address = known ?? { host: pattern }
  if (/^-|[\s\p{Cc}\p{Surrogate}]/u.test(address.host))
    throw new Error(`"${pattern}" is not a name of a host`)
  const hosts = expandRanges(address.host)
  return { ...address, hosts }
}

/** Expands "web[01:20:2].x" and "db-[a:f]", several in one name too; both ends belong to the range. */
function expandRanges(text: string): string[] {
  const parts = /^([^[]*)\[([^\]]*)\](.*)$/.exec(text)
  if (parts === null) {
    if (/[[\]]/.test(text)) throw new Error(`"${text}" has a bracket without its other half`)
    return [text]
  }
  const [, head, range, tail] = parts as unknown as [string, string, string, string]
  const tails = expandRanges(tail)
  const steps = expandRange(range, text)
  if (steps.length * tails.length > HOSTS_AT_MOST)
    throw new Error(`"${text}" names more than ${HOSTS_AT_MOST} hosts`)
  return steps.flatMap((step) => tails.map((rest) => head + step + rest))
}

function expandRange(range: string, whole: string): string[] {
  const wrong = (why: string) => new Error(`the range [${range}] in "${whole}" ${why}`)
  const bounds = range.split(':')
  if (bounds.length < 2 || bounds.length > 3) throw wrong('must be [first:last] or [first:last:step]')
  const [first = '', last = '', stepText = '1'] = bounds
  if (last === '') throw wrong('has no last one')
  if (!/^\d+$/.test(stepText) || Number(stepText) === 0) throw wrong('needs a step of 1 or more')
  const step = Number(stepText)
  const digits = /^\d*$/.test(first) && /^\d+$/.test(last)
  const from = digits ? Number(first) : position(first)
  const to = digits ? Number(last) : position(last)
  if (from === -1 || to === -1) throw wrong('must go from number to number or from letter to letter')
  if (from > to) throw wrong('has its first behind its last')
  const padded = digits && first.length > 1 && first.startsWith('0')
  if (padded && first.length !== last.length)
    throw wrong('begins with a zero, so both ends must be of one length')
  if ((to - from) / step >= HOSTS_AT_MOST) throw wrong(`names more than ${HOSTS_AT_MOST} hosts`)
  const names: string[] = []
  for (let at = from; at <= to; at += step)
    names.push(digits ? String(at).padStart(padded ? first.length : 0, '0') : LETTERS[at]!)
  return names
}

function position(letter: string): number {
  return letter.length === 1 ? LETTERS.indexOf(letter) : -1
}
