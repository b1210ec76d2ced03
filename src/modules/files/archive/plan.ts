import { planAttributes, unknownOwner } from '../../../host/attributes.ts'
import { describe, type FileState, isFolder, regularAt } from '../../../host/file-state.ts'
import { below, folderOf } from '../../../host/paths.ts'
import { mayCome, noFolder } from '../../../host/placement.ts'
import { attributesScripts, removeScript } from '../../../host/safe-path.ts'
import type { Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, sh } from '../../../sdk/plans.ts'
import { globToRegExp } from '../../../values/glob.ts'
import type { Value, ValueMap } from '../../../values/value.ts'
import type { Member } from '../unarchive/members.ts'
import {
  type Args,
  destOf,
  type Entry,
  isPattern,
  mayBeCompressed,
  type Source,
  type State,
} from './probe.ts'
import { compressAction, packAction } from './script.ts'

export function plan(args: Args, state: State, view: ModuleContext): Plan {
  const paths = pathsOf(state)
  const dest = destOf(args)
  const targets = paths.filter(({ file }) => file !== undefined)
  const isArchive =
    args.force_archive || args.path.some(isPattern) || paths.length > 1 || isFolder(paths[0]?.file)
  const failed = problemOf(args, state, paths, isArchive, view)
  const root = rootOf(paths.map(({ path }) => path))
  const base = about(args, state, paths, root)
  if (failed !== undefined) return { ...failure(failed), result: base }
  const { changes, set } = planAttributes(args, state.ids, state.dest, false)
  const old = regularAt(dest, state.dest)
  const settle = old === undefined ? [] : attributesScripts([{ ...old, set }])
  if (targets.length === 0)
    return {
      changes: old === undefined ? [] : changes,
      actions: settle.map(sh),
      result: { ...base, dest_state: stateOfOld(dest, old !== undefined) },
    }
  const isCompressed = !isArchive && mayBeCompressed(args)
  const entries = entriesOf(args, targets, root)
  const isSame = isCompressed
    ? state.digests?.[0] === state.digests?.[1] && state.digests !== undefined
    : holds(state, entries)
  const removed = args.remove ? targets : []
  const result = {
    ...base,
    archived: isCompressed ? [targets[0]!.path] : entries.map(({ path }) => path),
    dest_state: isCompressed ? 'compress' : targets.length < paths.length ? 'incomplete' : 'archive',
    ...(old !== undefined && describe(old.file)),
  }
  const pack = isCompressed
    ? compressAction(args, state, targets[0]!.path)
    : packAction(args, state, root, entries)
  return {
    changes: [
      ...(isSame ? [] : [packed(state, isCompressed, entries)]),
      ...changes,
      ...removed.map(({ path, file }): Change => ({ what: path, before: file!.type, after: null })),
    ],
    actions: [
      ...(isSame ? settle.map(sh) : [pack]),
      ...removed.map(({ path, file }) => sh(removeScript(path.replace(/(.)\/+$/, '$1'), file!.type))),
    ],
    result,
  }
}

/** The paths that are meant, each once. */
function pathsOf({ sources, excluded }: State): Source[] {
  const left = new Map(sources.map((source) => [source.path, source]))
  for (const path of excluded) left.delete(path)
  return [...left.values()].sort((one, other) => (one.path < other.path ? -1 : 1))
}

function problemOf(
  args: Args,
  state: State,
  paths: readonly Source[],
  isArchive: boolean,
  view: ModuleContext,
): string | undefined {
  const dest = destOf(args)
  if (paths.length === 0) return 'Error, no source paths were found'
  if (isArchive && args.dest === undefined)
    return 'Error, must specify "dest" when archiving multiple files or trees'
  if (
    args.remove &&
    paths.some(({ path, file }) => isFolder(file) && dest.startsWith(path.endsWith('/') ? path : `${path}/`))
  )
    return 'Error, created archive can not be contained in source paths when remove=true'
  const unknown = unknownOwner(state.ids, view)
  if (unknown !== undefined) return unknown
  if (state.lack !== '' && !view.check)
    return `${state.lack} is needed on the host to pack this, and is not there`
  if (state.dest !== undefined && state.dest.type !== 'file' && state.dest.type !== 'link')
    return `${dest} is a ${state.dest.type}, and an archive is to be there`
  const { folder } = state
  return isFolder(folder) || (view.check && mayCome(folder)) ? undefined : noFolder(folderOf(dest), folder)
}

