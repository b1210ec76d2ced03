import type { Row } from '../iproute2.ts'
import type { Attribute, Setting } from './attribute.ts'
import { GENERAL, KINDS } from './kinds.ts'

/** What is wanted of one link; what is left out is left alone. */
export interface DesiredLink {
  readonly name: string
  /** A kind of link in ip-link(8)'s words. */
  readonly type?: string | undefined
  readonly state: 'present' | 'absent' | 'up' | 'down'
  readonly netns?: string | undefined
  /** Where a veth's other end goes. */
  readonly peerNetns?: string | undefined
  /** May be deleted and made again when a change needs that. */
  readonly recreate: boolean
  /** Loses its carrier when its master has changed. */
  readonly replug?: boolean
  /** By the names of GENERAL and KINDS. */
  readonly settings: Readonly<Record<string, Setting | undefined>>
}

export function attributeOf(option: string, kind: string | undefined): Attribute | undefined {
  return GENERAL[option] ?? (kind === undefined ? undefined : KINDS[kind]?.[option])
}

/** The settings that are given and that this kind has, in the form in which they are compared. */
export function wanted(settings: DesiredLink['settings'], kind: string | undefined): Record<string, Setting> {
  return Object.fromEntries(
    Object.entries(defined(settings)).flatMap(([option, setting]) => {
      const attribute = attributeOf(option, kind)
      return attribute === undefined ? [] : [[option, attribute.wanted(setting)]]
    }),
  )
}

/** What a link's kind reports of it, without what it leaves unsaid. */
export function settingsOf(row: Row, kind: string): Record<string, Setting> {
  return Object.fromEntries(
    Object.entries(KINDS[kind] ?? {}).flatMap(([option, attribute]) => {
      const value = attribute.current(row)
      return [null, '', 'any', attribute.unsaid].includes(value) ? [] : [[option, value as Setting]]
    }),
  )
}

/** The settings that only this kind of link has. */
export function ownOf(settings: Record<string, Setting>): [string, Setting][] {
  return Object.entries(settings).filter(([option]) => GENERAL[option] === undefined)
}

export function defined(settings: DesiredLink['settings']): Record<string, Setting> {
  return Object.fromEntries(
    Object.entries(settings).filter((entry): entry is [string, Setting] => entry[1] !== undefined),
  )
}
