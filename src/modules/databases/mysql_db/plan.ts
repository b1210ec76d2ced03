import { freshMode } from '../../../host/attributes.ts'
import { type FileState, isFolder, type Reached as ReachedFile } from '../../../host/file-state.ts'
import { noPacker, packerOf } from '../../../host/packers.ts'
import { folderOf } from '../../../host/paths.ts'
import { mayCome, noFolder } from '../../../host/placement.ts'
import { HOLD, makeFile } from '../../../host/write.ts'
import type { Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING, sh, together } from '../../../sdk/plans.ts'
import { contentOf } from '../../../shell/content.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import { SAFE_PATH } from '../../../shell/safe-path.ts'
import {
  clientScript,
  identifier,
  literal,
  NO_CLIENT,
  PLAIN_MODE,
  type Reached,
  running,
  unreachable,
} from '../mysql.ts'
import type { Args } from './options.ts'
import { directionOf, isAll, namesOf, targetOf } from './target.ts'

export interface State {
  readonly reached: Reached
  /** What the client says of a failed login. */
  readonly said?: string
  /** config_file is there. */
  readonly isConfigured?: boolean
  /** Those of the databases that are there. */
  readonly existing: readonly string[]
  readonly target: ReachedFile | undefined
  /** What the target lies in. */
  readonly folder: FileState | undefined
  /** The host has what packs or unpacks the target. */
  readonly hasPacker: boolean
}

export function plan(args: Args, state: State, view: ModuleContext): Plan {
  const names = namesOf(args)
  const result = { db: names.join(' '), db_list: names }
  const failed = problemOf(args, state, view)
  if (failed !== undefined) return { ...failed, result }
  const what = planned(args, state)
  return { ...what, result: { ...result, ...(!view.check && what.result) } }
}

function planned(args: Args, state: State): Plan {
  const { existing } = state
  switch (args.state) {
    case 'present':
      return made(args, missingOf(args, state))
    case 'absent':
      return byStatements(
        args,
        existing.map((name) => ({ what: `database ${name}`, before: 'present', after: null })),
        existing.map((name) => `DROP DATABASE ${identifier(name)}`),
      )
    case 'dump':
      return dumped(args, state)
    case 'import':
      return imported(args, state)
  }
}

function problemOf(args: Args, state: State, view: ModuleContext): Plan | undefined {
  const { reached, said = '', target, folder, existing } = state
  if (reached === 'none' && !view.check) return { ...NOTHING, ...NO_CLIENT }
  if (reached === 'failed') {
    const { config_file } = args
    return failure(
      state.isConfigured
        ? unreachable(args, said)
        : `unable to find ${config_file}. Exception message: ${said.trim()}`,
    )
  }
  const path = targetOf(args)
  if (!state.hasPacker && !view.check) return noPacker(packerOf(path!)!, directionOf(args))
  if (args.state === 'dump') {
    const missing = isAll(args) ? [] : namesOf(args).filter((name) => !existing.includes(name))
    if (missing.length > 0 && !view.check)
      return failure(`Cannot dump database(s) '${missing.join(', ')}' - not found`)
    if (target?.file !== undefined && target.file.type !== 'file')
      return failure(`${path} is a ${target.file.type}, and a file is to be there`)
    if (target?.file === undefined && !isFolder(folder) && !(view.check && mayCome(folder)))
      return failure(noFolder(folderOf(path!), folder))
  }
  if (args.state === 'import' && target?.file === undefined && !view.check)
    return failure(`target ${args.target} does not exist on the host`)
  return undefined
}

function missingOf(args: Args, { existing }: State): string[] {
  return isAll(args) ? [] : namesOf(args).filter((name) => !existing.includes(name))
}

function made(args: Args, names: readonly string[]): Plan {
  return byStatements(
    args,
    names.map(added),
    names.map((name) => creation(args, name)),
  )
}

function added(name: string): Change {
  return { what: `database ${name}`, before: null, after: 'present' }
}

function creation({ encoding, collation }: Args, name: string): string {
  return [
    `CREATE DATABASE ${identifier(name)}`,
    ...(encoding === '' ? [] : [`CHARACTER SET ${literal(encoding)}`]),
    ...(collation === '' ? [] : [`COLLATE ${literal(collation)}`]),
  ].join(' ')
}

