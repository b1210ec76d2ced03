import { defineModule, type ModuleContext } from '../../../sdk/module.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import { queryProblems } from '../query-arguments.ts'
import { type Ended, endedOf, watched } from '../watched.ts'
import { type Args, declared } from './options.ts'
import { checkedBy, interpret, plan } from './plan.ts'
import { queryScript } from './script.ts'
import { queriesOf, statementsOf } from './statements.ts'

/** Asks a database of SQLite, as mysql_query and postgresql_query ask theirs. */
export const sqlite_query = defineModule<typeof declared, Ended | undefined>({
  name: 'sqlite_query',
  summary: 'Has the client of SQLite carry out queries on a database in a file, and returns what they give.',
  options: declared,
  validate: problems,
  probe,
  parse,
  plan,
  interpret,
})

function problems(args: Partial<Args>, complete: boolean): string[] {
  const { db, busy_timeout } = args
  const found = queryProblems(args)
  if (db !== undefined && /(^|\/)(\.{0,2}|:memory:)$/.test(db))
    found.push(`db: ${JSON.stringify(db)} is not a path of a file`)
  if (busy_timeout !== undefined && (busy_timeout < 0 || busy_timeout > 86400))
    found.push('busy_timeout: from 0 to 86400 seconds can be waited')
  if (!complete || found.length > 0) return found
  try {
    for (const query of queriesOf(args)) statementsOf(query)
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}

function probe(args: Args, { check }: ModuleContext): string {
  const way = checkedBy(args)
  return check && way !== undefined ? watched(queryScript(args, way)) : ''
}

function parse({ bytes }: ProbeOutput, args: Args, { check }: ModuleContext): Ended | undefined {
  return check && checkedBy(args) !== undefined ? endedOf(bytes) : undefined
}
