import type { Plan } from '../sdk/module.ts'
import { NOTHING } from '../sdk/plans.ts'
import type { BatchedProbe } from '../sdk/probe.ts'

const PACKERS: Readonly<Record<string, string>> = { gz: 'gzip', bz2: 'bzip2', xz: 'xz' }
const PACKAGES: Readonly<Record<string, string>> = { xz: 'xz-utils (Debian) or xz' }

/** The program that packs and unpacks a file of this name; undefined if it is not packed. */
export function packerOf(path: string): string | undefined {
  return PACKERS[/\.(gz|bz2|xz)$/.exec(path)?.[1] ?? '']
}

export type Direction = 'packs' | 'unpacks'

/** Whether the host has a program that does so; that of busybox may only unpack. */
export function packerLook(packer: string, direction: Direction): BatchedProbe<boolean> {
  const test = direction === 'packs' ? `${packer} -c </dev/null >/dev/null 2>&1` : `command -v ${packer}`
  return {
    kind: 'packers',
    items: [test],
    script: (items) =>
      items.map((item) => `if ${item} >/dev/null; then printf '1\\0'; else printf '0\\0'; fi`).join('\n'),
    read: (output, items) => items.map(() => output.field() === '1'),
  }
}

/** What is said of a host that has none. */
export function noPacker(packer: string, direction: Direction): Plan {
  const failed =
    direction === 'packs'
      ? `${packer} is not there, or only unpacks, as that of busybox does`
      : `${packer} is not there`
  return { ...NOTHING, failed, advice: `install the package ${PACKAGES[packer] ?? packer}` }
}
