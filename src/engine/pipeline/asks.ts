import { posix } from 'node:path'
import { type Place, places } from '../../sdk/places.ts'
import type { BatchedProbe, ProbeOutput } from '../../sdk/probe.ts'
import { isPlain, type Places } from '../../sdk/traces.ts'
import { probesOf, type ResolvedTask } from '../task/resolve.ts'

/** By the probes of a task alone: who asks the same gets the same ones. */
const joined = new WeakMap<readonly BatchedProbe[], readonly BatchedProbe[]>()

/** The probes of a ready task, and where the folders are of what it may read and write. */
export function asksOf(ready: ResolvedTask): readonly BatchedProbe[] {
  const own = probesOf(ready)
  const known = joined.get(own)
  if (known !== undefined) return known
  const look = placesLook(ready)
  const both = look.items.length === 0 ? own : [...own, look]
  joined.set(own, both)
  return both
}

/** Where the folders of a ready task's paths were found. */
export function placesIn(found: ProbeOutput, ready: ResolvedTask): Places {
  const look = placesLook(ready)
  const all = found.of(look)
  const known = new Map(look.items.map((folder, index): [string, Place | undefined] => [folder, all[index]]))
  return (folder) => known.get(folder)
}

function placesLook({ module, args }: ResolvedTask): BatchedProbe<Place | undefined> {
  const paths = module.footprint?.paths?.(args) ?? []
  return places([...new Set(paths.filter(isPlain).map((path) => posix.dirname(path)))])
}
