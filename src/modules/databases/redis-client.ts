import type { Action, ModuleContext, Plan } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import { failure, NOTHING, sh } from '../../sdk/plans.ts'
import { Output } from '../../shell/output.ts'
import { quote, quotePath } from '../../shell/quote.ts'

const loginBase = options({
  login_host: { type: 'str', default: 'localhost', help: 'The host of the server.' },
  login_port: { type: 'int', default: 6379, help: 'Its port.' },
  login_user: { type: 'str', help: 'The user to log in as.' },
  login_password: { type: 'str', secret: true, help: 'The password to log in with.' },
  validate_certs: { type: 'bool', default: true, help: 'Whether its certificate must be valid.' },
  ca_certs: { type: 'path', help: 'The certificates of the authorities to trust.' },
})
const TLS_HELP = 'Speak with it over TLS.'

/** How a server of Redis is reached. */
export const loginOptions = options({
  ...loginBase,
  tls: { type: 'bool', default: false, help: TLS_HELP },
})

/** The same for the modules of keys, for which Ansible's default is TLS. */
export const tlsLoginOptions = options({
  ...loginBase,
  tls: { type: 'bool', default: true, help: TLS_HELP },
})

export interface Login {
  readonly login_host: string
  readonly login_port: number
  readonly login_user: string | undefined
  readonly login_password: string | undefined
  readonly tls: boolean
  readonly validate_certs: boolean
  readonly ca_certs: string | undefined
}

/** What is wrong with ports, by the names of their options. */
export function portProblems(ports: Readonly<Record<string, number | undefined>>): string[] {
  return Object.entries(ports)
    .filter(([, port]) => port !== undefined && (port < 1 || port > 65535))
    .map(([option, port]) => `${option}: ${port} is not a port`)
}

/** Seconds that an answer may take: a server that is frozen, or speaks no TLS, is waited for without an end otherwise. */
const PATIENCE = 30

/** Sh that defines `cli`, which logs in; the password stands in the environment of that program alone. */
function clientScript(login: Login, patience: number, db: number | undefined): string {
  const { login_host, login_port, login_user, login_password, tls, validate_certs, ca_certs } = login
  const words = [
    ...['-h', quote(login_host), '-p', String(login_port), '--no-raw'],
    ...(db === undefined ? [] : ['-n', String(db)]),
    ...(login_user ? ['--user', quote(login_user)] : []),
    ...(tls ? ['--tls'] : []),
    ...(tls && !validate_certs ? ['--insecure'] : []),
    ...(tls && ca_certs ? ['--cacert', quotePath(ca_certs)] : []),
  ]
  const secret = login_password ? `REDISCLI_AUTH=${quote(login_password)} ` : ''
  return `cli() { printf '%s\\n' "$1" | ${secret}timeout ${patience} redis-cli ${words.join(' ')}; }`
}

/** What the server has answered, or why it has not. */
export interface Answer {
  readonly failed: string | undefined
  /** As redis-cli writes it, without the answer to the login. */
  readonly answer: string
}

/** Sh of a probe that asks a server. */
export function asking(login: Login, commands: readonly string[]): string {
  return [
    "command -v redis-cli >/dev/null || { printf 'none\\0\\0'; exit 0; }",
    clientScript(login, PATIENCE, undefined),
    `{ e=$(cli ${quote(['PING', ...commands].join('\n'))} 2>&1 >&3) || :; } 3>&1`,
    'printf \'\\0%s\\0\' "$e"',
  ].join('\n')
}

/** What `asking` has found. */
export function answerIn(bytes: Buffer): Answer {
  const output = new Output(bytes)
  const printed = output.field()
  // The client says for each command why it reaches nobody.
  const [said = ''] = output.field().trim().split('\n')
  if (printed === 'none') return { failed: NO_CLIENT.failed, answer: '' }
  const [first = '', ...rest] = printed.split('\n')
  const answer = rest.join('\n')
  if (first.trim() === 'PONG') return { failed: undefined, answer }
  return {
    failed: `unable to connect to database: ${errorIn(first) ?? (said || first || noAnswer(PATIENCE))}`,
    answer,
  }
}

function noAnswer(patience: number): string {
  return `no answer in ${patience} s`
}

const NO_CLIENT = {
  failed: 'Failed to find required executable "redis-cli" in paths',
  advice: 'install the package redis-tools (Debian) or redis',
}

/** There is no client, which an earlier task may bring. */
export function isMissing({ failed }: Answer): boolean {
  return failed === NO_CLIENT.failed
}

/** Why nothing can be planned; undefined if all is well, or if the client is missing under check. */
export function unreached(answer: Answer, { check }: ModuleContext): Plan | undefined {
  if (isMissing(answer)) return check ? undefined : { ...NOTHING, ...NO_CLIENT }
  return answer.failed === undefined ? undefined : failure(answer.failed)
}

/** What a line says of a command that fails. */
export function errorIn(line: string): string | undefined {
  return /^\(error\) (.*)$/m.exec(line)?.[1]
}

/** A text as redis-cli reads it, whatever it holds. */
export function word(text: string): string {
  const bytes = [...Buffer.from(text)]
  const plain = (byte: number) => /[A-Za-z0-9 _.:/@+,-]/.test(String.fromCharCode(byte))
  const written = bytes.map((byte) =>
    plain(byte) ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`,
  )
  return `"${written.join('')}"`
}

const ESCAPES: { readonly [letter: string]: string } = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b' }

/** The bytes of a text as redis-cli writes it, within quotes. */
export function fieldBytes(written: string): Buffer {
  const bytes = written
    .slice(1, -1)
    .replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex: string | undefined, letter: string) =>
      hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
    )
  return Buffer.from(bytes, 'latin1')
}

/** The bytes that an answer holds; undefined for (nil). */
export function textIn(line: string): Buffer | undefined {
  return /^".*"\r?$/.test(line) ? fieldBytes(line.trimEnd()) : undefined
}

/** The number that an answer is. */
export function integerIn(line: string): number | undefined {
  const digits = /^\(integer\) (-?\d+)/.exec(line)?.[1]
  return digits === undefined ? undefined : Number(digits)
}

/** For a look without a client under check. */
export function notYet(answer: Answer): Plan | undefined {
  if (!isMissing(answer)) return undefined
  return { ...NOTHING, skipped: `skipped, since it cannot be asked yet: ${NO_CLIENT.failed}` }
}

/** What a command acts on, and how long its answer may take. */
export interface Acting {
  readonly db?: number | undefined
  /** Seconds. */
  readonly patience?: number
}

/** A command whose answer matches `expected`, a pattern of sh, and is printed; any other one fails. */
export function acting(
  login: Login,
  command: string,
  expected: string,
  { db, patience = PATIENCE }: Acting = {},
): Action {
  return sh(
    [
      clientScript(login, patience, db),
      `o=$(cli ${quote(command)} 2>&1)`,
      'case $o in',
      `  ${expected}) printf '%s\\n' "$o" ;;`,
      `  '') echo '${noAnswer(patience)}; what was asked for may be done all the same' >&2; exit 1 ;;`,
      `  *) printf '%s\\n' "$o" >&2; exit 1 ;;`,
      'esac',
    ].join('\n'),
  )
}
