import { defineModule, type ModuleContext } from '../../../sdk/module.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import { loginProblems } from '../mysql.ts'
import { queryProblems } from '../query-arguments.ts'
import { type Ended, endedOf, watched } from '../watched.ts'
import { type Args, declared } from './options.ts'
import { interpret, isLook, plan } from './plan.ts'
import { queryScript } from './script.ts'
import { queriesOf } from './statements.ts'

/** Asks a database of MySQL or MariaDB. Semantics: community.mysql.mysql_query. */
export const mysql_query = defineModule<typeof declared, Ended | undefined>({
  name: 'mysql_query',
  summary: 'Has a database of MySQL or MariaDB carry out queries, and returns what they give.',
  options: declared,
  probesElsewhere: true,
  validate: problems,
  probe,
  parse,
  plan,
  interpret,
})

function problems(args: Partial<Args>, complete: boolean): string[] {
  const { login_db } = args
  const found = [...loginProblems(args), ...queryProblems(args)]
  if (login_db !== undefined && /^$|[\0\n]/.test(login_db))
    found.push(`login_db: ${JSON.stringify(login_db)} is not a name of a database`)
  if (!complete || found.length > 0) return found
  try {
    queriesOf(args)
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}

function probe(args: Args, { check }: ModuleContext): string {
  return check && isLook(args) ? watched(queryScript(args, true)) : ''
}

function parse({ bytes }: ProbeOutput, args: Args, { check }: ModuleContext): Ended | undefined {
  if (!check || !isLook(args)) return undefined
  return endedOf(bytes)
}
