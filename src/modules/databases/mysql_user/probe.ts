import type { ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import { quote } from '../../../shell/quote.ts'
import { asking, fromHex, identifier, literal, PLAIN_MODE, type Reached, rowsOf } from '../mysql.ts'
import type { Args } from './options.ts'
import { grantedPrivileges, type Privileges } from './privileges.ts'

export interface Account {
  readonly host: string
  readonly plugin: string
  /** What the plugin has stored. */
  readonly stored: string
  /** The hash of the password, wherever the server keeps it. */
  readonly hash: string
  readonly requires: Readonly<Record<string, string>> | string | undefined
  readonly limits: Readonly<Record<string, number>>
}

export interface State {
  readonly reached: Reached
  /** What the client says of a failed login. */
  readonly said?: string
  readonly version: string
  /** Those of the name. */
  readonly accounts: readonly Account[]
  /** By host, of those that are meant. */
  readonly privileges: ReadonlyMap<string, Privileges>
  /** What ALL on everything means, where the server shows it as a list. */
  readonly all: readonly string[]
}

/** Statements that come before all others. */
export function opening({ session_vars, sql_log_bin, force_context }: Args): string[] {
  return [
    ...(sql_log_bin ? [] : ['SET SQL_LOG_BIN = 0']),
    ...Object.entries(session_vars ?? {}).map(
      ([name, value]) => `SET SESSION ${identifier(name)} = ${sessionValue(value)}`,
    ),
    PLAIN_MODE,
    ...(force_context ? ['USE mysql'] : []),
  ]
}

function sessionValue(value: unknown): string {
  if (typeof value === 'boolean') return value ? '1' : '0'
  return typeof value === 'number' ? String(value) : literal(String(value))
}

const LIMITS = ['max_questions', 'max_updates', 'max_connections', 'max_user_connections']
const TLS = ['ssl_type', 'ssl_cipher', 'x509_issuer', 'x509_subject']

// What servers differ in is asked for only where it is: a first session finds out, and writes what a second one asks.
export function probe(args: Args): string {
  const { user, host, host_all } = args
  const columns = `information_schema.COLUMNS WHERE TABLE_SCHEMA = 'mysql' AND TABLE_NAME = 'user' AND COLUMN_NAME`
  const has = (column: string) => `EXISTS (SELECT * FROM ${columns} = '${column}')`
  const chosen = [
    ...['Host', 'plugin', 'authentication_string'].map((column) => `HEX(${column})`),
    ...TLS.map((column) => `HEX(CONVERT(${column} USING utf8))`),
    ...LIMITS,
  ]
  const which = `User = ${literal(user)}`
  const whose = host_all ? which : `${which} AND Host = ${literal(host.toLowerCase())}`
  const first = [
    `SELECT CONCAT(${literal(`SELECT 'account', ${chosen.join(', ')}, `)}, IF(${has('Password')}, 'HEX(Password)', 'NULL'), ', ', IF(${has('max_statement_time')}, 'max_statement_time', 'NULL'), ${literal(` FROM mysql.user WHERE ${which};`)})`,
    `SELECT ${literal("SELECT 'privileges'; SHOW PRIVILEGES;")} FROM DUAL WHERE VERSION() NOT LIKE '%mariadb%'`,
    `SELECT CONCAT('SELECT ''grants'', HEX(', QUOTE(Host), '); SHOW GRANTS FOR ', QUOTE(User), '@', QUOTE(Host), ';') FROM mysql.user WHERE ${whose}`,
  ]
  const second = "SELECT 'version', HEX(VERSION());"
  const start = opening(args).map((statement) => `${statement};\n`)
  return asking(
    args,
    [
      // What it prints is SQL and holds no line ends or tabs but its own: QUOTE and HEX see to the rest.
      `asks=$(printf '%s\\n' ${quote([...start, ...first.map((one) => `${one};\n`)].join(''))} | my "$m" --raw --batch --skip-column-names --default-character-set=utf8mb4) || exit`,
      `sql ${quote([...start, second].join(''))}"$asks"`,
    ].join('\n'),
  )
}

export function parse({ bytes }: ProbeOutput): State {
  const output = new Output(bytes)
  const reached = output.field() as Reached
  const nothing = { version: '', accounts: [], privileges: new Map(), all: [] }
  if (reached === 'none') return { reached, ...nothing }
  if (reached === 'failed') {
    output.field()
    return { reached, said: output.rest().toString(), ...nothing }
  }
  let version = ''
  const accounts: Account[] = []
  const grants = new Map<string, string[]>()
  const all: string[] = []
  let lines: string[] | undefined
  for (const [kind, ...fields] of rowsOf(output.rest().toString())) {
    if (kind === 'version') version = fromHex(fields[0])
    else if (kind === 'account') accounts.push(accountOf(fields))
    else if (kind === 'privileges') lines = undefined
    else if (kind === 'grants' && fields.length === 1) {
      lines = []
      grants.set(fromHex(fields[0]), lines)
    }
    // A row of SHOW GRANTS is one field.
    else if (fields.length === 0 && lines !== undefined) lines.push(kind!)
    else if (fields.length === 2) all.push(kind!.toUpperCase())
    else throw new Error('the server did not answer what it was asked for')
  }
  return {
    reached,
    version,
    accounts,
    privileges: new Map([...grants].map(([host, own]) => [host, grantedPrivileges(own)])),
    all: all.filter((one) => !['USAGE', 'PROXY', 'GRANT OPTION'].includes(one)),
  }
}

function accountOf(fields: readonly string[]): Account {
  const [host, plugin, stored, type, cipher, issuer, subject] = fields.slice(0, 7).map(fromHex)
  const [questions, updates, connections, users] = fields.slice(7, 11).map(Number)
  const password = fromHex(fields[11])
  const time = fields[12]
  if (time === undefined) throw new Error('the server did not answer what it was asked for')
  return {
    host: host!,
    plugin: plugin!,
    stored: stored!,
    hash: password || stored!,
    requires: requirements(type!, { SUBJECT: subject!, ISSUER: issuer!, CIPHER: cipher! }),
    limits: {
      MAX_QUERIES_PER_HOUR: questions!,
      MAX_UPDATES_PER_HOUR: updates!,
      MAX_CONNECTIONS_PER_HOUR: connections!,
      MAX_USER_CONNECTIONS: users!,
      ...(time !== 'NULL' && { MAX_STATEMENT_TIME: Number(time) }),
    },
  }
}

function requirements(type: string, specified: Readonly<Record<string, string>>): Account['requires'] {
  if (type === 'SPECIFIED')
    return Object.fromEntries(Object.entries(specified).filter(([, text]) => text !== ''))
  return type === 'ANY' ? 'SSL' : type === 'X509' ? 'X509' : undefined
}
