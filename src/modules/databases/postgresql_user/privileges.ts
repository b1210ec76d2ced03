import { identifier, partsOf, qualified } from '../postgresql.ts'

const ON = {
  database: ['CREATE', 'CONNECT', 'TEMPORARY'],
  table: ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'],
} as const

/** Privileges on the database, or on a table of it. */
export interface Privileges {
  readonly type: 'database' | 'table'
  readonly name: string
  readonly privileges: readonly string[]
}

/** What `priv` says of a database. Raises an Error with a sentence. */
export function privilegesIn(priv: string, database: string): Privileges[] {
  const found = new Map<string, Privileges>()
  for (const token of priv.split('/')) {
    const colon = token.indexOf(':')
    const type = colon === -1 ? 'database' : 'table'
    const name = colon === -1 ? database : token.slice(0, colon)
    found.set(`${type} ${name}`, { type, name, privileges: normalized(token.slice(colon + 1), type) })
  }
  return [...found.values()]
}

function normalized(text: string, type: keyof typeof ON): string[] {
  const named = text
    .split(',')
    .map((one) => one.trim().toUpperCase())
    .filter((one) => one !== '')
    .map((one) => (one === 'TEMP' && type === 'database' ? 'TEMPORARY' : one))
  const known: readonly string[] = ON[type]
  const unknown = named.filter((one) => one !== 'ALL' && !known.includes(one))
  if (unknown.length > 0) throw new Error(`Invalid privs specified for ${type}: ${unknown.join(' ')}`)
  return named.includes('ALL') ? [...known] : [...new Set(named)]
}

/** The name of a table, and its schema if that is said. */
export function tableName(name: string): { schema: string | undefined; table: string } {
  const parts = partsOf(name)
  return { schema: parts.length > 1 ? parts.at(-2) : undefined, table: parts.at(-1)! }
}

/** What privileges are granted on, as SQL writes it. */
export function objectOf({ type, name }: Privileges): string {
  return type === 'database' ? `DATABASE ${identifier(name)}` : `TABLE ${qualified(name)}`
}
