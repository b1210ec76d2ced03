import { options } from '../../sdk/options.ts'
import type { ValueMap } from '../../values/value.ts'

/** The options of the modules that ask servers, besides `url_username` and `url_password`, whose aliases differ. */
export const requestOptions = options({
  force: {
    type: 'bool',
    default: false,
    help: 'Whether no copy is taken that a cache or the host has already.',
  },
  http_agent: { type: 'str', default: 'ansible-httpget', help: 'What the request says it comes from.' },
  use_proxy: {
    type: 'bool',
    default: true,
    help: 'Whether the proxy that the environment on the host names is used.',
  },
  validate_certs: { type: 'bool', default: true, help: "Whether the server's certificate is checked." },
  force_basic_auth: {
    type: 'bool',
    default: false,
    help: 'Whether user and password are sent before the server asks for them.',
  },
  client_cert: { type: 'path', help: 'File on the host with the certificate, and perhaps the key, to show.' },
  client_key: { type: 'path', help: 'File on the host with the key of client_cert.' },
  use_gssapi: {
    type: 'bool',
    default: false,
    help: 'Whether Kerberos says who we are, with what the host has of it.',
  },
  unredirected_headers: {
    type: 'strings',
    default: [],
    help: 'Headers that are not sent where a redirect leads.',
  },
  decompress: { type: 'bool', default: true, help: 'Whether what comes compressed by gzip is decompressed.' },
  ciphers: { type: 'strings', help: "The ciphers of TLS that may be used, as OpenSSL's lists name them." },
  use_netrc: {
    type: 'bool',
    default: true,
    help: 'Whether ~/.netrc on the host may know user and password.',
  },
})

/** What the options say of a request. */
export interface RequestArgs {
  readonly url: string
  readonly url_username?: string | undefined
  readonly url_password?: string | undefined
  readonly headers?: ValueMap | undefined
  readonly force: boolean
  readonly http_agent: string
  readonly use_proxy: boolean
  readonly validate_certs: boolean
  readonly force_basic_auth: boolean
  readonly client_cert?: string | undefined
  readonly client_key?: string | undefined
  readonly use_gssapi: boolean
  readonly unredirected_headers: readonly string[]
  readonly decompress: boolean
  readonly ciphers?: readonly string[] | undefined
  readonly use_netrc: boolean
  readonly timeout: number
  /** Of uri alone. */
  readonly unix_socket?: string | undefined
  readonly ca_path?: string | undefined
}

/** What is wrong with arguments of a request; `schemes` are those that its URL may have. */
export function requestProblems(args: Partial<RequestArgs>, schemes: readonly string[]): string[] {
  const { url, headers, timeout, url_username, http_agent, unredirected_headers, ciphers } = args
  const found = url === undefined ? [] : urlProblems(url, schemes)
  for (const [name, value] of Object.entries(headers ?? {})) {
    if (!TOKEN.test(name)) found.push(`headers: ${JSON.stringify(name)} is not a name of a header`)
    else if (/[\r\n]/.test(String(value))) found.push(`headers: the value of ${name} holds a line break`)
  }
  for (const name of unredirected_headers ?? [])
    if (!TOKEN.test(name))
      found.push(`unredirected_headers: ${JSON.stringify(name)} is not a name of a header`)
  if (timeout !== undefined && timeout < 1) found.push('timeout must be at least 1 second')
  if (url_username?.includes(':'))
    found.push('url_username holds a ":", which HTTP takes for the end of the name')
  const lines = { http_agent, url_username, url_password: args.url_password, ...pathsOf(args) }
  for (const [name, text] of Object.entries(lines))
    if (/[\r\n]/.test(text ?? '')) found.push(`${name} holds a line break`)
  for (const one of ciphers ?? [])
    if (!/^[A-Za-z0-9!+@=_:.-]+$/.test(one)) found.push(`ciphers: ${JSON.stringify(one)} is not a cipher`)
  return found
}

const TOKEN = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/

function pathsOf({ client_cert, client_key, ca_path, unix_socket }: Partial<RequestArgs>) {
  return { client_cert, client_key, ca_path, unix_socket }
}

/** What is wrong with the text of a URL. */
export function urlProblems(url: string, schemes: readonly string[]): string[] {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase()
  if (scheme === undefined || !schemes.includes(scheme))
    return [`${JSON.stringify(url)} is not a URL of ${schemes.map((one) => `${one}://`).join(', ')}`]
  if (/[\s\p{Cc}]/u.test(url.trim()))
    return [`the URL ${JSON.stringify(url)} holds blanks; write %20 for one`]
  return []
}
