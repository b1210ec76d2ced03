import { basename, dirname, join } from 'node:path'
import { didYouMean, type Problem, ProblemError } from '../values/problem.ts'
import { Source, type SourceSpan } from '../values/source.ts'
import type { MapNode, Node } from '../values/value.ts'
import { Fields, isNull } from '../yaml/fields.ts'
import { Files, firstFile, readSource, shownPath } from '../yaml/files.ts'
import { keepLogins } from './address.ts'
import { readRange } from './versions.ts'
import type { Asker, Wanted, WantedCollection, WantedRole } from './wanted.ts'
import {
  COLLECTION_TYPES,
  type CollectionWords,
  collectionWords,
  type RoleWords,
  roleWords,
  wantedCollection,
  wantedRole,
} from './written.ts'

const INCLUDES_AT_MOST = 20

/** What a file of requirements asks for. Raises ProblemError with all that is wrong with it. */
export function readRequirements(path: string): Wanted {
  const reader = new RequirementsReader(shownPath(path), true)
  reader.file(path)
  return reader.wanted()
}

/**
 * What a role needs, as its meta/main.yml and meta/requirements.yml say; `shown` is the folder that they are told to lie in.
 * Raises ProblemError.
 */
export function readRoleNeeds(folder: string, shown: string, who: string): Wanted {
  const reader = new RequirementsReader(who, false)
  const meta = firstFile(['main.yml', 'main.yaml'].map((name) => join(folder, 'meta', name)))
  if (meta !== undefined) reader.meta(reader.moved(meta, shown))
  const more = firstFile(['requirements.yml', 'requirements.yaml'].map((name) => join(folder, 'meta', name)))
  if (more !== undefined) reader.file(reader.moved(more, shown))
  return reader.wanted()
}

class RequirementsReader {
  readonly #who: string
  readonly #isUser: boolean
  readonly #files = new Files()
  readonly #problems: Problem[] = []
  readonly #roles: WantedRole[] = []
  readonly #collections: WantedCollection[] = []

  constructor(who: string, isUser: boolean) {
    this.#who = who
    this.#isUser = isUser
  }

  wanted(): Wanted {
    const problems = [...this.#files.problems, ...this.#problems]
    if (problems.length > 0) throw new ProblemError(problems)
    return { roles: this.#roles, collections: this.#collections }
  }

  /** A file of a role's meta, from now on read as if it lay in the role of this folder. */
  moved(path: string, role: string): string {
    const told = join(role, 'meta', basename(path))
    const source = readSource(path)
    if (source instanceof Source) this.#files.take(told, source.text)
    else this.#problems.push(source)
    return told
  }

  file(path: string, from?: SourceSpan, depth = 0): void {
    const node = this.#files.yaml(path, from)
    if (node !== undefined) keepLogins(node.place.source.text)
    const folder = dirname(path)
    if (node === undefined) {
      if (this.#files.problems.length === 0 && this.#isUser)
        this.#problems.push({
          message: `${shownPath(path)} holds no requirements`,
          ...(from && { place: from }),
        })
      return
    }
    if (node.kind === 'list') this.#roleList(node.items, folder, depth)
    else if (node.kind === 'map') {
      const fields = new Fields(node, this.#problems)
      fields.rejectUnknown('file of requirements', ['roles', 'collections'])
      this.#roleList(fields.items('roles'), folder, depth)
      for (const item of fields.items('collections')) this.#collection(item, folder)
    } else
      this.#problems.push({
        message: 'requirements are a map of roles and collections, or a list of roles',
        place: node.place,
      })
  }

