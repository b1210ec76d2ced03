import type { FileType } from '../../src/host/file-state.ts'

interface Stat {
  readonly type?: FileType
  readonly mode?: number
  readonly uid?: number
  readonly gid?: number
  readonly owner?: string
  readonly group?: string
  readonly size?: number
  readonly links?: number
  readonly mtime?: string
}

const BITS = { fifo: 1, char: 2, directory: 4, block: 6, file: 8, link: 10, socket: 12 } as const

/** What stat prints of a file for the probes; by default root's, 0644, of the year 2000. */
export function statText(stat: Stat = {}): string {
  const { type = 'file', mode = 0o644, uid = 0, gid = 0, size = 0, links = 1 } = stat
  const { owner = 'root', group = 'root', mtime = '2000-01-01 00:00:00.5 +0000' } = stat
  const raw = ((BITS[type] << 12) | mode).toString(16)
  return `${raw} ${uid} ${gid} ${size} ${links} 7 42 0 0 8 4096\n${mtime}\n${mtime}\n${mtime}\n${owner}\n${group}\n`
}

/** What the probes print of some files (undefined: not there), none of them a link or with a digest. */
export function filesText(...stats: (string | undefined)[]): string {
  return `${stats.map((stat) => (stat === undefined ? 0 : 1)).join('')}${stats.join('')}0`
}

export const FOLDER = statText({ type: 'directory', mode: 0o755 })
