import type { Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING, sh, together } from '../../../sdk/plans.ts'
import { type Answer, atOnce, identifier, type Login, running, unreached } from '../postgresql.ts'
import {
  allToCome,
  defaultName,
  isWhole,
  MEMBER,
  objectsOf,
  schemaOf,
  type ToCome,
  targetOf,
  targetRolesOf,
  toComeOf,
} from './objects.ts'
import type { Args } from './options.ts'

export interface State {
  readonly answer: Answer
  /** Roles of the arguments that are there, and whether the schema is; undefined without an answer. */
  readonly known: { readonly roles: readonly string[]; readonly schema: boolean } | undefined
  /** Those of the objects that are there. */
  readonly objects: readonly OnObject[]
}

/** An object, all that can be granted on it, and what is granted to whom; null for everybody. */
export interface OnObject {
  readonly object: string
  readonly all: readonly string[]
  readonly grants: readonly (readonly [role: string | null, privilege: string, isGrantable: boolean])[]
}

export function loginOf(args: Args): Login {
  return { ...args, login_password: args.login_password || args.password }
}

export function privilegesOf({ privs }: { readonly privs?: string | undefined }): string[] {
  const named = (privs ?? '').split(',').map((one) => one.trim().toUpperCase())
  return [...new Set(named.filter((one) => one !== '').map((one) => (one === 'TEMP' ? 'TEMPORARY' : one)))]
}

/** The roles that get the privileges; undefined for everybody. */
export function rolesOf({ roles }: Pick<Args, 'roles'>): string[] | undefined {
  return roles.toUpperCase() === 'PUBLIC' ? undefined : roles.split(',').map((one) => one.trim())
}

export function plan(args: Args, state: State, view: ModuleContext): Plan {
  const planned = unreached(state.answer, view) ?? wanted(args, state, view)
  return { ...planned, result: { queries: [], ...planned.result } }
}

function wanted(args: Args, state: State, view: ModuleContext): Plan {
  const named = rolesOf(args)
  const isThere = (role: string) => state.known === undefined || state.known.roles.includes(role)
  const missing = (named ?? []).filter((role) => !isThere(role))
  if (missing.length > 0 && args.fail_on_role && !view.check)
    return failure(`Role '${missing[0]}' does not exist`)
  const isPassed = !args.fail_on_role
  const warnings = isPassed ? missing.map((role) => `Role '${role}' does not exist, pass it`) : []
  const roles = named === undefined ? [null] : named.filter((role) => isThere(role) || !isPassed)
  const failed = view.check ? undefined : problemOf(args, state)
  if (failed !== undefined) return { ...failure(failed), warnings }
  if (roles.length === 0) return { ...NOTHING, warnings }
  const changes = objectsMeant(args, state).flatMap((object) => changesOf(args, object, roles))
  if (changes.length === 0) return { ...NOTHING, warnings }
  const statements =
    args.type === 'default_privs' ? defaultStatements(args, roles) : statementsOf(args, roles)
  const queries = [statements.map((one) => `${one};`).join('\n')]
  const action = sh(running(loginOf(args), args.database, atOnce(statements)))
  return { ...together(changes, action), warnings, result: { queries } }
}

/** What an earlier task may bring. */
function problemOf(args: Args, { known, objects }: State): string | undefined {
  const schema = schemaOf(args)
  if (!known!.schema && schema !== undefined) return `Schema "${schema}" does not exist.`
  if (args.type === 'default_privs') {
    const role = targetRolesOf(args).find((one) => one !== undefined && !known!.roles.includes(one))
    return role === undefined ? undefined : `role "${role}" does not exist`
  }
  if (isWhole(args)) return undefined
  const missing = objectsOf(args).find((one) => !objects.some(({ object }) => object === one))
  if (missing === undefined) return undefined
  const name = schema === undefined ? missing : `${schema}.${missing}`
  return `${NOUNS[args.type] ?? args.type} "${name}" does not exist`
}

const NOUNS: { readonly [type: string]: string } = {
  ...{ table: 'relation', sequence: 'relation', group: 'role' },
  ...{ foreign_data_wrapper: 'foreign-data wrapper', foreign_server: 'server' },
}

/** The objects, and those that an earlier task may make. */
function objectsMeant(args: Args, { objects }: State): readonly OnObject[] {
  if (isWhole(args)) return objects
  const names =
    args.type === 'default_privs'
      ? targetRolesOf(args).flatMap((role) => allToCome(args).map((kind) => defaultName(kind, role)))
      : objectsOf(args)
  return names.map(
    (name) =>
      objects.find(({ object }) => object === name) ?? { object: name, all: privilegesOf(args), grants: [] },
  )
}

