import { defineModule, type ModuleContext, type Outcome, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, NOTHING, sh, together } from '../../sdk/plans.ts'
import type { ProbeOutput } from '../../sdk/probe.ts'
import { Output } from '../../shell/output.ts'
import { quote, quotePath } from '../../shell/quote.ts'

const declared = options({
  login_host: { type: 'str', default: 'localhost', help: 'The host of the server.' },
  login_port: { type: 'int', default: 6379, help: 'Its port.' },
  login_user: { type: 'str', help: 'The user to log in as.' },
  login_password: { type: 'str', secret: true, help: 'The password to log in with.' },
  tls: { type: 'bool', default: false, help: 'Speak with it over TLS.' },
  validate_certs: { type: 'bool', default: true, help: 'Whether its certificate must be valid.' },
  ca_certs: { type: 'path', help: 'The certificates of the authorities to trust.' },
  command: {
    type: 'str',
    required: true,
    choices: ['config', 'flush', 'replica', 'slave'],
    help: 'Keep a setting, remove all keys, or make it a replica or a master; slave is replica.',
  },
  master_host: { type: 'str', help: 'The host of the master of a replica.' },
  master_port: { type: 'int', help: 'The port of the master of a replica.' },
  replica_mode: {
    type: 'str',
    default: 'replica',
    choices: ['master', 'replica', 'slave'],
    aliases: ['slave_mode'],
    help: 'What it is to be for command=replica.',
  },
  db: { type: 'int', help: 'The database whose keys are removed in flush_mode db.' },
  flush_mode: {
    type: 'str',
    default: 'all',
    choices: ['all', 'db'],
    help: 'Remove keys of all databases, or of db.',
  },
  name: { type: 'str', help: 'The setting.' },
  value: { type: 'str', help: 'What it is to be; sizes may be written as 1KB, 2M or 400MB.' },
})

type Args = ArgsOf<typeof declared>

/** What the server has answered, or why it has not. */
interface State {
  readonly failed: string | undefined
  readonly answer: string
}

/** Keeps servers of Redis. Semantics: community.general.redis. */
export const redis = defineModule<typeof declared, State>({
  name: 'redis',
  summary: 'Keeps a setting of a Redis server, removes its keys, or makes it a replica or a master.',
  options: declared,
  probesElsewhere: true,
  validate: problems,
  probe: (args) => asking(args),
  parse,
  plan,
  interpret: ([outcome]: Outcome[], args) =>
    outcome === undefined || outcome.code === 0 ? {} : { failed: refused(args, outcome.stderr.trim()) },
})

function problems(args: Partial<Args>, complete: boolean): string[] {
  const { command, login_port, db, name, value, flush_mode, replica_mode, master_host, master_port } = args
  const found: string[] = []
  for (const [option, port] of Object.entries({ login_port, master_port }))
    if (port !== undefined && (port < 1 || port > 65535)) found.push(`${option}: ${port} is not a port`)
  if (db !== undefined && db < 0) found.push(`db: ${db} is not a number of a database`)
  if (name !== undefined && /[*?[\]\\]|^$/.test(name))
    found.push(`name: ${JSON.stringify(name)} is not a name of a setting`)
  if (!complete) return found
  if (command === 'config' && (name === undefined || value === undefined))
    found.push('command=config needs name and value')
  if (command === 'flush' && flush_mode === 'db' && db === undefined)
    found.push('In db mode the db number must be provided')
  if ((command !== 'replica' && command !== 'slave') || replica_mode === 'master') return found
  if (!master_host) found.push('In replica mode master host must be provided')
  if (!master_port) found.push('In replica mode master port must be provided')
  return found
}

/** Sh that defines `cli`, which logs in; the password stands in the environment of that program alone. */
function clientScript(
  { login_host, login_port, login_user, login_password, ...args }: Args,
  before = '',
): string {
  const words = [
    ...['-h', quote(login_host), '-p', String(login_port), '--no-raw'],
    ...(args.command === 'flush' && args.flush_mode === 'db' ? ['-n', String(args.db)] : []),
    ...(login_user ? ['--user', quote(login_user)] : []),
    ...(args.tls ? ['--tls'] : []),
    ...(args.tls && !args.validate_certs ? ['--insecure'] : []),
    ...(args.tls && args.ca_certs ? ['--cacert', quotePath(args.ca_certs)] : []),
  ]
  const secret = login_password ? `REDISCLI_AUTH=${quote(login_password)} ` : ''
  return `cli() { printf '%s\\n' "$1" | ${secret}${before}redis-cli ${words.join(' ')}; }`
}

/** Seconds that an answer may take. */
const PATIENCE = 30

function asking(args: Args): string {
  const question = { config: `CONFIG GET ${word(args.name ?? '')}`, flush: 'INFO keyspace' }
  const asked =
    args.command === 'config' || args.command === 'flush' ? question[args.command] : 'INFO replication'
  return [
    "command -v redis-cli >/dev/null || { printf 'none\\0\\0'; exit 0; }",
    // A server that speaks no TLS is waited for without an end.
    clientScript(args, `timeout ${PATIENCE} `),
    `{ e=$(cli ${quote(`PING\n${asked}`)} 2>&1 >&3) || :; } 3>&1`,
    'printf \'\\0%s\\0\' "$e"',
  ].join('\n')
}

/** A text as redis-cli reads it, whatever it holds. */
function word(text: string): string {
  const bytes = [...Buffer.from(text)]
  const plain = (byte: number) => /[A-Za-z0-9 _.:/@+,-]/.test(String.fromCharCode(byte))
  const written = bytes.map((byte) =>
    plain(byte) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  )
  return `"${written.join('')}"`
}

