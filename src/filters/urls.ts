import { itemsOf } from '../python/sequence.ts'
import { str } from '../python/text.ts'
import { isDict } from '../python/type-name.ts'
import { mapOf } from '../values/keys.ts'
import { didYouMean } from '../values/problem.ts'
import { filter } from './define.ts'
import { isText, text } from './given.ts'
import { described, entriesOf } from './maps.ts'

/** URLs: their parts, and texts as parts of them. */
export const urlFilters = [
  filter(
    'urlencode',
    [],
    'A text for the path of a URL, or a map or a list of pairs for its query.',
    (value: unknown) => {
      if (isText(value) || typeof value !== 'object' || value === null || value instanceof Number)
        return quoted(str(value))
      const pairs = isDict(value) ? entriesOf(value) : itemsOf(value).map(pair)
      return pairs.map(([key, member]) => `${forQuery(key)}=${forQuery(member)}`).join('&')
    },
  ),
  filter('urldecode', [], 'The text of a part of a URL.', (value: unknown) =>
    unquoted(text(value).replaceAll('+', ' ')),
  ),
  filter(
    'urlsplit',
    [{ query: '' }],
    'The parts of a URL, or one of them: scheme, netloc, username, password, hostname, port, path, query, fragment.',
    (value: unknown, query: unknown) => {
      const parts = splitUrl(text(value))
      const all = mapOf(NAMES.map((name) => [name, parts[name]] as const))
      if (query === '' || query === null) return all
      const wanted = NAMES.find((name) => name === query)
      if (wanted !== undefined) return parts[wanted]
      throw new Error(
        `unknown URL component "${str(query)}"; ${didYouMean(str(query), NAMES) ?? `it has ${NAMES.join(', ')}`}`,
      )
    },
  ),
]

const NAMES = [
  'fragment',
  'hostname',
  'netloc',
  'password',
  'path',
  'port',
  'query',
  'scheme',
  'username',
] as const

type UrlParts = Readonly<Record<(typeof NAMES)[number], string | number | null>>

/** The parts of a URL as urllib.parse.urlsplit finds them. Raises an Error with a sentence. */
export function splitUrl(written: string): UrlParts {
  let rest = written.replace(/^[\x00-\x20]+/, '').replace(/[\t\r\n]/g, '')
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(rest)?.[1] ?? ''
  if (scheme !== '') rest = rest.slice(scheme.length + 1)
  let netloc = ''
  if (rest.startsWith('//')) {
    netloc = /^[^/?#]*/.exec(rest.slice(2))![0]
    rest = rest.slice(2 + netloc.length)
    if (netloc.includes('[') !== netloc.includes(']'))
      throw new Error(`"${written}" is no URL: a bracket is missing`)
  }
  const [, path = '', query = '', fragment = ''] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(rest)!
  return { scheme: scheme.toLowerCase(), netloc, path, query, fragment, ...authority(netloc) }
}

function authority(netloc: string): Pick<UrlParts, 'username' | 'password' | 'hostname' | 'port'> {
  const at = netloc.lastIndexOf('@')
  const [username, ...password] = at === -1 ? [] : netloc.slice(0, at).split(':')
  const place = netloc.slice(at + 1)
  const [, bracketed, plain, written] = /^(?:[^[]*\[([^\]]*)\]|([^:]*))(?::(.*)|.*)$/s.exec(place)!
  const host = bracketed ?? plain ?? ''
  const [name = '', ...zone] = host.split('%')
  const hostname = zone.length > 0 ? `${name.toLowerCase()}%${zone.join('%')}` : name.toLowerCase()
  return {
    username: username ?? null,
    password: at === -1 || password.length === 0 ? null : password.join(':'),
    hostname: host === '' ? null : hostname,
    port: written === undefined || written === '' ? null : portOf(written),
  }
}

function portOf(written: string): number {
  if (!/^\d+$/.test(written) || Number(written) > 65535)
    throw new Error(`"${written}" is no port: it must be from 0 to 65535`)
  return Number(written)
}

function quoted(value: string): string {
  return encodeURIComponent(value).replace(/%2F|[!'()*]/g, (sign) =>
    sign === '%2F' ? '/' : `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function pair(value: unknown): readonly unknown[] {
  const parts = itemsOf(value)
  if (parts.length !== 2)
    throw new Error(`the query of a URL is made of pairs, and ${described(value)} is none`)
  return parts
}

function forQuery(value: unknown): string {
  return quoted(str(value)).replaceAll('/', '%2F').replaceAll('%20', '+')
}

/** What `%C3%A4` and the like stand for; bytes that are no UTF-8 become the sign for that. */
function unquoted(value: string): string {
  return value.replace(/(?:%[0-9a-f]{2})+/gi, (bytes) =>
    Buffer.from(bytes.replaceAll('%', ''), 'hex').toString(),
  )
}
