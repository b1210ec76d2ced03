import { quote } from '../../../shell/quote.ts'
import { clientScript } from '../mysql.ts'
import type { Args } from './options.ts'
import { queriesOf, tableOf } from './statements.ts'

/** What stands between results is such that nobody can have put it into a table. */
const MARK = 'mark=$(od -A n -t x1 -N 16 /dev/urandom | tr -d \' \\n\') && [ -n "$mark" ] || exit 1'

/** The client reads no commands of its own in a query. */
const WORDS = '--batch --binary-mode --comments --no-auto-rehash --default-character-set=utf8mb4'

/**
 * Sh that has the server carry out queries. It prints a mark, a row of the mark's name when the login is done, then for
 * each query its rows as XML and a row of the mark's name. Behind the mark once more come types of columns: a client
 * prints them only where it does not tell NULL from a text.
 */
export function queryScript(args: Args, isLook: boolean): string {
  const queries = queriesOf(args)
  const opening = isLook ? [READ_ONLY] : args.single_transaction ? ['SET autocommit = 0'] : []
  const closing = args.single_transaction && !isLook ? [quote('COMMIT')] : []
  const asked = [
    ...opening.map(quote),
    row('0', '0'),
    ...queries.flatMap((query) => [quote(query), row('ROW_COUNT()', '@@warning_count')]),
    ...closing,
  ]
  const tables = queries.map(tableOf)
  const types = tables.flatMap((table) => [...(table === undefined ? [] : [quote(table)]), row('0', '0')])
  const client = `my "$m" ${WORDS} --connect-timeout=${args.connect_timeout}${args.login_db === undefined ? '' : ` ${quote(`--database=${args.login_db}`)}`}`
  return [
    clientScript(args, 'echo "mysql is not there" >&2; exit 127'),
    MARK,
    // The client takes 15 signs at most.
    'over="//$(printf %.13s "$mark")"',
    'printf \'%s\\n\' "$mark"',
    `${fed(asked)} | ${client} --xml || exit`,
    'printf \'%s\\n\' "$mark"',
    ...(tables.every((table) => table === undefined)
      ? []
      : [
          `${fed([quote(READ_ONLY), ...types])} | ${client} --table --force --column-type-info 2>/dev/null | grep -E '^(Field|Type)' || :`,
        ]),
  ].join('\n')
}

const READ_ONLY = 'SET SESSION TRANSACTION READ ONLY'

/** The text of a statement that gives one row, of which nobody else knows the name; a word of sh. */
function row(count: string, warnings: string): string {
  return `"SELECT ${count} AS \\\`$mark\\\`, ${warnings} AS w, UNIX_TIMESTAMP(SYSDATE(6)) AS t"`
}

/** Sh that prints statements, which are words of sh, for the client. */
function fed(statements: readonly string[]): string {
  const all = statements.flatMap((statement) => [statement, '"$over"'])
  return `printf '%s\\n' "DELIMITER $over" ${all.join(' ')}`
}
