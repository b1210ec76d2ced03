import type { Action, Change, ModuleContext, Plan } from '../sdk/module.ts'
import { failure, joined, NOTHING, sh } from '../sdk/plans.ts'
import type { Content } from '../shell/content.ts'
import { quote } from '../shell/quote.ts'
import {
  chmodMode,
  describeAfter,
  freshMode,
  type Ids,
  planAttributes,
  resolveMode,
  unknownOwner,
  type Wanted,
} from './attributes.ts'
import {
  describe,
  type Existing,
  type FileState,
  followed,
  isFolder,
  octal,
  type Reached,
  textOfFile,
} from './file-state.ts'
import { below } from './paths.ts'
import { attributesScripts, madeAt, type Setting } from './safe-path.ts'
import { IN_TREE_AT_MOST, type TreeFile, type TreeFolder, writeTree } from './tree.ts'
import { copyFile, writeFile } from './write.ts'

/** Something that is to be on the host. */
export interface Item {
  /** Relative to the destination; "" is the destination itself. */
  readonly path: string
  readonly type: 'file' | 'directory' | 'link'
  /** The source's permission bits. */
  readonly mode: number
  /** What a file holds: from here, or from the path of a file on the host. */
  readonly source?: Content | string
  /** A file's digest, by the program whose digests of the host's files are known. */
  readonly digest?: string
  readonly size?: number
  /** The text of a symbolic link. */
  readonly link?: string
  /** A file's content for a diff. */
  text?(): string | undefined
}

/** How items are to be put in place. */
export interface Placing extends Wanted {
  /** The destination: a path of the host without trailing slash. */
  readonly dest: string
  /** The folders that must be there, topmost first. */
  readonly folders: readonly string[]
  /** Those that are missing are made; otherwise they are a failure. */
  readonly makesFolders: boolean
  /** New files and folders get the source's permissions when no others are given. */
  readonly keepsModes: boolean
  readonly force: boolean
  readonly follow: boolean
  readonly backup: boolean
  readonly validate?: string | undefined
  readonly directory_mode?: string | undefined
  /** The host has what it takes to put many files in place together. */
  readonly unpacks?: boolean
}

/** A part of a plan, whose actions can be made in more than one way. */
interface Part {
  readonly plan: Plan
  /** What makes it by itself. */
  alone(): readonly Action[]
  /** What makes it together with others. */
  readonly entry?: TreeFolder | TreeFile
  readonly settings?: readonly Setting[]
}

/** What was found on the host: files by their path, and the wanted owner and group. */
export interface PlacementState {
  readonly files: ReadonlyMap<string, FileState | undefined>
  readonly ids: Ids
}

/** Every difference between the items and what is on the host. */
export function place(
  placing: Placing,
  items: readonly Item[],
  ground: PlacementState,
  view: ModuleContext,
): Plan {
  const unknown = unknownOwner(ground.ids, view)
  if (unknown !== undefined) return failure(unknown)
  const above = placing.makesFolders ? foldersAbove(placing, ground) : [lackOfFolder(placing, ground, view)]
  const parts = [
    ...above,
    ...items.map((item) => placeItem(placing, item, below(placing.dest, item.path), ground, view)),
  ]
  const plan = joined(parts.map((part) => part.plan))
  if (plan.changes.length === 0) return plan
  return { ...plan, actions: placing.unpacks ? inTree(parts) : parts.flatMap((part) => part.alone()) }
}

/** What the parts take, with as much as can be done together. */
function inTree(parts: readonly Part[]): Action[] {
  const entries = parts.flatMap(({ entry }) => entry ?? [])
  // Who is not root moves no folder that he may not write in.
  const isMovable = entries.every(({ type, mode }) => type === 'file' || (mode & 0o200) !== 0)
  if (entries.length < 2 || !isMovable) return parts.flatMap((part) => part.alone())
  const settings = parts.flatMap((part) => part.settings ?? [])
  const others = parts.filter((part) => part.entry === undefined && part.settings === undefined)
  return [
    ...writeTree(entries),
    ...attributesScripts(settings).map(sh),
    ...others.flatMap((part) => part.alone()),
  ]
}

