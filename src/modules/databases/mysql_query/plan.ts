import { str } from '../../../python/text.ts'
import type { Change, ModuleContext, ModuleResult, Outcome, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING } from '../../../sdk/plans.ts'
import { contentOf } from '../../../shell/content.ts'
import { NO_CLIENT, unreachable } from '../mysql.ts'
import { listOf } from '../query-arguments.ts'
import type { Ended } from '../watched.ts'
import type { Args } from './options.ts'
import { hasChanged, resultsIn, told } from './results.ts'
import { queryScript } from './script.ts'
import { isReading, queriesOf } from './statements.ts'

/** All that is asked only reads, unless a function does more, which a server forbids then. */
export function isLook(args: Args): boolean {
  return queriesOf(args).every(isReading)
}

/** `looked` is what a look under check has found; undefined if there was none. */
export function plan(args: Args, looked: Ended | undefined, view: ModuleContext): Plan {
  if (looked !== undefined && !/^ERROR 1792 /m.test(looked.said)) return checked(args, looked, view)
  const first = (listOf(args.query)[0] ?? '').trim().replace(/\s+/g, ' ')
  const change: Change = { what: 'query', before: null, after: first.slice(0, 100) }
  const script = queryScript(args, false)
  return { changes: [change], actions: [{ do: 'send', script, content: contentOf('') }], withoutDiff: true }
}

/** What a look has found is the result; otherwise only a run can tell. */
function checked(args: Args, looked: Ended, { rehearsal }: ModuleContext): Plan {
  const failed = failedOf(args, looked)
  if (failed === undefined)
    return { ...NOTHING, result: told(resultsIn(looked.printed).results, queriesOf(args)) }
  // An earlier task may make what is missing.
  if (looked.code === NO_PROGRAM || rehearsal)
    return { ...NOTHING, skipped: `skipped, since it cannot be asked yet: ${failed}` }
  return failure(failed)
}

/** The status of a script on a host without the client. */
const NO_PROGRAM = 127

/** Why not all queries were carried out, in Ansible's words. */
function failedOf(args: Args, { code, printed, said }: Ended): string | undefined {
  if (code === 0) return undefined
  if (code === NO_PROGRAM) return NO_CLIENT.failed
  const { isIn, results } = resultsIn(printed)
  if (!isIn) return unreachable(args, said)
  const query = listOf(args.query)[results.length] ?? 'COMMIT'
  const given = args.positional_args ?? args.named_args ?? null
  return `Cannot execute SQL '${query}' args [${str(given)}]: ${errorIn(said)}`
}

/** What the client says of a statement, as libraries say it. */
function errorIn(said: string): string {
  const [, number, text] = /^ERROR (\d+) \(\w+\)(?: at line \d+)?: ([\s\S]*)$/m.exec(said) ?? []
  return number === undefined ? said.trim() : `(${number}, ${JSON.stringify(text!.trim())})`
}

export function interpret(outcomes: Outcome[], args: Args): ModuleResult {
  const last = outcomes.at(-1)
  if (last === undefined) return {}
  const failed = failedOf(args, { code: last.code, printed: last.stdout, said: last.stderr })
  if (failed !== undefined) return { failed }
  const queries = queriesOf(args)
  const { results } = resultsIn(last.stdout)
  const changed = results.some((result, index) => hasChanged(queries[index]!, result))
  return { changed, result: told(results, queries) }
}
