import { describeAfter, freshMode, planAttributes, unknownOwner } from '../../../host/attributes.ts'
import {
  describe,
  type Existing,
  type FileState,
  followed,
  isFolder,
  type Reached,
} from '../../../host/file-state.ts'
import { filesProbe } from '../../../host/look.ts'
import { ancestors, below, folderOf, linkTarget, nameOf, trimmed } from '../../../host/paths.ts'
import { about, mayCome, noFolder, type PlacementState, placeFolder } from '../../../host/placement.ts'
import {
  attributesScripts,
  hardLinkScript,
  inFolderOf,
  madeAt,
  removeScript,
  type Setting,
} from '../../../host/safe-path.ts'
import type { Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, joined, NOTHING, sh } from '../../../sdk/plans.ts'
import { quote } from '../../../shell/quote.ts'
import { type Content, diffOf } from './diff.ts'
import type { FileArgs } from './options.ts'
import { planTimes, type Times } from './timestamps.ts'

export interface State extends PlacementState {
  readonly times: Times
  /** What is below the folder, when it is to be changed too. */
  readonly below: readonly (readonly [string, FileState])[]
  /** What is below a folder that is to go, where somebody wants to read it. */
  readonly content: Content | undefined
  /** There is something in the folder that a link is to replace. */
  readonly isFull: boolean
}

/** Every difference between what a `file` task wants and what is there. */
export function planFile(args: FileArgs, state: State, view: ModuleContext): Plan {
  const unknown = unknownOwner(state.ids, view)
  if (unknown !== undefined) return failure(unknown)
  const path = trimmed(args.path)
  const found = state.files.get(path)
  const wanted = args.state ?? currentState(args, found)
  const plan = planState(wanted, args, state, view)
  if (plan.failed !== undefined) return plan
  const isItself = wanted === 'absent' || wanted === 'link' || wanted === 'hard' || !args.follow
  const { file } = isItself ? { file: found } : followed(path, found)
  const { content, times } = state
  const diff = diffOf({ path: args.path, found: file, content, times }, plan.result ?? {})
  return { ...plan, result: { ...plan.result, diff } }
}

