import { jsonOf } from '../../host/json.ts'
import type { ModuleContext, ModuleResult, Outcome, Plan } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { failure, NOTHING } from '../../sdk/plans.ts'
import type { ProbeOutput } from '../../sdk/probe.ts'
import { quote, quotePath } from '../../shell/quote.ts'
import type { Value, ValueMap } from '../../values/value.ts'
import { watchedParts } from './watched.ts'

/** How PostgreSQL is reached. */
export const loginOptions = options({
  login_user: {
    type: 'str',
    aliases: ['login'],
    help: 'The role to log in as: "postgres", unless PGUSER of the environment says another.',
  },
  login_password: { type: 'str', default: '', secret: true, help: 'The password to log in with.' },
  login_host: {
    type: 'str',
    default: '',
    aliases: ['host'],
    help: 'The host of the server; without it a socket of the host is used.',
  },
  login_unix_socket: {
    type: 'str',
    default: '',
    aliases: ['unix_socket'],
    help: 'The folder of the socket of a server on the host.',
  },
  port: {
    type: 'int',
    aliases: ['login_port'],
    help: 'The port of the server: 5432, unless PGPORT of the environment says another.',
  },
  ssl_mode: {
    type: 'str',
    choices: ['allow', 'disable', 'prefer', 'require', 'verify-ca', 'verify-full'],
    default: 'prefer',
    help: 'Whether TLS is used, and what of the certificate is looked at.',
  },
  ca_cert: { type: 'path', aliases: ['ssl_rootcert'], help: 'The certificate of the authority to trust.' },
  ssl_cert: { type: 'path', help: 'The certificate to show to the server.' },
  ssl_key: { type: 'path', help: 'The key of that certificate.' },
  connect_params: {
    type: 'map',
    default: {},
    help: 'More parameters of a connection, by their names in libpq; they go before the others.',
  },
})

/** What modules that work within a session take besides. */
export const sessionOptions = options({
  session_role: { type: 'str', help: 'The role to become after the login.' },
  trust_input: {
    type: 'bool',
    default: true,
    help: 'False to refuse texts that look like SQL; names are quoted in any case.',
  },
})

export interface Login {
  readonly login_user: string | undefined
  readonly login_password: string
  readonly login_host: string
  readonly login_unix_socket: string
  readonly port: number | undefined
  readonly ssl_mode: string
  readonly ca_cert: string | undefined
  readonly ssl_cert: string | undefined
  readonly ssl_key: string | undefined
  readonly connect_params: ValueMap
  readonly session_role?: string | undefined
}

export function loginProblems({ port, connect_params = {} }: Partial<Login>): string[] {
  const found: string[] = []
  if (port !== undefined && (port < 0 || port > 65535))
    found.push('port must be a valid port number (0-65535)')
  for (const [name, value] of Object.entries(connect_params)) {
    if (!/^[a-z_]+$/.test(name))
      found.push(`connect_params: ${JSON.stringify(name)} is not a name of a parameter`)
    if (name === 'sslpassword')
      found.push('connect_params: every user of the host would see "sslpassword"; use a key without one')
    if (typeof value === 'object' && value !== null) found.push(`connect_params: ${name} is not a text`)
  }
  return found
}

/** What of these texts looks like SQL rather than a name, which `trust_input: false` refuses. */
export function inputProblems({ trust_input }: { trust_input?: boolean }, texts: readonly Value[]): string[] {
  if (trust_input !== false) return []
  const bad = texts.flat().filter((text) => text !== null && text !== undefined && isDangerous(String(text)))
  return bad.length === 0 ? [] : [`Passed input '${bad.join(', ')}' is potentially dangerous`]
}

