import { dirname, join } from 'node:path'
import { findTasksFile } from '../../playbook/includes.ts'
import { playbookNamed } from '../../playbook/playbook.ts'
import { findRole } from '../../playbook/role-search.ts'
import { entriesOf, type MapNode, type Node } from '../../values/value.ts'
import { Files, firstFile } from '../../yaml/files.ts'

/** What playbooks name, for whoever types it. */
export interface Named {
  readonly tags: ReadonlySet<string>
  readonly tasks: ReadonlySet<string>
}

interface Where {
  readonly folder: string
  readonly playFolder: string
  readonly role: { readonly path: string } | undefined
}

/**
 * The tags and tasks of playbooks, in what they import too, as far as names say it without a template. Nothing of theirs
 * is run, plugins neither, and what is wrong in them is passed over: they may be half written.
 */
export function namedIn(playbooks: readonly string[], rolesPath: readonly string[]): Named {
  const reader = new Reader(rolesPath)
  for (const name of playbooks) reader.playbook(playbookNamed(name, process.cwd()))
  return reader
}

class Reader implements Named {
  readonly tags = new Set<string>()
  readonly tasks = new Set<string>()
  readonly #files = new Files()
  readonly #rolesPath: readonly string[]
  readonly #seen = new Set<string>()

  constructor(rolesPath: readonly string[]) {
    this.#rolesPath = rolesPath
  }

  playbook(path: string): void {
    const folder = dirname(path)
    const where = { folder, playFolder: folder, role: undefined }
    for (const play of mapsIn(this.#read(path))) {
      const fields = entriesOf(play)
      this.#tagsOf(fields)
      const imported = textOf(fields.get('import_playbook') ?? fields.get('ansible.builtin.import_playbook'))
      if (imported !== undefined) this.playbook(playbookNamed(imported, folder))
      for (const part of ['pre_tasks', 'tasks', 'post_tasks', 'handlers'])
        this.#steps(fields.get(part), where)
      this.#roles(fields.get('roles'), where)
    }
  }

  #steps(node: Node | undefined, where: Where): void {
    for (const step of mapsIn(node)) {
      const fields = entriesOf(step)
      this.#tagsOf(fields)
      const name = textOf(fields.get('name'))
      if (name !== undefined) this.tasks.add(name)
      for (const part of ['block', 'rescue', 'always']) this.#steps(fields.get(part), where)
      for (const [word, value] of fields)
        this.#included(word.replace(/^ansible\.builtin\./, ''), value, where)
    }
  }

  #included(word: string, value: Node, where: Where): void {
    if (word === 'import_tasks' || word === 'include_tasks') {
      const file = argument(value, 'file')
      const path = file && findTasksFile(file, where, word === 'import_tasks')
      if (path) this.#steps(this.#read(path), { ...where, folder: dirname(path) })
    } else if (word === 'import_role' || word === 'include_role') {
      const name = argument(value, 'name')
      if (name !== undefined) this.#role(name, argument(value, 'tasks_from') ?? 'main', where)
    }
  }

  #roles(node: Node | undefined, where: Where): void {
    for (const item of node?.kind === 'list' ? node.items : []) {
      const fields = item.kind === 'map' ? entriesOf(item) : new Map<string, Node>()
      this.#tagsOf(fields)
      const name = textOf(item) ?? textOf(fields.get('role') ?? fields.get('name'))
      if (name !== undefined) this.#role(name, 'main', where)
    }
  }

  #role(name: string, file: string, { playFolder, role }: Where): void {
    const known = { playFolder, rolesPath: this.#rolesPath, role, collections: [] }
    const path = findRole(name, known)
    if (path === undefined) return
    for (const part of ['tasks', 'handlers']) {
      const folder = join(path, part)
      const name = part === 'tasks' ? file.replace(/\.ya?ml$/, '') : 'main'
      const found = firstFile([join(folder, `${name}.yml`), join(folder, `${name}.yaml`)])
      const where = { folder, playFolder, role: { path } }
      if (found !== undefined) this.#steps(this.#read(found), where)
    }
    const meta = firstFile([join(path, 'meta/main.yml'), join(path, 'meta/main.yaml')])
    const node = meta === undefined ? undefined : this.#read(meta)
    const dependencies = node?.kind === 'map' ? entriesOf(node).get('dependencies') : undefined
    this.#roles(dependencies, { folder: path, playFolder, role: { path } })
  }

  #tagsOf(fields: ReadonlyMap<string, Node>): void {
    const node = fields.get('tags')
    for (const one of node?.kind === 'list' ? node.items : node === undefined ? [] : [node])
      for (const tag of (textOf(one) ?? '').split(','))
        if (tag.trim() !== '' && !tag.includes('{{')) this.tags.add(tag.trim())
  }

  /** What a file says; nothing for one that was read before. */
  #read(path: string): Node | undefined {
    if (this.#seen.has(path)) return undefined
    this.#seen.add(path)
    return this.#files.yaml(path)
  }
}

function mapsIn(node: Node | undefined): MapNode[] {
  return node?.kind === 'list' ? node.items.filter((item) => item.kind === 'map') : []
}

/** An argument of an include: the text behind it, or what a map says. */
function argument(node: Node, name: string): string | undefined {
  return node.kind === 'map'
    ? textOf(entriesOf(node).get(name))
    : name === 'tasks_from'
      ? undefined
      : textOf(node)
}

function textOf(node: Node | undefined): string | undefined {
  return node?.kind === 'scalar' && node.value !== null ? String(node.value) : undefined
}