/** Privileges, and whether they may be granted on. */
type Held = ReadonlyMap<string, boolean>

function changesOf(args: Args, on: OnObject, roles: readonly (string | null)[]): Change[] {
  return roles.flatMap((role) => {
    const grants = on.grants.filter(([grantee]) => grantee === role)
    const before: Held = new Map(grants.map(([, privilege, isGrantable]) => [privilege, isGrantable]))
    const after = args.type === 'default_privs' ? exactly(args, on) : amended(args, on, before)
    const [old, fresh] = [told(before), told(after)]
    return old === fresh ? [] : [{ what: whatOf(args, on, role), before: old, after: fresh }]
  })
}

function whatOf({ type }: Args, { object }: OnObject, role: string | null): string {
  return type === 'group'
    ? `membership of ${role ?? 'PUBLIC'} in ${object}`
    : `privileges of ${role ?? 'PUBLIC'} on ${object}`
}

function told(held: Held): string | null {
  const parts = [...held].map(
    ([privilege, isGrantable]) => `${privilege}${isGrantable ? ' WITH GRANT OPTION' : ''}`,
  )
  return parts.sort().join(', ') || null
}

function meant(args: Args, { all }: OnObject): readonly string[] {
  const named = args.type === 'group' ? [MEMBER] : privilegesOf(args)
  return named.includes('ALL') ? all : named
}

function amended(args: Args, on: OnObject, before: Held): Held {
  const after = new Map(before)
  for (const privilege of meant(args, on)) {
    if (args.state === 'absent') after.delete(privilege)
    else after.set(privilege, args.grant_option ?? before.get(privilege) ?? false)
  }
  return after
}

/** Default privileges are revoked before they are granted: nothing of before is left. */
function exactly(args: Args, on: OnObject): Held {
  if (args.state === 'absent') return new Map()
  const isNamed = toComeOf(args).some((kind) => on.object.startsWith(`${kind} `))
  const isTypes = args.usage_on_types && on.object.startsWith('TYPES ')
  const privileges = [...(isNamed ? meant(args, on) : []), ...(isTypes ? ['USAGE'] : [])]
  return new Map(privileges.map((one) => [one, args.grant_option === true]))
}

function whom(roles: readonly (string | null)[]): string {
  return roles.map((role) => (role === null ? 'PUBLIC' : identifier(role))).join(', ')
}

function statementsOf(args: Args, roles: readonly (string | null)[]): string[] {
  const { type, state, grant_option } = args
  const isGroup = type === 'group'
  const what = isGroup ? targetOf(args) : `${privilegesOf(args).join(', ')} ON ${targetOf(args)}`
  const option = isGroup ? 'ADMIN OPTION' : 'GRANT OPTION'
  if (state === 'absent') return [`REVOKE ${what} FROM ${whom(roles)}`]
  return [
    `GRANT ${what} TO ${whom(roles)}${grant_option ? ` WITH ${option}` : ''}`,
    ...(grant_option === false ? [`REVOKE ${option} FOR ${what} FROM ${whom(roles)}`] : []),
  ]
}

function defaultStatements(args: Args, roles: readonly (string | null)[]): string[] {
  const schema = schemaOf(args)
  const targets = targetRolesOf(args).flatMap((role) => role ?? [])
  const start = [
    'ALTER DEFAULT PRIVILEGES',
    ...(targets.length === 0 ? [] : [`FOR ROLE ${targets.map(identifier).join(', ')}`]),
    ...(schema === undefined ? [] : [`IN SCHEMA ${identifier(schema)}`]),
  ].join(' ')
  const option = args.grant_option ? ' WITH GRANT OPTION' : ''
  const kinds = allToCome(args)
  const granting = (privileges: string, kind: ToCome) =>
    `${start} GRANT ${privileges} ON ${kind} TO ${whom(roles)}${option}`
  const revoking = kinds.map((kind) => `${start} REVOKE ALL ON ${kind} FROM ${whom(roles)}`)
  if (args.state === 'absent') return revoking
  const named = toComeOf(args)
  return [
    ...revoking,
    ...kinds
      .filter((kind) => named.includes(kind))
      .map((kind) => granting(privilegesOf(args).join(', '), kind)),
    ...(args.usage_on_types ? [granting('USAGE', 'TYPES')] : []),
  ]
}
