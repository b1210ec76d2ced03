import { quote, quotePath, words } from '../../shell/quote.ts'
import type { RequestArgs } from './options.ts'

/** One question to a server, as `askScript` asks it. */
export interface Request {
  readonly args: RequestArgs
  readonly method: string
  /** Names and values, in the order in which they are sent. */
  readonly headers: readonly Header[]
  /** Whether redirects are followed; those of POST become GET, but for 307 and 308. */
  readonly follows: boolean
  /** The file `./data` of the working folder is sent. */
  readonly sendsData?: boolean
  /** Only what is newer than the file `$f`, if there is one, is asked for. */
  readonly ifNewer?: boolean
}

export type Header = readonly [name: string, value: string]

/** What a name or password of a URL is, and the URL without it. */
interface Parts {
  readonly url: string
  readonly user?: string
  readonly password?: string
}

/** How often a redirect is followed. */
const HOPS = 10

/** The headers of a request. */
export function headersOf({ headers = {}, force }: RequestArgs): Header[] {
  const given = Object.entries(headers).map(([name, value]): Header => [name, String(value)])
  const own: Header[] = [
    ['Accept-Encoding', 'identity'],
    ...(force ? [['Cache-Control', 'no-cache'] as const] : []),
  ]
  const names = new Set(given.map(([name]) => name.toLowerCase()))
  return [...own.filter(([name]) => !names.has(name.toLowerCase())), ...given]
}

/**
 * Sh that makes the function `name`, which asks: the answer's body is its stdout; the lines of the answer's head, and
 * what the program says, are its stderr. No secret is among a program's arguments: busybox's wget, which takes
 * them there only, is given none. `h` is the folder of relative paths.
 */
export function askScript(name: string, request: Request): string {
  return [
    'raw=',
    'if command -v curl >/dev/null; then',
    CURL_WORDS,
    `${name}() {\n${curl(request)}\n}`,
    'elif command -v wget >/dev/null; then',
    `raw=${request.args.decompress ? 1 : ''}`,
    'case $(wget --version 2>&1) in',
    `*'GNU Wget'*) ${name}() {\n${refusal(onlyCurl(request), 'GNU wget') ?? wget(request)}\n} ;;`,
    `*) ${name}() {\n${refusal([...onlyCurl(request), ...notBusybox(request)], "busybox's wget") ?? busybox(request)}\n} ;;`,
    'esac',
    `else ${name}() { echo 'nothing on the host can ask a server: install curl or wget' >&2; return ${NO_PROGRAM}; }; fi`,
  ].join('\n')
}

/** Sh, behind a question with the log `$log`, that decompresses the file ./body where the program did not. */
export const INFLATE = `if [ "$raw" ] && printf '%s\\n' "$log" | grep -qi '^ *content-encoding: *gzip'; then
  gzip -dc <./body >./inflated && mv -f ./inflated ./body || fail "what came cannot be decompressed"
fi`

/** Exit status of a question for which the host has no program. */
export const NO_PROGRAM = 127

function refusal([lack]: readonly string[], program: string): string | undefined {
  if (lack === undefined) return undefined
  return `printf '%s\\n' ${quote(`${program} cannot do with ${lack}; install curl on the host`)} >&2; return 126`
}

function onlyCurl({ args, follows }: Request): string[] {
  return [
    ...(args.unix_socket === undefined ? [] : ['unix_socket']),
    ...(args.use_gssapi ? ['use_gssapi'] : []),
    ...(follows && args.unredirected_headers.length > 0 ? ['unredirected_headers'] : []),
    ...(scheme(args.url) === 'file' ? ['a URL of file://'] : []),
  ]
}

/** What busybox's wget has no option for, or only one that everybody on the host can read. */
function notBusybox({ args, method, follows, headers }: Request): string[] {
  const { user } = partsOf(args)
  const secret = headers.filter(([name]) => !OPEN_HEADERS.has(name.toLowerCase()))
  return [
    ...(user === undefined ? [] : ['a user name, which it takes as an argument that every user sees']),
    ...(secret.length === 0 ? [] : ['headers, which it takes as arguments that every user sees']),
    ...(args.client_cert === undefined && args.client_key === undefined ? [] : ['client_cert']),
    ...(args.ca_path === undefined ? [] : ['ca_path']),
    ...(args.ciphers === undefined ? [] : ['ciphers']),
    ...(['GET', 'POST'].includes(method) ? [] : [`the method ${method}`]),
    ...(follows ? [] : ['follow_redirects: none']),
    ...(scheme(args.url) === 'https' && args.validate_certs
      ? ['validate_certs, for it checks no certificate']
      : []),
  ]
}

const OPEN_HEADERS = new Set([
  'accept',
  'accept-encoding',
  'cache-control',
  'content-type',
  'if-modified-since',
])

