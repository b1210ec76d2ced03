import { join } from 'node:path'
import type { Catalogue } from '../sdk/module.ts'
import { closest } from '../values/problem.ts'
import { type Entry, KIND_NAMES, type Kind, type KindName } from './entry.ts'
import { moduleKind } from './modules.ts'
import { roleKind } from './roles.ts'
import { filterKind, helperKind, lookupKind, testKind } from './templates.ts'
import { type DescribedSetting, inventoryKind, keywordKind, settingKind } from './words.ts'

/** What the documentation is made of: what is here, and what lies around. */
export interface Documented {
  readonly modules: Catalogue
  readonly settings: Readonly<Record<string, DescribedSetting>>
  /** The folder of the playbooks: library/, filter_plugins/, roles/ and so on lie in it. Absolute. */
  readonly folder: string
  /** Nothing in that folder is run: filters, tests and lookups of plugins are left out. */
  readonly runsNothing?: boolean
  readonly rolesPath: readonly string[]
  /** The entry of roles that is asked for; undefined for all. */
  readonly entryPoint?: string | undefined
}

export type Kinds = Readonly<Record<KindName, Kind>>

/** Everything that there is to say, by kind; nothing is looked at before it is asked for. */
export function kindsOf({
  modules,
  settings,
  folder,
  rolesPath,
  entryPoint,
  runsNothing,
}: Documented): Kinds {
  const plugins = runsNothing ? undefined : folder
  return {
    module: moduleKind(modules, { playFolder: folder, role: undefined, collections: [] }),
    keyword: keywordKind,
    filter: filterKind(plugins),
    test: testKind(plugins),
    lookup: lookupKind(plugins),
    inventory: inventoryKind([join(folder, 'inventory_plugins')]),
    setting: settingKind(settings),
    helper: helperKind,
    role: roleKind({ playFolder: folder, rolesPath }, entryPoint),
  }
}

/** What a name means, of one kind or of the first that has it; and the other kinds that have it too. */
export function entriesNamed(
  name: string,
  kinds: Kinds,
  kind: KindName | undefined,
): { readonly entries: readonly Entry[]; readonly others: readonly KindName[] } {
  const asked: readonly KindName[] = kind === undefined ? KIND_NAMES : [kind]
  for (const [at, one] of asked.entries()) {
    const entries = kinds[one].find(name)
    if (entries.length === 0) continue
    const others = asked.slice(at + 1).filter((other) => {
      const { has, find } = kinds[other]
      return has === undefined ? find(name).length > 0 : has(name)
    })
    return { entries, others }
  }
  return { entries: [], others: [] }
}

/** What a name that means nothing may have been meant to be: those that begin with it, else the closest of all. */
export function meantEntries(
  name: string,
  kinds: Kinds,
  kind: KindName | undefined,
): { readonly kind: KindName; readonly name: string }[] {
  const short = name.slice(name.lastIndexOf('.') + 1)
  const known = (kind === undefined ? KIND_NAMES : [kind]).flatMap((one) =>
    kinds[one].names().map((other) => ({ kind: one, name: other })),
  )
  const longer = known.filter((one) => short.length > 2 && one.name.startsWith(short))
  if (longer.length > 0) return longer
  const meant = closest(
    short,
    known.map((one) => one.name),
  )
  return known.filter((one) => one.name === meant).slice(0, 1)
}
