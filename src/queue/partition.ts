import type { WorkerInfo } from './presence.ts'

/** Hosts that go to those who serve one pattern. */
export interface Share {
  readonly pattern: string | undefined
  readonly hosts: readonly string[]
}

/** Slices are no smaller than this for the sake of more workers. */
const LEAST = 25

/**
 * Shares hosts out among the patterns that workers serve: each host to the narrowest that means it, in the order of the
 * hosts; those that none means have no pattern. Shares hold at most so many hosts, and there is one for each worker
 * where there are hosts enough.
 */
export function sharesOf(
  hosts: readonly string[],
  served: ReadonlyMap<string, ReadonlySet<string>>,
  workers: readonly Pick<WorkerInfo, 'serves'>[],
  most: number,
): Share[] {
  const patterns = [...served].sort(([a, one], [b, other]) => one.size - other.size || (a < b ? -1 : 1))
  const byPattern = new Map<string | undefined, string[]>()
  for (const host of hosts) {
    const pattern = patterns.find(([, means]) => means.has(host))?.[0]
    const known = byPattern.get(pattern)
    if (known) known.push(host)
    else byPattern.set(pattern, [host])
  }
  return [...byPattern].flatMap(([pattern, own]) => {
    const there = workers.filter(({ serves }) => serves === pattern).length
    return cut(own, partsFor(own.length, there, most)).map((part) => ({ pattern, hosts: part }))
  })
}

function partsFor(hosts: number, workers: number, most: number): number {
  const fewest = Math.ceil(hosts / most)
  const even = Math.ceil(fewest / Math.max(1, workers)) * Math.max(1, workers)
  return Math.max(fewest, Math.min(even, Math.floor(hosts / LEAST)))
}

/** Cuts a list into so many parts that differ by one at most. */
function cut<T>(list: readonly T[], parts: number): T[][] {
  const at = (part: number) => Math.round((part * list.length) / parts)
  return Array.from({ length: parts }, (_, part) => list.slice(at(part), at(part + 1)))
}
