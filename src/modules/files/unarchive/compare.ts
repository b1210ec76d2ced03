import { freshMode, type Ids, planAttributes, resolveMode, type Wanted } from '../../../host/attributes.ts'
import { type FileState, isFolder, octal } from '../../../host/file-state.ts'
import { below, trimmed } from '../../../host/paths.ts'
import type { Setting } from '../../../host/safe-path.ts'
import type { Change } from '../../../sdk/module.ts'
import type { Member } from './members.ts'
import { type Archive, type Args, pathsOf, type State } from './probe.ts'

export interface Differences {
  readonly changes: readonly Change[]
  /** Something must be unpacked; these are the permissions of what is new, where they are not the archive's. */
  readonly unpacked: ReadonlyMap<string, number>
  readonly isUnpacked: boolean
  /** What is there and right but for owner and permissions. */
  readonly settings: readonly Setting[]
  /** Why it cannot be. */
  readonly failed?: string
}

/** What differs between an archive and what is on the host. As with rsync, a file of the same size and time is the same. */
export function differences(args: Args, state: State, archive: Archive): Differences {
  const changes: Change[] = []
  const unpacked = new Map<string, number>()
  const settings: Setting[] = []
  let isUnpacked = false
  const last = new Map(archive.members.map((member) => [member.path, member]))
  for (const path of pathsOf(archive.members)) {
    const member = last.get(path)
    const found = archive.found.get(path)
    const wanted = wantedOf(args, state, member)
    const conflict = conflictOf(path, member, found)
    if (conflict !== undefined) return { changes, unpacked, isUnpacked, settings, failed: conflict }
    if (isThere(args, archive, member, found)) {
      // A link to a folder is as good as one, and whose it is, is not the archive's to say.
      if (found!.type === 'link' && member?.type !== 'link') continue
      if (args.keep_newer && member?.type === 'file' && found!.mtime > member.mtime) continue
      const { changes: own, set } = planAttributes(wanted.wanted, wanted.ids, found)
      changes.push(...own.map((one) => ({ ...one, what: `${one.what} of ${path}` })))
      if (own.length > 0) settings.push({ path: below(trimmed(args.dest), path), file: found!, set })
      continue
    }
    isUnpacked = true
    changes.push({ what: path, before: told(found), after: member?.type ?? 'directory' })
    if (args.mode !== undefined && member?.type !== 'link')
      unpacked.set(path, resolveMode(args.mode, freshModeOf(state, member), isDirectory(member)))
  }
  return { changes, unpacked, isUnpacked, settings }
}

function isDirectory(member: Member | undefined): boolean {
  return member === undefined || member.type === 'directory'
}

function told(found: FileState | undefined): string | null {
  if (found === undefined) return null
  return found.type === 'file' ? `${found.size} bytes` : found.type
}

function conflictOf(
  path: string,
  member: Member | undefined,
  found: FileState | undefined,
): string | undefined {
  if (found === undefined) return undefined
  if (isDirectory(member))
    return isFolder(found) || found.type === 'link'
      ? undefined
      : `${path} is a ${found.type}, and a folder is to be there`
  return found.type === 'directory'
    ? `${path} is a directory, and a ${member!.type} is to be there`
    : undefined
}

/** Whether what is there is what the archive holds, but perhaps for owner and permissions. */
function isThere(
  { keep_newer }: Args,
  { kind, found: all }: Archive,
  member: Member | undefined,
  found: FileState | undefined,
): boolean {
  if (found === undefined) return false
  if (member === undefined || member.type === 'directory') return isFolder(found)
  switch (member.type) {
    case 'file': {
      if (found.type !== 'file') return false
      if (keep_newer && found.mtime > member.mtime) return true
      // The clock of a zip may be a second off.
      const apart = Math.abs(Math.floor(found.mtime) - member.mtime)
      return found.size === member.size && apart <= (kind === 'zip' ? 1 : 0)
    }
    case 'link':
      return (
        found.type === 'link' &&
        (member.target === undefined ? found.size === member.size : found.target === member.target)
      )
    case 'hard': {
      const other = all.get(
        member
          .target!.split('/')
          .filter((part) => part !== '' && part !== '.')
          .join('/'),
      )
      return other !== undefined && other.inode === found.inode && other.device === found.device
    }
    case 'other':
      return found.type !== 'file' && found.type !== 'link'
  }
}

/** Owner, group and permissions that something in the archive is to have: those of the task, else what the archive says. */
function wantedOf(args: Args, { ids, uid }: State, member: Member | undefined): { wanted: Wanted; ids: Ids } {
  const { owner, group, mode } = args
  if (member === undefined || member.type === 'hard') return { wanted: { owner, group, mode }, ids }
  const kept: Pick<Member, 'uid' | 'gid'> = uid === 0 ? member : {}
  return {
    wanted: {
      owner: owner ?? kept.uid?.toString(),
      group: group ?? kept.gid?.toString(),
      mode: mode ?? octal(modeOf(uid, member)),
    },
    ids: {
      uid: owner === undefined ? kept.uid : ids.uid,
      gid: group === undefined ? kept.gid : ids.gid,
    },
  }
}

function freshModeOf({ uid }: State, member: Member | undefined): number {
  return member === undefined ? freshMode(true) : modeOf(uid, member)
}

/** Permissions as they are unpacked: root's tar keeps all, others have a umask of 022. */
function modeOf(uid: number, { mode }: Member): number {
  return uid === 0 ? mode : mode & 0o755
}
