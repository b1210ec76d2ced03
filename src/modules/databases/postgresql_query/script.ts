import { quote } from '../../../shell/quote.ts'
import { clientScript, identifier, type Look, literal } from '../postgresql.ts'
import type { Args } from './options.ts'
import { calledIn, isPrepared, statementsOf } from './statements.ts'

/** What stands between results is such that nobody can have put it into a table. */
const MARK = 'mark=$(od -A n -t x1 -N 16 /dev/urandom | tr -d \' \\n\') && [ -n "$mark" ] || exit'

const PLAIN = '-X -q -A -v ON_ERROR_STOP=1 -v SHOW_ALL_RESULTS=off -P footer=off'
/** What psql prints for NULL: no text of a query is likely to hold it. */
export const NULL = '\u0001null\u0001'

/**
 * Sh that has the server carry out queries. It prints a mark in a line, and behind each query what it prints and the
 * mark: names and types of columns first, where the server knows them, and the mark. psql itself reads no query.
 */
export function queryScript(args: Args, queries: readonly string[]): string {
  const { autocommit } = args
  const all = queries.flatMap(asked)
  const lines = [...opening(args), ...(autocommit ? all : ['BEGIN;', ...all, 'COMMIT;'])]
  return `${NO_PSQL}\n${client(args)}\n${fed(lines)}`
}

const NO_PSQL = `command -v psql >/dev/null || { echo 'psql is not there' >&2; exit 127; }`

/** The same for queries that only read, unless they call a function that may do more: then they are not carried out. */
export function lookScript(args: Args, queries: readonly string[]): Look {
  const called = queries.flatMap(statementsOf).flatMap(calledIn)
  const names = called.length === 0 ? 'NULL' : called.map(literal).join(', ')
  const lines = [
    ...opening(args),
    `SELECT EXISTS (SELECT FROM pg_proc WHERE provolatile = 'v' AND proname IN (${names})) AS acts \\gset`,
    '\\if :acts',
    '\\q',
    '\\endif',
    'BEGIN READ ONLY;',
    ...queries.flatMap(asked),
    'ROLLBACK;',
  ]
  return { before: client(args), sh: fed(lines) }
}

function client(args: Args): string {
  return `${clientScript(args, args.db ?? '')}\n${MARK}`
}

function fed(lines: readonly string[]): string {
  return `printf '%s\\n' ${quote(lines.join('\n'))} | pg psql ${PLAIN} -v mark="$mark"`
}

function opening({ session_role, search_path = [] }: Args): string[] {
  return [
    '\\echo :mark',
    `\\pset null ${literal(NULL)}`,
    ...(session_role ? [`SET ROLE ${identifier(session_role)};`] : []),
    ...(search_path.length === 0 ? [] : [`SET search_path TO ${search_path.map(schema).join(', ')};`]),
  ]
}

function schema(name: string): string {
  const plain = name.trim()
  return plain.startsWith('"') || plain === '' ? plain || '""' : identifier(plain)
}

function asked(query: string, index: number): string[] {
  const name = `playssh_${index}`
  const statements = statementsOf(query)
  const [only] = statements
  if (only === undefined) return ['\\echo :mark']
  if (statements.length > 1 || !isPrepared(only))
    return [
      "\\pset fieldsep '\\037'",
      '\\pset recordsep_zero on',
      '\\set QUIET off',
      `SELECT ${literal(query)} \\gexec`,
      ...AFTER,
    ]
  return [
    '\\pset fieldsep_zero on',
    '\\pset recordsep_zero on',
    `SELECT ${literal(`PREPARE ${name} AS ${only.text}`)} \\gexec`,
    `EXECUTE ${name} \\gdesc`,
    '\\echo :mark',
    '\\set QUIET off',
    `EXECUTE ${name};`,
    ...AFTER,
  ]
}

const AFTER = ['\\set QUIET on', '\\echo :mark']
