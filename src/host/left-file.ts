import type { Asked, Found } from '../sdk/footprint.ts'
import { bytesOf } from './bytes.ts'
import { type FileState, files } from './file-state.ts'

/** In place of the stamp of a file that an action before has yet to write: nobody can know it. */
export const YET_TO_BE_WRITTEN = 'yet to be written'

/** A file as an action leaves it; owner and group are undefined if they are those of whoever writes it. */
export interface LeftFile {
  readonly path: string
  /** What was there before. */
  readonly file: FileState | undefined
  readonly uid: number | undefined
  readonly gid: number | undefined
  /** Permission bits. */
  readonly mode: number
  readonly bytes: Buffer
}

/** What would be found where an action has put a file in place, by the probes of the modules that edit files. */
export function leftBy(left: LeftFile): Found[] {
  const [itself, held] = askedOf(left.path)
  return [
    { ...itself, found: leftFile(left) },
    { ...held, found: left.bytes },
  ]
}

/** What stat would say of it, as far as that can be known. */
export function leftFile({ file, uid = Number.NaN, gid = Number.NaN, mode, bytes }: LeftFile): FileState {
  const nobody = Number.NaN
  return {
    ...{ type: 'file', mode, uid, gid, size: bytes.length, links: 1, stamp: YET_TO_BE_WRITTEN },
    owner: file?.uid === uid ? file.owner : String(uid),
    group: file?.gid === gid ? file.group : String(gid),
    ...{ atime: nobody, mtime: nobody, ctime: nobody, inode: nobody, device: nobody },
    ...{ deviceType: [0, 0], blocks: nobody, blockSize: nobody },
  }
}

/** What the modules that edit files ask of one. */
export function askedOf(path: string): [itself: Asked, held: Asked] {
  return [
    { of: path, look: files([path], { follow: true }), item: path },
    { of: path, look: bytesOf([path]), item: path },
  ]
}

/** Owner or group of a file, which keeps them; undefined if it is yet to be known who writes it. */
export function keptId(id: number | undefined): number | undefined {
  return id === undefined || Number.isNaN(id) ? undefined : id
}
