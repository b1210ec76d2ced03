import { identifier, literal, qualified } from '../postgresql.ts'
import type { Args } from './options.ts'

/** Where a catalogue keeps objects of a type: their privileges, their owner, and how one is found. */
interface Kind {
  readonly from: string
  readonly acl: string
  readonly owner: string
  /** What acldefault calls it. */
  readonly letter: string
  /** A function that finds one by the name that SQL gives it, or the column of names. */
  readonly by: string
  /** Which ones "ALL ... IN SCHEMA" means, and what they are called there. */
  readonly whole?: string
  readonly plural?: string
}

type Type = Exclude<Args['type'], 'group' | 'default_privs'>

const RELATION = { from: 'pg_class', acl: 'relacl', owner: 'relowner', by: 'to_regclass' }
const ROUTINE = { from: 'pg_proc', acl: 'proacl', owner: 'proowner', letter: 'f', by: 'to_regprocedure' }
// Servers before 11 know functions alone, and have no such column.
const PROKIND = "COALESCE(to_json(c)->>'prokind', 'f')"

const KINDS: Readonly<Record<Type, Kind>> = {
  table: {
    ...RELATION,
    letter: 'r',
    whole: "relkind IN ('r', 'v', 'm', 'f', 'p') AND relnamespace",
    plural: 'TABLES',
  },
  sequence: { ...RELATION, letter: 's', whole: "relkind = 'S' AND relnamespace", plural: 'SEQUENCES' },
  function: { ...ROUTINE, whole: `${PROKIND} <> 'p' AND pronamespace`, plural: 'FUNCTIONS' },
  procedure: { ...ROUTINE, whole: `${PROKIND} = 'p' AND pronamespace`, plural: 'PROCEDURES' },
  type: { from: 'pg_type', acl: 'typacl', owner: 'typowner', letter: 'T', by: 'to_regtype' },
  database: { from: 'pg_database', acl: 'datacl', owner: 'datdba', letter: 'd', by: 'datname' },
  schema: { from: 'pg_namespace', acl: 'nspacl', owner: 'nspowner', letter: 'n', by: 'nspname' },
  language: { from: 'pg_language', acl: 'lanacl', owner: 'lanowner', letter: 'l', by: 'lanname' },
  tablespace: { from: 'pg_tablespace', acl: 'spcacl', owner: 'spcowner', letter: 't', by: 'spcname' },
  foreign_data_wrapper: {
    ...{ from: 'pg_foreign_data_wrapper', acl: 'fdwacl', owner: 'fdwowner', letter: 'F', by: 'fdwname' },
  },
  foreign_server: { from: 'pg_foreign_server', acl: 'srvacl', owner: 'srvowner', letter: 'S', by: 'srvname' },
}

const WITH_SCHEMA = ['table', 'sequence', 'function', 'procedure', 'type', 'default_privs']

export function hasSchema({ type }: Pick<Args, 'type'>): boolean {
  return WITH_SCHEMA.includes(type)
}

/** The schema that the objects lie in, if one is meant. */
export function schemaOf({ type, objs, schema }: Args): string | undefined {
  if (!hasSchema({ type }) || objs === 'schemas' || schema === 'not-specified') return undefined
  return schema || 'public'
}

export function isWhole({ objs }: Pick<Args, 'objs'>): boolean {
  return objs === 'ALL_IN_SCHEMA'
}

/** The objects as they are written. */
export function objectsOf({ type, objs, database }: Pick<Args, 'type' | 'objs' | 'database'>): string[] {
  const text = objs || (type === 'database' ? database : '')
  const isRoutine = type === 'function' || type === 'procedure'
  return text.split(',').map((one) => (isRoutine ? one.replaceAll(':', ',') : one).trim())
}

