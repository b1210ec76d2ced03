import { createRequire } from 'node:module'
import type { Header } from './request.ts'

/** Node's list is read when it is asked for: it comes with all of its HTTP. */
function reasonOf(status: string): string {
  const { STATUS_CODES } = createRequire(import.meta.url)('node:http') as typeof import('node:http')
  return STATUS_CODES[status] ?? ''
}

/** What came of a request, its body aside. */
export interface Answer {
  /** The status of HTTP; -1 if there is none, and undefined for what needs none, as a file. */
  readonly status: number | undefined
  /** As Ansible says it: "OK (5 bytes)", "HTTP Error 404: Not Found", "Request failed: ...". */
  readonly msg: string
  /** Whether the whole body is here. */
  readonly isWhole: boolean
  /** Where redirects have led. */
  readonly url: string
  /** Those of the last head, in their order. */
  readonly headers: readonly Header[]
  /** Names and values of the cookies that were set on the way. */
  readonly cookies: ReadonlyMap<string, string>
}

interface Head {
  readonly status: number
  readonly reason: string
  readonly headers: Header[]
}

/** Reads what `askScript`'s function has printed on stderr, and its exit status. */
export function readAnswer(log: string, code: number, asked: string): Answer {
  const { heads, said } = readHeads(log)
  const last = heads.at(-1)
  const url = urlBehind(asked, heads)
  const headers = last?.headers ?? []
  const cookies = cookiesOf(heads)
  const failed = (status: number, msg: string): Answer => ({
    status,
    msg,
    isWhole: false,
    url,
    headers,
    cookies,
  })
  if (last === undefined || last.status < 200) {
    if (code === 0 && last === undefined) {
      const size = sizeIn(looseHeaders(log))
      return { status: undefined, msg: `OK (${size} bytes)`, isWhole: true, url, headers, cookies }
    }
    return failed(-1, failureText(said, url))
  }
  if (last.status > 299) {
    const msg = `HTTP Error ${last.status}: ${last.reason}`
    return { status: last.status, msg, isWhole: true, url: asked, headers, cookies: new Map() }
  }
  if (code !== 0) return failed(-1, failureText(said, url))
  return { ...failed(last.status, `OK (${sizeIn(headers)} bytes)`), isWhole: true }
}

/** The value of a header, if it is there. */
export function headerOf({ headers }: Pick<Answer, 'headers'>, name: string): string | undefined {
  return headers.find(([one]) => one.toLowerCase() === name)?.[1]
}

/** All heads in the log, and the lines that are of none. */
function readHeads(log: string): { heads: Head[]; said: string[] } {
  const heads: Head[] = []
  const said: string[] = []
  let open: Head | undefined
  for (const line of log.split(/\r?\n/)) {
    // wget sets the head off by two blanks.
    const text = line.replace(/^ {1,2}(?=\S)/, '')
    const [, status, reason = ''] = /^HTTP\/[0-9.]+ (\d{3})(?: (.*))?$/.exec(text) ?? []
    const [, name, value = ''] = /^([^\s:()]+):[ \t]*(.*)$/.exec(text) ?? []
    if (status !== undefined) {
      // HTTP/2 says a number only.
      open = { status: Number(status), reason: reason.trim() || reasonOf(status), headers: [] }
      heads.push(open)
    } else if (open !== undefined && name !== undefined && !/^(curl|wget): /.test(text))
      open.headers.push([name, value.trim()])
    else {
      open = undefined
      if (text !== '') said.push(text)
    }
  }
  return { heads, said }
}

/** What curl says of a file, in the form of headers. */
function looseHeaders(log: string): Header[] {
  return [...log.matchAll(/^(Content-Length): *(\d+)\r?$/gim)].map(
    ([, name, value]): Header => [name!, value!],
  )
}

function sizeIn(headers: readonly Header[]): string {
  return headerOf({ headers }, 'content-length') ?? 'unknown'
}

function urlBehind(asked: string, heads: readonly Head[]): string {
  let url = asked
  for (const head of heads.slice(0, -1)) {
    const location = headerOf(head, 'location')
    if (location !== undefined && head.status >= 300 && head.status < 400) url = absolute(location, url)
  }
  return url
}

/** A URL as it is meant in the answer of another one. */
export function absolute(location: string, base: string): string {
  try {
    return new URL(location, base).href
  } catch {
    return location
  }
}

const OF_CERTIFICATES = /certificate|SSL|TLS/i

function failureText(said: readonly string[], url: string): string {
  const words = said.filter((line) => !/^\d{4}-\d\d-\d\d .* URL:/.test(line)).join(' ') || 'no answer came'
  const host = /^[a-z]+:\/\/([^/?#]*)/i.exec(url)?.[1] ?? url
  if (!OF_CERTIFICATES.test(words)) return `Request failed: ${words}`
  return `Failed to validate the SSL certificate for ${host} (certificate verify failed: ${words}); "validate_certs: false" takes it as it is`
}

/** What was set and not taken back. */
function cookiesOf(heads: readonly Head[]): Map<string, string> {
  const cookies = new Map<string, string>()
  for (const { headers } of heads) {
    for (const [name, value] of headers) {
      if (name.toLowerCase() !== 'set-cookie') continue
      const [, cookie, text = ''] = /^\s*([^=;\s]+)=("[^"]*"|[^;]*)/.exec(value) ?? []
      if (cookie === undefined) continue
      if (isOver(value)) cookies.delete(cookie)
      else cookies.set(cookie, text.trim())
    }
  }
  return cookies
}

function isOver(cookie: string): boolean {
  const age = /;\s*max-age=(-?\d+)/i.exec(cookie)?.[1]
  if (age !== undefined) return Number(age) <= 0
  const expires = /;\s*expires=([^;]+)/i.exec(cookie)?.[1]
  return expires !== undefined && Date.parse(expires) <= Date.now()
}