function parse({ bytes }: ProbeOutput): State {
  const output = new Output(bytes)
  const printed = output.field()
  const said = output.field().trim()
  if (printed === 'none') return { failed: NO_CLIENT.failed, answer: '' }
  const [first = '', ...rest] = printed.split('\n')
  const answer = rest.join('\n')
  if (first.trim() === 'PONG') return { failed: undefined, answer }
  return {
    failed: `unable to connect to database: ${errorIn(first) ?? (said || first || `no answer in ${PATIENCE} s`)}`,
    answer,
  }
}

const NO_CLIENT = {
  failed: 'Failed to find required executable "redis-cli" in paths',
  advice: 'install the package redis-tools (Debian) or redis',
}

function errorIn(line: string): string | undefined {
  return /^\(error\) (.*)$/m.exec(line)?.[1]
}

function plan(args: Args, { failed, answer }: State, view: ModuleContext): Plan {
  const isMissing = failed === NO_CLIENT.failed
  if (isMissing && !view.check) return { ...NOTHING, ...NO_CLIENT }
  if (failed !== undefined && !isMissing) return failure(failed)
  switch (args.command) {
    case 'config':
      return configured(args, answer, isMissing)
    case 'flush':
      return flushed(args, answer, isMissing)
    default:
      return replicated(args, answer)
  }
}

function configured(args: Args, answer: string, isMissing: boolean): Plan {
  const name = args.name!
  const wanted = inBytes(args.value!)
  const fields = [...answer.matchAll(/^ *\d+\) ("(?:\\.|[^"\\])*")$/gm)].map(([, field]) =>
    plainField(field!),
  )
  const old = fields[fields.findIndex((field, index) => index % 2 === 0 && field === name.toLowerCase()) + 1]
  const error = errorIn(answer) ?? (fields.length === 0 ? `'${name}'` : undefined)
  if (!isMissing && error !== undefined) return failure(`unable to read config: ${error}`)
  const result = { name, value: wanted }
  if (old === wanted) return { ...NOTHING, result }
  const isSecret = /pass|auth/i.test(name)
  const shown = (text: string | undefined) => (isSecret && text ? '(hidden)' : (text ?? null))
  const change = { what: `setting ${name}`, before: shown(old), after: shown(wanted) }
  return { ...together([change], acting(args, `CONFIG SET ${word(name)} ${word(wanted)}`)), result }
}

const ESCAPES: { readonly [letter: string]: string } = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b' }

/** A text as redis-cli writes it: bytes, quoted. */
function plainField(written: string): string {
  const bytes = written
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex: string | undefined, letter: string) =>
      hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
    )
  return Buffer.from(bytes, 'latin1').toString()
}

const UNITS = ['', 'K', 'M', 'G', 'T', 'P']

/** A size in bytes; any other text as it is. */
function inBytes(text: string): string {
  const [, number, unit] = /^\s*(\d+(?:\.\d+)?)\s*([KMGTP]?)B?\s*$/i.exec(text) ?? []
  if (number === undefined || /^\s*[\d.]+\s*$/.test(text)) return text
  return String(Math.round(Number(number) * 1024 ** UNITS.indexOf(unit!.toUpperCase())))
}

/** Where there is no key, there is nothing to remove. */
function flushed(args: Args, answer: string, isMissing: boolean): Plan {
  const { flush_mode, db } = args
  const isAll = flush_mode === 'all'
  const result = { flushed: true, ...(!isAll && { db: db! }) }
  const used = [...answer.matchAll(/^db(\d+):keys=(\d+)/gm)].filter(
    ([, number]) => isAll || Number(number) === db,
  )
  if (used.length === 0 && !isMissing) return { ...NOTHING, result }
  const keys = used.reduce((sum, [, , count]) => sum + Number(count), 0)
  const change = { what: isAll ? 'keys' : `keys of database ${db}`, before: keys, after: 0 }
  return { ...together([change], acting(args, isAll ? 'FLUSHALL' : 'FLUSHDB')), result }
}

function replicated(args: Args, answer: string): Plan {
  const { master_host, master_port } = args
  const mode = args.replica_mode === 'master' ? 'master' : 'replica'
  const of = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(answer)?.[1]
  const before = of('role') === 'slave' ? `replica of ${of('master_host')}:${of('master_port')}` : 'master'
  const after = mode === 'master' ? 'master' : `replica of ${master_host}:${master_port}`
  const result =
    mode === 'master'
      ? { mode }
      : { mode: { status: mode, master_host: master_host!, master_port: master_port! } }
  if (before === after) return { ...NOTHING, result }
  const command = mode === 'master' ? 'SLAVEOF NO ONE' : `SLAVEOF ${word(master_host!)} ${master_port}`
  return { ...together([{ what: 'role', before, after }], acting(args, command)), result }
}

/** A command that the server answers with OK. */
function acting(args: Args, command: string) {
  return sh(
    [
      clientScript(args),
      `o=$(cli ${quote(command)} 2>&1)`,
      `case $o in OK*) ;; *) printf '%s\\n' "$o" >&2; exit 1 ;; esac`,
    ].join('\n'),
  )
}

function refused({ command, flush_mode, db, replica_mode }: Args, said: string): string {
  const error = errorIn(said) ?? said
  if (command === 'config') return `unable to write config: ${error}`
  if (command === 'flush')
    return `Unable to flush ${flush_mode === 'all' ? 'all databases' : `'${db}' database`}: ${error}`
  return `Unable to set ${replica_mode === 'master' ? 'master' : 'replica'} mode: ${error}`
}
