import { createRequire } from 'node:module'
import type { Module } from '../sdk/module.ts'
import { closest } from '../values/problem.ts'
import { isQualified } from './collections.ts'
import { type Around, collectionModule, foundModule } from './module-programs.ts'

const known = new Map<string, Module | undefined>()

/**
 * A module that is not here: it is run as it is where its program is found, and else a task of it can be read, and fails
 * when it is reached. Undefined for a name that looks like a mistake.
 */
export function foreignModule(name: string, around: Around): Module | undefined {
  const { playFolder, role, collections } = around
  const key = [name, playFolder, role?.path ?? '', ...collections].join('\0')
  if (!known.has(key)) {
    const module =
      collectionModule(name, around) ?? foundModule(name, around, isQualified(name) ? [] : ownersOf(name))
    known.set(key, module ?? (isForeign(name) ? standIn(name) : undefined))
  }
  return known.get(key)
}

/** So many slips of the finger make a mistake of a name, and not another one. */
const SLIPS = 2

/** What stands for a module that is not here, or not known yet: it takes everything. */
export function standIn(name: string): Module {
  return {
    name,
    summary: 'A module of Ansible that is not here.',
    options: {},
    freeForm: '_raw_params' as never,
    openEnded: true,
    plan: () => ({
      changes: [],
      failed: whyNot(name),
    }),
  }
}

/** Why a module that Ansible has cannot be run, and what to do. */
function whyNot(name: string): string {
  const [owner] = isQualified(name) ? [name.split('.').slice(0, 2).join('.')] : ownersOf(name)
  const from = owner === undefined || owner === 'ansible.builtin' ? 'ansible-core' : `the collection ${owner}`
  const how =
    from === 'ansible-core'
      ? 'install ansible-core here'
      : `"ansible-galaxy collection install ${owner}" brings it`
  return `"${name}" is a module of Ansible that is not here, and ${from}, which has it, is not installed on this machine: ${how} and the host then runs it by its Python; or use one of docs/modules.md, or command or shell`
}

function isForeign(name: string): boolean {
  if (!isQualified(name)) return ownersOf(name).length > 0
  const [namespace, collection, ...rest] = name.split('.')
  const names = namesOf(`${namespace}.${collection}`)
  if (names === undefined)
    return closest(`${namespace}.${collection}`, Object.keys(ansibleModules()), SLIPS) === undefined
  // A newer collection may have more modules than this list.
  const module = rest.join('.')
  return names.includes(module) || closest(module, names, SLIPS) === undefined
}

/**
 * The modules that Ansible has, by collection, their names at spaces: those of ansible-core 2.14 and of the collections
 * that the package `ansible` 7 brings, and some that are newer. Read when a name is not known: it is long.
 */
function ansibleModules(): Readonly<Record<string, string>> {
  return createRequire(import.meta.url)('./ansible-modules.json')
}

function namesOf(collection: string): string[] | undefined {
  const modules = ansibleModules()
  return Object.hasOwn(modules, collection) ? modules[collection]!.split(' ') : undefined
}

let owners: ReadonlyMap<string, readonly string[]> | undefined

/** The collections that have a module of this short name. */
export function ownersOf(name: string): readonly string[] {
  if (owners === undefined) {
    const all = new Map<string, string[]>()
    for (const [collection, names] of Object.entries(ansibleModules()))
      for (const one of names.split(' ')) all.set(one, [...(all.get(one) ?? []), collection])
    owners = all
  }
  return owners.get(name) ?? []
}
