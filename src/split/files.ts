import type { Stats } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { everyStep } from '../analysis/every-step.ts'
import { outlook } from '../engine/outlook.ts'
import type { Prepared, Run } from '../engine/run.ts'
import type { Play } from '../playbook/ast.ts'
import { roleUses } from '../playbook/playbook.ts'
import {
  controllerVariable,
  lstatSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  statSync,
} from '../values/controller-files.ts'
import { ProblemError } from '../values/problem.ts'
import { shownPath } from '../yaml/files.ts'
import { readPlay } from './read-play.ts'

/** Something that whoever carries slices out must have, at the same path below a folder of its own. */
export interface RunFile {
  /** Absolute, on the coordinator; no folder in it is a link. */
  readonly path: string
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number
  readonly kind: 'file' | 'folder' | 'link'
  /** Bytes of a file. */
  readonly size: number
  /** When it was changed last, in ms since 1970; 0 of a folder that merely leads to others. */
  readonly changed: number
  /** Its content may come when it is read: it is large, and nobody has read it to know what the run is. */
  readonly mayWait: boolean
  /** The text of a link. One that is absolute leads to the same path below that folder. */
  readonly link?: string
}

/** What a run needs of the coordinator's machine. */
export interface RunFiles {
  /** Folders before what is in them. */
  readonly files: readonly RunFile[]
  /** Variables of its environment. */
  readonly environment: Readonly<Record<string, string>>
}

/** What lies beside playbooks and is no part of them. */
const LEFT_OUT = new Set(['.git', '.hg', '.svn', '.bzr', '__pycache__', '.tox', '.mypy_cache'])
/**
 * Contents of so many bytes are among what everybody gets: to ask for one takes three ways to the coordinator and back, in
 * which a slow line carries about as much.
 */
const SMALL = 64 * 1024
/** What is read by whoever loads programs: Node knows nothing of contents that come later. */
const OF_PROGRAMS = /\/node_modules\/|\.(?:py|[cm]?[jt]s)$/
const FILES_AT_MOST = 50_000
const BYTES_AT_MOST = 1024 * 1024 * 1024
/** What paths and homes are found by. */
const ALWAYS_KNOWN = ['HOME', 'PATH', 'VIRTUAL_ENV']

/** The paths that were looked at while a run was prepared, and those that were read: as `hearOfFiles` tells them. */
export class HeardFiles {
  readonly looked = new Set<string>()
  readonly read = new Set<string>()

  hear(path: string, isRead: boolean): void {
    this.looked.add(path)
    if (isRead) this.read.add(path)
  }
}

/**
 * The files of a run: the folders of its playbooks, roles, collections and plugins, variables beside the inventories, and
 * what was looked at while it was prepared, as far as there are files. Raises ProblemError when that is more than anybody
 * means.
 */
export function filesOfRun(prepared: Prepared, heard = new HeardFiles()): RunFiles {
  const run = outlook(prepared)
  const found = new FoundFiles()
  const environment = new Set(ALWAYS_KNOWN)
  const plays = prepared.playbooks.flatMap((playbook) => playbook.plays)
  for (const { path } of prepared.playbooks) found.add(dirname(resolve(path)))
  for (const play of plays) {
    found.add(play.folder)
    for (const path of partsOf(play, run)) found.add(collectionAround(path) ?? path)
    const { files, environment: names } = readPlay(play, run, [], false)
    for (const path of files) found.add(path)
    for (const name of names) environment.add(name)
  }
  for (const folder of prepared.inventory.folders)
    for (const name of ['group_vars', 'host_vars']) found.add(join(folder, name))
  const { library, moduleUtils } = prepared.request.execution
  for (const folder of [...library, ...moduleUtils]) found.add(resolve(prepared.request.folder, folder))
  const whole = (path: string) => resolve(prepared.request.folder, path)
  for (const path of heard.looked) found.addFile(whole(path))
  const known = [...environment].map((name) => [name, controllerVariable(name)] as const)
  return {
    files: found.files(new Set([...heard.read].flatMap((path) => realPathOfLarge(whole(path))))),
    environment: Object.fromEntries(
      known.filter((entry): entry is readonly [string, string] => entry[1] !== undefined),
    ),
  }
}

/** The roles of a play, and the programs of its modules with what they import. */
function partsOf(play: Play, run: Run): Set<string> {
  const { steps } = everyStep(play, run.sources, [])
  const used = roleUses(play).map(({ role }) => role)
  const including = steps.flatMap(({ role }) => (role === undefined ? [] : [role, ...role.around]))
  const programs = steps.flatMap((step) => (step.kind === 'task' ? (step.module.program ?? []) : []))
  return new Set([
    ...[...used, ...including].map(({ path }) => path),
    ...programs.flatMap(({ path, roots, utils }) => [
      ...[path, ...utils],
      ...roots.map((root) => join(root, 'ansible/module_utils')),
    ]),
  ])
}

