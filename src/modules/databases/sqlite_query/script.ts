import { OWN_WAY } from '../../../host/own-way.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import { SAFE_PATH } from '../../../shell/safe-path.ts'
import type { Args } from './options.ts'
import { isReading, keptBy, queriesOf, type Statement, statementsOf } from './statements.ts'

/** How queries are carried out: for good, on the file that is only read, or on a copy in memory. */
export type Way = 'run' | 'look' | 'copy'

/** What a script ends with where nothing can be told. */
export const STATUS = { noClient: 127, missing: 80, unknown: 81 } as const

/** Bytes of a database that is copied, with what is not yet written into it. */
const LARGEST = 64 * 1024 * 1024

/** What stands between results is such that nobody can have put it into a table. */
const MARK = 'mark=$(od -A n -t x1 -N 16 /dev/urandom | tr -d \' \\n\') && [ -n "$mark" ] || exit 1'

/**
 * Sh that ends root's work on files that others may write or put beside the database: sqlite goes by names, and does
 * what a journal says (https://www.sqlite.org/tempfiles.html), up to removing a file that it names.
 */
const ONLY_OWN = `[ "$(id -u)" != 0 ] || {
  alone && own_way || fail "others can swap what is in $w, or a folder on the way to it, and sqlite goes by names: become its owner"
  for f in "./$n" "./$n-journal" "./$n-wal" "./$n-shm"; do
    [ -e "$f" ] || [ -h "$f" ] || continue
    case $(stat -c '%u %A' -- "$f") in
      0\\ -????-??-?) ;;
      *) fail "others can write to \${w%/}/\${f#./}, and sqlite does what they write: become its owner" ;;
    esac
  done
}`

/** Newer clients (3.50) print control characters in a way that cannot be told from texts that look like it. */
const RAW = "case $(sqlite3 -help 2>&1) in *-escape*) raw='-escape off' ;; *) raw= ;; esac"

/** Sh that makes `$u` an address of the database that is only read; a look must not leave files of WAL beside it. */
const READ_ONLY = `wal() { [ "$(od -A n -t u1 -j 18 -N 1 -- "./$n" 2>/dev/null | tr -d ' ')" = 2 ]; }
u=file:$(printf %s "$n" | od -A n -v -t x1 | tr -d ' \\n' | sed 's/../%&/g')?mode=ro
if [ -e "./$n-wal" ]; then [ -e "./$n-shm" ] || exit ${STATUS.unknown}
elif wal; then u="$u&immutable=1"; fi`

const SMALL = `size() { if [ -e "$1" ]; then stat -c %s -- "$1"; else echo 0; fi; }
[ $(($(size "./$n") + $(size "./$n-wal"))) -le ${LARGEST} ] || exit ${STATUS.unknown}
# It would be written by what writes into a table of its.
! grep -q -i -a zipfile -- "./$n" || exit ${STATUS.unknown}`

/**
 * Sh that has the client carry out queries. It prints a mark in a line, then for each statement its rows, as SQL writes
 * them below a row of names, and two rows that tell of what has changed; one such pair comes before all.
 */
export function queryScript(args: Args, way: Way): string {
  const all = queriesOf(args).flatMap(statementsOf)
  const transaction = args.single_transaction && way !== 'look'
  const sql = [
    quote('PRAGMA trusted_schema = OFF;'),
    TOLD,
    ...(transaction ? [quote('BEGIN IMMEDIATE;')] : []),
    ...all.flatMap(asked),
    ...(transaction ? [quote('COMMIT;')] : []),
  ]
  return [
    `command -v sqlite3 >/dev/null || { echo 'sqlite3 is not there' >&2; exit ${STATUS.noClient}; }`,
    'm=$(umask)',
    SAFE_PATH,
    OWN_WAY,
    `p=${quotePath(args.db)}`,
    'enter_through "$p"',
    ONLY_OWN,
    ...before(way, all),
    MARK,
    'umask "$m"',
    RAW,
    'printf \'%s\\n\' "$mark"',
    `printf '%s\\n' '.timeout ${args.busy_timeout * 1000}' '.mode quote' '.headers on' ${way === 'copy' ? '"$r" ' : ''}${sql.join(' ')} |`,
    `  sqlite3 -init /dev/null -batch -bail $raw ${OPENED[way]}`,
  ].join('\n')
}

function before(way: Way, statements: readonly Statement[]): string[] {
  const missing = `[ -e "./$n" ] || exit ${STATUS.missing}`
  if (way === 'run') return statements.every(isReading) ? [missing] : []
  if (way === 'look') return [missing, READ_ONLY]
  return ['r=', 'if [ -e "./$n" ]; then', READ_ONLY, SMALL, 'r=".restore \\"$u\\""', 'fi']
}

/** What the client opens, as a word of sh. */
const OPENED: Readonly<Record<Way, string>> = { run: '"./$n"', look: '"$u"', copy: ':memory:' }

/** The rows that tell of what has changed, as a statement; a word of sh. */
const TOLD =
  '"SELECT total_changes() AS \\"$mark\\", changes(), (SELECT schema_version FROM pragma_schema_version);"'

function asked(statement: Statement): string[] {
  const kept = keptBy(statement)
  const own = [quote(`${statement.text};`), TOLD]
  if (kept === undefined) return own
  const asking = [quote(`${kept};`), TOLD]
  return [...asking, ...own, ...asking]
}
