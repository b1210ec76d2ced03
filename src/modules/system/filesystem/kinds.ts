import { words } from '../../../shell/quote.ts'

/** A type of file systems: how one is made, and how it takes all of a device that has grown. */
export interface Kind {
  /** Ansible's name for it in messages. */
  readonly name: string
  /** What blkid calls it. */
  readonly type: string
  /** The program that makes it, and what lets it overwrite another. */
  readonly make: readonly [program: string, ...flags: string[]]
  readonly grow?: Growth
}

interface Growth {
  /** The program that tells its size. */
  readonly info: string
  /** Sh that prints what `isWhole` reads of the device `$dev` that is mounted at `$at`. */
  readonly ask: string
  readonly command: readonly [program: string, ...flags: string[]]
  /** It can only be done while it is mounted, and is told where. */
  readonly mounted?: true
  /** Whether it takes the whole of so many bytes; undefined if the text does not say. */
  isWhole(text: string, device: number): boolean | undefined
}

/** A number that stands behind a pattern. */
function numberIn(text: string, pattern: RegExp): number | undefined {
  const found = pattern.exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}

function ext(name: string, type: string): Kind {
  const grow: Growth = {
    info: 'tune2fs',
    ask: 'LC_ALL=C tune2fs -l "$dev"',
    command: ['resize2fs'],
    isWhole(text, device) {
      const field = (what: string) => numberIn(text, new RegExp(`^${what}:\\s*(\\d+)`, 'm'))
      const [count, size, perGroup] = [field('Block count'), field('Block size'), field('Blocks per group')]
      if (count === undefined || size === undefined || perGroup === undefined) return undefined
      const left = Math.floor(device / size) - count
      if (left <= 0) return true
      // Another group must have room for more than what describes it.
      const isNewGroup = (count - (field('First block') ?? 0)) % perGroup === 0
      const overhead = (field('Inode blocks per group') ?? 0) + (field('Reserved GDT blocks') ?? 0) + 64
      return isNewGroup && left <= overhead
    },
  }
  return { name, type, make: [`mkfs.${type}`, '-F'], grow }
}

/** Fewer blocks than these are no group of allocation of XFS. */
const XFS_LEAST = 64

const ext4 = ext('Ext4', 'ext4')

export const KINDS: Readonly<Record<string, Kind>> = {
  ext2: ext('Ext2', 'ext2'),
  ext3: ext('Ext3', 'ext3'),
  ext4,
  ext4dev: ext4,
  xfs: {
    name: 'XFS',
    type: 'xfs',
    make: ['mkfs.xfs', '-f'],
    grow: {
      info: 'xfs_info',
      ask: '[ -n "$at" ] || at=$dev; LC_ALL=C xfs_info "$at"',
      command: ['xfs_growfs'],
      mounted: true,
      isWhole(text, device) {
        const data = /^data\s+=\s*bsize=(\d+)\s+blocks=(\d+)/m.exec(text)
        if (data === null) return undefined
        const size = Number(data[1])
        return Math.floor(device / size) - Number(data[2]) < XFS_LEAST
      },
    },
  },
  btrfs: {
    name: 'Btrfs',
    type: 'btrfs',
    make: ['mkfs.btrfs', '-f'],
    grow: {
      info: 'btrfs',
      ask: '[ -z "$at" ] || btrfs filesystem usage -b "$at"',
      command: ['btrfs', 'filesystem', 'resize', 'max'],
      mounted: true,
      isWhole: (text, device) => atLeast(numberIn(text, /Device size:\s*(\d+)/), device),
    },
  },
  f2fs: {
    name: 'F2fs',
    type: 'f2fs',
    make: ['mkfs.f2fs', '-f'],
    grow: {
      info: 'dump.f2fs',
      ask: 'LC_ALL=C dump.f2fs "$dev"',
      command: ['resize.f2fs'],
      isWhole(text, device) {
        const sector = numberIn(text, /Info: sector size = (\d+)/)
        const count = numberIn(text, /Info: total FS sectors = (\d+)/)
        return sector === undefined || count === undefined ? undefined : sector * count >= device
      },
    },
  },
  vfat: {
    name: 'VFAT',
    type: 'vfat',
    make: ['mkfs.vfat'],
    grow: {
      info: 'fatresize',
      ask: 'LC_ALL=C fatresize --info "$dev"',
      command: ['fatresize', '-s', 'max'],
      isWhole: (text, device) => atLeast(numberIn(text, /^(?:Size|Cur size):\s*(\d+)/m), device),
    },
  },
  lvm: {
    name: 'LVM',
    type: 'LVM2_member',
    make: ['pvcreate', '-f'],
    grow: {
      info: 'pvs',
      ask: 'pvs --noheadings --nosuffix --units b -o pv_size,pe_start,vg_extent_size -- "$dev"',
      command: ['pvresize'],
      isWhole(text, device) {
        const [size, start, extent] = text.trim().split(/\s+/).map(Number)
        if (size === undefined || start === undefined || Number.isNaN(size + start)) return undefined
        // What is not in a group yet is not divided into extents.
        return extent ? device - start - size < extent : size >= device
      },
    },
  },
  ocfs2: { name: 'Ocfs2', type: 'ocfs2', make: ['mkfs.ocfs2', '-Fx'] },
  reiserfs: { name: 'Reiserfs', type: 'reiserfs', make: ['mkfs.reiserfs', '-q'] },
  swap: { name: 'Swap', type: 'swap', make: ['mkswap', '-f'] },
  ufs: { name: 'UFS', type: 'ufs', make: ['newfs'] },
}

function atLeast(size: number | undefined, device: number): boolean | undefined {
  return size === undefined ? undefined : size >= device
}

/** Sh that makes one on a device, whose path is a word of sh. */
export function makeScript({ make }: Kind, options: readonly string[], device: string): string {
  const command = `${words(...make, ...options)} ${device}`
  // That of busybox asks for no force.
  return make[0] === 'mkswap' ? `${command} 2>/dev/null || ${words('mkswap', ...options)} ${device}` : command
}
