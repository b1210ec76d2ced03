import type { Change, ModuleContext, Plan } from '../sdk/module.ts'
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
import { attributesScripts, madeAt } from './safe-path.ts'
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
  const placed = items.map((item) => placeItem(placing, item, below(placing.dest, item.path), ground, view))
  return joined([placeAbove(placing, ground, view), ...placed])
}

function placeItem(
  placing: Placing,
  item: Item,
  path: string,
  ground: PlacementState,
  view: ModuleContext,
): Plan {
  if (item.type === 'directory') return placeFolder(placing, path, item.mode, ground)
  const found = ground.files.get(path)
  if (found !== undefined && !placing.force) {
    return { ...NOTHING, result: { dest: path, ...describe(found) } }
  }
  const plan =
    item.type === 'link'
      ? placeLink(placing, item, path, ground)
      : placeFile(placing, item, path, ground, view)
  return about(placing, path, plan)
}

/** What something that is there lacks of owner, group and permissions. */
export function settle(target: Existing, wanted: Wanted, ids: Ids): Plan {
  const { changes, set } = planAttributes(wanted, ids, target.file)
  return { changes, actions: attributesScripts([{ ...target, set }]).map(sh) }
}

function placeAbove(placing: Placing, ground: PlacementState, view: ModuleContext): Plan {
  const missing = placing.folders.filter((folder) => !isFolder(ground.files.get(folder)))
  if (placing.makesFolders) {
    return joined(missing.map((folder) => placeFolder(placing, folder, freshMode(true), ground)))
  }
  const bad = view.check ? missing.filter((folder) => !mayCome(ground.files.get(folder))) : missing
  const nearest = bad.at(-1)
  return nearest === undefined ? NOTHING : failure(noFolder(nearest, ground.files.get(nearest)))
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

/** Owner and group are set for all folders, permissions for new ones only. */
export function placeFolder(
  placing: Pick<Placing, 'dest' | 'owner' | 'group' | 'directory_mode' | 'keepsModes'>,
  path: string,
  sourceMode: number,
  { files, ids }: PlacementState,
): Plan {
  const found = files.get(path)
  const { owner, group, directory_mode } = placing
  if (isFolder(found)) {
    const { file, ...reached } = followed(path, found)
    return about(placing, path, settle({ ...reached, file: file! }, { owner, group }, ids))
  }
  if (found !== undefined) return failure(`${path} is a ${found.type}, and a folder is to be there`)
  const fresh = placing.keepsModes ? sourceMode : freshMode(true)
  const mode = directory_mode === undefined ? fresh : resolveMode(directory_mode, freshMode(true), true)
  const { changes, set } = planAttributes({ owner, group, mode: directory_mode }, ids, undefined, true)
  const own = about(placing, path, { changes }).changes
  const make = `mkdir -m ${chmodMode(mode)} "./$n"`
  return {
    changes: [newFolder(path), ...own],
    actions: [sh(madeAt(path, make, { uid: set.uid, gid: set.gid }))],
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
): Plan {
  const found = files.get(target)
  // A link that is not followed, or leads nowhere, gives way to the file.
  const leads = placing.follow && found?.real?.state !== undefined
  const reached: Reached = leads ? followed(target, found) : { path: target, file: found }
  const { path, file, via } = reached
  const old = file?.type === 'link' ? undefined : file
  if (old !== undefined && old.type !== 'file')
    return failure(`${path} is a ${old.type}, and a file is to be there`)
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
    return { changes, actions: attributesScripts([{ path, via, file: old, set }]).map(sh), result }
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
  const { source } = item
  const action =
    typeof source === 'string'
      ? copyFile({ ...placement, from: source })
      : writeFile({ ...placement, content: source! })
  return { changes: [...made, contentChange(item, old, view), ...changes], actions: [action], result }
}

function contentChange(item: Item, old: FileState | undefined, view: ModuleContext): Change {
  const before = old === undefined ? null : summary(old.size, old.digest)
  const change = { what: 'content', before, after: summary(item.size, item.digest) }
  const [oldText, newText] = view.diff ? [textOfFile(old), item.text?.()] : []
  if (oldText === undefined || newText === undefined) return change
  return { ...change, text: { before: oldText, after: newText } }
}

function summary(size: number | undefined, digest: string | undefined): string {
  return `${size} bytes, ${digest?.slice(0, 12)}`
}

export function newFolder(path: string): Change {
  return { what: `folder ${path}`, before: null, after: 'directory' }
}

/** Says of changes which of several files they are about. */
export function about(placing: Pick<Placing, 'dest'>, path: string, plan: Plan): Plan {
  if (path === placing.dest) return plan
  return { ...plan, changes: plan.changes.map((one) => ({ ...one, what: `${one.what} of ${path}` })) }
}
