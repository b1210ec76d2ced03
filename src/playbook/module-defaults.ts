import { didYouMean, type Problem } from '../values/problem.ts'
import type { MapEntry, MapNode, Node } from '../values/value.ts'
import type { Fields } from '../yaml/fields.ts'
import type { Inherited } from './ast.ts'
import { foreignModule } from './foreign-module.ts'
import { ownModule } from './module-programs.ts'
import type { Reading } from './reading.ts'

/** Ansible's collections in which the modules here are. */
export const COLLECTIONS = [
  'ansible.builtin',
  'ansible.legacy',
  'ansible.posix',
  'community.crypto',
  'community.general',
  'community.libvirt',
  'community.mysql',
  'community.postgresql',
]

const IN_FRONT = new RegExp(`^(?:${COLLECTIONS.map((name) => name.replace('.', '\\.')).join('|')})\\.`)

/** A module's name without Ansible's collections in front, in which the modules here are. */
export function plainName(written: string): string {
  return written.replace(IN_FRONT, '')
}

/** The maps of `module_defaults`: one, or a list of them. */
export function moduleDefaultsIn(fields: Fields): MapNode[] {
  const node = fields.get('module_defaults')
  if (node?.kind === 'list') return node.items.filter((item) => item.kind === 'map')
  const map = fields.map('module_defaults')
  return map === undefined ? [] : [map]
}

/** What `module_defaults` say of a module, outermost first: maps, or templates of maps. */
export function defaultsFor(action: string, { moduleDefaults }: Pick<Inherited, 'moduleDefaults'>): Node[] {
  const isOf = ({ key }: MapEntry) => key === action || plainName(key) === action
  return moduleDefaults.flatMap(({ entries }) => entries.filter(isOf).map(({ value }) => value))
}

/** Adds a problem for each name in `module_defaults` that is neither a module's nor that of a group of modules. */
export function checkModuleDefaults(
  fields: Fields,
  reading: Pick<Reading, 'modules' | 'playFolder' | 'problems' | 'role' | 'collections'>,
): void {
  for (const { entries } of moduleDefaultsIn(fields)) {
    for (const { key, keyPlace } of entries) {
      const problem = problemOf(key, reading)
      if (problem !== undefined) reading.problems.push({ ...problem, place: keyPlace })
    }
  }
}

function problemOf(
  key: string,
  reading: Pick<Reading, 'modules' | 'playFolder' | 'role' | 'collections'>,
): Omit<Problem, 'place'> | undefined {
  const name = plainName(key)
  // Those groups are of modules that collections bring.
  if (key.startsWith('group/') || Object.hasOwn(reading.modules, name)) return undefined
  if ((ownModule(key, reading) ?? foreignModule(key, reading)) !== undefined) return undefined
  const hint = didYouMean(name, Object.keys(reading.modules))
  return { message: `unknown module "${key}" in module_defaults`, hint }
}
