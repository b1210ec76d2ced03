import { defineModule, type ModuleContext, type Outcome, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, NOTHING, sh, together } from '../../sdk/plans.ts'
import type { ProbeOutput } from '../../sdk/probe.ts'
import {
  type Answer,
  answerOf,
  asking,
  concluded,
  identifier,
  inputProblems,
  literal,
  loginOptions,
  loginProblems,
  nameProblems,
  running,
  sessionOptions,
  unreached,
} from './postgresql.ts'

const declared = options({
  ...loginOptions,
  ...sessionOptions,
  name: { type: 'str', required: true, aliases: ['ext'], help: 'The extension.' },
  db: { type: 'str', required: true, aliases: ['login_db'], help: 'The database that has it.' },
  schema: { type: 'str', help: 'The schema that a new one is put in.' },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether the database has it.',
  },
  cascade: {
    type: 'bool',
    default: false,
    help: 'Add what it needs as well, or remove what needs it.',
  },
  version: {
    type: 'str',
    help: 'The version to add or to update to; latest for the one that the host has by default.',
  },
})

type Args = ArgsOf<typeof declared>

interface State {
  readonly answer: Answer
  /** Undefined without an answer. */
  readonly found: Found | undefined
}

interface Found {
  /** The version that the database has. */
  readonly version: string | null
  /** The version that the host has by default. */
  readonly latest: string | null
  readonly available: readonly string[]
  /** What the version that is there can be updated to. */
  readonly reachable: readonly string[]
}

/** Keeps extensions of databases of PostgreSQL. Semantics: community.postgresql.postgresql_ext. */
export const postgresql_ext = defineModule<typeof declared, State>({
  name: 'postgresql_ext',
  summary: 'Adds an extension to a database of PostgreSQL, updates or removes it.',
  options: declared,
  probesElsewhere: true,
  validate: problems,
  probe,
  parse,
  plan,
  interpret: (outcomes: Outcome[]) => concluded(outcomes, FAILED),
})

const FAILED = 'Management of PostgreSQL extension failed: '

function problems(args: Partial<Args>): string[] {
  const { name, db, schema, version, session_role } = args
  return [
    ...loginProblems(args),
    ...nameProblems({ name, db, schema, session_role }),
    ...inputProblems(args, [name ?? null, schema ?? null, version ?? null, session_role ?? null]),
    ...(name === '' ? ['name: "" is not a name of an extension'] : []),
  ]
}

function probe(args: Args): string {
  const name = literal(args.name)
  return asking(args, args.db, [
    `SELECT json_build_object('version', (SELECT extversion FROM pg_extension WHERE extname = ${name}), 'latest', (SELECT default_version FROM pg_available_extensions WHERE name = ${name}), 'available', ARRAY(SELECT version FROM pg_available_extension_versions WHERE name = ${name}), 'reachable', ARRAY(SELECT target FROM pg_extension e, pg_extension_update_paths(extname) WHERE extname = ${name} AND source = extversion AND path IS NOT NULL))`,
  ])
}

function parse(output: ProbeOutput, args: Args): State {
  const answer = answerOf(output, args)
  return { answer, found: answer.rows[0] as unknown as Found | undefined }
}

function plan(args: Args, { answer, found }: State, view: ModuleContext): Plan {
  const { name, db, state, version } = args
  const planned =
    unreached(answer, view) ??
    (state === 'absent'
      ? removed(args, found)
      : found?.version
        ? updated(args, found)
        : added(args, found, view))
  const warnings = version && state === 'absent' ? ['Parameter version is ignored when state=absent'] : []
  return { ...planned, warnings, result: { db, ext: name, queries: [], ...planned.result } }
}

function removed(args: Args, found: Found | undefined): Plan {
  if (!found?.version) return NOTHING
  return changed(
    args,
    found.version,
    null,
    `DROP EXTENSION ${identifier(args.name)}${args.cascade ? ' CASCADE' : ''}`,
  )
}

function updated(args: Args, { version: current, latest, reachable }: Found): Plan {
  const { name, version } = args
  const wanted = version === 'latest' ? latest : version
  if (!wanted || wanted === current) return NOTHING
  if (!reachable.includes(wanted))
    return failure(
      `Passed version '${version}' has no valid update path from the currently installed version '${current}' or the passed version is not available`,
    )
  const to = version === 'latest' ? '' : ` TO ${literal(wanted)}`
  return changed(args, current, wanted, `ALTER EXTENSION ${identifier(name)} UPDATE${to}`)
}

function added(args: Args, found: Found | undefined, view: ModuleContext): Plan {
  const { name, schema, version, cascade } = args
  const isNamed = version !== undefined && version !== '' && version !== 'latest'
  const { available = [], latest = null } = found ?? {}
  // An earlier task may install what it is made of.
  if (!view.check && available.length === 0 && !isNamed) return failure(`Extension ${name} is not available`)
  if (!view.check && isNamed && !available.includes(version))
    return failure(`Passed version '${version}' is not available`)
  const statement = [
    `CREATE EXTENSION ${identifier(name)}`,
    ...(schema ? [`WITH SCHEMA ${identifier(schema)}`] : []),
    ...(isNamed ? [`VERSION ${literal(version)}`] : []),
    ...(cascade ? ['CASCADE'] : []),
  ].join(' ')
  return changed(args, null, isNamed ? version : (latest ?? 'present'), statement)
}

function changed(args: Args, before: string | null, after: string | null, statement: string): Plan {
  const change = { what: `extension ${args.name}`, before, after }
  return {
    ...together([change], sh(running(args, args.db, [statement]))),
    result: { queries: [statement] },
  }
}
