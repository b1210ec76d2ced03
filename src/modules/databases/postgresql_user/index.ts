import { defineModule, type Module, type ModuleResult, type Outcome, type Plan } from '../../../sdk/module.ts'
import { concluded, inputProblems, loginProblems, nameProblems } from '../postgresql.ts'
import { type Args, declared } from './options.ts'
import { FLAGS, flagsIn, plan } from './plan.ts'
import { privilegesIn } from './privileges.ts'
import { parse, probe, type State } from './probe.ts'

/** Keeps roles of PostgreSQL. Semantics: community.postgresql.postgresql_user. */
export const postgresql_user: Module = defineModule<typeof declared, State>({
  name: 'postgresql_user',
  summary: 'Makes, changes or removes a role of PostgreSQL.',
  options: declared,
  probesElsewhere: true,
  validate: problems,
  probe,
  parse,
  plan,
  interpret,
})

function problems(args: Partial<Args>, complete: boolean): string[] {
  const { name, password, role_attr_flags = '', priv, db, conn_limit, groups = [] } = args
  const { session_role = null, comment = null, expires = null } = args
  const found = [
    ...loginProblems(args),
    ...nameProblems({ name, ...Object.fromEntries(groups.map((group, at) => [`groups ${at + 1}`, group])) }),
    ...inputProblems(args, [
      ...[name ?? null, password ?? null, priv ?? null, expires, role_attr_flags, comment, session_role],
      ...groups,
    ]),
  ]
  const unknown = flagsIn(role_attr_flags).filter((flag) => !FLAGS.has(flag.replace(/^NO/, '')))
  if (name === '') found.push('name: "" is not a name of a role')
  if (unknown.length > 0) found.push(`Invalid role_attr_flags specified: ${unknown.join(' ')}`)
  if (conn_limit !== undefined && conn_limit < -1)
    found.push(`conn_limit: ${conn_limit} is not a number of connections`)
  if (name === 'PUBLIC' && password !== undefined) found.push('cannot change the password for PUBLIC user')
  if (name === 'PUBLIC' && role_attr_flags !== '')
    found.push('cannot change the role_attr_flags for PUBLIC user')
  if (priv === undefined) return found
  if (complete && db === '') found.push('privileges require a database to be specified')
  try {
    privilegesIn(priv, db ?? '')
  } catch (error) {
    found.push((error as Error).message)
  }
  return found
}

function interpret(outcomes: Outcome[], args: Args, { role }: State, { result = {} }: Plan): ModuleResult {
  if (args.state === 'absent') {
    const { failed } = concluded(outcomes, 'Unable to remove user: ')
    if (failed === undefined) return {}
    return args.fail_on_user ? { failed } : { changed: false, result: { ...result, user_removed: false } }
  }
  return concluded(outcomes, role === undefined ? 'Unable to add user with given requirement due to : ' : '')
}
