import { str } from '../../../python/text.ts'
import { Float } from '../../../values/float.ts'
import { isMap, type Value } from '../../../values/value.ts'
import { filledBy, listOf } from '../query-arguments.ts'
import type { Args } from './options.ts'

/** The queries with their arguments. Raises an Error with a sentence. */
export function queriesOf(args: Partial<Args>): string[] {
  return listOf(args.query).map((query) => filledBy(sqlOf, query, args))
}

function sqlOf(value: Value): string {
  if (value === null) return 'NULL'
  if (typeof value === 'boolean') return String(value)
  // A sign before it could make a comment of a minus.
  if (typeof value === 'number' || value instanceof Float)
    return Number(value) < 0 ? ` ${str(value)}` : str(value)
  if (Array.isArray(value)) return `(${value.map(sqlOf).join(',')})`
  if (isMap(value)) throw new Error('dict can not be used as parameter')
  return textOf(value)
}

/** A text as SQL writes it, whatever the server thinks of backslashes. */
function textOf(text: string): string {
  if (!/[\\\u0000-\u001f]/.test(text)) return `'${text.replaceAll("'", "''")}'`
  return `_utf8mb4 X'${Buffer.from(text).toString('hex')}'`
}

/** The word that a statement begins with, in capitals. */
export function verbOf(query: string): string {
  const word = /^(?:\s|\(|--[^\n]*|#[^\n]*|\/\*(?![!M])[\s\S]*?\*\/)*([A-Za-z]+)/.exec(query)?.[1]
  return (word ?? '').toUpperCase()
}

/** A statement without what ends it. */
function bareOf(query: string): string {
  return query.replace(/[;\s]+$/, '')
}

// Comments of this kind are carried out.
const MORE = /;|\binto\b|\/\*M?!/i
const TABLES = ['SELECT', 'WITH', 'VALUES', 'TABLE']

/** What `query` gives, as a table; undefined if it may be none. */
export function tableOf(query: string): string | undefined {
  const bare = bareOf(query)
  return TABLES.includes(verbOf(bare)) && !MORE.test(bare)
    ? `SELECT * FROM (${bare}\n) playssh LIMIT 0`
    : undefined
}

/** It is one statement that only reads, unless a function that it calls does not. */
export function isReading(query: string): boolean {
  return (
    [...TABLES, 'SHOW', 'DESCRIBE', 'DESC', 'EXPLAIN'].includes(verbOf(query)) && !MORE.test(bareOf(query))
  )
}
