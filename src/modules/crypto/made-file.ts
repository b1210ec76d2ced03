import { type Ids, idsProbe, readIds, resolveMode, unknownOwner } from '../../host/attributes.ts'
import { bytesOf } from '../../host/bytes.ts'
import { type Existing, files, followed, isFolder, type Reached } from '../../host/file-state.ts'
import { folderOf } from '../../host/paths.ts'
import { settle } from '../../host/placement.ts'
import { removeScript } from '../../host/safe-path.ts'
import { copyFile, makeFile, readWritten } from '../../host/write.ts'
import type { Change, ModuleContext, ModuleResult, Outcome, Plan } from '../../sdk/module.ts'
import { type ArgsOf, fileOptions, options } from '../../sdk/options.ts'
import { failure, inSteps, joined, NOTHING, sh } from '../../sdk/plans.ts'
import type { BatchedProbe, ProbeOutput } from '../../sdk/probe.ts'
import { contentOf } from '../../shell/content.ts'
import type { ValueMap } from '../../values/value.ts'

/** The options of every module that has openssl make a file. */
export const madeOptions = options({
  ...fileOptions,
  path: { type: 'path', required: true, help: 'The file.' },
  state: {
    type: 'str',
    choices: ['absent', 'present'],
    default: 'present',
    help: 'Whether the file is there.',
  },
  force: { type: 'bool', default: false, help: 'Whether it is made anew though it is right.' },
  backup: { type: 'bool', default: false, help: 'Whether a copy of the file as it was is kept.' },
  return_content: { type: 'bool', default: false, help: 'Whether what the file holds is returned.' },
})

type Args = ArgsOf<typeof madeOptions>

/** A file that is removed gets no attributes. */
export const MADE_MARKS = {
  places: ({ path, state }: Args) => (state === 'absent' ? [] : [{ path, follow: true }]),
}

/** What is there of a file that openssl makes. */
export interface Ground extends Reached {
  readonly ids: Ids
  readonly hasFolder: boolean
  /** What it holds, if that is to be returned. */
  readonly content: string | undefined
}

function look({ path }: Args) {
  return files([path, folderOf(path)], { follow: true })
}

export function groundProbe(args: Args): BatchedProbe[] {
  return [look(args), idsProbe(args), ...(args.return_content ? [bytesOf([args.path])] : [])]
}

export function readGround(output: ProbeOutput, args: Args): Ground {
  const [itself, folder] = output.of(look(args))
  const [bytes] = args.return_content ? output.of(bytesOf([args.path])) : []
  const reached = followed(args.path, itself)
  const isThere = bytes !== undefined && reached.file !== undefined
  return {
    ...reached,
    ids: readIds(output, args),
    hasFolder: isFolder(folder),
    content: isThere ? bytes.toString() : undefined,
  }
}

/** How a file is made that is missing or wrong. */
export interface Making {
  /** What is changed by that. */
  readonly changes: readonly [Change, ...Change[]]
  /** Sh that prints what the file is to hold. */
  readonly make: string
  /** What it reads from its stdin: passphrases, each a line. */
  readonly input: string
  readonly from?: string
}

/**
 * Makes the file, removes it, or sets its attributes only (`making` is undefined for one that is right). `mode` are the
 * permissions of a new one. `told` is sh whose output stands behind, and tells what was made.
 */
export function planMade(
  args: Args,
  ground: Ground,
  making: Making | undefined,
  told: string,
  mode: number,
  view: ModuleContext,
): Plan {
  const { ids, file, path, via } = ground
  if (!ground.hasFolder && !view.check)
    return failure(`The directory ${folderOf(args.path)} does not exist or the file is not a directory`)
  const unknown = unknownOwner(ids, view)
  if (unknown !== undefined) return failure(unknown)
  if (file !== undefined && file.type !== 'file')
    return failure(`${args.path} is a ${file.type}, and no file`)
  if (args.state === 'absent') return removal(args, ground)
  if (making === undefined)
    return file === undefined ? NOTHING : settle({ path, via, file } as Existing, args, ids)
  const { changes, make, input, from } = making
  const bits =
    args.mode === undefined ? (file?.mode ?? mode) : resolveMode(args.mode, file?.mode ?? mode, false)
  const action = makeFile({
    ...{ path, via, make, from, mode: bits, backup: args.backup },
    input: contentOf(input),
    owner: ids.uid ?? file?.uid,
    group: ids.gid ?? file?.gid,
    replaces: file ?? null,
  })
  const attributes = file === undefined ? [] : settle({ path, via, file } as Existing, args, ids).changes
  return { changes: [...changes, ...attributes], actions: [action, sh(told)] }
}

function removal({ backup, path: written }: Args, { path, file }: Ground): Plan {
  if (file === undefined) return NOTHING
  const change: Change = { what: 'state', before: 'file', after: 'absent' }
  // The link goes, and not what it leads to.
  const removed = inSteps([[change, sh(removeScript(written, 'file'))]])
  if (!backup) return removed
  const time = new Date(file.mtime * 1000).toISOString().replace('T', '@').slice(0, 19)
  const kept = `${written}.${file.inode}.${time}~`
  const { uid, gid, mode } = file
  const copied = copyFile({ path: kept, from: path, owner: uid, group: gid, mode, replaces: null })
  return joined([
    { ...inSteps([[{ what: 'backup', before: null, after: kept }, copied]]), result: {} },
    { ...removed, result: { backup_file: kept } },
  ])
}

/**
 * What the actions of `planMade` brought: the path of the backup, and what `tell` makes of what the sh `told` of it
 * printed; or the failure that the last one ended in, with what openssl says.
 */
export function concludeMade(
  outcomes: readonly Outcome[],
  args: Args,
  tell: (printed: string) => ValueMap,
): ModuleResult {
  const [first, told] = outcomes
  const last = outcomes.at(-1)
  if (last !== undefined && last.code !== 0)
    return { failed: reason(last.stderr) || `exit status ${last.code}`, result: { rc: last.code } }
  if (args.state === 'absent' || first === undefined || told === undefined) return { result: {} }
  const { backup } = readWritten(first)
  return { result: { ...(backup !== undefined && { backup_file: backup }), ...tell(told.stdout) } }
}

/** Openssl's words, without the numbers before them, and those of descriptors. */
export function reason(said: string): string {
  return said
    .trim()
    .replace(/^[0-9A-F]+:error:[0-9A-F]+:/gm, '')
    .replace(/:\.\.\/\S*:\d+:/g, ': ')
    .replace(/ from \/dev\/fd\/\d+/g, '')
    .trim()
}

/** A host without openssl cannot do anything of this. */
export function lackOf(hasOpenssl: boolean, view: ModuleContext): Plan | undefined {
  if (hasOpenssl || view.check) return undefined
  return { ...failure('Failed to find required executable "openssl"'), advice: 'install the package openssl' }
}
