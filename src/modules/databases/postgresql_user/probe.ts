import type { ProbeOutput } from '../../../sdk/probe.ts'
import { type Answer, answerOf, asking, literal } from '../postgresql.ts'
import type { Args } from './options.ts'
import { type Privileges, privilegesIn, tableName } from './privileges.ts'

export interface State {
  readonly answer: Answer
  /** Roles of `groups` that are there. */
  readonly groups: readonly string[]
  readonly role: Role | undefined
  /** What it holds of each object of `priv`; null for one that is not there. */
  readonly held: readonly (readonly string[] | null)[]
  /** What the server stores of its password; undefined if nobody may look. */
  readonly stored: string | null | undefined
}

export interface Role {
  readonly attributes: Readonly<Record<string, boolean>>
  readonly conn_limit: number
  readonly expires: string | null
  /** It expires when it is to. */
  readonly expires_so: boolean
  readonly comment: string | null
  readonly memberships: readonly string[]
  /** It owns something, or has privileges, and cannot be removed. */
  readonly is_needed: boolean
}

const ATTRIBUTES = {
  SUPERUSER: 'rolsuper',
  CREATEROLE: 'rolcreaterole',
  CREATEDB: 'rolcreatedb',
  INHERIT: 'rolinherit',
  LOGIN: 'rolcanlogin',
  REPLICATION: 'rolreplication',
  BYPASSRLS: 'rolbypassrls',
}

export function probe(args: Args): string {
  const { name, groups = [], expires } = args
  const attributes = Object.entries(ATTRIBUTES).map(([flag, column]) => `'${flag}', ${column}`)
  const role = [
    `'attributes', json_build_object(${attributes.join(', ')})`,
    "'conn_limit', rolconnlimit, 'expires', rolvaliduntil::text",
    `'expires_so', rolvaliduntil IS NOT DISTINCT FROM ${expires === undefined ? 'rolvaliduntil' : `${literal(expires)}::timestamptz`}`,
    "'comment', shobj_description(oid, 'pg_authid')",
    "'memberships', ARRAY(SELECT pg_get_userbyid(roleid) FROM pg_auth_members WHERE member = r.oid)",
    "'is_needed', EXISTS (SELECT FROM pg_shdepend WHERE refclassid = 'pg_authid'::regclass AND refobjid = r.oid)",
  ]
  const wanted = groups.length === 0 ? 'NULL' : groups.map(literal).join(', ')
  return asking(args, args.db, [
    `SELECT json_build_object('groups', ARRAY(SELECT rolname FROM pg_roles WHERE rolname IN (${wanted})))`,
    `SELECT json_build_object('role', (SELECT json_build_object(${role.join(', ')}) FROM pg_roles r WHERE rolname = ${literal(name)}))`,
    ...privilegesOf(args).map((one) => `SELECT json_build_object('held', (${heldSql(name, one)}))`),
    // Not everybody may look, and that is no failure.
    `\\set ON_ERROR_STOP 0\nSELECT json_build_object('stored', (SELECT rolpassword FROM pg_authid WHERE rolname = ${literal(name)}))`,
  ])
}

export function privilegesOf({ priv, db }: Args): Privileges[] {
  return priv === undefined ? [] : privilegesIn(priv, db)
}

function heldSql(role: string, { type, name }: Privileges): string {
  const grantee = role === 'PUBLIC' ? '0' : `(SELECT oid FROM pg_roles WHERE rolname = ${literal(role)})`
  const held = (acl: string) =>
    `SELECT to_json(ARRAY(SELECT privilege_type FROM aclexplode(${acl}) WHERE grantee = ${grantee}))`
  if (type === 'database') return `${held('datacl')} FROM pg_database WHERE datname = ${literal(name)}`
  const { schema, table } = tableName(name)
  const where = schema === undefined ? 'pg_table_is_visible(c.oid)' : `nspname = ${literal(schema)}`
  return `${held('relacl')} FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relname = ${literal(table)} AND ${where}`
}

export function parse(found: ProbeOutput, args: Args): State {
  const answer = answerOf(found, args)
  const rows = answer.rows as readonly Record<string, unknown>[]
  const of = (name: string) => rows.filter((row) => name in row).map((row) => row[name])
  return {
    answer,
    groups: (of('groups')[0] ?? []) as string[],
    role: (of('role')[0] ?? undefined) as Role | undefined,
    held: of('held') as State['held'],
    stored: of('stored')[0] as State['stored'],
  }
}
