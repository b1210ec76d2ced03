import { describeAfter, freshMode, planAttributes, unknownOwner } from '../../../host/attributes.ts'
import { describe, type FileState, followed, isFolder, type Reached } from '../../../host/file-state.ts'
import { filesProbe } from '../../../host/look.ts'
import { ancestors, below, folderOf, linkTarget, nameOf, trimmed } from '../../../host/paths.ts'
import {
  failure,
  type Ground,
  joined,
  mayCome,
  NOTHING,
  noFolder,
  of,
  type Placed,
  placeFolder,
  sh,
} from '../../../host/placement.ts'
import {
  attributesScripts,
  hardLinkScript,
  inFolderOf,
  madeAt,
  removeScript,
  type Setting,
} from '../../../host/safe-path.ts'
import type { Change, View } from '../../../sdk/module.ts'
import { quote } from '../../../shell/quote.ts'
import type { ValueMap } from '../../../values/value.ts'
import type { FileArgs } from './options.ts'
import { planTimes, type Times } from './timestamps.ts'

export interface State extends Ground {
  readonly times: Times
  /** What is below the folder, when it is to be changed too. */
  readonly below: readonly (readonly [string, FileState])[]
  /** There is something in the folder that a link is to replace. */
  readonly isFull: boolean
}

/** Every difference between what a `file` task wants and what is there, with the actions that carry it out. */
export function planFile(args: FileArgs, state: State, view: View): Placed {
  const unknown = unknownOwner(state.ids, view)
  if (unknown !== undefined) return failure(unknown)
  const path = trimmed(args.path)
  const found = state.files.get(path)
  const target = () => (args.follow ? followed(path, found) : { path, file: found })
  switch (args.state ?? currentState(args, found)) {
    case 'absent':
      return planAbsent(path, found)
    case 'directory':
      return checkedAt(target(), (at) => planDirectory(args, state, at))
    case 'link':
      return checked(path, planLink(args, state, path, view))
    case 'hard':
      return planHard(args, state, isFolder(found) ? below(path, nameOf(args.src ?? '')) : path, view)
    case 'touch':
      return checkedAt(target(), (at) => planTouch(args, state, at, view))
    case 'file':
      return checkedAt(target(), (at) => planExisting(args, state, at))
  }
}

/** Without a state, what is there stays what it is. */
function currentState(
  { recurse, src }: FileArgs,
  found: FileState | undefined,
): 'file' | 'directory' | 'link' {
  if (found?.type === 'link') return 'link'
  return found?.type === 'directory' || (found === undefined && recurse && src === undefined)
    ? 'directory'
    : 'file'
}

function checkedAt(target: Reached, plan: (target: Reached) => Placed): Placed {
  return checked(target.path, plan(target))
}

/** Looks at the end at what has become of it. */
function checked(path: string, placed: Placed): Placed {
  if (placed.actions.length === 0) return placed
  return { ...placed, actions: [...placed.actions, sh(filesProbe([path]))] }
}

function planAbsent(path: string, found: FileState | undefined): Placed {
  const result = { path, state: 'absent' }
  if (found === undefined) return { ...NOTHING, result }
  return {
    changes: [{ what: 'state', before: found.type, after: 'absent' }],
    actions: [sh(removeScript(path, found.type))],
    result,
  }
}

type Existing = Reached & { readonly file: FileState }

/** Owner, group, permissions and times of something that is there. */
function planSettings(args: FileArgs, state: State, target: Existing): Placed {
  const { changes, setting, scripts } = settingOf(args, state, target)
  return {
    changes,
    actions: [...attributesScripts([setting]), ...scripts].map(sh),
    result: { path: target.path, ...describe(target.file), ...describeAfter(setting.set, args) },
  }
}

/** The same in parts: the attributes to be set, and scripts for the times. */
function settingOf(
  args: FileArgs,
  { ids, times }: State,
  target: Existing,
): { changes: Change[]; setting: Setting; scripts: string[] } {
  const { changes, set } = planAttributes(args, ids, target.file)
  const timed = planTimes(target, times)
  return { changes: [...changes, ...timed.changes], setting: { ...target, set }, scripts: timed.scripts }
}