/** The folder of the collection that a path lies in. */
function collectionAround(path: string): string | undefined {
  return /^(.*\/ansible_collections\/[^/]+\/[^/]+)\//.exec(`${path}/`)?.[1]
}

class FoundFiles {
  readonly #found = new Map<string, RunFile>()
  /** What was gone through with all that is in it. */
  readonly #whole = new Set<string>()
  /** Folders by the paths by which they were named: those in which no folder is a link. */
  readonly #folders = new Map<string, string>()
  /** Folders that are there for what is in them: when others put something there is no matter. */
  readonly #around = new Set<string>()
  #bytes = 0

  /** `read`: what everybody must read to know what the run is, by paths in which no folder is a link. */
  files(read: ReadonlySet<string>): RunFile[] {
    return [...this.#found.values()]
      .map((file) => (read.has(file.path) ? { ...file, mayWait: false } : file))
      .sort((one, other) => (one.path < other.path ? -1 : 1))
  }

  /** A file, or a folder with all that is in it, as far as it is there and this user may read it. */
  add(path: string): void {
    const stats = statsOf(path)
    if (stats === undefined || this.#whole.has(path)) return
    this.#whole.add(path)
    const own = join(this.#folderAt(dirname(path)), basename(path))
    if (stats.isSymbolicLink()) {
      const link = unlessFails(() => readlinkSync(path))
      if (link === undefined) return
      this.#put(own, stats, { kind: 'link', link })
      this.add(resolve(dirname(own), link))
    } else if (stats.isDirectory()) {
      if (this.#around.delete(own)) this.#found.delete(own)
      this.#put(own, stats, { kind: 'folder' })
      const names = unlessFails(() => readdirSync(path)) ?? []
      for (const name of names.sort()) if (!LEFT_OUT.has(name)) this.add(join(own, name))
    } else if (stats.isFile()) this.#put(own, stats, { kind: 'file' })
  }

  /** A file, and no folder. */
  addFile(path: string): void {
    if (OF_THE_MACHINE.test(path) || statsOf(path)?.isDirectory() !== false) return
    this.add(path)
  }

  /** Puts a folder and those above it, or the links that they are; gives its path in which no folder is a link. */
  #folderAt(folder: string): string {
    const known = this.#folders.get(folder)
    if (known !== undefined || dirname(folder) === folder) return known ?? folder
    const own = join(this.#folderAt(dirname(folder)), basename(folder))
    const stats = statsOf(own)
    let real = own
    if (stats?.isSymbolicLink() === true) {
      const link = unlessFails(() => readlinkSync(own))
      if (link !== undefined) {
        this.#put(own, stats, { kind: 'link', link })
        real = this.#folderAt(resolve(dirname(own), link))
      }
    } else if (stats !== undefined) {
      this.#put(own, stats, { kind: 'folder', changed: 0 })
      this.#around.add(own)
    }
    this.#folders.set(folder, real)
    return real
  }

  #put(
    path: string,
    { mode, size, mtimeMs }: Stats,
    what: Pick<RunFile, 'kind' | 'link'> & Partial<Pick<RunFile, 'changed'>>,
  ): void {
    if (this.#found.has(path)) return
    const bytes = what.kind === 'file' ? size : 0
    const mayWait = bytes > SMALL && !OF_PROGRAMS.test(path)
    this.#found.set(path, { path, mode: mode & 0o7777, size: bytes, changed: mtimeMs, mayWait, ...what })
    this.#bytes += bytes
    if (this.#found.size <= FILES_AT_MOST && this.#bytes <= BYTES_AT_MOST) return
    const much = `more than ${FILES_AT_MOST} files, or ${BYTES_AT_MOST / 1024 ** 3} GiB`
    throw new ProblemError({
      message: `the folders of the playbooks hold ${much}: ${shownPath(path)} is one too many`,
      hint: 'keep playbooks in a folder that has nothing else in it',
    })
  }
}

/** Where files are of the machine, and not of its users. */
const OF_THE_MACHINE = /^\/(?:dev|proc|sys)\//

/** The path of a file that is large, in which no folder is a link; nothing for any other. */
function realPathOfLarge(path: string): string[] {
  return unlessFails(() => (statSync(path).size > SMALL ? [realpathSync(path)] : [])) ?? []
}

function statsOf(path: string): Stats | undefined {
  return unlessFails(() => lstatSync(path))
}

/** What is looked at may go meanwhile, or be another user's. */
function unlessFails<Seen>(look: () => Seen): Seen | undefined {
  try {
    return look()
  } catch {
    return undefined
  }
}
