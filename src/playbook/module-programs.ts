import { basename, dirname, extname, join } from 'node:path'
import { pluginModule } from '../plugins/modules.ts'
import type { Module, Program } from '../sdk/module.ts'
import { readdirSync } from '../values/controller-files.ts'
import { isFile, isFolder } from '../yaml/files.ts'
import { collectionRoots, inCollection, isQualified } from './collections.ts'
import { pythonPackages } from './python-packages.ts'
import type { Reading } from './reading.ts'

/** Where a module is named: what is around may bring it. */
export type Around = Pick<Reading, 'playFolder' | 'role' | 'collections'>

/** Where modules of one's own, and what they import, lie besides `library/` and `module_utils/` of playbooks and roles. */
export interface ModuleFolders {
  readonly library: readonly string[]
  readonly moduleUtils: readonly string[]
}

let folders: ModuleFolders = { library: [], moduleUtils: [] }

/** Says where modules of one's own lie, before anything is read. */
export function searchModules({ library, moduleUtils }: ModuleFolders): void {
  folders = { library, moduleUtils }
}

/** What describes a module, and is none. */
const DESCRIPTIONS = /\.(ya?ml|json|md|rst|txt|pyc|orig|swp)$/

/**
 * A module in TypeScript or JavaScript that a library beside the playbook or in the role has: it goes before what is
 * here. Raises ProblemError for a file that is none.
 */
export function ownModule(name: string, around: Around): Module | undefined {
  return isQualified(name) ? undefined : pluginModule(name, libraries(around))
}

/** One that a collection has, by its full name. Raises ProblemError likewise. */
export function collectionModule(name: string, { playFolder }: Around): Module | undefined {
  const at = inCollection(name, 'plugins/modules', playFolder)
  return at === undefined ? undefined : pluginModule(basename(at), [dirname(at)])
}

function libraries(around: Around): string[] {
  return [...nearFolders(around).map((folder) => join(folder, 'library')), ...folders.library]
}

/** The files of modules that libraries bring, by the modules' names; the first of a name counts. */
export function libraryFiles(around: Around): ReadonlyMap<string, string> {
  const files = libraries(around)
    .filter(isFolder)
    .flatMap((folder) =>
      readdirSync(folder)
        .sort()
        .map((file) => join(folder, file)),
    )
    .filter((path) => !DESCRIPTIONS.test(path) && !/\/[._][^/]*$|\.d\.[cm]?ts$/.test(path) && isFile(path))
  return new Map(files.reverse().map((path) => [basename(path, extname(path)), path]))
}

/**
 * The program of a module that is not here, as a library beside the playbook or in the role brings it, an installed
 * collection, or an installed ansible-core; `owners` are the collections that have a module of this short name.
 */
function programOf(name: string, around: Around, owners: readonly string[]): Program | undefined {
  const { playFolder, collections } = around
  const near = nearFolders(around)
  const utils = [...near.map((folder) => join(folder, 'module_utils')), ...folders.moduleUtils]
  const roots = [...new Set([...collectionRoots(playFolder), ...pythonPackages()])]
  const program = (path: string, dotted: string): Program => ({ path, dotted, roots, utils })
  if (!isQualified(name)) {
    const own = firstProgram(libraries(around), name)
    if (own !== undefined) return program(own, `ansible.modules.${name}`)
  }
  const full = isQualified(name)
    ? [name]
    : [...collections, 'ansible.builtin', ...owners].map((one) => `${one}.${name}`)
  for (const one of full) {
    const [namespace, collection, ...rest] = one.split('.')
    if (namespace === 'ansible' && (collection === 'builtin' || collection === 'legacy')) {
      const path = pythonPackages()
        .map((root) => join(root, 'ansible/modules', `${rest.join('/')}.py`))
        .find(isFile)
      if (path !== undefined) return program(path, `ansible.modules.${rest.join('.')}`)
    }
    const at = inCollection(one, 'plugins/modules', playFolder)
    const path = at === undefined ? undefined : firstProgram([dirname(at)], basename(at))
    const dotted = `ansible_collections.${namespace}.${collection}.plugins.modules.${rest.join('.')}`
    if (path !== undefined) return program(path, dotted)
  }
  return undefined
}

/** The role's, and the playbook's. */
function nearFolders({ role, playFolder }: Around): string[] {
  return [...(role === undefined ? [] : [role.path]), playFolder]
}

function firstProgram(folders: readonly string[], name: string): string | undefined {
  for (const folder of folders.filter(isFolder)) {
    const files = readdirSync(folder).filter(
      (file) => file === name || (file.startsWith(`${name}.`) && !file.slice(name.length + 1).includes('.')),
    )
    const file = files.find((one) => !DESCRIPTIONS.test(one) && isFile(join(folder, one)))
    if (file !== undefined) return join(folder, file)
  }
  return undefined
}

/**
 * A module that is run on the host as it is, or fails when it is reached because a plugin on the controller is to do its
 * work. Undefined if neither is found.
 */
export function foundModule(name: string, around: Around, owners: readonly string[]): Module | undefined {
  const program = programOf(name, around, owners)
  if (isDoneHere(name, around, program)) {
    const failed = `"${name}" is carried out by a plugin in Python on the controller, which is not run here: use a module of docs/modules.md, or command or shell`
    return { ...PROGRAM, name, plan: () => ({ changes: [], failed }) }
  }
  return (
    program && {
      ...PROGRAM,
      ...(FREE_FORM.test(name) && { freeForm: '_raw_params' as never }),
      name,
      program,
    }
  )
}

/** Modules of collections whose arguments may be a text, which Ansible knows by their names. */
const FREE_FORM = /^(ansible\.windows\.)?win_(command|shell)$/

function isDoneHere(name: string, around: Around, program: Program | undefined): boolean {
  if (nearFolders(around).some((folder) => isFile(join(folder, 'action_plugins', `${name}.py`)))) return true
  const action = program?.path.replace(/\/(plugins\/)?modules\/([^/]+)$/, '/plugins/action/$2')
  return action !== undefined && action !== program?.path && isFile(action)
}

const PROGRAM: Module = {
  name: '',
  summary: 'A module of Ansible or of a library, run as it is.',
  options: {},
  openEnded: true,
  runsCommands: true,
  returnsFacts: () => undefined,
  probe: () => '',
  plan: () => ({ changes: [] }),
}