  meta(path: string): void {
    const node = this.#files.yaml(path)
    if (node?.kind !== 'map') return
    keepLogins(node.place.source.text)
    for (const item of new Fields(node, this.#problems).items('dependencies')) {
      if (isLocal(item)) continue
      this.#role(item, dirname(path))
    }
  }

  #roleList(items: readonly Node[], folder: string, depth: number): void {
    for (const item of items) {
      const included = item.kind === 'map' ? new Fields(item, this.#problems).text('include') : undefined
      if (included === undefined) this.#role(item, folder)
      else if (depth >= INCLUDES_AT_MOST)
        this.#problems.push({
          message: 'files of requirements include one another without an end',
          place: item.place,
        })
      else this.#include(included, folder, item.place, depth)
    }
  }

  #include(name: string, folder: string, place: SourceSpan, depth: number): void {
    const path = firstFile([join(folder, name), name])
    if (path === undefined) this.#problems.push({ message: `there is no ${name} to include`, place })
    else this.file(path, place, depth + 1)
  }

  #role(node: Node, folder: string): void {
    this.#read(node, () => {
      const words = node.kind === 'scalar' ? roleWords(String(node.value)) : this.#roleMap(node)
      if (words !== undefined)
        this.#roles.push(wantedRole(words, this.#asker(node.place), [folder, process.cwd()]))
    })
  }

  #roleMap(node: Node): RoleWords | undefined {
    const fields = this.#fields(node, 'role', ['src', 'name', 'role', 'version', 'scm'])
    if (fields === undefined) return undefined
    const given = fields.text('name') ?? fields.text('role')
    const src = fields.text('src')
    if (src === undefined && given === undefined)
      throw new Error('a role has a src or a name, and here is neither')
    const written = roleWords(src ?? given!)
    return {
      src: written.src,
      name: src === undefined ? written.name : (given ?? written.name),
      version: versionIn(fields) ?? written.version,
      scm: fields.text('scm'),
    }
  }

  #collection(node: Node, folder: string): void {
    this.#read(node, () => {
      const words = node.kind === 'scalar' ? collectionWords(String(node.value)) : this.#collectionMap(node)
      if (words === undefined) return
      const wanted = wantedCollection(words, this.#asker(node.place), [folder, process.cwd()])
      if (wanted.where.type !== 'git') readRange(wanted.version)
      this.#collections.push(wanted)
    })
  }

  #collectionMap(node: Node): CollectionWords | undefined {
    const fields = this.#fields(node, 'collection', ['name', 'version', 'source', 'type', 'signatures'])
    if (fields === undefined) return undefined
    const type = fields.text('type')
    if (type !== undefined && !COLLECTION_TYPES.includes(type)) {
      const hint = didYouMean(type, COLLECTION_TYPES) ?? `it is one of ${COLLECTION_TYPES.join(', ')}`
      throw new Error(`"${type}" is no type of a collection; ${hint}`)
    }
    const source = fields.text('source')
    const name = fields.text('name') ?? (type === undefined ? undefined : source)
    if (name === undefined) throw new Error('a collection has a name, and here is none')
    const written = collectionWords(name)
    return { name: written.name, version: versionIn(fields) ?? written.version, source, type }
  }

  /** What a role of a dependency says beside these are variables for it. */
  #fields(node: Node, what: string, known: readonly string[]): Fields | undefined {
    if (node.kind !== 'map') {
      this.#problems.push({
        message: `a ${what} is a name or a map of what is known of it`,
        place: node.place,
      })
      return undefined
    }
    const fields = new Fields(node satisfies MapNode, this.#problems)
    if (this.#isUser) fields.rejectUnknown(what, known)
    return fields
  }

  #read(node: Node, read: () => void): void {
    if (isNull(node)) return
    try {
      read()
    } catch (error) {
      if (error instanceof ProblemError) throw error
      this.#problems.push({ message: (error as Error).message, place: node.place })
    }
  }

  #asker(place: SourceSpan): Asker {
    return { who: this.#who, place, isUser: this.#isUser }
  }
}

/** A dependency that only names a role lies beside the one that needs it; with two dots it is a collection's. */
function isLocal(node: Node): boolean {
  const fields = node.kind === 'map' ? new Fields(node, []) : undefined
  if (fields?.has('src')) return false
  const name =
    node.kind === 'scalar' ? String(node.value) : (fields?.text('role') ?? fields?.text('name') ?? '')
  return !name.includes('.') || /^\w+\.\w+\.\w+$/.test(name)
}

/** A version as it is written: 1.10 is no number. */
function versionIn(fields: Fields): string | undefined {
  const node = fields.scalar('version')
  if (node === undefined || typeof node.value === 'string') return node?.value as string | undefined
  const { source, start, end } = node.place
  return source.text.slice(start, end)
}
