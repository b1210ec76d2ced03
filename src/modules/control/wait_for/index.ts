import { defineModule, type PollState } from '../../../sdk/module.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import { matching } from '../../../values/matching.ts'
import { pythonRegExp } from '../../../values/regexp.ts'
import type { ValueMap } from '../../../values/value.ts'
import { connectScript, listenScript } from './connect.ts'
import { expanded, parseConnections, probePort, serves, TCP_STATES } from './tcp.ts'

const waitOptions = options({
  host: { type: 'str', help: 'Name or address, as seen from the host.', default: '127.0.0.1' },
  port: { type: 'int', help: 'The TCP port to wait for.' },
  path: { type: 'path', help: 'The file to wait for.' },
  search_regex: { type: 'str', help: 'What the file must hold, or the port must answer, in Python syntax.' },
  state: {
    type: 'str',
    help: 'started or present: until it is there; stopped or absent: until it is gone; drained: until the port has no connections.',
    choices: ['started', 'stopped', 'present', 'absent', 'drained'],
    default: 'started',
  },
  timeout: {
    type: 'int',
    help: 'Seconds after which to give up; with neither port nor path, how long to wait.',
    default: 300,
  },
  delay: { type: 'int', help: 'Seconds before looking for the first time.', default: 0 },
  sleep: { type: 'int', help: 'Seconds between two looks.', default: 1 },
  connect_timeout: { type: 'int', help: 'Seconds that one connection may take.', default: 5 },
  msg: { type: 'str', help: 'What to say when time is over.' },
  exclude_hosts: { type: 'strings', help: 'Addresses whose connections do not count for drained.' },
  active_connection_states: {
    type: 'strings',
    help: 'The states of TCP that count as a connection for drained.',
    default: ['ESTABLISHED', 'FIN_WAIT1', 'FIN_WAIT2', 'SYN_RECV', 'SYN_SENT', 'TIME_WAIT'],
  },
})

type WaitArgs = ArgsOf<typeof waitOptions>

interface Seen {
  /** What was waited for is so. */
  readonly done: boolean
  readonly match?: RegExpExecArray | undefined
}

export const wait_for = defineModule<typeof waitOptions, Seen>({
  name: 'wait_for',
  summary: 'Waits for a port, a file or a text in it, or for their end.',
  options: waitOptions,
  validate: problems,
  pause: ({ delay, timeout, port, path }) =>
    port === undefined && path === undefined ? delay + timeout : delay,
  probe(args) {
    if (args.path !== undefined) return probePath(args, args.path)
    if (args.port === undefined) return ''
    if (args.state === 'drained') return `${probePort(args.port)}\n:`
    return probeConnect(args, args.port)
  },
  parse: ({ text }, args) => parse(text, args),
  poll: (args, seen) => (seen.done ? undefined : waiting(args)),
  plan({ state, port, path, search_regex }, { match }, view) {
    const result: ValueMap = {
      state,
      port: port ?? null,
      path: path ?? null,
      search_regex: search_regex ?? null,
      match_groups: match?.slice(1).map((group) => group ?? null) ?? [],
      match_groupdict: { ...match?.groups },
      elapsed: Math.floor(view.waited ?? 0),
    }
    return { changes: [], result }
  },
})

function problems({
  host,
  port,
  path,
  state,
  search_regex,
  exclude_hosts,
  active_connection_states,
  sleep,
}: Partial<WaitArgs>) {
  const found: string[] = []
  if (host !== undefined && !/^[A-Za-z0-9_:.][A-Za-z0-9_:.%-]*$/.test(host))
    found.push(`wait_for: ${JSON.stringify(host)} is not a name or address of a host`)
  if (port !== undefined && path !== undefined) found.push('wait_for: port and path exclude each other')
  if (port !== undefined && (port < 1 || port > 65535))
    found.push(`wait_for: ${port} is not a port; 1 to 65535 are`)
  if (path !== undefined && (state === 'stopped' || state === 'drained')) {
    found.push(`wait_for: ${state} is for ports; a file is present or absent`)
  }
  if (exclude_hosts !== undefined && state !== undefined && state !== 'drained') {
    found.push('wait_for: exclude_hosts is for state drained')
  }
  for (const name of active_connection_states ?? []) {
    if (!TCP_STATES.includes(name))
      found.push(`wait_for: ${name} is not a state of TCP; there are ${TCP_STATES.join(', ')}`)
  }
  for (const host of exclude_hosts ?? []) {
    if (!/^[0-9.]+$|:/.test(host))
      found.push(`wait_for: exclude_hosts takes addresses, not names such as ${host}`)
  }
  if (sleep !== undefined && sleep < 1) found.push('wait_for: sleep must be at least 1 second')
  if (search_regex !== undefined) {
    try {
      pythonRegExp(search_regex, 'm')
    } catch (error) {
      found.push(`wait_for: ${(error as Error).message}`)
    }
  }
  return found
}

