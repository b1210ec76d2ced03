import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** What this process holds. */
export interface Footprint {
  /** Descriptors by their kind ("socket", a path), children, timers. */
  readonly held: Readonly<Record<string, number>>
  /** In MB, after a collection. */
  readonly heap: number
  readonly rss: number
}

export function footprint(): Footprint {
  const held: Record<string, number> = {}
  const count = (what: string) => {
    held[what] = (held[what] ?? 0) + 1
  }
  for (const target of descriptors()) count(`descriptor of ${target.replace(/:\[\d+\]$/, '')}`)
  for (const _ of children()) count('child')
  for (const kind of process.getActiveResourcesInfo()) count(`active ${kind}`)
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  return { held, heap: heapUsed / 2 ** 20, rss: rss / 2 ** 20 }
}

/** What there is more of than there was; an end that is under way has a while. */
export async function growth(before: Footprint, patience: number): Promise<string[]> {
  for (const end = performance.now() + patience; ; await sleep(100)) {
    const { held } = footprint()
    const more = Object.entries(held).filter(([what, number]) => number > (before.held[what] ?? 0))
    if (more.length === 0 || performance.now() > end) {
      return more.map(([what, number]) => `${number} of ${what}, not ${before.held[what] ?? 0}`)
    }
  }
}

export const descriptorsOf = ({ held }: Footprint): number =>
  Object.entries(held).reduce((sum, [what, number]) => sum + (what.startsWith('descriptor') ? number : 0), 0)

function descriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return [readlinkSync(`/proc/self/fd/${name}`)]
    } catch {
      // The one that listed them.
      return []
    }
  })
}

function children(): string[] {
  const all = readdirSync('/proc/self/task').flatMap(
    (thread) => readFileSync(`/proc/self/task/${thread}/children`, 'utf8').match(/\d+/g) ?? [],
  )
  // This is the first process of its namespace, and inherits what is left of hosts that vanish.
  return all.filter((pid) => isAlive(pid))
}

function isAlive(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
