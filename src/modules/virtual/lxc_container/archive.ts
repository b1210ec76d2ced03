import { type FileState, files, followed, isFolder, type Reached } from '../../../host/file-state.ts'
import { noPacker, packerLook } from '../../../host/packers.ts'
import { ancestors, below, folderOf } from '../../../host/paths.ts'
import { placeFolder } from '../../../host/placement.ts'
import type { ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, joined } from '../../../sdk/plans.ts'
import type { BatchedProbe, ProbeOutput } from '../../../sdk/probe.ts'
import type { Output } from '../../../shell/output.ts'
import type { Args } from './options.ts'
import { noRootfs, packing, rootfsLook, snapshotOf } from './pack.ts'

const ENDINGS: Readonly<Record<Args['archive_compression'], string>> = {
  gzip: 'tar.tgz',
  bzip2: 'tar.bz2',
  none: 'tar',
}

/** The path of the archive; undefined if none is made. */
function archiveOf({ name, archive, archive_path, archive_compression }: Args): string | undefined {
  if (!archive || archive_path === undefined) return undefined
  return below(archive_path, `${name}.${ENDINGS[archive_compression]}`)
}

/** What there is to know before an archive is made. */
export interface Ground {
  readonly path: string
  readonly target: Reached
  /** What is at each of the folders above it, topmost first. */
  readonly folders: ReadonlyMap<string, FileState | undefined>
  readonly hasPacker: boolean
  /** A program besides that the host lacks; "" if none. */
  readonly lack: string
  /** The root file system of a container that is there. */
  readonly rootfs?: Rootfs
}

interface Rootfs {
  readonly path: string
  readonly kind: string
  /** The volume of LVM that it is in. */
  readonly volume?: Volume
}

interface Volume {
  readonly group: string
  /** Bytes of the group that a snapshot takes, and that it has left. */
  readonly taken: number
  readonly free: number
  readonly hasSnapshot: boolean
}

/** The probes for an archive; none if none is made. */
export function probes(args: Args): (string | BatchedProbe)[] {
  const path = archiveOf(args)
  if (path === undefined) return []
  const packer = packerOf(args)
  return [look(path), ...(packer === undefined ? [] : [packer])]
}

function look(path: string) {
  return files([path, ...ancestors(path)], { follow: true })
}

function packerOf({ archive_compression }: Args): BatchedProbe<boolean> | undefined {
  return archive_compression === 'none' ? undefined : packerLook(archive_compression, 'packs')
}

/** Sh that tells, behind what the module itself asks, what an archive takes and the container's storage; "" for none. */
export function groundScript(args: Args): string {
  return archiveOf(args) === undefined ? '' : rootfsLook(args)
}

export function readGround(found: ProbeOutput, told: Output, args: Args): Ground | undefined {
  const path = archiveOf(args)
  if (path === undefined) return undefined
  const [itself, ...above] = found.of(look(path))
  const packer = packerOf(args)
  const lack = told.field()
  const rootfs = readRootfs(told)
  return {
    path,
    target: followed(path, itself),
    folders: new Map(ancestors(path).map((folder, index) => [folder, above[index]])),
    hasPacker: packer === undefined || found.of(packer)[0]!,
    lack,
    ...(rootfs && { rootfs }),
  }
}

function readRootfs(told: Output): Rootfs | undefined {
  const [kind, path] = [told.field(), told.field()]
  const [volume, hasSnapshot] = [told.field().trim(), told.field() === '1']
  if (kind === '') return undefined
  if (volume === '') return { kind, path }
  const [group = '', , size, free, pool] = volume.split(';')
  // A snapshot in a thin pool takes what is written meanwhile, and nothing of the group.
  const taken = pool ? 0 : Number(size)
  return { kind, path, volume: { group, taken, free: Number(free), hasSnapshot } }
}

/** What makes the archive: folders that are missing, which only their owner may enter, and the archive itself. */
export function packed(args: Args, ground: Ground, uid: number, view: ModuleContext): Plan {
  const bad = problemOf(args, ground, uid, view)
  if (bad !== undefined) return bad
  const { path, target, folders } = ground
  const missing = [...folders.keys()].filter((folder) => !isFolder(folders.get(folder)))
  const made = missing.map((folder) =>
    placeFolder({ dest: path, keepsModes: true }, folder, 0o700, { files: folders, ids: {} }),
  )
  const change = { what: `archive of ${args.name}`, before: null, after: path }
  return joined([...made, { changes: [change], actions: [packing(args, target, attributesOf(ground, uid))] }])
}

function problemOf(args: Args, ground: Ground, uid: number, view: ModuleContext): Plan | undefined {
  const { path, target, hasPacker, lack, rootfs } = ground
  const { name, archive_compression, lxc_path } = args
  if (uid !== 0) return failure(`to pack ${name} takes root: say become: true`)
  if (!view.check && lack !== '')
    return failure(`${lack} is needed on the host to pack ${name}, and is not there`)
  if (!view.check && !hasPacker) return noPacker(archive_compression, 'packs')
  if (target.file !== undefined && target.file.type !== 'file')
    return failure(`${path} is a ${target.file.type}, and an archive is to be there`)
  const around = [below(lxc_path, name), ...(rootfs?.kind === 'dir' ? [rootfs.path] : [])]
  const inside = around.find((folder) => path.startsWith(`${folder}/`))
  if (inside !== undefined)
    return failure(`${path} lies in ${inside}, which is packed: take another archive_path`)
  if (rootfs?.kind === 'none') return failure(noRootfs(name, rootfs.path))
  return rootfs?.volume && volumeProblem(name, rootfs.volume)
}

function volumeProblem(name: string, { group, taken, free, hasSnapshot }: Volume): Plan | undefined {
  const snapshot = `${group}/${snapshotOf(name)}`
  if (hasSnapshot)
    return {
      ...failure(`the snapshot ${snapshot} is there already, perhaps of packing that was cut off`),
      advice: `remove it: lvremove ${snapshot}`,
    }
  if (free >= taken) return undefined
  return failure(
    `a snapshot of ${name} needs ${taken} bytes, and the volume group ${group} has only ${free} left`,
  )
}

/**
 * Owner and permissions of the new archive, which holds what only root of the container may read. Those of an old one are
 * kept, but not of one that others could have put there, to read the new one.
 */
function attributesOf({ target: { file, via }, path, folders }: Ground, uid: number) {
  const around = folders.get(folderOf(path))
  const isOurs = around?.type === 'directory' && around.uid === uid && (around.mode & 0o022) === 0
  if (file === undefined || !isOurs || via !== undefined) return { mode: 0o600 }
  return { mode: file.mode, owner: file.uid, group: file.gid }
}