function planExisting(args: FileArgs, state: State, target: Reached): Placed {
  const { path, file } = target
  if (file === undefined) return failure(`${path} does not exist; "state: touch" or the copy module makes it`)
  if (file.type === 'directory' || file.type === 'link') {
    return failure(`${path} is a ${file.type}, and not a file; say "state: ${file.type}"`)
  }
  return planSettings(args, state, { ...target, file })
}

function planDirectory(args: FileArgs, state: State, target: Reached): Placed {
  const { path, file } = target
  if (file === undefined) return planNewFolders(args, state, path)
  if (file.type !== 'directory') return failure(`${path} is there already, as a ${file.type}`)
  const itself = planSettings(args, state, { ...target, file })
  const parts = state.below
    .flatMap(([one, at]) => reached(args, one, at))
    .map((one) => ({ path: one.path, ...settingOf(args, state, one) }))
  const changes = parts.flatMap((part) => part.changes.map(of({ dest: path }, part.path)))
  const scripts = [
    ...attributesScripts(parts.map(({ setting }) => setting)),
    ...parts.flatMap((part) => part.scripts),
  ]
  const warnings = args.follow ? state.below.flatMap(([one, at]) => notFollowed(one, at)) : []
  return { ...joined([itself, { changes, actions: scripts.map(sh), warnings }]), result: itself.result! }
}

function notFollowed(path: string, { real, owner }: FileState): string[] {
  if (real?.state === undefined || real.isTrusted) return []
  return [`${path} is a link of ${owner}'s to ${real.path}, which is not theirs; it was not followed`]
}

/** A link in a folder is changed itself, and what it leads to if links are followed and this one may be. */
function reached({ follow }: FileArgs, path: string, file: FileState): Existing[] {
  const itself = { path, file }
  if (!follow || file.real?.state === undefined || !file.real.isTrusted) return [itself]
  return [itself, { path: file.real.path, file: file.real.state, via: path }]
}

function planNewFolders(args: FileArgs, state: State, path: string): Placed {
  const { owner, group, mode } = args
  const missing = [...ancestors(path), path].filter((folder) => !isFolder(state.files.get(folder)))
  // Nobody looked above what a link to nowhere leads to.
  const folders = state.files.has(path) ? missing : [path]
  const placing = { dest: path, owner, group, directory_mode: mode, keepsModes: false }
  const made = joined(folders.map((folder) => placeFolder(placing, folder, freshMode(true), state)))
  const times = planTimes({ path, file: undefined }, state.times)
  return {
    ...made,
    changes: [...made.changes, ...times.changes],
    actions: [...made.actions, ...times.scripts.map(sh)],
    result: { path, state: 'directory' },
  }
}

function planTouch(args: FileArgs, state: State, target: Reached, view: View): Placed {
  const { path, file } = target
  if (file !== undefined) return renamed(planSettings(args, state, { ...target, file }))
  const nowhere = noRoom(state, path, view)
  if (nowhere !== undefined) return failure(nowhere)
  const { changes, set } = planAttributes(args, state.ids, undefined, false)
  const times = planTimes({ path, file: undefined }, state.times)
  const make = set.mode === undefined ? '(umask 022; set -C; : >"./$n")' : '(set -C; : >"./$n")'
  return {
    changes: [{ what: 'state', before: 'absent', after: 'file' }, ...changes, ...times.changes],
    actions: [madeAt(path, make, set), ...times.scripts].map(sh),
    result: { dest: path, state: 'file' },
  }
}

/** Why nothing can be made at `path`, if it is known. */
function noRoom(state: State, path: string, view: View): string | undefined {
  const folder = folderOf(path)
  if (!ancestors(path).includes(folder) || !state.files.has(folder)) return undefined
  const found = state.files.get(folder)
  return isFolder(found) || (view.check && mayCome(found)) ? undefined : noFolder(folder, found)
}