/** The folder that all paths lie in, with a slash at its end. */
function rootOf(paths: readonly string[]): string {
  const folders = paths.map((path) => path.slice(0, path.lastIndexOf('/') + 1))
  let common = folders[0] ?? ''
  for (const folder of folders) while (!folder.startsWith(common)) common = common.slice(0, -1)
  return common.slice(0, common.lastIndexOf('/') + 1)
}

function entriesOf(args: Args, targets: readonly Source[], root: string): Entry[] {
  const { format, exclusion_patterns = [] } = args
  const patterns = exclusion_patterns.map(globToRegExp)
  const all = targets.flatMap(({ path, file, below: inside }): [string, FileState][] =>
    isFolder(file) ? inside.map(([name, state]) => [below(path, name), state]) : [[path, file!]],
  )
  const dest = destOf(args)
  return all
    .filter(([path]) => path !== dest)
    .map(([path, file]) => ({ path, file, name: path.startsWith(root) ? path.slice(root.length) : path }))
    .filter(({ path, name }) => !patterns.some((one) => one.test(format === 'zip' ? path : name)))
}

/** Whether dest holds just this. */
function holds({ members }: State, entries: readonly Entry[]): boolean {
  if (members === undefined) return false
  const held = new Map(members.map((member) => [member.path, member]))
  const inodes = new Map(entries.map(({ name, file }) => [plain(name), file.inode]))
  return (
    held.size === entries.length &&
    entries.every((entry) => isHeld(entry, held.get(plain(entry.name)), inodes))
  )
}

function plain(name: string): string {
  return name.replace(/^\/+/, '')
}

function isHeld({ file }: Entry, member: Member | undefined, inodes: ReadonlyMap<string, number>): boolean {
  if (member === undefined) return false
  const isOfTar = member.uid !== undefined
  // A zip holds what links lead to.
  const there = isOfTar ? file : (file.real?.state ?? file)
  const isKept = (member.uid ?? there.uid) === there.uid && (member.gid ?? there.gid) === there.gid
  const isRight = (member.mode & 0o777) === (there.mode & 0o777) || there.type === 'link'
  if (!isKept || !isRight) return false
  switch (member.type) {
    case 'directory':
      return there.type === 'directory'
    case 'link':
      return there.type === 'link' && there.target === member.target
    case 'hard':
      return there.type === 'file' && inodes.get(plain(member.target!)) === there.inode
    case 'file':
      return (
        there.type === 'file' &&
        there.size === member.size &&
        Math.abs(Math.floor(there.mtime) - member.mtime) <= (isOfTar ? 0 : 1)
      )
    case 'other':
      return there.type !== 'file' && there.type !== 'link' && there.type !== 'directory'
  }
}

function packed({ dest, members, digests }: State, isCompressed: boolean, entries: readonly Entry[]): Change {
  if (isCompressed)
    return {
      what: 'content',
      before: digests === undefined ? null : digests[1].slice(0, 12),
      after: digests?.[0].slice(0, 12) ?? 'compressed',
    }
  const before = members !== undefined ? `${members.length} entries` : dest === undefined ? null : dest.type
  return { what: 'archive', before, after: `${entries.length} entries` }
}

function stateOfOld(dest: string, isThere: boolean): string {
  if (!isThere) return 'absent'
  return /\.(tar|tar\.(gz|bz2|xz)|tgz|tbz2|zip)$/i.test(dest) ? 'archive' : 'compress'
}

function about(args: Args, { sources, excluded }: State, paths: readonly Source[], root: string): ValueMap {
  return {
    archived: [] as Value[],
    dest: destOf(args),
    dest_state: 'absent',
    arcroot: root,
    missing: paths.filter(({ file }) => file === undefined).map(({ path }) => path),
    expanded_paths: sources.map(({ path }) => path),
    expanded_exclude_paths: [...excluded],
  }
}