function planState(
  wanted: NonNullable<FileArgs['state']>,
  args: FileArgs,
  state: State,
  view: ModuleContext,
): Plan {
  const path = trimmed(args.path)
  const found = state.files.get(path)
  const target = () => (args.follow ? followed(path, found) : { path, file: found })
  switch (wanted) {
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

function checkedAt(target: Reached, plan: (target: Reached) => Plan): Plan {
  return checked(target.path, plan(target))
}

/** Ends with a probe of what has become of it. */
function checked(path: string, plan: Plan): Plan {
  if (plan.changes.length === 0) return plan
  return joined([plan, { ...NOTHING, actions: [sh(filesProbe([path]))] }])
}

function planAbsent(path: string, found: FileState | undefined): Plan {
  const result = { path, state: 'absent' }
  if (found === undefined) return { ...NOTHING, result }
  return {
    changes: [{ what: 'state', before: found.type, after: 'absent' }],
    actions: [sh(removeScript(path, found.type))],
    result,
  }
}

/** Owner, group, permissions and times of something that is there. */
function planSettings(args: FileArgs, state: State, target: Existing): Plan {
  const setting = settingOf(args, state, target)
  const result = { path: target.path, ...describe(target.file), ...describeAfter(setting.set, args) }
  return { ...together([setting], target.path), result }
}

interface TimedSetting extends Setting {
  readonly changes: Change[]
  readonly times: Plan
}

function settingOf(args: FileArgs, { ids, times }: State, target: Existing): TimedSetting {
  return { ...target, ...planAttributes(args, ids, target.file), times: planTimes(target, times) }
}

/** Files of one folder are set by one script. `dest` is what the task is about. */
function together(settings: readonly TimedSetting[], dest: string): Plan {
  const changes = settings.map(({ path, changes, times }) =>
    about({ dest }, path, { changes: [...changes, ...times.changes] }),
  )
  const times = settings.flatMap((setting) => setting.times.actions ?? [])
  return {
    changes: changes.flatMap((part) => part.changes),
    actions: [...attributesScripts(settings).map(sh), ...times],
  }
}

function planExisting(args: FileArgs, state: State, target: Reached): Plan {
  const { path, file } = target
  if (file === undefined) {
    const failed = `file (${path}) is absent, cannot continue`
    const advice = '"state: touch" or the copy module makes it'
    return { ...NOTHING, failed, advice, result: { path, state: 'absent' } }
  }
  if (file.type === 'directory' || file.type === 'link') {
    return failure(`${path} is a ${file.type}, and not a file; say "state: ${file.type}"`)
  }
  return planSettings(args, state, { ...target, file })
}

function planDirectory(args: FileArgs, state: State, target: Reached): Plan {
  const { path, file } = target
  if (file === undefined) return planNewFolders(args, state, path)
  if (file.type !== 'directory') return failure(`${path} is there already, as a ${file.type}`)
  const itself = planSettings(args, state, { ...target, file })
  const inside = new Set(state.below.map(([, at]) => idOf(at)))
  const parts = state.below.flatMap(([one, at]) => reached(args, one, at, inside))
  const settings = parts.map((one) => settingOf(args, state, one))
  // What links lead to comes first: they may be followed as long as they and their folders are whose they were.
  const outside = settings.filter(({ via }) => via !== undefined)
  const within = settings.filter(({ via }) => via === undefined)
  const all = joined([together(outside, path), itself, together(within, path)])
  const warnings = state.below.flatMap(([one, at]) => notFollowed(one, at))
  return { ...all, result: itself.result!, warnings }
}

function notFollowed(path: string, { real, owner }: FileState): string[] {
  if (real?.state === undefined || real.isTrusted) return []
  return [`${path} is a link of ${owner}'s to ${real.path}, which is not theirs; it was left as it is`]
}

/**
 * A link in a folder is changed itself, and what it leads to, if links are followed and that is not in the folder too.
 * One of another user to what is not theirs is left as it is: if it became root's, it would be followed the next time.
 */
function reached(
  { follow }: FileArgs,
  path: string,
  file: FileState,
  inside: ReadonlySet<string>,
): Existing[] {
  const itself = { path, file }
  const { real } = file
  if (real?.state === undefined) return [itself]
  if (!real.isTrusted) return []
  const goesOn = follow && !inside.has(idOf(real.state))
  return goesOn ? [itself, { path: real.path, file: real.state, via: path }] : [itself]
}

function idOf({ device, inode }: FileState): string {
  return `${device}:${inode}`
}

function planNewFolders(args: FileArgs, state: State, path: string): Plan {
  const { owner, group, mode } = args
  const missing = [...ancestors(path), path].filter((folder) => !isFolder(state.files.get(folder)))
  // What is above the target of a dangling link was not probed.
  const folders = state.files.has(path) ? missing : [path]
  const placing = { dest: path, owner, group, directory_mode: mode, keepsModes: false }
  const made = folders.map((folder) => placeFolder(placing, folder, freshMode(true), state))
  const times = planTimes({ path, file: undefined }, state.times)
  return { ...joined([...made, times]), result: { path, state: 'directory' } }
}

function planTouch(args: FileArgs, state: State, target: Reached, view: ModuleContext): Plan {
  const { path, file } = target
  if (file !== undefined) return renamed(planSettings(args, state, { ...target, file }))
  const nowhere = noRoom(state, path, view)
  if (nowhere !== undefined) return failure(nowhere)
  const { changes, set } = planAttributes(args, state.ids, undefined, false)
  const make = set.mode === undefined ? '(umask 022; set -C; : >"./$n")' : '(set -C; : >"./$n")'
  const made = {
    changes: [{ what: 'state', before: 'absent', after: 'file' }, ...changes],
    actions: [sh(madeAt(path, make, set))],
  }
  const times = planTimes({ path, file: undefined }, state.times)
  return { ...joined([made, times]), result: { dest: path, state: 'file' } }
}

/** Why nothing can be made at `path`, if it is known. */
function noRoom(state: State, path: string, view: ModuleContext): string | undefined {
  const folder = folderOf(path)
  if (!ancestors(path).includes(folder) || !state.files.has(folder)) return undefined
  const found = state.files.get(folder)
  return isFolder(found) || (view.check && mayCome(found)) ? undefined : noFolder(folder, found)
}

function planLink(args: FileArgs, state: State, path: string, view: ModuleContext): Plan {
  const { src, force } = args
  const found = state.files.get(path)
  if (src === undefined && found?.type !== 'link') return failure('src is required for creating new symlinks')
  const isRight = found?.type === 'link' && (src === undefined || found.target === src)
  if (isRight) return asLink(args, path, linkSettings(args, state, path, src ?? found.target!))
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
  const link = { changes: [change, ...changes], actions: [...room, make] }
  return asLink(args, path, joined([link, args.follow ? linkSettings(args, state, path, src!) : NOTHING]))
}

/** Owner and the like of what a link leads to, or of the link itself if links are not followed. */
function linkSettings(args: FileArgs, state: State, path: string, link: string): Plan {
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

function asLink({ src }: FileArgs, path: string, plan: Plan): Plan {
  return { ...plan, result: { dest: path, state: 'link', ...(src !== undefined && { src }) } }
}

function planHard(args: FileArgs, state: State, path: string, view: ModuleContext): Plan {
  const { src, force } = args
  const file = state.files.get(path)
  if (src === undefined) {
    if (file === undefined || file.links < 2) return failure('src is required for creating new hardlinks')
    return checked(path, renamed(planSettings(args, state, { path, file })))
  }
  const nowhere = noRoom(state, path, view)
  if (nowhere !== undefined) return failure(nowhere)
  const source = followed(src, state.files.get(src))
  if (source.file === undefined && !view.check)
    return { ...failure('src does not exist'), result: { dest: path, src } }
  if (source.file?.type === 'directory' || file?.type === 'directory') {
    return failure(`${file?.type === 'directory' ? path : src} is a folder, which cannot be a hard link`)
  }
  const isRight =
    file !== undefined && file.inode === source.file?.inode && file.device === source.file.device
  if (!isRight && file !== undefined && file.type !== 'link' && !force) {
    return failure(`${path} is there already, as a file of its own; "force: true" puts the link in its place`)
  }
  const link = {
    changes: [{ what: 'hard link', before: file?.type ?? null, after: src }],
    actions: [sh(hardLinkScript(source.path, path, source.file))],
  }
  const settings =
    source.file === undefined ? NOTHING : planSettings(args, state, { path, file: source.file })
  const plan = joined(isRight ? [settings] : [link, settings])
  return checked(path, { ...plan, result: { dest: path, src, state: 'hard' } })
}

/** Ansible calls the path of these states `dest`. */
function renamed(plan: Plan): Plan {
  const { path, ...others } = plan.result ?? {}
  return { ...plan, result: { dest: path ?? null, ...others } }
}
