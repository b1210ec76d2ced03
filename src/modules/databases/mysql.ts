import { options } from '../../sdk/options.ts'
import { quote, quotePath } from '../../shell/quote.ts'

/** How MySQL and MariaDB are reached. */
export const loginOptions = options({
  login_user: { type: 'str', help: 'The user to log in as.' },
  login_password: { type: 'str', secret: true, help: 'The password to log in with.' },
  login_host: {
    type: 'str',
    default: 'localhost',
    help: 'The host of the server; "localhost" is reached through its socket, an address through TCP.',
  },
  login_port: { type: 'int', default: 3306, help: 'The port of the server.' },
  login_unix_socket: { type: 'str', help: 'The path of the socket of a server on the host.' },
  connect_timeout: { type: 'int', default: 30, help: 'Seconds that a login may take.' },
  config_file: {
    type: 'path',
    default: '~/.my.cnf',
    help: 'The option file to read user and password from, if it is there; "" for none.',
  },
  ca_cert: { type: 'path', aliases: ['ssl_ca'], help: 'The certificate of the authority to trust.' },
  client_cert: { type: 'path', aliases: ['ssl_cert'], help: 'The certificate to show to the server.' },
  client_key: { type: 'path', aliases: ['ssl_key'], help: 'The key of that certificate.' },
  check_hostname: { type: 'bool', help: "Whether the server's certificate must be for its name." },
})

export interface Login {
  readonly login_user: string | undefined
  readonly login_password: string | undefined
  readonly login_host: string
  readonly login_port: number
  readonly login_unix_socket: string | undefined
  readonly connect_timeout: number
  readonly config_file: string
  readonly ca_cert: string | undefined
  readonly client_cert: string | undefined
  readonly client_key: string | undefined
  readonly check_hostname: boolean | undefined
  readonly check_implicit_admin?: boolean
  readonly restrict_config_file?: boolean
}

export function loginProblems({ config_file, login_port }: Partial<Login>): string[] {
  const found: string[] = []
  if (config_file?.includes('\n')) found.push('config_file: a path in an option file holds no line break')
  if (login_port !== undefined && (login_port < 0 || login_port > 65535))
    found.push('login_port must be a valid unix port number (0-65535)')
  return found
}

/** What a probe prints first, and a NUL: the client is missing, the server lets nobody in, or all is well. */
export type Reached = 'none' | 'failed' | 'ok'

/** Words for the client `my` that make it print rows of fields. */
const ROWS = '--batch --skip-column-names --no-auto-rehash'

/**
 * Sh that defines `my PROGRAM WORDS`, which logs in with them, and `$m`, the client. The password comes over a pipe that
 * only these processes see: as an option file, which the words that everybody sees go before. The user's own option
 * file would go before it, so it is included instead. `missing` is sh for a host without the client.
 */
export function clientScript(login: Login, missing: string): string {
  const { config_file, check_hostname } = login
  const isAdmin = login.check_implicit_admin ?? false
  const file = login.restrict_config_file ? '--defaults-file' : '--defaults-extra-file'
  const flags = [
    ...connecting(login),
    ...(login.ca_cert === undefined ? [] : ['"--ssl-ca=$ca"']),
    ...(login.client_cert === undefined ? [] : ['"--ssl-cert=$cert"']),
    ...(login.client_key === undefined ? [] : ['"--ssl-key=$key"']),
    ...(check_hostname === undefined ? [] : ['$verify']),
  ].join(' ')
  return [
    `m=$(command -v mariadb || command -v mysql) || { ${missing}; }`,
    `c=${config_file === '' ? '' : quotePath(config_file)} i=`,
    '[ -z "$c" ] || [ ! -e "$c" ] || case $c in /*) i="!include $c" ;; *) i="!include $PWD/$c" ;; esac',
    `d=${quote(optionFile(login.login_user, login.login_password))}`,
    ...(login.ca_cert === undefined ? [] : [`ca=${quotePath(login.ca_cert)}`]),
    ...(login.client_cert === undefined ? [] : [`cert=${quotePath(login.client_cert)}`]),
    ...(login.client_key === undefined ? [] : [`key=${quotePath(login.client_key)}`]),
    ...(check_hostname === undefined ? [] : [verifying(check_hostname)]),
    'my() {',
    '  p=$1',
    '  shift',
    `  { printf '%s\\n' "$i" "$d" | HOME=/dev/null LC_ALL=C.UTF-8 "$p" ${file}=/dev/fd/3 ${flags} "$@" 3<&0 0<&4 4<&-; } 4<&0`,
    '}',
    `sql() { printf '%s\\n' "$1" | my "$m" ${ROWS} --default-character-set=utf8mb4 --connect-timeout=${login.connect_timeout}; }`,
    ...(isAdmin ? [`x=$d d=${quote(optionFile('root', ''))}`, `sql 'DO 0' >/dev/null 2>&1 || d=$x`] : []),
  ].join('\n')
}

