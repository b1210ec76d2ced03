import type { Change, ModuleContext, ModuleResult, Outcome, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING } from '../../../sdk/plans.ts'
import { contentOf } from '../../../shell/content.ts'
import { listOf } from '../query-arguments.ts'
import type { Ended } from '../watched.ts'
import type { Args } from './options.ts'
import { resultsIn, told } from './results.ts'
import { queryScript, STATUS, type Way } from './script.ts'
import { isContained, isReading, queriesOf, statementsOf } from './statements.ts'

/** How it can be known what queries would do; undefined if they do more than to change the database. */
export function checkedBy(args: Args): Exclude<Way, 'run'> | undefined {
  const statements = queriesOf(args).flatMap(statementsOf)
  if (statements.every(isReading)) return 'look'
  return statements.every(isContained) ? 'copy' : undefined
}

/** `looked` is what was found under check; undefined if nothing was. */
export function plan(args: Args, looked: Ended | undefined, view: ModuleContext): Plan {
  if (looked !== undefined && looked.code !== STATUS.unknown && !isRefused(looked))
    return checked(args, looked, view)
  return acting(args)
}

/** What is written cannot be looked at: a function writes, or a journal must be rolled back. */
function isRefused({ said }: Ended): boolean {
  return /attempt to write a readonly database|source database is busy/.test(said)
}

/** What no earlier task can mend. */
function isNoSql({ said }: Ended): boolean {
  return /: syntax error|: incomplete input|unrecognized token/.test(said)
}

function acting(args: Args): Plan {
  const first = (listOf(args.query)[0] ?? '').trim().replace(/\s+/g, ' ')
  const change: Change = { what: 'query', before: null, after: first.slice(0, 100) }
  const script = queryScript(args, 'run')
  return { changes: [change], actions: [{ do: 'send', script, content: contentOf('') }], withoutDiff: true }
}

/** What was found is the result; otherwise only a run can tell. */
function checked(args: Args, looked: Ended, { rehearsal }: ModuleContext): Plan {
  const ended = conclusion(args, looked)
  if (ended.failed === undefined)
    return { ...(ended.changed ? acting(args) : NOTHING), result: ended.result ?? {} }
  // An earlier task may make what is missing.
  if (looked.code !== STATUS.noClient && (!rehearsal || isNoSql(looked))) return failure(ended.failed)
  if (checkedBy(args) === 'copy') return acting(args)
  return { ...NOTHING, skipped: `skipped, since it cannot be asked yet: ${ended.failed}` }
}

function conclusion(args: Args, ended: Ended): ModuleResult {
  const { code, printed, said } = ended
  if (code === STATUS.noClient) return { failed: NO_CLIENT }
  if (code === STATUS.missing) return { failed: `there is no database ${args.db}` }
  const queries = queriesOf(args)
  const parts = queries.map(statementsOf)
  const { isIn, results } = resultsIn(printed, parts.flat())
  if (code !== 0) {
    if (!isIn) return { failed: errorIn(said) }
    const owners = queries.flatMap((_, index) => parts[index]!.map(() => listOf(args.query)[index]!))
    return { failed: `Cannot execute SQL '${owners[results.length] ?? 'COMMIT'}': ${errorIn(said)}` }
  }
  return {
    changed: results.some(({ changed }) => changed),
    result: told(
      results,
      queries,
      parts.map(({ length }) => length),
    ),
  }
}

const NO_CLIENT =
  'Failed to find required executable "sqlite3" in paths: install the package sqlite3 (Debian) or sqlite'

/** What sqlite says, without the line of a statement, which may hold a secret. */
function errorIn(said: string): string {
  const found = /^(?:Parse error|Runtime error|Error):? (?:near line \d+: |in prepare, )?([^\n]*)/m.exec(said)
  return (found?.[1] ?? said).trim().replace(/ \(\d+\)$/, '')
}

export function interpret(outcomes: Outcome[], args: Args): ModuleResult {
  const last = outcomes.at(-1)
  if (last === undefined) return {}
  return conclusion(args, { code: last.code, printed: last.stdout, said: last.stderr })
}