function isDangerous(text: string): boolean {
  return (
    /['"].*--/.test(text) ||
    /(union|intersect|except).*select/i.test(text) ||
    /;.*(select|update|insert|delete|drop|truncate|alter)/i.test(text)
  )
}

/**
 * Sh that defines `pg PROGRAM WORDS`, a program of PostgreSQL that logs in to a database. Who logs in, and the password,
 * stand in the environment of that program alone.
 */
export function clientScript(login: Login, database: string): string {
  const { password, ...params } = login.connect_params
  const secret = password === undefined ? login.login_password : String(password)
  const host =
    login.login_unix_socket !== '' && ['', 'localhost'].includes(login.login_host)
      ? login.login_unix_socket
      : login.login_host
  const own = database === '' ? {} : { dbname: database }
  const connection = Object.entries({ ...own, ...params })
    .map(([name, value]) => `${name}='${String(value).replace(/[\\']/g, '\\$&')}'`)
    .join(' ')
  return [
    'pg() (',
    '  p=$1',
    '  shift',
    '  export LC_ALL=C PGCLIENTENCODING=UTF8',
    login.login_user
      ? `  export PGUSER=${quote(login.login_user)}`
      : '  [ "$PGUSER" ] || PGUSER=postgres; export PGUSER',
    ...(secret === '' ? [] : [`  export PGPASSWORD=${quote(secret)}`]),
    ...(host === '' ? [] : [`  export PGHOST=${quote(host)}`]),
    ...(login.port === undefined ? [] : [`  export PGPORT=${login.port}`]),
    `  export PGSSLMODE=${login.ssl_mode}`,
    ...certificate('PGSSLROOTCERT', login.ca_cert),
    ...certificate('PGSSLCERT', login.ssl_cert),
    ...certificate('PGSSLKEY', login.ssl_key),
    `  exec "$p" -w -d ${quote(connection)} "$@"`,
    ')',
  ].join('\n')
}

function certificate(variable: string, path: string | undefined): string[] {
  return path ? [`  ${variable}=${quotePath(path)}`, `  export ${variable}`] : []
}

/** Words for psql that make it print values alone, and end at the first error. */
const PLAIN = '-X -q -A -t -v ON_ERROR_STOP=1'

/**
 * Sh of a probe: prints what statements print, a NUL, the status of psql, a NUL, and what it says. Each statement gives
 * JSON, in one line.
 */
export function asking(login: Login, database: string, statements: readonly string[]): string {
  const { session_role } = login
  const opening = session_role ? [becoming(session_role), '\\echo'] : []
  const text = [...opening, ...statements.map((one) => `${one};`)].join('\n')
  return watched({
    before: clientScript(login, database),
    sh: `printf '%s\\n' ${quote(text)} | pg psql ${PLAIN}`,
  })
}

/** Sh that asks a server by psql, and what must stand before it. */
export interface Look {
  readonly before: string
  readonly sh: string
}

/** Sh of a probe: prints what it prints, a NUL, the status of psql, a NUL, and what it says. */
export function watched({ before, sh }: Look): string {
  return [
    "command -v psql >/dev/null || { printf '\\0none\\0'; exit 0; }",
    before,
    `{ e=$(${sh} 2>&1 >&3) && x=0 || x=$?; } 3>&1`,
    'printf \'\\0%s\\0%s\' "$x" "$e"',
  ].join('\n')
}

/** Sh of an action that has the server carry out statements; the first that fails is the last. */
export function running(login: Login, database: string, statements: readonly string[]): string {
  const { session_role } = login
  const text = [...(session_role ? [becoming(session_role)] : []), ...statements.map((one) => `${one};`)]
  return [
    clientScript(login, database),
    `printf '%s\\n' ${quote(text.join('\n'))} | pg psql ${PLAIN} >/dev/null`,
  ].join('\n')
}

function becoming(role: string): string {
  return `SET ROLE ${identifier(role)};`
}

/** Statements that are all carried out, or none. */
export function atOnce(statements: readonly string[]): string[] {
  return ['BEGIN', ...statements, 'COMMIT']
}

export interface Answer {
  /** There is no client, nobody is let in, the server refuses what it is asked, or all is well. */
  readonly reached: 'none' | 'failed' | 'refused' | 'ok'
  /** What is said of a failure. */
  readonly said: string
  /** The values of the lines that were printed. */
  readonly rows: readonly Value[]
}

/** The status of a psql that reaches no server. */
const NO_LOGIN = '2'

/** What `asking` has found. */
export function answerOf(found: ProbeOutput, login: Pick<Login, 'session_role'>): Answer {
  const { printed, ...answer } = answerIn(found, login)
  const lines = printed.split('\n').filter((line) => line !== '')
  return { ...answer, rows: answer.reached === 'ok' ? lines.map((line) => jsonOf('psql', line)) : [] }
}

/** What `watched` has found, and what was printed. */
export function answerIn(
  { bytes }: ProbeOutput,
  { session_role }: Pick<Login, 'session_role'>,
): Pick<Answer, 'reached' | 'said'> & { readonly printed: string } {
  const { printed, status, said: text } = watchedParts(bytes)
  const said = saidIn(text)
  if (status === 'none') return { reached: 'none', said, printed }
  if (status === NO_LOGIN)
    return { reached: 'failed', said: `unable to connect to database: ${said}`, printed }
  if (status === '0') return { reached: 'ok', said, printed }
  const isRole = session_role && printed === ''
  return { reached: 'refused', said: isRole ? `Could not switch role: ${said}` : said, printed }
}

/**
 * What is wrong, of all that psql says: without its warnings, as libraries say it, and without the line of a statement,
 * which may hold a secret.
 */
function saidIn(text: string): string {
  const plain = text.replace(/^LINE \d+: .*\n *\^$\n?/gm, '')
  const at = /^(?:psql: error: |psql: |ERROR: +|FATAL: +)/m.exec(plain)
  return at === null ? plain.trim() : plain.slice(at.index + at[0].length).trim()
}

export const NO_CLIENT = {
  failed: 'Failed to find required executable "psql" in paths',
  advice:
    'install the package postgresql-client (Debian), postgresql (Fedora, openSUSE) or postgresql-client (Alpine)',
}

/**
 * Why nothing can be planned from an answer; undefined if all is well, or if an earlier task may bring what is missing:
 * the client, and the database.
 */
export function unreached({ reached, said }: Answer, { check }: ModuleContext): Plan | undefined {
  if (reached === 'ok' || (check && reached === 'none')) return undefined
  if (reached === 'none') return { ...NOTHING, ...NO_CLIENT }
  if (check && /^unable to connect.* database ".*" does not exist$/s.test(said)) return undefined
  return failure(said)
}

/** What an action comes to that `running` has made; `before` goes before what the server says. */
export function concluded(outcomes: readonly Outcome[], before: string): ModuleResult {
  const last = outcomes.at(-1)
  if (last === undefined || last.code === 0) return {}
  return { failed: `${before}${saidIn(last.stderr) || `exit status ${last.code}`}` }
}

/** A text as SQL writes it, whatever the server thinks of backslashes. */
export function literal(text: string): string {
  const quoted = `'${text.replace(/[\\']/g, '$&$&')}'`
  return text.includes('\\') ? `E${quoted}` : quoted
}

/** A name as SQL writes it. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** The parts of a name with dots between them, some of them perhaps quoted already. */
export function partsOf(name: string): string[] {
  const parts = name.match(/"(?:[^"]|"")*"|[^."]+/g) ?? []
  if (parts.join('.') !== name) return [name]
  return parts.map((part) => (part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part))
}

/** A name that may hold its schema, as SQL writes it. */
export function qualified(name: string): string {
  return partsOf(name).map(identifier).join('.')
}

/** What is wrong with names: a server would cut them, or takes none. */
export function nameProblems(names: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(names)
    .filter(([, name]) => name !== undefined && Buffer.byteLength(name) > 63)
    .map(
      ([option, name]) =>
        `${option}: ${JSON.stringify(name)} has more than 63 bytes, and the server would cut it`,
    )
}