function only(plan: Plan): Part {
  return { plan, alone: () => plan.actions ?? [] }
}

function placeItem(
  placing: Placing,
  item: Item,
  path: string,
  ground: PlacementState,
  view: ModuleContext,
): Part {
  if (item.type === 'directory') return folderPart(placing, path, item.mode, ground)
  const found = ground.files.get(path)
  if (found !== undefined && !placing.force)
    return only({ ...NOTHING, result: { dest: path, ...describe(found) } })
  const part =
    item.type === 'link'
      ? only(placeLink(placing, item, path, ground))
      : placeFile(placing, item, path, ground, view)
  return { ...part, plan: about(placing, path, part.plan) }
}

/** What something that is there lacks of owner, group and permissions. */
export function settle(target: Existing, wanted: Wanted, ids: Ids): Plan {
  const { changes, set } = planAttributes(wanted, ids, target.file)
  return { changes, actions: attributesScripts([{ ...target, set }]).map(sh) }
}

function foldersAbove(placing: Placing, ground: PlacementState): Part[] {
  return placing.folders
    .filter((folder) => !isFolder(ground.files.get(folder)))
    .map((folder) => folderPart(placing, folder, freshMode(true), ground))
}

function lackOfFolder({ folders }: Placing, { files }: PlacementState, view: ModuleContext): Part {
  const missing = folders.filter((folder) => !isFolder(files.get(folder)))
  const bad = view.check ? missing.filter((folder) => !mayCome(files.get(folder))) : missing
  const nearest = bad.at(-1)
  return only(nearest === undefined ? NOTHING : failure(noFolder(nearest, files.get(nearest))))
}

/** Under check, an earlier task that was not carried out may be the one that makes the folder. */
export function mayCome(found: FileState | undefined): boolean {
  return found === undefined || found.type === 'link'
}

/** Why nothing can be made in what is no folder. */
export function noFolder(path: string, found: FileState | undefined): string {
  return found === undefined || found.type === 'link'
    ? `there is no folder ${path}; make it in an earlier task ("file" with "state: directory")`
    : `${path} is a ${found.type}, and a folder is to be there`
}

type PlacingFolder = Pick<Placing, 'dest' | 'owner' | 'group' | 'directory_mode' | 'keepsModes'>

/** Owner and group are set for all folders, permissions for new ones only. */
export function placeFolder(
  placing: PlacingFolder,
  path: string,
  sourceMode: number,
  ground: PlacementState,
): Plan {
  const { plan, alone } = folderPart(placing, path, sourceMode, ground)
  return plan.failed === undefined ? { ...plan, actions: alone() } : plan
}

function folderPart(
  placing: PlacingFolder,
  path: string,
  sourceMode: number,
  { files, ids }: PlacementState,
): Part {
  const found = files.get(path)
  const { owner, group, directory_mode } = placing
  if (isFolder(found)) {
    const { file, ...reached } = followed(path, found)
    return only(about(placing, path, settle({ ...reached, file: file! }, { owner, group }, ids)))
  }
  if (found !== undefined) return only(failure(`${path} is a ${found.type}, and a folder is to be there`))
  const fresh = placing.keepsModes ? sourceMode : freshMode(true)
  const mode = directory_mode === undefined ? fresh : resolveMode(directory_mode, freshMode(true), true)
  const { changes, set } = planAttributes({ owner, group, mode: directory_mode }, ids, undefined, true)
  const own = about(placing, path, { changes }).changes
  const make = `make_folder ${chmodMode(mode)}`
  return {
    plan: { changes: [newFolder(path), ...own] },
    alone: () => [sh(madeAt(path, make, { uid: set.uid, gid: set.gid }))],
    entry: { type: 'directory', path, mode, owner: set.uid, group: set.gid },
  }
}