function connecting(login: Login): string[] {
  const { login_host, login_port, login_unix_socket } = login
  if (login_unix_socket !== undefined && login_unix_socket !== '')
    return ['--protocol=socket', quote(`--socket=${login_unix_socket}`)]
  // An option file may say where a server is, as long as the playbook does not.
  const host = login_host === 'localhost' ? [] : [quote(`--host=${login_host}`)]
  return login_port === 3306 ? host : ['--protocol=tcp', ...host, `--port=${login_port}`]
}

// The clients of MySQL and MariaDB call it differently.
function verifying(isWanted: boolean): string {
  const [mariadb, mysql] = isWanted
    ? ['--ssl-verify-server-cert', '--ssl-mode=VERIFY_IDENTITY']
    : ['--skip-ssl-verify-server-cert', '']
  return `case $("$m" --version) in *MariaDB*) verify=${mariadb} ;; *) verify=${mysql} ;; esac`
}

function optionFile(user: string | undefined, password: string | undefined): string {
  return [
    // It would print a statement that fails, which may hold a secret.
    '[mariadb-client]',
    'loose-skip-print-query-on-error',
    '[client]',
    ...(user === undefined ? [] : [`user=${optionValue(user)}`]),
    ...(password === undefined ? [] : [`password=${optionValue(password)}`]),
  ].join('\n')
}

function optionValue(text: string): string {
  const escaped = text
    .replace(/[\\"]/g, '\\$&')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r')
  return `"${escaped}"`
}

/**
 * Sh of a probe: prints a `Reached` and a NUL, and then what the client says of a failed login, or what `ask` prints.
 */
export function asking(login: Login, ask: string): string {
  return [
    clientScript(login, "printf 'none\\0'; exit 0"),
    `e=$(sql 'DO 0' 2>&1 >/dev/null) || { printf 'failed\\0%s\\0%s' "\${i:+found}" "$e"; exit 0; }`,
    "printf 'ok\\0'",
    ask,
  ].join('\n')
}

/** What is said of a login that fails, in Ansible's words. */
export function unreachable({ config_file }: Login, said: string): string {
  return `unable to connect to database, check login_user and login_password are correct or ${config_file} has the credentials. Exception message: ${said.trim()}`
}

export const NO_CLIENT = {
  failed: 'Failed to find required executable "mysql" in paths',
  advice: 'install the package mariadb-client, default-mysql-client or mysql-client',
}

/** Sh of an action that has the server run statements; the first that fails is the last. */
export function running(login: Login, statements: readonly string[]): string {
  const text = statements.map((statement) => `${statement};`).join('\n')
  return `${clientScript(login, 'echo "mysql is not there" >&2; exit 127')}\nsql ${quote(text)}`
}

/** What every session starts with: then texts and names mean the same on every server. */
export const PLAIN_MODE = "SET SESSION sql_mode = ''"

/** A text as SQL writes it under `PLAIN_MODE`; in one line, since the client looks for commands of its own in lines. */
export function literal(text: string): string {
  const escaped = text.replace(/[\\']/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r')
  return `'${escaped}'`
}

/** A name as SQL writes it. */
export function identifier(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``
}

/** Rows of fields that the client has printed. */
export function rowsOf(text: string): string[][] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t').map(plainField))
}

function plainField(field: string): string {
  return field.replace(/\\([0tn\\])/g, (_, letter: string) => ESCAPES[letter]!)
}

const ESCAPES: Readonly<Record<string, string>> = { '0': '\0', t: '\t', n: '\n', '\\': '\\' }

/** A text that was asked for as HEX(...); nothing for NULL. */
export function fromHex(text: string | undefined): string {
  if (text === undefined || text === 'NULL') return ''
  if (!/^([0-9A-F]{2})*$/.test(text)) throw new Error('the server did not answer what it was asked for')
  return Buffer.from(text, 'hex').toString()
}
