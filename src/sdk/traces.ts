import { posix } from 'node:path'
import type { Footprint } from './footprint.ts'
import type { Place } from './places.ts'
import type { BatchedProbe, ProbeOutput } from './probe.ts'

/** Where the folders of a footprint's paths are. */
export type Places = (folder: string) => Place | undefined

/**
 * Whether a path is one that a shell takes as it is: absolute, with nothing in it that leads back or stands for the
 * place where it stands.
 */
export function isPlain(path: string): boolean {
  return /^(\/[^/]+)+$/s.test(path) && !/\/\.\.?(\/|$)/.test(path)
}

/** What a path is in the end, and the path as it was written where it is known what is left there. */
interface Spot {
  readonly spot: string
  readonly left: string | undefined
}

/** What has been sent to a host to be changed there, and what of it cannot be told apart from all else. */
export class Changing {
  readonly #spots: Spot[] = []
  readonly #names: string[] = []
  /** By kind of probe and item. */
  readonly #left = new Map<string, unknown>()
  #anything = false

  /** Whether nothing of this is changed, or what is left of it was taken; false if that cannot be said. */
  isApart({ reads: { paths = [], names = [] } }: Footprint, places: Places, takesLeft = false): boolean {
    if (this.#anything) return false
    return (
      paths.every((path) => this.#isPathApart(path, places, takesLeft)) &&
      names.every((name) => !this.#names.some((other) => isWithin(name, other) || isWithin(other, name)))
    )
  }

  /** What was found, with what is known to be found behind these changes. */
  behind(found: ProbeOutput): ProbeOutput {
    if (this.#left.size === 0) return found
    return {
      bytes: found.bytes,
      text: found.text,
      of: <T>(look: BatchedProbe<T>) => {
        const key = (item: string) => keyOf(look, item)
        return found.of(look).map((one, index) => {
          const item = look.items[index]!
          return this.#left.has(key(item)) ? (this.#left.get(key(item)) as T) : one
        })
      },
    }
  }

  get #isAny(): boolean {
    return this.#spots.length + this.#names.length > 0
  }

  #isPathApart(path: string, places: Places, takesLeft: boolean): boolean {
    const spots = spotsOf(path, places)
    // Programs write there for tasks that are about something else.
    if (spots === undefined || (isGround(spots[0]) && this.#isAny)) return false
    const isTaken = (spot: string, other: Spot) => takesLeft && other.spot === spot && other.left === path
    return spots.every((spot) =>
      this.#spots.every((other) => !isWithin(spot, other.spot) || isTaken(spot, other)),
    )
  }

  /** Whether files of the machine that we run on are none of these, nor beside one, if the host is that machine. */
  isApartFrom(paths: readonly string[]): boolean {
    if (this.#anything) return false
    return paths.every((path) =>
      this.#spots.every(({ spot }) => !isWithin(path, spot) && !isWithin(spot, posix.dirname(path))),
    )
  }

  add({ writes, leaves = [] }: Footprint, places: Places): void {
    if (writes === 'anything') {
      this.#anything = true
      return
    }
    for (const path of writes.paths ?? []) {
      const made = madeSpots(path, places)
      if (made === undefined || isGround(made[0]!)) this.#anything = true
      else {
        const left = leaves.some(({ item }) => item === path) ? path : undefined
        this.#spots.push(...made.map((spot) => ({ spot, left })))
      }
    }
    this.#names.push(...(writes.names ?? []))
    for (const { look, item, found } of leaves) this.#left.set(keyOf(look, item), found)
  }
}

function keyOf({ kind }: BatchedProbe, item: string): string {
  return `${kind}\n${item}`
}

/** The same or below it. */
function isWithin(spot: string, other: string): boolean {
  return spot === other || spot.startsWith(`${other}/`)
}

/** Two names of what is at a path: by the folder's path, and by its inode, for it may be mounted in two places. */
function spotsOf(path: string, places: Places): [string, string] | undefined {
  const place = isPlain(path) ? places(posix.dirname(path)) : undefined
  if (place === undefined) return undefined
  const { real, id, rest } = place
  const end = `${rest}/${posix.basename(path)}`
  return [`${real === '/' ? '' : real}${end}`, `${id}${end}`]
}

/** The same of what is made when it is written: the topmost folder that is missing, or the thing itself. */
function madeSpots(path: string, places: Places): [string, string] | undefined {
  const place = isPlain(path) ? places(posix.dirname(path)) : undefined
  const top = place && /^\/[^/]+/.exec(place.rest)?.[0]
  if (top === undefined) return spotsOf(path, places)
  return [`${place!.real === '/' ? '' : place!.real}${top}`, `${place!.id}${top}`]
}

/**
 * What programs are, and what they go by whatever they are asked: with one of these another answer may come to any
 * question.
 */
const GROUND =
  /^\/(bin|sbin|lib\w*|usr|proc|sys|dev|run|boot|etc\/(passwd|group|shadow|gshadow|sub[ug]id|nsswitch\.conf|host\.conf|hosts|resolv\.conf|ld\.so\.\w+(\.d)?|login\.defs|localtime|timezone|locale\w*(\.\w+)?|environment|security|pam\.d|pam\.conf|selinux|default\/useradd|alternatives|iproute2|systemd|init\.d|apt)|var\/lib\/(dpkg|apt|systemd))(\/|$)/

function isGround(spot: string): boolean {
  return GROUND.test(spot)
}