function placeLink(placing: Placing, item: Item, path: string, { files, ids }: PlacementState): Plan {
  const found = files.get(path)
  if (found?.type === 'directory') return failure(`${path} is a folder, and a link is to be there`)
  const wanted = { owner: placing.owner, group: placing.group }
  if (found?.type === 'link' && found.target === item.link) return settle({ path, file: found }, wanted, ids)
  const { changes, set } = planAttributes(wanted, ids, undefined)
  const change = { what: 'link', before: found?.target ?? found?.type ?? null, after: item.link! }
  const script = madeAt(path, `ln -sfn -- ${quote(item.link!)} "./$n"`, set)
  return { changes: [change, ...changes], actions: [sh(script)] }
}

function placeFile(
  placing: Placing,
  item: Item,
  target: string,
  { files, ids }: PlacementState,
  view: ModuleContext,
): Part {
  const found = files.get(target)
  // A link that is not followed, or leads nowhere, gives way to the file.
  const leads = placing.follow && found?.real?.state !== undefined
  const reached: Reached = leads ? followed(target, found) : { path: target, file: found }
  const { path, file, via } = reached
  const old = file?.type === 'link' ? undefined : file
  if (old !== undefined && old.type !== 'file')
    return only(failure(`${path} is a ${old.type}, and a file is to be there`))
  const mode = placing.mode === 'preserve' ? octal(item.mode) : placing.mode
  const wanted = { owner: placing.owner, group: placing.group, mode }
  const { changes, set } = planAttributes(wanted, ids, old, false)
  const result = {
    dest: path,
    ...(old && describe(old)),
    size: item.size ?? 0,
    ...describeAfter(set, wanted),
  }
  if (old !== undefined && old.digest === item.digest) {
    const settings = [{ path, via, file: old, set }]
    return { plan: { changes, result }, alone: () => attributesScripts(settings).map(sh), settings }
  }
  const made = old === undefined ? [{ what: 'state', before: file?.type ?? 'absent', after: 'file' }] : []
  const placement = {
    path,
    via,
    owner: set.uid ?? old?.uid,
    group: set.gid ?? old?.gid,
    mode: set.mode ?? old?.mode ?? (placing.keepsModes ? item.mode : freshMode(false)),
    replaces: file ?? null,
    backup: placing.backup,
    validate: placing.validate,
  }
  const { source, size = 0 } = item
  const plan = { changes: [...made, contentChange(item, old, view), ...changes], result }
  if (typeof source === 'string') return { plan, alone: () => [copyFile({ ...placement, from: source })] }
  const content = source!
  const isLone =
    via !== undefined ||
    placing.validate !== undefined ||
    (placing.backup && old !== undefined) ||
    size > IN_TREE_AT_MOST
  return {
    plan,
    alone: () => [writeFile({ ...placement, content })],
    ...(!isLone && { entry: { ...placement, type: 'file', content } }),
  }
}

function contentChange(item: Item, old: FileState | undefined, view: ModuleContext): Change {
  const before = old === undefined ? null : summary(old.size, old.digest)
  const change = { what: 'content', before, after: summary(item.size, item.digest) }
  const [oldText, newText] = view.diff ? [textOfFile(old), item.text?.()] : []
  if (oldText === undefined || newText === undefined) return change
  return { ...change, text: { before: oldText, after: newText } }
}

function summary(size: number | undefined, digest: string | undefined): string {
  return digest === undefined ? `${size} bytes` : `${size} bytes, ${digest.slice(0, 12)}`
}

export function newFolder(path: string): Change {
  return { what: `folder ${path}`, before: null, after: 'directory' }
}

/** Says of changes which of several files they are about. */
export function about(placing: Pick<Placing, 'dest'>, path: string, plan: Plan): Plan {
  if (path === placing.dest) return plan
  return { ...plan, changes: plan.changes.map((one) => ({ ...one, what: `${one.what} of ${path}` })) }
}
