import { bytesOf } from '../../../host/bytes.ts'
import { defineModule, type ModuleContext } from '../../../sdk/module.ts'
import type { BatchedProbe, ProbeOutput } from '../../../sdk/probe.ts'
import { answerIn, inputProblems, loginProblems, nameProblems, watched } from '../postgresql.ts'
import { filled } from './arguments.ts'
import { type Args, declared } from './options.ts'
import { interpret, isLook, listOf, plan, queriesOf, type State } from './plan.ts'
import { lookScript } from './script.ts'

/** Asks a database of PostgreSQL. Semantics: community.postgresql.postgresql_query. */
export const postgresql_query = defineModule<typeof declared, State>({
  name: 'postgresql_query',
  summary: 'Has a database of PostgreSQL carry out queries, and returns what they give.',
  options: declared,
  probesElsewhere: true,
  validate: problems,
  probe,
  parse,
  plan,
  interpret,
})

function problems(args: Partial<Args>, complete: boolean): string[] {
  const { query, path_to_script, positional_args, named_args, db, session_role } = args
  const found = [
    ...loginProblems(args),
    ...nameProblems({ db, session_role }),
    ...inputProblems(args, [session_role ?? null]),
  ]
  if (positional_args !== undefined && named_args !== undefined)
    found.push('parameters are mutually exclusive: positional_args|named_args')
  if (query !== undefined && path_to_script !== undefined)
    found.push('path_to_script is mutually exclusive with query')
  const isList = Array.isArray(query) && query.every((one) => typeof one === 'string')
  if (query !== undefined && typeof query !== 'string' && !isList)
    found.push('query argument must be of type string or list')
  if (!complete || found.length > 0) return found
  if (query === undefined && path_to_script === undefined)
    return ['one of the following is required: query, path_to_script']
  try {
    for (const one of listOf(args, undefined)) filled(one, args)
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}

function probe(args: Args, view: ModuleContext): (string | BatchedProbe)[] {
  const { path_to_script } = args
  if (path_to_script !== undefined) return [bytesOf([path_to_script])]
  if (!view.check || !isLook(args)) return []
  return [watched(lookScript(args, queriesOf(args, undefined)))]
}

function parse(found: ProbeOutput, args: Args, view: ModuleContext): State {
  const { path_to_script } = args
  if (path_to_script !== undefined) {
    const [bytes] = found.of(bytesOf([path_to_script]))
    return { script: bytes!.length === 0 ? undefined : bytes!.toString(), looked: undefined }
  }
  const looked = view.check && isLook(args) ? answerIn(found, args) : undefined
  return { script: undefined, looked }
}
