import type { Value } from '../../../values/value.ts'
import { identifier } from '../mysql.ts'

/** Privileges by what they are on, as SHOW GRANTS writes it. */
export type Privileges = ReadonlyMap<string, readonly string[]>

/** On everything: each user has a grant of it, which may be of nothing (USAGE). */
export const EVERYTHING = '*.*'

/** What `priv` says. Throws an Error with a sentence if it is not understood. */
export function wantedPrivileges(priv: Value): Map<string, string[]> {
  if (typeof priv === 'string')
    return collected(
      priv
        .trim()
        .split('/')
        .map((item): [string, string] => {
          const end = item.lastIndexOf(':')
          if (end === -1) throw new Error(`priv: ${JSON.stringify(item)} is not DB.TABLE:PRIVILEGES`)
          return [item.slice(0, end), item.slice(end + 1)]
        }),
    )
  if (priv === null || typeof priv !== 'object' || Array.isArray(priv))
    throw new Error('priv parameter must be str or dict')
  return collected(Object.entries(priv).map(([object, list]) => [object, String(list)]))
}

function collected(entries: readonly [object: string, list: string][]): Map<string, string[]> {
  return new Map(entries.map(([object, list]) => [objectOf(object.trim()), listed(list)]))
}

function objectOf(text: string): string {
  const [, kind = '', rest] = /^((?:FUNCTION|PROCEDURE) )?(.*)$/s.exec(text)!
  const outer = cut(rest!, '.')
  const sides =
    outer.length === 2
      ? outer
      : [rest!.slice(0, rest!.lastIndexOf('.')), rest!.slice(rest!.lastIndexOf('.') + 1)]
  if (!rest!.includes('.') || /[\n\0]/.test(rest!))
    throw new Error(`priv: ${JSON.stringify(text)} is not DB.TABLE`)
  return kind + sides.map(side).join('.')
}

function side(name: string): string {
  if (name.replace(/^`+|`+$/g, '') === '*') return '*'
  const quoted = /^`((?:[^`]|``)+)`$/.exec(name)?.[1]
  return identifier(quoted === undefined ? name : quoted.replaceAll('``', '`'))
}

function listed(list: string): string[] {
  return cut(list, ',').map((one) => {
    const [, name, columns] = /^\s*([A-Za-z][A-Za-z_ ]*?)\s*(?:\((.*)\))?\s*$/s.exec(one) ?? []
    if (name === undefined) throw new Error(`priv: ${JSON.stringify(one.trim())} is not a privilege`)
    const plain = name.toUpperCase().replace(/\s+/g, ' ')
    if (columns === undefined) return plain === 'ALL PRIVILEGES' ? 'ALL' : plain
    return `${plain} (${columnsOf(columns).join(', ')})`
  })
}

function columnsOf(text: string): string[] {
  return cut(text, ',')
    .map((column) => column.trim())
    .map((column) => /^`((?:[^`]|``)+)`$/.exec(column)?.[1]?.replaceAll('``', '`') ?? column)
    .map(identifier)
    .sort()
}

/** What lines of SHOW GRANTS say. Grants of roles are no privileges. */
export function grantedPrivileges(lines: readonly string[]): Map<string, string[]> {
  const granted = new Map<string, string[]>()
  for (const line of lines) {
    if (!line.startsWith('GRANT ')) continue
    const outer = cut(line.slice('GRANT '.length), ' ON ')
    if (outer.length === 1) continue
    const [object, ...rest] = cut(outer.slice(1).join(' ON '), ' TO ')
    if (object === undefined || rest.length === 0)
      throw new Error(`unable to parse the MySQL grant string: ${line}`)
    const mayGrant = cut(rest.join(' TO '), ' WITH GRANT OPTION').length > 1
    const list = [...listed(outer[0]!), ...(mayGrant ? ['GRANT'] : [])]
    granted.set(object, [...(granted.get(object) ?? []), ...list])
  }
  return granted
}

/** A text cut at a separator, where that stands in no quotes and no parentheses. */
function cut(text: string, separator: string): string[] {
  const outer: string[] = []
  let start = 0
  let depth = 0
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at]!
    if (depth === 0 && text.startsWith(separator, at)) {
      outer.push(text.slice(start, at))
      start = at + separator.length
      at = start - 1
    } else if (char === '`' || char === "'" || char === '"') at = endOfQuoted(text, at)
    else if (char === '(') depth += 1
    else if (char === ')') depth -= 1
  }
  outer.push(text.slice(start))
  return outer
}

