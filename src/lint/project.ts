import { join } from 'node:path'
import type { Problem } from '../values/problem.ts'
import { isFile } from '../yaml/files.ts'
import type { Lintable } from './discover.ts'
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
  readonly #tasks = new Map<LintFile, LintTask[]>()

  constructor(root: string, files: readonly LintFile[], unread: readonly Unread[] = []) {
    this.root = root
    this.files = files
    this.unread = unread
  }

  /** Reads the files of a project. */
  static of(root: string, lintables: readonly Lintable[]): Project {
    const files: LintFile[] = []
    const unread: Unread[] = []
    for (const { path, kind } of lintables) {
      const read = readLintFile(path, kind)
      if (read instanceof LintFile) files.push(read)
      else unread.push({ path, problem: read })
    }
    return new Project(root, files, unread)
  }

  /** The same project with some of its files in the place of others. */
  with(changed: ReadonlyMap<LintFile, LintFile>): Project {
    return new Project(
      this.root,
      this.files.map((file) => changed.get(file) ?? file),
      this.unread,
    )
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
