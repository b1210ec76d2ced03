import { posix } from 'node:path'
import type { Asked, Footprint } from './footprint.ts'
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

/** What a path or name is in the end, and what has been left of it, by kind of probe and item. */
interface Trace {
  readonly spot: string
  readonly left: ReadonlySet<string>
}

/** What has been sent to a host to be changed there, and what of it cannot be told apart from all else. */
export class Changing {
  readonly #spots: Trace[] = []
  readonly #names: Trace[] = []
  /** By kind of probe and item. */
  readonly #left = new Map<string, unknown>()
  #anything = false

  /** Whether nothing of this is changed, or what is left of it was taken; false if that cannot be said. */
  isApart({ reads: { paths = [], names = [] }, takes = [] }: Footprint, places: Places): boolean {
    if (this.#anything) return false
    return (
      paths.every((path) => this.#isPathApart(path, places, takes)) &&
      names.every((name) =>
        this.#names.every(
          (other) =>
            !(isWithin(name, other.spot) || isWithin(other.spot, name)) ||
            (other.spot === name && isTaken(name, takes, other)),
        ),
      )
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

  #isPathApart(path: string, places: Places, takes: readonly Asked[]): boolean {
    const spots = spotsOf(path, places)
    // Programs write there for tasks that are about something else.
    if (spots === undefined || (isGround(spots[0]) && this.#isAny)) return false
    return spots.every((spot) =>
      this.#spots.every(
        (other) => !isWithin(spot, other.spot) || (other.spot === spot && isTaken(path, takes, other)),
      ),
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
      const spots = spotsOf(path, places)
      if (spots === undefined || isGround(spots[0])) this.#anything = true
      else {
        const left = keysOf(path, leaves)
        this.#spots.push(...madeSpots(path, places)!.map((spot) => ({ spot, left })))
      }
    }
    this.#names.push(...(writes.names ?? []).map((name) => ({ spot: name, left: keysOf(name, leaves) })))
    for (const { look, item, found } of leaves) this.#left.set(keyOf(look, item), found)
  }
}

function keysOf(trace: string, asked: readonly Asked[]): Set<string> {
  return new Set(asked.filter(({ of }) => of === trace).map(({ look, item }) => keyOf(look, item)))
}

/** Whether all that was asked of a path or name has been left there. */
function isTaken(trace: string, takes: readonly Asked[], { left }: Trace): boolean {
  const asked = keysOf(trace, takes)
  return asked.size > 0 && [...asked].every((key) => left.has(key))
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
  /^\/(bin|sbin|lib\w*|usr|proc|sys|dev|run|boot|etc\/(magic|passwd|group|shadow|gshadow|sub[ug]id|nsswitch\.conf|host\.conf|hosts|resolv\.conf|ld\.so\.\w+(\.d)?|login\.defs|localtime|timezone|locale\w*(\.\w+)?|environment|security|pam\.d|pam\.conf|selinux|default\/useradd|alternatives|iproute2|systemd|init\.d|rc\w*\.d|apt|cron\.(allow|deny)|crontabs)|var\/(lib\/(dpkg|apt|systemd)|spool\/cron|cache\/apt))(\/|$)/

function isGround(spot: string): boolean {
  return GROUND.test(spot)
}
