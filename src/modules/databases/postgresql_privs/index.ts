import { defineModule, type Outcome } from '../../../sdk/module.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import {
  answerOf,
  asking,
  concluded,
  inputProblems,
  type Login,
  literal,
  loginProblems,
  nameProblems,
} from '../postgresql.ts'
import {
  hasSchema,
  isSignature,
  isToCome,
  isWhole,
  objectQueries,
  objectsOf,
  schemaOf,
  TO_COME,
  targetRolesOf,
  toComeOf,
} from './objects.ts'
import { type Args, declared } from './options.ts'
import { loginOf, type OnObject, plan, privilegesOf, rolesOf, type State } from './plan.ts'

/** Keeps privileges on what is in databases of PostgreSQL. Semantics: community.postgresql.postgresql_privs. */
export const postgresql_privs = defineModule<typeof declared, State>({
  name: 'postgresql_privs',
  summary: 'Grants or revokes privileges on objects of a database of PostgreSQL.',
  options: declared,
  probesElsewhere: true,
  validate: problems,
  probe,
  parse,
  plan,
  interpret: (outcomes: Outcome[]) => concluded(outcomes, ''),
})

const PRIVILEGES = new Set([
  ...['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER', 'CREATE', 'CONNECT'],
  ...['TEMPORARY', 'EXECUTE', 'USAGE', 'ALL', 'SET', 'ALTER SYSTEM', 'MAINTAIN'],
])

function problems(args: Partial<Args>, complete: boolean): string[] {
  const {
    type = 'table',
    privs,
    objs,
    roles,
    target_roles,
    schema,
    session_role,
    password,
    login_password,
  } = args
  const found = [
    ...loginProblems(args as Partial<Login>),
    ...nameProblems({ database: args.database, schema, session_role }),
    ...inputProblems(args, [roles ?? null, target_roles ?? null, session_role ?? null, schema ?? null]),
  ]
  if (password && login_password)
    found.push(
      'Use the "password" or "login_password" option but not both to pass a password to log in with.',
    )
  for (const [option, list] of Object.entries({ roles, target_roles }))
    if (list?.split(',').some((one) => one.trim() === '')) found.push(`${option} holds an empty name`)
  const unknown = privilegesOf({ privs }).filter((one) => !PRIVILEGES.has(one))
  if (unknown.length > 0) found.push(`Invalid privileges specified: ${unknown.join(', ')}`)
  if (args.type === undefined) return found
  if (schema && !hasSchema({ type })) found.push(`Argument "schema" is not allowed for type "${type}".`)
  if (privs && type === 'group') found.push('Argument "privs" is not allowed for type "group".')
  found.push(...objectProblems({ ...args, type }))
  if (!complete) return found
  if (!objs && type !== 'database') found.push(`Argument "objs" is required for type "${type}".`)
  if (!privs && type !== 'group') found.push(`Argument "privs" is required for type "${type}".`)
  return found
}

const WHOLE = ['table', 'sequence', 'function', 'procedure']

function objectProblems(args: Partial<Args> & Pick<Args, 'type'>): string[] {
  const { type, objs, schema } = args
  if (!objs) return []
  if (isWhole({ objs })) {
    if (schema === 'not-specified') return ['Argument "objs": ALL_IN_SCHEMA needs a schema.']
    if (WHOLE.includes(type)) return []
    return [
      `Argument "objs": ALL_IN_SCHEMA can be used only for type: table, sequence, function or procedure, ${type} was passed.`,
    ]
  }
  const named = { type, objs, database: '' }
  if (type === 'default_privs') return defaultProblems(toComeOf(named), privilegesOf({ privs: args.privs }))
  const objects = objectsOf(named)
  if (objects.includes('')) return ['objs holds an empty name']
  if (type !== 'function' && type !== 'procedure') return []
  return objects
    .filter((one) => !isSignature(one))
    .map((one) => `Illegal function / procedure signature: ${JSON.stringify(one)}.`)
}

function defaultProblems(kinds: readonly string[], privileges: readonly string[]): string[] {
  const unknown = kinds.filter((kind) => !isToCome(kind))
  if (unknown.length > 0) return [`Invalid Object set specified: ${unknown.join(', ')}`]
  const bad = kinds.filter((kind) => {
    const known: readonly string[] = isToCome(kind) ? TO_COME[kind].privileges : []
    return privileges.some((one) => one !== 'ALL' && !known.includes(one))
  })
  if (bad.length === 0) return []
  const good = kinds.filter((kind) => !bad.includes(kind))
  return [`Invalid priv specified. Valid object for priv: ${good.join(', ')}. Objects: ${kinds.join(', ')}`]
}

function probe(args: Args): string {
  const known = [...(rolesOf(args) ?? []), ...targetRolesOf(args).filter((one) => one !== undefined)]
  const names = known.length === 0 ? 'NULL' : known.map(literal).join(', ')
  const schema = schemaOf(args)
  return asking(loginOf(args), args.database, [
    `SELECT json_build_object('roles', ARRAY(SELECT rolname FROM pg_roles WHERE rolname IN (${names})), 'schema', ${schema === undefined ? 'true' : `EXISTS (SELECT FROM pg_namespace WHERE nspname = ${literal(schema)})`})`,
    ...objectQueries(args),
  ])
}

function parse(found: ProbeOutput, args: Args): State {
  const answer = answerOf(found, args)
  const [known, ...objects] = answer.rows as unknown as [State['known'], ...OnObject[]]
  return { answer, known, objects }
}
