import { freshMode } from '../../../host/attributes.ts'
import { type FileState, isFolder, type Reached } from '../../../host/file-state.ts'
import { type Direction, noPacker, packerOf } from '../../../host/packers.ts'
import { folderOf } from '../../../host/paths.ts'
import { mayCome, noFolder } from '../../../host/placement.ts'
import { madeAt } from '../../../host/safe-path.ts'
import { HOLD, makeFile } from '../../../host/write.ts'
import type { Action, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, together } from '../../../sdk/plans.ts'
import { contentOf } from '../../../shell/content.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import { SAFE_PATH } from '../../../shell/safe-path.ts'
import { clientScript } from '../postgresql.ts'
import type { Args } from './options.ts'

/** What was found of the target. */
export interface Ground {
  readonly target: Reached | undefined
  /** What it lies in. */
  readonly folder: FileState | undefined
  /** The host has what packs or unpacks the target. */
  readonly hasPacker: boolean
}

/** The target is a file that is written or read. */
export function isFile({ state }: Pick<Args, 'state'>): boolean {
  return state === 'dump' || state === 'restore'
}

export function targetOf({ target, name }: Args): string {
  return target === '' ? `${name.replaceAll('/', '_')}.sql` : target
}

const FORMATS: Readonly<Record<string, string>> = { '.tar': 't', '.pgc': 'c', '.dir': 'd' }

function endOf(args: Args): string {
  return /\.\w+$/.exec(targetOf(args))?.[0] ?? ''
}

/** What is done with a target that is packed. */
export function directionOf({ state }: Pick<Args, 'state'>): Direction {
  return state === 'dump' ? 'packs' : 'unpacks'
}

export function dumped(args: Args, { target, folder, hasPacker }: Ground, view: ModuleContext): Plan {
  const path = targetOf(args)
  const format = FORMATS[endOf(args)]
  const packer = packerOf(targetOf(args))
  const file = target?.file
  if (!hasPacker && !view.check) return noPacker(packer!, 'packs')
  if (file !== undefined && (file.type !== 'file' || format === 'd'))
    return failure(
      format === 'd'
        ? `${path} is there, and pg_dump makes a new folder`
        : `${path} is a ${file.type}, and a file is to be there`,
    )
  if (file === undefined && !isFolder(folder) && !(view.check && mayCome(folder)))
    return failure(noFolder(folderOf(path), folder))
  const words = [
    ...(format === undefined ? [] : [`--format=${format}`]),
    ...(args.dump_extra_args ? [args.dump_extra_args] : []),
    ...(args.target_opts ? [args.target_opts] : []),
  ].join(' ')
  const change = { what: `dump of ${args.name}`, before: null, after: path }
  const command = `pg_dump ${quote(args.name)} ${words}${packer === undefined ? '' : ` | ${packer}`} > ${quote(path)}`
  return {
    ...together([change], dumping(args, words, target)),
    result: { msg: '', cmd: command, executed_commands: [command] },
  }
}

const NO_DUMP =
  'command -v pg_dump >/dev/null || fail "pg_dump is not there; install the package postgresql-client"'

function dumping(args: Args, words: string, target: Ground['target']): Action {
  const client = clientScript(args, args.name)
  if (FORMATS[endOf(args)] === 'd') {
    const make = `${NO_DUMP}\n${client}\npg pg_dump ${words} -f "./$n"`
    return { do: 'sh', script: madeAt(target!.path, apart([make]), {}) }
  }
  const { path, via, file } = target!
  const packer = packerOf(targetOf(args))
  // The status of what stands before a bar is lost, unless it is written down.
  const make = apart([
    NO_DUMP,
    client,
    packer === undefined
      ? `pg pg_dump ${words}`
      : `{ x=$({ { pg pg_dump ${words}; echo $? >&5; } | ${packer} -c >&6; } 5>&1) && [ "$x" = 0 ]; } 6>&1`,
  ])
  return makeFile({
    path,
    via,
    mode: file?.mode ?? freshMode(false),
    owner: file?.uid,
    group: file?.gid,
    make: `${make} || exit`,
    input: contentOf(''),
  })
}

/** Sh whose variables do not mix with those around it. */
function apart(lines: readonly string[]): string {
  return `(\n${lines.join('\n')}\n)`
}

export function restored(args: Args, { target, hasPacker }: Ground, view: ModuleContext): Plan {
  const path = targetOf(args)
  if (target?.file === undefined && !view.check) return failure(`target ${path} does not exist on the host`)
  const format = FORMATS[endOf(args)]
  const packer = packerOf(targetOf(args))
  if (!hasPacker && !view.check) return noPacker(packer!, 'unpacks')
  const program = format === undefined ? 'psql' : 'pg_restore'
  const words = [
    ...(format === undefined ? ['-X', '-q'] : [`--format=${format}`]),
    ...(args.target_opts ? [args.target_opts] : []),
  ].join(' ')
  const read =
    format === 'd'
      ? `pg pg_restore ${words} "./$n"`
      : packer === undefined
        ? `pg ${program} ${words} <&8`
        : `x=$({ { ${packer} -dc <&8; echo $? >&5; } | pg psql ${words} >&2; } 5>&1) && [ "$x" = 0 ]`
  const script = [
    SAFE_PATH,
    `f=${quotePath(path)}`,
    'case $f in /*) ;; *) f=$PWD/$f ;; esac',
    'enter_through "$f"',
    ...(format === 'd' ? [] : [HOLD]),
    `command -v ${program} >/dev/null || fail "${program} is not there; install the package postgresql-client"`,
    clientScript(args, args.name),
    `{ ${read}; } >/dev/null`,
  ].join('\n')
  const change = { what: `restore of ${args.name}`, before: null, after: path }
  const unpacking = packer === undefined ? '' : `${packer} -dc ${quote(path)} | `
  const command = `${unpacking}${program} --dbname=${quote(args.name)} ${words}${packer === undefined ? ` < ${quote(path)}` : ''}`
  return {
    ...together([change], { do: 'send', script, content: contentOf('') }),
    result: { msg: '', cmd: command, executed_commands: [command] },
  }
}