function scheme(url: string): string {
  return url.slice(0, url.indexOf(':')).toLowerCase()
}

/** The URL without the user and password that it may hold. */
export function openUrl(args: RequestArgs): string {
  return partsOf(args).url
}

function partsOf({ url, url_username, url_password, use_gssapi }: RequestArgs): Parts {
  const [, start = '', credentials, rest = ''] =
    /^([a-z][a-z0-9+.-]*:\/\/)(?:([^/?#]*)@)?(.*)$/is.exec(url.trim()) ?? []
  const bare = start === '' ? url.trim() : start + rest
  if (url_username !== undefined && url_username !== '')
    return { url: bare, user: url_username, password: url_password ?? '' }
  if (credentials === undefined) return { url: bare, ...(use_gssapi && { user: '', password: '' }) }
  const [user, password = ''] = credentials.split(/:(.*)/s, 2) as [string, string | undefined]
  return { url: bare, user: decoded(user), password: decoded(password) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

// A line of curl's configuration with the path of a file, which may begin with ~ and be relative to $h.
const CURL_WORDS = `curl_path() {
  case $2 in /*) x=$2 ;; *) x=\${h:-$PWD}/$2 ;; esac
  printf '%s = "%s"\\n' "$1" "$(printf %s "$x" | sed 's/[\\\\"]/\\\\&/g')"
}`

function curl(request: Request): string {
  const { args, follows } = request
  const { url } = partsOf(args)
  const first = curlLines(request, follows && args.unredirected_headers.length === 0)
  if (!follows || args.unredirected_headers.length === 0)
    return `{\n${first}\n${configured([`url = ${curlText(url)}`])}\n} | curl -q -K -`
  // The first question is asked without the headers that go no further; where it leads is asked with the others.
  const dropped = new Set(args.unredirected_headers.map((name) => name.toLowerCase()))
  const others = {
    ...request,
    method: request.method === 'HEAD' ? 'HEAD' : 'GET',
    sendsData: false,
    headers: request.headers.filter(([name]) => !dropped.has(name.toLowerCase())),
    args: dropped.has('authorization') ? withoutUser(args) : args,
  }
  const where = `write-out = "\\\\nnext: %{redirect_url}"`
  return [
    'rm -f ./first',
    `{\n${first}\n${configured([`url = ${curlText(url)}`, 'output = "./first"', where])}\n} | curl -q -K - >./next || return`,
    // curl puts the user that it was given into it.
    `x=$(sed -n 's/^next: //p' ./next | tail -n 1 | sed 's,^\\([a-z]*://\\)[^/?#]*@,\\1,')`,
    'if [ -z "$x" ]; then cat ./first 2>/dev/null; rm -f ./first ./next; return 0; fi',
    'rm -f ./first ./next',
    `{\n${curlLines(others, true)}\nprintf 'url = "%s"\\n' "$(printf %s "$x" | sed 's/[\\\\"]/\\\\&/g')"\n} | curl -q -K -`,
  ].join('\n')
}

function withoutUser(args: RequestArgs): RequestArgs {
  return {
    ...args,
    url: partsOf(args).url,
    url_username: undefined,
    url_password: undefined,
    use_netrc: false,
  }
}

function configured(lines: readonly string[]): string {
  return `printf '%s\\n' ${words(...lines)}`
}

/** Sh that prints curl's configuration, all but the URL. */
function curlLines(request: Request, follows: boolean): string {
  const { args, method, headers, sendsData } = request
  const { user, password } = partsOf(args)
  const lines = [
    ...['silent', 'show-error', 'globoff', 'dump-header = "/dev/stderr"'],
    `user-agent = ${curlText(args.http_agent)}`,
    `connect-timeout = ${args.timeout}`,
    // A server that is silent for so long; the whole may take any time.
    ...['speed-limit = 1', `speed-time = ${args.timeout}`],
    ...(follows ? ['location', `max-redirs = ${HOPS}`] : []),
    ...methodLines(method, sendsData === true),
    ...headers.map(
      ([name, value]) => `header = ${curlText(value === '' ? `${name};` : `${name}: ${value}`)}`,
    ),
    ...(sendsData ? ['data-binary = "@./data"', 'header = "Expect:"'] : []),
    ...(user === undefined ? [] : [`user = ${curlText(`${user}:${password}`)}`]),
    ...(args.use_gssapi
      ? ['negotiate']
      : user === undefined
        ? []
        : [args.force_basic_auth ? 'basic' : 'anyauth']),
    ...(user === undefined && args.use_netrc ? ['netrc-optional'] : []),
    ...(args.use_proxy ? [] : ['noproxy = "*"']),
    ...(args.validate_certs ? [] : ['insecure']),
    ...(args.decompress ? ['compressed'] : []),
    ...(args.ciphers === undefined ? [] : [`ciphers = ${curlText(args.ciphers.join(':'))}`]),
  ]
  const paths = Object.entries({
    cert: args.client_cert,
    key: args.client_key,
    cacert: args.ca_path,
    'unix-socket': args.unix_socket,
  }).flatMap(([name, path]) => (path === undefined ? [] : [`curl_path ${name} ${quotePath(path)}`]))
  return [configured(lines), ...paths, ...newer(request, 'header = "If-Modified-Since: %s"')].join('\n')
}

/** Sh that prints a line with the time of `$f`, if that is a file. */
function newer({ ifNewer }: Request, line: string): string[] {
  return ifNewer ? [`[ ! -f "$f" ] || printf ${quote(`${line}\\n`)} "$(${TIME})"`] : []
}

const TIME = `LC_ALL=C date -u -r "$f" '+%a, %d %b %Y %H:%M:%S GMT'`

function methodLines(method: string, sendsData: boolean): string[] {
  if (method === 'HEAD') return ['head']
  if (method === 'POST') return sendsData ? [] : ['data = ""', 'header = "Content-Type:"']
  return method === 'GET' && !sendsData ? [] : [`request = ${curlText(method)}`]
}

/** A text as a value of curl's configuration. */
function curlText(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}

/** What may be read by everybody goes as arguments, all else in a file of a stage: wget reads its settings from no pipe. */
function wget(request: Request): string {
  const { args, method, headers, follows, sendsData } = request
  const { url, user, password } = partsOf(args)
  const isOpen = ([name]: Header) => OPEN_HEADERS.has(name.toLowerCase())
  const headerLine = ([name, value]: Header) => `header = ${name}: ${value}`
  const secret = [
    ...headers.filter((header) => !isOpen(header)).map(headerLine),
    ...(user === undefined ? [] : [`user = ${user}`, `password = ${password}`]),
  ]
  const open = [
    ...['verbose = off', 'server_response = on', 'content_on_error = on', 'tries = 1'],
    `user_agent = ${args.http_agent}`,
    `timeout = ${args.timeout}`,
    `max_redirect = ${follows ? HOPS : 0}`,
    ...(method === 'GET' && !sendsData ? [] : [`method = ${method}`]),
    ...headers.filter(isOpen).map(headerLine),
    ...(sendsData ? ['body_file = ./data'] : []),
    ...(user !== undefined && args.force_basic_auth ? ['auth_no_challenge = on'] : []),
    ...(args.use_netrc ? [] : ['netrc = off']),
    ...(args.use_proxy ? [] : ['use_proxy = off']),
    ...(args.validate_certs ? [] : ['check_certificate = off']),
    ...(args.ciphers === undefined ? [] : [`ciphers = ${args.ciphers.join(':')}`]),
  ]
  const paths = Object.entries({
    certificate: args.client_cert,
    private_key: args.client_key,
    ca_certificate: args.ca_path,
  }).flatMap(([name, path]) =>
    path === undefined
      ? []
      : [
          `x=${quotePath(path)}; case $x in /*) ;; *) x=\${h:-$PWD}/$x ;; esac; set -- "$@" -e "${name} = $x"`,
        ],
  )
  const lack = 'wget keeps no secret where nothing may be written; install curl on the host'
  return [
    'set --',
    ...(secret.length === 0
      ? []
      : [
          `[ "\${s-}" ] || { echo '${lack}' >&2; return ${NO_PROGRAM}; }`,
          `${configured(secret)} >./.wgetrc || return`,
          'set -- --config=./.wgetrc',
        ]),
    ...paths,
    ...(request.ifNewer ? [`[ ! -f "$f" ] || set -- "$@" -e "header = If-Modified-Since: $(${TIME})"`] : []),
    `printf '%s\\n' ${quote(url)} | LC_ALL=C wget ${words(...open.flatMap((line) => ['-e', line]))} "$@" -i - -O -`,
    ...(secret.length === 0 ? [] : ['set -- $?', 'rm -f ./.wgetrc', 'return $1']),
  ].join('\n')
}

function busybox({ args, method, headers, sendsData, ifNewer }: Request): string {
  const data = sendsData ? ['--post-file', './data'] : method === 'POST' ? ['--post-data', ''] : []
  const since = ifNewer
    ? `if [ -f "$f" ]; then set -- --header "If-Modified-Since: $(${TIME})"; else set --; fi\n`
    : 'set --\n'
  return `${since}wget "$@" ${words(
    // Some builds of it end by a signal when they are given a time (-T).
    ...['-q', '-S', '-O', '-', '-U', args.http_agent],
    ...(args.use_proxy ? [] : ['-Y', 'off']),
    ...(args.validate_certs ? [] : ['--no-check-certificate']),
    ...headers.flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
    ...data,
    partsOf(args).url,
  )}`
}
