import { str } from '../../../python/text.ts'
import { Float } from '../../../values/float.ts'
import { isMap, type Value } from '../../../values/value.ts'
import { filledBy, listOf } from '../query-arguments.ts'
import type { Args } from './options.ts'

/** A statement, as far as it must be known before it is carried out. */
export interface Statement {
  /** Without comments, and with line breaks only in texts and names: the client reads a line for one of its own commands. */
  readonly text: string
  /** The word that it begins with, in capitals. */
  readonly verb: string
  /** `text` without what stands in texts. */
  readonly bare: string
}

/** The queries with their arguments. Raises an Error with a sentence. */
export function queriesOf(args: Partial<Args>): string[] {
  return listOf(args.query).map((query) => filledBy(sqlOf, query, args))
}

function sqlOf(value: Value): string {
  if (value === null) return 'NULL'
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (typeof value === 'number' || value instanceof Float) return numberOf(value)
  if (Array.isArray(value)) return `(${value.map(sqlOf).join(',')})`
  if (isMap(value)) throw new Error("type 'dict' is not supported")
  return textOf(value)
}

function numberOf(value: number | Float): string {
  const plain = Number(value)
  if (Number.isNaN(plain)) return 'NULL'
  const text = Number.isFinite(plain) ? str(value) : plain < 0 ? '-9e999' : '9e999'
  // A sign before it could make a comment of a minus.
  return plain < 0 ? ` ${text}` : text
}

function textOf(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** Comments, texts, quoted names, and any other sign (https://www.sqlite.org/lang.html). */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:''|[^'])*'|"(?:""|[^"])*"|`(?:``|[^`])*`|\[[^\]]*\]|[\s\S]/g

/** Statements with semicolons between them. Raises an Error with sqlite's own sentence for what can be none. */
export function statementsOf(sql: string): Statement[] {
  const found: Statement[] = []
  let [text, bare] = ['', '']
  const finish = () => {
    const whole = { text: text.trim(), bare: bare.trim() }
    ;[text, bare] = ['', '']
    if (whole.bare === '') return
    const verb = /^[A-Za-z]+/.exec(whole.bare)?.[0].toUpperCase()
    if (verb === undefined) throw new Error(`near ${JSON.stringify([...whole.text][0])}: syntax error`)
    found.push({ ...whole, verb })
  }
  for (const [token] of sql.matchAll(TOKEN)) {
    if (token === ';' && !isInTrigger(bare)) finish()
    else {
      text += plainToken(token)
      bare += token.length > 1 && token.startsWith("'") ? "''" : plainToken(token)
    }
  }
  finish()
  return found
}

function plainToken(token: string): string {
  if (token.length === 1) {
    if (/['"`[]/.test(token)) throw new Error(`unrecognized token: ${JSON.stringify(token)}`)
    return /\s/.test(token) ? ' ' : token
  }
  if (/^(--|\/\*)/.test(token)) return ' '
  // The client would take the sign from the end of its line.
  if (!token.includes('\r\n')) return token
  if (!token.startsWith("'")) throw new Error('a name holds a line break')
  const hex = Buffer.from(token.slice(1, -1).replaceAll("''", "'")).toString('hex')
  return `(CAST(X'${hex}' AS TEXT))`
}

const TRIGGER = /^\s*(?:EXPLAIN\s+(?:QUERY\s+PLAN\s+)?)?CREATE\s+(?:TEMP|TEMPORARY)?\s*TRIGGER\b/i

/** What has come so far is of a trigger, whose statements have semicolons of their own. */
function isInTrigger(bare: string): boolean {
  return TRIGGER.test(bare) && !/;\s*END\s*$/i.test(bare)
}

/** Functions and tables of the client that write files, or load programs. */
const ACTING = /\b(?:writefile|edit|load_extension|zipfile)["`\]]?\s*\(/i

const PRAGMA = /^PRAGMA\s+(?:[\w"]+\s*\.\s*)?(\w+)\s*(=|\()?/i
const ASKING = [
  ...['table_info', 'table_xinfo', 'table_list', 'index_list', 'index_info', 'index_xinfo'],
  ...['foreign_key_list', 'foreign_key_check', 'integrity_check', 'quick_check'],
]
const WORKING = ['incremental_vacuum', 'wal_checkpoint', 'optimize']

/** It only reads; a file that is opened to be read sees to the rest. */
export function isReading({ verb, bare }: Statement): boolean {
  if (ACTING.test(bare)) return false
  if (verb === 'WITH') return !/\b(?:INSERT|UPDATE|DELETE|REPLACE\s+INTO)\b/i.test(bare)
  if (verb !== 'PRAGMA') return ['SELECT', 'VALUES', 'EXPLAIN'].includes(verb)
  const [, name = '', given] = PRAGMA.exec(bare.toLowerCase()) ?? []
  return ASKING.includes(name) || (given === undefined && name !== '' && !WORKING.includes(name))
}

/** It does to a copy what it would do to the database, and nothing else. */
export function isContained({ verb, bare }: Statement): boolean {
  if (ACTING.test(bare) || ['ATTACH', 'DETACH'].includes(verb)) return false
  if (verb === 'VACUUM') return !/\bINTO\b/i.test(bare)
  return !/^PRAGMA\s.*?\b(?:journal_mode|\w+_store_directory)\b/i.test(bare)
}

/** What a statement sets that a database keeps, as a statement that asks for it; undefined for nothing. */
export function keptBy({ bare }: Statement): string | undefined {
  return /^(PRAGMA\s+(?:[\w"]+\s*\.\s*)?(?:user_version|application_id|journal_mode|auto_vacuum))\s*[=(]/i.exec(
    bare,
  )?.[1]
}
