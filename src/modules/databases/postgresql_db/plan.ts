import type { Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING, sh, together } from '../../../sdk/plans.ts'
import { type Answer, identifier, literal, running, unreached } from '../postgresql.ts'
import { dumped, type Ground, restored } from './files.ts'
import type { Args } from './options.ts'

export interface State extends Ground {
  readonly answer: Answer
  /** What the server knows of the arguments; undefined without an answer. */
  readonly server: Server | undefined
  /** Those that are there of the databases that the task is about. */
  readonly databases: readonly Database[]
}

interface Server {
  readonly version: number
  readonly owner: boolean
  readonly template: boolean
  readonly tablespace: boolean
  /** The number of the encoding; -1 for none. */
  readonly encoding: number
}

export interface Database {
  readonly name: string
  readonly owner: string
  readonly encoding: string
  readonly encoding_id: number
  readonly lc_collate: string
  readonly lc_ctype: string
  readonly conn_limit: string
  readonly tablespace: string
}

export function plan(args: Args, state: State, view: ModuleContext): Plan {
  const planned = unreached(state.answer, view) ?? wanted(args, state, view)
  return { ...planned, result: { db: args.name, executed_commands: [], ...planned.result } }
}

function wanted(args: Args, state: State, view: ModuleContext): Plan {
  const there = state.databases.find(({ name }) => name === args.name)
  switch (args.state) {
    case 'present':
      return problemOf(args, state, view) ?? (there === undefined ? made(args) : kept(args, state, there))
    case 'absent':
      return there === undefined ? NOTHING : removed(args, state)
    case 'rename':
      return renamed(args, state, view)
    case 'dump':
      if (there === undefined && !view.check) return failure(`database "${args.name}" does not exist`)
      return dumped(args, state, view)
    case 'restore':
      if (there === undefined && !view.check) return failure(`database "${args.name}" does not exist`)
      return restored(args, state, view)
  }
}

/** Only an encoding is never made by an earlier task. */
function problemOf(args: Args, { server }: State, { check }: ModuleContext): Plan | undefined {
  if (server === undefined) return undefined
  const before = 'Database query failed: '
  if (args.encoding && server.encoding === -1)
    return failure(`${before}${args.encoding} is not a valid encoding name`)
  if (check) return undefined
  if (args.owner && !server.owner) return failure(`${before}role "${args.owner}" does not exist`)
  if (args.tablespace && !server.tablespace)
    return failure(`${before}tablespace "${args.tablespace}" does not exist`)
  return undefined
}

function made(args: Args): Plan {
  const { name, owner, template, encoding, lc_collate, lc_ctype, tablespace, conn_limit } = args
  const statement = [
    `CREATE DATABASE ${identifier(name)}`,
    ...(owner ? [`OWNER ${identifier(owner)}`] : []),
    ...(template ? [`TEMPLATE ${identifier(template)}`] : []),
    ...(encoding ? [`ENCODING ${literal(encoding)}`] : []),
    ...(lc_collate ? [`LC_COLLATE ${literal(lc_collate)}`] : []),
    ...(lc_ctype ? [`LC_CTYPE ${literal(lc_ctype)}`] : []),
    ...(tablespace ? [`TABLESPACE ${identifier(tablespace)}`] : []),
    ...(conn_limit ? [`CONNECTION LIMIT ${conn_limit}`] : []),
  ].join(' ')
  return byStatements(args, [{ what: `database ${name}`, before: null, after: 'present' }], [statement])
}

/** What can be changed of a database that is there. */
function kept(args: Args, { server }: State, there: Database): Plan {
  const fixed = fixedProblem(args, server!, there)
  if (fixed !== undefined) return failure(fixed)
  const { name, owner, conn_limit, tablespace } = args
  const start = `ALTER DATABASE ${identifier(name)}`
  const differing = (
    [
      ['owner', there.owner, owner, `OWNER TO ${identifier(owner)}`],
      ['connection limit', there.conn_limit, conn_limit, `CONNECTION LIMIT ${conn_limit}`],
      ['tablespace', there.tablespace, tablespace, `SET TABLESPACE ${identifier(tablespace)}`],
    ] as const
  ).filter(([, before, after]) => after !== '' && after !== before)
  return byStatements(
    args,
    differing.map(([what, before, after]) => ({ what: `${what} of ${name}`, before, after })),
    differing.map(([, , , words]) => `${start} ${words}`),
  )
}

function fixedProblem(args: Args, server: Server, there: Database): string | undefined {
  if (args.encoding && server.encoding !== there.encoding_id)
    return `Changing database encoding is not supported. Current encoding: ${there.encoding}`
  if (args.lc_collate && args.lc_collate !== there.lc_collate)
    return `Changing LC_COLLATE is not supported. Current LC_COLLATE: ${there.lc_collate}`
  if (args.lc_ctype && args.lc_ctype !== there.lc_ctype)
    return `Changing LC_CTYPE is not supported.Current LC_CTYPE: ${there.lc_ctype}`
  return undefined
}

const SERVER_WITH_FORCE = 130_000

function removed(args: Args, { server }: State): Plan {
  const { name, force } = args
  const isNew = server!.version >= SERVER_WITH_FORCE
  const statement = `DROP DATABASE ${identifier(name)}${force && isNew ? ' WITH (FORCE)' : ''}`
  const alone = [
    `UPDATE pg_database SET datallowconn = false WHERE datname = ${literal(name)}`,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ${literal(name)} AND pid <> pg_backend_pid()`,
  ]
  return byStatements(
    args,
    [{ what: `database ${name}`, before: 'present', after: null }],
    [statement],
    force && !isNew ? alone : [],
  )
}

function renamed(args: Args, { databases }: State, view: ModuleContext): Plan {
  const { name, target } = args
  const [isSource, isTarget] = [name, target].map((one) => databases.some((other) => other.name === one))
  if (isSource && isTarget) return failure('Both the source and the target databases exist.')
  if (isTarget) return NOTHING
  if (!isSource && !view.check) return failure('The source and the target databases do not exist.')
  return byStatements(
    args,
    [{ what: `database ${name}`, before: name, after: target }],
    [`ALTER DATABASE ${identifier(name)} RENAME TO ${identifier(target)}`],
  )
}

function byStatements(
  args: Args,
  changes: Change[],
  statements: readonly string[],
  before: readonly string[] = [],
): Plan {
  const action = sh(running(args, args.maintenance_db, [...before, ...statements]))
  return { ...together(changes, action), result: { executed_commands: [...statements] } }
}