/** A function with its arguments, which are names of types and nothing else. */
const SIGNATURE = /^([^()]+)\(([\w\s.,[\]"]*)\)$/

export function isSignature(text: string): boolean {
  return SIGNATURE.test(text)
}

/** An object as SQL writes it. */
function sqlOf(args: Args, object: string): string {
  const [, name = object, types] =
    args.type === 'function' || args.type === 'procedure' ? (SIGNATURE.exec(object) ?? []) : []
  const schema = schemaOf(args)
  const own =
    schema === undefined && hasSchema(args)
      ? qualified(name)
      : [schema ?? [], name].flat().map(identifier).join('.')
  return types === undefined ? own : `${own}(${types})`
}

/** What privileges are granted on, as SQL writes it. */
export function targetOf(args: Args): string {
  const objects = objectsOf(args).map((one) => sqlOf(args, one))
  if (args.type === 'group') return objects.join(', ')
  if (isWhole(args)) return `ALL ${KINDS[args.type as Type].plural} IN SCHEMA ${identifier(schemaOf(args)!)}`
  return `${args.type.replaceAll('_', ' ').toUpperCase()} ${objects.join(', ')}`
}

/** Queries for the objects: what each is called, all that can be granted on it, and what is. */
export function objectQueries(args: Args): string[] {
  if (args.type === 'group') return objectsOf(args).map(groupQuery)
  if (args.type === 'default_privs') return defaultQueries(args)
  const kind = KINDS[args.type]
  if (isWhole(args)) {
    const where = `${kind.whole} = (SELECT oid FROM pg_namespace WHERE nspname = ${literal(schemaOf(args)!)})`
    const name = kind.from === 'pg_proc' ? 'c.oid::regprocedure::text' : 'c.oid::regclass::text'
    return [`SELECT ${grantsOn(kind, name)} FROM ${kind.from} c WHERE ${where}`]
  }
  return objectsOf(args).map((object) => {
    const where = kind.by.startsWith('to_')
      ? `c.oid = ${kind.by}(${literal(sqlOf(args, object))})`
      : `${kind.by} = ${literal(object)}`
    return `SELECT ${grantsOn(kind, literal(object))} FROM ${kind.from} c WHERE ${where}`
  })
}

const GRANT = 'json_build_array(pg_get_userbyid(NULLIF(grantee, 0)), privilege_type, is_grantable)'

function grantsOn({ acl, owner, letter }: Kind, name: string): string {
  // Who may act for the owner grants in the owner's name.
  const grantor = `CASE WHEN pg_has_role(${owner}, 'USAGE') THEN ${owner} ELSE (SELECT oid FROM pg_roles WHERE rolname = current_user) END`
  const own = `acldefault('${letter}', ${owner})`
  return `json_build_object('object', ${name}, 'all', ARRAY(SELECT privilege_type FROM aclexplode(${own}) WHERE grantee = ${owner}), 'grants', ARRAY(SELECT ${GRANT} FROM aclexplode(COALESCE(${acl}, ${own})) WHERE grantor = ${grantor}))`
}

/** What membership in a role is called among privileges. */
export const MEMBER = 'MEMBER'

function groupQuery(name: string): string {
  const members = `SELECT json_build_array(pg_get_userbyid(member), '${MEMBER}', bool_or(admin_option)) FROM pg_auth_members WHERE roleid = r.oid GROUP BY member`
  return `SELECT json_build_object('object', rolname, 'all', ARRAY['${MEMBER}'], 'grants', ARRAY(${members})) FROM pg_roles r WHERE rolname = ${literal(name)}`
}

/** Kinds of objects to come: their letters in pg_default_acl and for acldefault, and what may be granted on them. */
export const TO_COME = {
  TABLES: {
    letters: ['r', 'r'],
    privileges: ['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'],
  },
  SEQUENCES: { letters: ['S', 's'], privileges: ['SELECT', 'UPDATE', 'USAGE'] },
  FUNCTIONS: { letters: ['f', 'f'], privileges: ['EXECUTE'] },
  TYPES: { letters: ['T', 'T'], privileges: ['USAGE'] },
  SCHEMAS: { letters: ['n', 'n'], privileges: ['CREATE', 'USAGE'] },
} as const

export type ToCome = keyof typeof TO_COME

export function isToCome(name: string): name is ToCome {
  return Object.hasOwn(TO_COME, name)
}

/** The kinds of objects to come that default privileges are about. */
export function toComeOf(args: Pick<Args, 'type' | 'objs' | 'database'>): string[] {
  if (args.objs === 'ALL_DEFAULT') return ['TABLES', 'SEQUENCES', 'FUNCTIONS', 'TYPES']
  return objectsOf(args).map((one) => one.toUpperCase())
}

/** Those that a revocation, or USAGE of types, is about besides. */
export function allToCome(args: Args): ToCome[] {
  const named = toComeOf(args).filter(isToCome)
  const others: ToCome[] =
    args.state === 'absent' ? ['TABLES', 'SEQUENCES', 'TYPES'] : args.usage_on_types ? ['TYPES'] : []
  return [...new Set([...named, ...others])]
}

export function targetRolesOf({ target_roles }: Pick<Args, 'target_roles'>): (string | undefined)[] {
  return target_roles ? target_roles.split(',').map((one) => one.trim()) : [undefined]
}

/** What default privileges are called in changes, one for each kind and role whose objects are to come. */
export function defaultName(kind: string, role: string | undefined): string {
  return `${kind} to come${role === undefined ? '' : ` of ${role}`}`
}

function defaultQueries(args: Args): string[] {
  const schema = schemaOf(args)
  const space =
    schema === undefined
      ? '0'
      : `COALESCE((SELECT oid FROM pg_namespace WHERE nspname = ${literal(schema)}), 1)`
  return targetRolesOf(args).flatMap((role) => {
    const of = role === undefined ? 'current_user' : literal(role)
    return allToCome(args).map((kind) => {
      const { letters, privileges } = TO_COME[kind]
      const set = `SELECT defaclacl FROM pg_default_acl WHERE defaclrole = r.oid AND defaclnamespace = ${space} AND defaclobjtype = '${letters[0]}'`
      const unset = schema === undefined ? `acldefault('${letters[1]}', r.oid)` : 'NULL'
      const all = privileges.map(literal).join(', ')
      return `SELECT json_build_object('object', ${literal(defaultName(kind, role))}, 'all', ARRAY[${all}], 'grants', ARRAY(SELECT ${GRANT} FROM aclexplode(COALESCE((${set}), ${unset})))) FROM pg_roles r WHERE rolname = ${of}`
    })
  })
}