/** Where quotes that begin at `start` end; a doubled one does not. */
function endOfQuoted(text: string, start: number): number {
  const end = text.indexOf(text[start]!, start + 1)
  if (end === -1) return text.length
  return text[end + 1] === text[start] ? endOfQuoted(text, end + 1) : end
}

export interface Difference {
  readonly object: string
  readonly revoked: readonly string[]
  readonly granted: readonly string[]
}

export type Manner = 'replace' | 'append' | 'subtract'

/** What is to be revoked and granted. `all` is what ALL on everything means where a server lists it. */
export function differences(
  user: string,
  current: Privileges,
  wanted: Privileges,
  manner: Manner,
  all: readonly string[] = [],
): Difference[] {
  const objects = new Set([...(manner === 'replace' ? current.keys() : []), ...wanted.keys()])
  return [...objects]
    .map((object) => difference(user, object, current.get(object), wanted.get(object), manner, all))
    .filter(({ granted, revoked }) => granted.length + revoked.length > 0)
}

function difference(
  user: string,
  object: string,
  current: readonly string[] = [],
  wanted: readonly string[] | undefined,
  manner: Manner,
  all: readonly string[],
): Difference {
  const has = new Set(current.map(synonym))
  const asks = new Set((wanted ?? []).map(synonym))
  if (object === EVERYTHING && all.length > 0 && all.every((one) => has.has(one))) {
    for (const one of all) has.delete(one)
    has.add('ALL')
  }
  has.delete('USAGE')
  asks.delete('USAGE')
  const written = (one: string) => (wanted ?? []).find((other) => synonym(other) === one) ?? one
  const granted = manner === 'subtract' ? [] : [...asks].filter((one) => !has.has(one)).map(written)
  const isSpared = wanted === undefined && (user === 'root' || has.has('PROXY'))
  const surplus =
    manner === 'append' || isSpared
      ? []
      : [...has].filter((one) => (manner === 'subtract' ? asks.has(one) : !asks.has(one)))
  // Who is given all need not be taken some first.
  const revoked = (granted.includes('ALL') ? surplus.filter((one) => one === 'GRANT') : surplus).map(
    // A server may know columns to revoke by the very letters that they were granted by.
    (one) => current.find((other) => synonym(other) === one) ?? one,
  )
  return { object, granted, revoked }
}

// What MariaDB shows of privileges that were renamed, and what is the same name for the server.
const SYNONYMS: Readonly<Record<string, string>> = {
  'ALL PRIVILEGES': 'ALL',
  'GRANT OPTION': 'GRANT',
  'REPLICATION CLIENT': 'BINLOG MONITOR',
  'REPLICATION REPLICA': 'REPLICATION SLAVE',
  'REPLICATION REPLICA ADMIN': 'REPLICATION SLAVE ADMIN',
  'REPLICA MONITOR': 'SLAVE MONITOR',
  'DELETE VERSIONING ROWS': 'DELETE HISTORY',
}

function synonym(privilege: string): string {
  // Columns are the same whatever their case.
  const [name, ...columns] = privilege.split(' (')
  const plain = SYNONYMS[name!] ?? name!
  if (columns.length === 0) return plain
  const named = columnsOf(columns.join(' (').slice(0, -1).toLowerCase())
  return `${plain} (${named.join(', ')})`
}

/** Statements that revoke and grant. */
export function statementsOf(account: string, { object, granted, revoked }: Difference): string[] {
  const taken = revoked.filter((one) => one !== 'GRANT')
  const given = granted.filter((one) => one !== 'GRANT')
  const option = granted.includes('GRANT') ? ' WITH GRANT OPTION' : ''
  return [
    ...(revoked.includes('GRANT') ? [`REVOKE GRANT OPTION ON ${object} FROM ${account}`] : []),
    ...(taken.length > 0 ? [`REVOKE ${taken.join(', ')} ON ${object} FROM ${account}`] : []),
    ...(granted.length > 0
      ? [`GRANT ${given.join(', ') || 'USAGE'} ON ${object} TO ${account}${option}`]
      : []),
  ]
}
