import { randomInt } from 'node:crypto'
import { nameOf } from '../../../host/paths.ts'
import { dumpJson } from '../../../python/json/dump.ts'
import { str } from '../../../python/text.ts'
import { isMap, type Value, type ValueMap } from '../../../values/value.ts'

/** What is sent: texts, and files of the host in base64, one after the other. */
export interface Body {
  readonly parts: readonly (string | HostFile)[]
  /** What the server is told that it is, unless a header says otherwise. */
  readonly type?: string
  /** No header may say otherwise. */
  readonly isFixed?: boolean
}

export interface HostFile {
  readonly path: string
}

export type BodyFormat = 'form-urlencoded' | 'json' | 'raw' | 'form-multipart'

/** The body that a request has; undefined for none. Raises an Error with a sentence for one that cannot be written. */
export function bodyOf(body: Value | undefined, format: BodyFormat, isRemote: boolean): Body | undefined {
  switch (format) {
    case 'json':
      return { parts: [typeof body === 'string' ? body : dumpJson(body ?? null)], type: 'application/json' }
    case 'form-urlencoded':
      return {
        parts: [typeof body === 'string' ? body : urlencoded(body)],
        type: 'application/x-www-form-urlencoded',
      }
    case 'form-multipart':
      return multipart(body, isRemote)
    case 'raw':
      return body === undefined ? undefined : { parts: [raw(body)] }
  }
}

function raw(body: Value): string {
  return isMap(body) || Array.isArray(body) ? dumpJson(body) : str(body)
}

function urlencoded(body: Value | undefined): string {
  if (body === undefined) return ''
  const pairs = isMap(body) ? Object.entries(body) : Array.isArray(body) ? body.map(pairOf) : undefined
  if (pairs === undefined) return str(body)
  const fields = pairs.flatMap(([name, value]) =>
    (Array.isArray(value) ? value : isMap(value) ? Object.keys(value) : [value])
      .filter((one) => one !== null)
      .map((one) => `${quotePlus(name)}=${quotePlus(str(one))}`),
  )
  return fields.join('&')
}

function pairOf(item: Value): [string, Value] {
  if (!Array.isArray(item) || item.length !== 2)
    throw new Error(
      'failed to parse body as form_urlencoded: a list is one of pairs, each a name and a value',
    )
  return [str(item[0]), item[1]!]
}

/** As Python's quote_plus. */
function quotePlus(text: string): string {
  const code = (sign: string) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, code)
    .replace(/%20/g, '+')
}

function multipart(body: Value | undefined, isRemote: boolean): Body {
  if (!isMap(body)) throw new Error('failed to parse body as form-multipart: body must be mapping')
  const boundary = `===============${String(randomInt(1e12)).padStart(19, '0')}==`
  const names = Object.keys(body).sort()
  const parts = names.flatMap((name) => [`--${boundary}\r\n`, ...field(name, body[name]!, isRemote), '\r\n'])
  return {
    parts: merged([...parts, `--${boundary}--\r\n`]),
    type: `multipart/form-data; boundary="${boundary}"`,
    isFixed: true,
  }
}

function field(name: string, value: Value, isRemote: boolean): (string | HostFile)[] {
  if (typeof value === 'string') return [`Content-Type: text/plain\r\n${disposition({ name })}${value}`]
  if (!isMap(value))
    throw new Error(`failed to parse body as form-multipart: ${name} must be a string or a map`)
  const { filename, content, mime_type } = value as ValueMap
  const path = filename ? str(filename) : undefined
  const type = mime_type ? str(mime_type) : typeByName(path ?? '')
  const named = disposition({ name, ...(path !== undefined && { filename: nameOf(path) }) })
  if (content) return [`Content-Type: ${type}\r\n${named}${str(content)}`]
  if (path === undefined)
    throw new Error(
      'failed to parse body as form-multipart: at least one of filename or content must be provided',
    )
  if (!isRemote)
    throw new Error(
      `the file ${path} of a form is read on the host with "remote_src: true"; of a file on this machine, give the content with lookup('file', ...)`,
    )
  return [`Content-Transfer-Encoding: base64\r\nContent-Type: ${type}\r\n${named}`, { path }]
}

function disposition(words: Readonly<Record<string, string>>): string {
  const said = Object.entries(words).map(([name, text]) => `; ${name}="${text.replace(/[\\"]/g, '\\$&')}"`)
  if (/[\r\n]/.test(said.join(''))) throw new Error('a name in a form holds a line break')
  return `Content-Disposition: form-data${said.join('')}\r\n\r\n`
}

/** Texts that follow each other as one. */
function merged(parts: readonly (string | HostFile)[]): (string | HostFile)[] {
  const all: (string | HostFile)[] = []
  for (const part of parts) {
    const last = all.at(-1)
    if (typeof part === 'string' && typeof last === 'string') all.splice(-1, 1, last + part)
    else all.push(part)
  }
  return all
}

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css',
  csv: 'text/csv',
  gif: 'image/gif',
  gz: 'application/octet-stream',
  htm: 'text/html',
  html: 'text/html',
  jpeg: 'image/jpeg',
  jpg: 'image/jpeg',
  js: 'application/javascript',
  json: 'application/json',
  pdf: 'application/pdf',
  pem: 'application/x-x509-ca-cert',
  png: 'image/png',
  svg: 'image/svg+xml',
  tar: 'application/x-tar',
  txt: 'text/plain',
  xml: 'text/xml',
  zip: 'application/zip',
}

function typeByName(name: string): string {
  const end = /\.([^./]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  return TYPES[end] ?? 'application/octet-stream'
}

/** The headers of a task, with what its body is. */
export function withType(headers: ValueMap, body: Body | undefined): ValueMap {
  if (body?.type === undefined) return headers
  const isType = (name: string) => name.toLowerCase() === 'content-type'
  if (!body.isFixed)
    return Object.keys(headers).some(isType) ? headers : { ...headers, 'Content-Type': body.type }
  const others = Object.entries(headers).filter(([name]) => !isType(name))
  return { ...Object.fromEntries(others), 'Content-Type': body.type }
}
