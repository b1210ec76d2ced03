import { posix } from 'node:path'
import type { Footprint, Traces } from './footprint.ts'
import type { Place } from './places.ts'

/** Where the folders of a footprint's paths are. */
export type Places = (folder: string) => Place | undefined

/**
 * Whether a path is one that a shell takes as it is: absolute, with nothing in it that leads back or stands for the
 * place where it stands.
 */
export function isPlain(path: string): boolean {
  return /^(\/[^/]+)+$/s.test(path) && !/\/\.\.?(\/|$)/.test(path)
}

/** What has been sent to a host to be changed there, and what of it cannot be told apart from all else. */
export class Changing {
  readonly #spots: string[] = []
  readonly #names: string[] = []
  #anything = false

  /** Whether nothing of this is changed; false if that cannot be said. */
  isApart({ reads, writes }: Footprint, places: Places): boolean {
    if (this.#anything) return false
    const touched = writes === 'anything' ? [reads] : [reads, writes]
    return touched.every((traces) => this.#isApart(traces, places))
  }

  get #isAny(): boolean {
    return this.#spots.length + this.#names.length > 0
  }

  #isApart({ paths = [], names = [] }: Traces, places: Places): boolean {
    return (
      paths.every((path) => {
        const spots = spotsOf(path, places)
        // Programs write there for tasks that are about something else.
        if (spots === undefined || (isGround(spots[0]) && this.#isAny)) return false
        return spots.every((spot) => !this.#spots.some((other) => isWithin(spot, other)))
      }) &&
      names.every((name) => !this.#names.some((other) => isWithin(name, other) || isWithin(other, name)))
    )
  }

  /** Whether files of the machine that we run on are none of these, nor beside one, if the host is that machine. */
  isApartFrom(paths: readonly string[]): boolean {
    if (this.#anything) return false
    return paths.every((path) =>
      this.#spots.every((spot) => !isWithin(path, spot) && !isWithin(spot, posix.dirname(path))),
    )
  }

  add(writes: Footprint['writes'], places: Places): void {
    if (writes === 'anything') {
      this.#anything = true
      return
    }
    for (const path of writes.paths ?? []) {
      const made = madeSpots(path, places)
      if (made === undefined || isGround(made[0]!)) this.#anything = true
      else this.#spots.push(...made)
    }
    this.#names.push(...(writes.names ?? []))
  }
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
