import { join } from 'node:path'
import type { Problem } from '../values/problem.ts'
import type { Source } from '../values/source.ts'
import { isFile } from '../yaml/files.ts'
import { isExcluded, type Lintable } from './discover.ts'
import { includedBy } from './included.ts'
import { LintFile, readLintFile } from './lint-file.ts'
import { type LintTask, tasksOf } from './tasks.ts'

/** A file that is not there or no text. */
interface Unread {
  readonly path: string
  readonly problem: Problem
}

/** All files that are looked at. */
export class Project {
  /** Its folder, absolute. */
  readonly root: string
  readonly files: readonly LintFile[]
  readonly unread: readonly Unread[]
  /** Folders in which roles are looked for. */
  readonly rolesPath: readonly string[]
  readonly #bySource: ReadonlyMap<Source, LintFile>
  readonly #tasks = new Map<LintFile, LintTask[]>()

  constructor(
    root: string,
    files: readonly LintFile[],
    unread: readonly Unread[] = [],
    rolesPath: readonly string[] = [],
  ) {
    this.root = root
    this.rolesPath = [`${root}/roles`, ...rolesPath]
    this.files = files
    this.unread = unread
    this.#bySource = new Map(files.map((file) => [file.source, file]))
  }

  /** Reads the files of a project, and those that they include, except what is left out. */
  static of(
    root: string,
    lintables: readonly Lintable[],
    {
      exclude = [],
      rolesPath = [],
    }: { readonly exclude?: readonly string[]; readonly rolesPath?: readonly string[] } = {},
  ): Project {
    const files = new Map<string, LintFile>()
    const unread: Unread[] = []
    for (let next = [...lintables]; next.length > 0; ) {
      const read = next.flatMap(({ path, kind }) => {
        const file = readLintFile(path, kind)
        if (!(file instanceof LintFile)) unread.push({ path, problem: file })
        return file instanceof LintFile ? [file] : []
      })
      for (const file of read) files.set(file.path, file)
      const included = new Map(
        read
          .flatMap((file) => includedBy(file, [`${root}/roles`, ...rolesPath]))
          .map((one) => [one.path, one]),
      )
      // What is included says what kind of file it is better than its name does.
      const isNew = ({ path, kind }: Lintable) =>
        files.get(path) === undefined || (files.get(path)!.kind === 'yaml' && kind !== 'yaml')
      const isInside = ({ path }: Lintable) => path.startsWith(`${root}/`) && !isExcluded(path, root, exclude)
      next = [...included.values()].filter((one) => isNew(one) && isInside(one))
    }
    return new Project(root, [...files.values()], unread, rolesPath)
  }

  /** The same project with some of its files in the place of others. */
  with(changed: ReadonlyMap<LintFile, LintFile>): Project {
    return new Project(
      this.root,
      this.files.map((file) => changed.get(file) ?? file),
      this.unread,
      this.rolesPath,
    )
  }

  fileOf(source: Source): LintFile | undefined {
    return this.#bySource.get(source)
  }

  tasks(file: LintFile): LintTask[] {
    let tasks = this.#tasks.get(file)
    if (tasks === undefined) {
      tasks = tasksOf(file)
      this.#tasks.set(file, tasks)
    }
    return tasks
  }

  /** The folders of the roles that files belong to. */
  get roles(): string[] {
    const folders = this.files.flatMap(({ role }) => role ?? [])
    return [...new Set(folders)].filter((folder) =>
      ['tasks', 'meta'].some(
        (part) => isFile(join(folder, part, 'main.yml')) || isFile(join(folder, part, 'main.yaml')),
      ),
    )
  }
}
