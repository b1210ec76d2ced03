import { existsSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import type { Module } from '../sdk/module.ts'
import { closest } from '../values/problem.ts'
import { inCollection, isQualified } from './collections.ts'
import type { Reading } from './reading.ts'

/** Where a module is named: what is around may bring it. */
type Around = Pick<Reading, 'playFolder' | 'role'>

/**
 * A module that Ansible has, or may have, and that is not here: a task of it can be read, and fails when it is
 * reached. Undefined for a name that looks like a mistake.
 */
export function foreignModule(name: string, reading: Around): Module | undefined {
  return isForeign(name, reading) ? standIn(name) : undefined
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
      failed: `"${name}" is a module of Ansible that is not here: use one of docs/modules.md, or command or shell`,
    }),
  }
}

function isForeign(name: string, reading: Around): boolean {
  if (isOwn(name, reading)) return true
  if (!isQualified(name)) return everyName().has(name)
  const [namespace, collection, ...rest] = name.split('.')
  const names = namesOf(`${namespace}.${collection}`)
  if (names === undefined)
    return closest(`${namespace}.${collection}`, Object.keys(ansibleModules()), SLIPS) === undefined
  // A newer collection may have more modules than this list.
  const module = rest.join('.')
  return names.includes(module) || closest(module, names, SLIPS) === undefined
}

/** Whether a role, the playbook or an installed collection brings a module of that name: a program in any language. */
function isOwn(name: string, { role, playFolder }: Around): boolean {
  const folders = [playFolder, ...(role === undefined ? [] : [role.path])]
  const inLibrary = folders.some((folder) => isProgram(join(folder, 'library'), name))
  const installed = inCollection(name, 'plugins/modules', playFolder)
  return inLibrary || (installed !== undefined && isProgram(dirname(installed), basename(installed)))
}

/** What describes a module, and is none. */
const DESCRIPTIONS = ['.yml', '.yaml', '.json', '.md']

function isProgram(folder: string, name: string): boolean {
  return namesIn(folder).some((file) => {
    const ending = file.slice(name.length)
    return (
      file.startsWith(name) && (ending === '' || /^\.\w+$/.test(ending)) && !DESCRIPTIONS.includes(ending)
    )
  })
}

function namesIn(folder: string): string[] {
  return existsSync(folder) && statSync(folder).isDirectory() ? readdirSync(folder) : []
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

let every: ReadonlySet<string> | undefined

/** The names of all collections, which may stand alone. */
function everyName(): ReadonlySet<string> {
  every ??= new Set(Object.values(ansibleModules()).flatMap((names) => names.split(' ')))
  return every
}
