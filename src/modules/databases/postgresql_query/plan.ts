import type { Change, ModuleContext, ModuleResult, Outcome, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING } from '../../../sdk/plans.ts'
import { contentOf } from '../../../shell/content.ts'
import { type Answer, concluded, NO_CLIENT } from '../postgresql.ts'
import { listOf as textsOf } from '../query-arguments.ts'
import { filled } from './arguments.ts'
import type { Args } from './options.ts'
import { hasChanged, resultsIn, told } from './results.ts'
import { queryScript } from './script.ts'
import { isReading, statementsOf } from './statements.ts'

export interface State {
  /** The text of the file, if there is one. */
  readonly script: string | undefined
  /** What a look under check has found; undefined if there was none. */
  readonly looked: (Pick<Answer, 'reached' | 'said'> & { readonly printed: string }) | undefined
}

/** The queries as they are written. */
export function listOf(args: Partial<Args>, script: string | undefined): string[] {
  const { query, path_to_script, as_single_query } = args
  if (path_to_script !== undefined)
    return as_single_query ? [script ?? ''] : statementsOf(script ?? '').map(({ text }) => text)
  return textsOf(query)
}

/** The queries with their arguments. */
export function queriesOf(args: Args, script: string | undefined): string[] {
  return listOf(args, script).map((query) => filled(query, args))
}

/** All that is asked only reads, unless a function of it does more. */
export function isLook(args: Args): boolean {
  if (args.path_to_script !== undefined || args.autocommit) return false
  return queriesOf(args, undefined).every((query) => {
    const statements = statementsOf(query)
    return statements.length === 1 && isReading(statements[0]!)
  })
}

export function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { path_to_script } = args
  if (path_to_script !== undefined && state.script === undefined && !view.check)
    return failure(`Cannot read file '${path_to_script}' : there is no such file, or it is empty`)
  if (view.check && args.autocommit) return failure('Using autocommit is mutually exclusive with check_mode')
  if (state.looked !== undefined && !isRefused(state.looked)) return checked(args, state.looked, view)
  const list = listOf(args, state.script)
  const first = (list[0] ?? '').trim().replace(/\s+/g, ' ')
  const change: Change = { what: 'query', before: null, after: path_to_script ?? first.slice(0, 100) }
  const script = queryScript(args, queriesOf(args, state.script))
  return { changes: [change], actions: [{ do: 'send', script, content: contentOf('') }], withoutDiff: true }
}

/** It would change something. */
function isRefused({ reached, said }: NonNullable<State['looked']>): boolean {
  return reached === 'refused' && /in a read-only transaction/.test(said)
}

/** What a look has found is the result; otherwise only a run can tell. */
function checked(args: Args, looked: NonNullable<State['looked']>, view: ModuleContext): Plan {
  const { reached, said, printed } = looked
  if (reached === 'ok') {
    const queries = queriesOf(args, undefined)
    const results = resultsIn(printed, queries)
    if (results === undefined)
      return { ...NOTHING, skipped: 'skipped, since a function of the query may do more than read' }
    return { ...NOTHING, result: told(results, queries, listOf(args, undefined)) }
  }
  // An earlier task may make what is missing.
  if (reached === 'none' || view.rehearsal)
    return { ...NOTHING, skipped: `skipped, since it cannot be asked yet: ${said}` }
  return failure(said)
}

export function interpret(outcomes: Outcome[], args: Args, { script }: State): ModuleResult {
  const last = outcomes.at(-1)!
  const list = listOf(args, script)
  if (last.code === 127) return { failed: NO_CLIENT.failed }
  if (last.code !== 0) {
    const isLogin = last.code === 2
    const query = list.length === 1 ? list[0] : list.join('; ')
    return concluded(
      outcomes,
      isLogin ? 'unable to connect to database: ' : `Cannot execute SQL '${query}': `,
    )
  }
  const queries = queriesOf(args, script)
  const results = resultsIn(last.stdout, queries) ?? []
  return { changed: results.some(hasChanged), result: told(results, queries, list) }
}