function planLink(args: FileArgs, state: State, path: string, view: View): Placed {
  const { src, force } = args
  const found = state.files.get(path)
  if (src === undefined && found?.type !== 'link')
    return failure('a new link needs "src": what it is to lead to')
  const isRight = found?.type === 'link' && (src === undefined || found.target === src)
  if (isRight) return joinedLink(args, [linkSettings(args, state, path, src ?? found.target!)], path)
  const nowhere = noRoom(state, path, view)
  if (nowhere !== undefined) return failure(nowhere)
  const target = state.files.get(linkTarget(path, src!))
  const isThere = target !== undefined && (target.type !== 'link' || target.real?.state !== undefined)
  if (!force && !isThere && !view.check) {
    return failure(`${linkTarget(path, src!)} does not exist; "force: true" links to it all the same`)
  }
  if (found !== undefined && found.type !== 'link' && !force) {
    return failure(`${path} is there already, as a ${found.type}; "force: true" puts the link in its place`)
  }
  if (found?.type === 'directory' && state.isFull) {
    return failure(`${path} is a folder with something in it, which no link replaces`)
  }
  const { changes, set } = args.follow
    ? { changes: [], set: {} }
    : planAttributes({ owner: args.owner, group: args.group }, state.ids, undefined)
  const change: Change = { what: 'link', before: found?.target ?? found?.type ?? null, after: src! }
  const room = found?.type === 'directory' ? [sh(inFolderOf(path, 'rmdir -- "./$n"'))] : []
  const make = sh(madeAt(path, `ln -sfn -- ${quote(src!)} "./$n"`, set))
  const placed = { changes: [change, ...changes], actions: [...room, make] }
  return joinedLink(args, [placed, ...(args.follow ? [linkSettings(args, state, path, src!)] : [])], path)
}

/** Owner and the like of what a link leads to, or of the link itself if links are not followed. */
function linkSettings(args: FileArgs, state: State, path: string, link: string): Placed {
  const found = state.files.get(path)
  const isRight = found?.type === 'link' && found.target === link
  if (args.follow) {
    const target = linkTarget(path, link)
    const reached = isRight ? followed(path, found) : followed(target, state.files.get(target))
    const { file } = reached
    return file === undefined ? NOTHING : planSettings(args, state, { ...reached, file })
  }
  return isRight ? planSettings(args, state, { path, file: found }) : NOTHING
}

function joinedLink({ src }: FileArgs, parts: Placed[], path: string): Placed {
  const { changes, actions } = joined(parts)
  const result: ValueMap = { dest: path, state: 'link', ...(src !== undefined && { src }) }
  return { changes, actions, result }
}

function planHard(args: FileArgs, state: State, path: string, view: View): Placed {
  const { src, force } = args
  const file = state.files.get(path)
  if (src === undefined) {
    if (file === undefined || file.links < 2)
      return failure('a new link needs "src": what it is to be the same as')
    return checked(path, renamed(planSettings(args, state, { path, file })))
  }
  const nowhere = noRoom(state, path, view)
  if (nowhere !== undefined) return failure(nowhere)
  const source = followed(src, state.files.get(src))
  if (source.file === undefined && !view.check)
    return failure(`${src} does not exist, so nothing can be linked to it`)
  if (source.file?.type === 'directory' || file?.type === 'directory') {
    return failure(`${file?.type === 'directory' ? path : src} is a folder, which cannot be a hard link`)
  }
  const isRight =
    file !== undefined && file.inode === source.file?.inode && file.device === source.file.device
  if (!isRight && file !== undefined && file.type !== 'link' && !force) {
    return failure(`${path} is there already, as a file of its own; "force: true" puts the link in its place`)
  }
  const change = { what: 'hard link', before: file?.type ?? null, after: src }
  const link = { changes: [change], actions: [sh(hardLinkScript(source.path, path, source.file))] }
  const settings =
    source.file === undefined ? NOTHING : planSettings(args, state, { path, file: source.file })
  const { changes, actions } = joined(isRight ? [settings] : [link, settings])
  return checked(path, { changes, actions, result: { dest: path, src, state: 'hard' } })
}

/** Ansible calls the path of these states `dest`. */
function renamed(placed: Placed): Placed {
  const { path, ...others } = placed.result ?? {}
  return { ...placed, result: { dest: path ?? null, ...others } }
}