function waiting({ host, port, path, state, timeout, sleep, search_regex, msg }: WaitArgs): PollState {
  const what = path ?? `${host}:${port}`
  const text = search_regex === undefined ? '' : ` to say ${search_regex}`
  const wanted: Record<WaitArgs['state'], string> = {
    started: path === undefined ? `${what}${text || ' to answer'}` : `${what}${text || ' to be there'}`,
    present: path === undefined ? `${what}${text || ' to answer'}` : `${what}${text || ' to be there'}`,
    stopped: `${what} to stop answering`,
    absent: path === undefined ? `${what} to stop answering` : `${what} to be gone`,
    drained: `${what} to have no connections`,
  }
  return {
    delay: sleep,
    timeout,
    for: wanted[state],
    failed: msg ?? inVain({ host, port, path, state, search_regex }),
  }
}

/** Ansible's words for what has not come in time. */
function inVain({
  host,
  port,
  path,
  state,
  search_regex,
}: Pick<WaitArgs, 'host' | 'port' | 'path' | 'state' | 'search_regex'>): string {
  const what = path ?? `${host}:${port}`
  switch (state) {
    case 'drained':
      return `Timeout when waiting for ${what} to drain`
    case 'stopped':
    case 'absent':
      return `Timeout when waiting for ${what} to ${path === undefined ? 'stop' : 'be absent'}.`
    default: {
      if (search_regex !== undefined)
        return `Timeout when waiting for search string ${search_regex} in ${what}`
      return `Timeout when waiting for ${path === undefined ? '' : 'file '}${what}`
    }
  }
}

function expectsEnd({ state }: WaitArgs): boolean {
  return state === 'stopped' || state === 'absent'
}

function probePath(args: WaitArgs, path: string): string {
  const file = quotePath(path)
  const read = args.search_regex === undefined || expectsEnd(args) ? '' : `; [ ! -f ${file} ] || cat ${file}`
  return `if [ -e ${file} ]; then echo open${read}; else echo closed; fi`
}

function parse(text: string, args: WaitArgs): Seen {
  const { port, path, search_regex, state } = args
  if (port === undefined && path === undefined) return { done: true }
  if (state === 'drained') return { done: !parseConnections(text).some((one) => counts(one, args)) }
  const end = text.indexOf('\n')
  const [said, rest] = [text.slice(0, end), text.slice(end + 1)]
  const open = said === 'table' ? parseConnections(rest).some((one) => answers(one, args)) : said === 'open'
  if (expectsEnd(args)) return { done: !open }
  if (!open || search_regex === undefined) return { done: open }
  const expression = pythonRegExp(search_regex, 'm')
  const use = { expression, written: search_regex, text: rest, name: path ?? `what port ${port} says` }
  const match = matching(use, () => expression.exec(rest)) ?? undefined
  return { done: match !== undefined, match }
}

type Connection = ReturnType<typeof parseConnections>[number]

function answers({ local, localPort, state }: Connection, { host, port }: WaitArgs): boolean {
  return state === 'LISTEN' && localPort === port && serves(local, host)
}

function counts({ local, localPort, remote, state }: Connection, args: WaitArgs): boolean {
  const { host, port, exclude_hosts = [], active_connection_states } = args
  if (localPort !== port || !active_connection_states.includes(state)) return false
  return serves(local, host) && !exclude_hosts.map(expanded).includes(remote)
}

/**
 * Whether the port answers: the kernel's own table for addresses of the host itself, where nobody needs to be
 * disturbed; else the first program that can connect.
 */
function probeConnect(args: WaitArgs, port: number): string {
  const { host, search_regex, connect_timeout } = args
  const seconds = Math.max(1, connect_timeout)
  if (search_regex !== undefined && !expectsEnd(args)) return listenScript(host, port, seconds)
  const table = `echo table\n${probePort(port)}\n:`
  if (['localhost', '::1', '::', '0.0.0.0'].includes(host) || host.startsWith('127.')) return table
  return [
    `h=${quote(host)}; own=; near=`,
    'while read -r a b c; do',
    '  case "$a $b" in "|-- $h"|"+-- $h") near=1 ;; "/32 host") [ -z "$near" ] || [ "$c" != LOCAL ] || own=1; near= ;; *) near= ;; esac',
    'done </proc/net/fib_trie 2>/dev/null',
    `if [ -n "$own" ]; then\n${table}\nelse\n${connectScript(host, port, seconds)}\nfi`,
  ].join('\n')
}