function byStatements(args: Args, changes: Change[], statements: readonly string[]): Plan {
  const action = sh(running(args, [PLAIN_MODE, ...statements]))
  return { ...together(changes, action), result: { executed_commands: [...statements] } }
}

function dumped(args: Args, { target }: State): Plan {
  const { path, via, file } = target!
  const { words, packed } = dumpCommand(args)
  // The status of what stands before a bar is lost, unless it is written down.
  const make = apart([
    clientScript(args, 'fail "mysql is not there"'),
    'dump=$(command -v mariadb-dump || command -v mysqldump) || fail "mysqldump is not there"',
    packed === undefined
      ? `my "$dump" ${words}`
      : `{ x=$({ { my "$dump" ${words}; echo $? >&5; } | ${packed} -c >&6; } 5>&1) && [ "$x" = 0 ]; } 6>&1`,
  ])
  const change = { what: `dump of ${args.name.join(' ')}`, before: null, after: args.target! }
  const action = makeFile({
    path,
    via,
    mode: file?.mode ?? freshMode(false),
    owner: file?.uid,
    group: file?.gid,
    make,
    input: contentOf(''),
  })
  const command = `mysqldump ${words}${packed === undefined ? '' : ` | ${packed}`} > ${quote(args.target!)}`
  return { ...together([change], action), result: { msg: '', executed_commands: [command] } }
}

/** Sh whose variables do not mix with those around it. */
function apart(lines: readonly string[]): string {
  return `(\n${lines.join('\n')}\n) || exit`
}

function dumpCommand(args: Args): { words: string; packed: string | undefined } {
  const names = namesOf(args)
  const words = [
    ...(args.force ? ['--force'] : []),
    ...(args.skip_lock_tables ? ['--skip-lock-tables'] : []),
    ...(args.encoding === '' ? [] : [`--default-character-set=${args.encoding}`]),
    ...(args.single_transaction ? ['--single-transaction'] : []),
    ...(args.quick ? ['--quick'] : []),
    ...args.ignore_tables.map((table) => `--ignore-table=${quote(table)}`),
    ...(args.hex_blob ? ['--hex-blob'] : []),
    ...(args.master_data === 0 ? [] : [`--master-data=${args.master_data}`]),
    ...(args.dump_extra_args === undefined ? [] : [args.dump_extra_args]),
    ...(isAll(args) ? ['--all-databases'] : names.length > 1 ? ['--databases'] : []),
    ...(isAll(args) ? [] : ['--', ...names.map(quote)]),
  ]
  return { words: words.join(' '), packed: packerOf(args.target!) }
}

function imported(args: Args, state: State): Plan {
  const missing = missingOf(args, state)
  const packed = packerOf(args.target!)
  const words = [
    ...(args.force ? ['--force'] : []),
    ...(args.encoding === '' ? [] : [`--default-character-set=${args.encoding}`]),
    ...(isAll(args) ? [] : ['--one-database', '--', ...namesOf(args).map(quote)]),
  ].join(' ')
  const read =
    packed === undefined
      ? `my "$m" ${words} <&8`
      : `x=$({ { ${packed} -dc <&8; echo $? >&5; } | my "$m" ${words} >&2; } 5>&1) && [ "$x" = 0 ]`
  const creating = missing.map((name) => creation(args, name))
  const script = [
    SAFE_PATH,
    `h=$PWD f=${quotePath(targetOf(args)!)}`,
    'case $f in /*) ;; *) f=$PWD/$f ;; esac',
    'enter_through "$f"',
    HOLD,
    apart([
      clientScript(args, 'fail "mysql is not there"'),
      ...(missing.length === 0 ? [] : [`sql ${quote([PLAIN_MODE, ...creating, ''].join(';\n'))} || exit`]),
      read,
    ]),
  ].join('\n')
  const change = { what: `import into ${args.name.join(' ')}`, before: null, after: args.target! }
  const unpacking = packed === undefined ? '' : `${packed} -dc ${quote(args.target!)} | `
  const command = `${unpacking}mysql ${words}${packed === undefined ? ` < ${quote(args.target!)}` : ''}`
  return {
    ...together([...missing.map(added), change], { do: 'send', script, content: contentOf('') }),
    result: { msg: '', executed_commands: [...creating, command] },
  }
}
