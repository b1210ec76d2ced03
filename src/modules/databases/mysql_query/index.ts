import { defineModule, type ModuleContext } from '../../../sdk/module.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import { loginProblems } from '../mysql.ts'
import { type Args, declared } from './options.ts'
import { type Ended, interpret, isLook, plan } from './plan.ts'
import { queryScript, watched } from './script.ts'
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
  const { query, positional_args, named_args, login_db } = args
  const found = loginProblems(args)
  if (positional_args !== undefined && named_args !== undefined)
    found.push('parameters are mutually exclusive: positional_args|named_args')
  if (login_db !== undefined && /^$|[\0\n]/.test(login_db))
    found.push(`login_db: ${JSON.stringify(login_db)} is not a name of a database`)
  const queries = Array.isArray(query) ? query : [query ?? '-']
  if (typeof query !== 'string' && query !== undefined && !Array.isArray(query))
    found.push('the query option value must be a string or list')
  else if (!queries.every((one) => typeof one === 'string'))
    found.push('the elements in query list must be strings')
  else if (queries.some((one) => one.trim() === '')) found.push('query: a query is empty')
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
  // What is printed may hold any sign.
  const end = bytes.lastIndexOf(0)
  const start = bytes.lastIndexOf(0, end - 1)
  if (start === -1 || end === start) throw new Error('the host answered less than was asked for')
  return {
    printed: bytes.toString('utf8', 0, start),
    code: Number(bytes.toString('utf8', start + 1, end)),
    said: bytes.toString('utf8', end + 1),
  }
}
