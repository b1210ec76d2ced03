import { freshMode, planAttributes, unknownOwner } from '../../../host/attributes.ts'
import { type FileState, followed, isFolder, type Reached } from '../../../host/file-state.ts'
import { filesProbe } from '../../../host/look.ts'
import { ancestors, below, folderOf, linkTarget, nameOf, trimmed } from '../../../host/paths.ts'
import { mayCome, noFolder, placeFolder } from '../../../host/placement.ts'
import { hardLinkScript, inFolderOf, madeAt, removeScript } from '../../../host/safe-path.ts'
import type { Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, joined, NOTHING, sh } from '../../../sdk/plans.ts'
import { quote } from '../../../shell/quote.ts'
import { type Content, diffOf } from './diff.ts'
import type { FileArgs } from './options.ts'
import { planSettings, settingOf, together } from './settings.ts'
import { planTimes } from './timestamps.ts'
import { type TreeState, treeOf } from './tree.ts'

export interface State extends TreeState {
  /** What is below a folder that is to go, where somebody wants to read it. */
  readonly content: Content | undefined
  /** There is something in the folder that a link is to replace. */
  readonly isFull: boolean
  /** Of the wanted owner and group, under check. */
  readonly ownerWarnings: readonly string[]
}

/** Every difference between what a `file` task wants and what is there. */
export function planFile(args: FileArgs, state: State, view: ModuleContext): Plan {
  const unknown = unknownOwner(state.ids, view)
  if (unknown !== undefined) return failure(unknown)
  const path = trimmed(args.path)
  const found = state.files.get(path)
  const wanted = args.state ?? currentState(args, found)
  const planned = planState(wanted, args, state, view)
  const plan = { ...planned, warnings: [...state.ownerWarnings, ...(planned.warnings ?? [])] }
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
export function currentState(
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
  const tree = treeOf(args, state)
  const settings = tree.flatMap(({ changed }) => changed).map((one) => settingOf(args, state, one))
  // What links lead to comes first: they may be followed as long as they and their folders are whose they were.
  const outside = settings.filter(({ via }) => via !== undefined)
  const within = settings.filter(({ via }) => via === undefined)
  const all = joined([together(outside, path), itself, together(within, path)])
  const warnings = tree.flatMap(({ left }) => left ?? [])
  return { ...all, result: itself.result!, warnings }
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
  const fresh = set.mode === undefined ? '(umask 022; set -C; : >"./$n")' : '(set -C; : >"./$n")'
  // Another run may have made it meanwhile.
  const make = `{ ${fresh} 2>/dev/null || { [ -z "$s" ] && [ -f "./$n" ] && [ ! -h "./$n" ]; } || ${fresh}; }`
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
  if (!isRight) return NOTHING
  const plan = planSettings(args, state, { path, file: found })
  // Without src nobody but the link's owner has said where it leads, and as root's it would be followed.
  const isStrange = args.src === undefined && found.real?.isOurs === false && plan.changes.length > 0
  return isStrange
    ? failure(`${path} is a link of ${found.owner}'s; it changes its owner only with src`)
    : plan
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
