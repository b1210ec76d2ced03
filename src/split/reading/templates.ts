import { join } from 'node:path'
import { type Standing, searchFolders } from '../../engine/arguments.ts'
import type { Play } from '../../playbook/ast.ts'
import { namesInFile, namesUsed } from '../../template/names.ts'
import { isTemplate, isTemplateNode } from '../../template/template.ts'
import { controllerHome, existsSync } from '../../values/controller-files.ts'
import { Source, type SourceSpan } from '../../values/source.ts'
import type { Node } from '../../values/value.ts'
import { isFile, readSource } from '../../yaml/files.ts'
import { askedBy, reasonAgainst } from './asked.ts'
import { filesBelow, filesNamedBy } from './candidates.ts'
import type { PlayDefinitions } from './definitions.ts'

/** Something in a play, and where. */
export interface Found {
  readonly reason: string
  readonly place: SourceSpan | undefined
}

/** Variables that say something of the other hosts of the play, which changes while it runs. */
const OF_THE_PLAY = new Set(['ansible_play_hosts', 'play_hosts', 'ansible_play_batch'])

const BEGINS_COMPUTED = /^\s*\{[{%]/
/** Paths that begin in folders of the run. */
const OF_THE_RUN = /^\s*\{\{\s*(?:role_path|playbook_dir|inventory_dir)\s*\}\}/
/** Variables that no whole path is in. */
const OF_A_HOST =
  /^(?:inventory_hostname(?:_short)?|role_path|role_name|playbook_dir|inventory_dir|ansible_.*)$/
const LOOKS_UP = /\b(?:lookup|query|q)\b/
const QUOTED_PATH = /(['"])((?:\/|~\/)[^'"{}]+)\1/g

/** Reads what the templates of a play ask for, and what the variables stand for that they ask for. */
export class TemplateReader {
  /** Why they must be rendered on the controller. */
  readonly alone: Found[] = []
  /** What they ask of other hosts. */
  readonly across: Found[] = []
  readonly environment = new Set<string>()
  /** Files and folders of the controller that are named by their whole paths. */
  readonly files = new Set<string>()
  readsOtherHosts = false
  readonly #play: Play
  readonly #definitions: PlayDefinitions
  readonly #nodes = new Set<Node>()
  readonly #names = new Set<string>()
  readonly #files = new Set<string>()

  constructor(play: Play, definitions: PlayDefinitions) {
    this.#play = play
    this.#definitions = definitions
  }

  /** The templates, or the conditions, in a node that stands somewhere. */
  read(node: Node | undefined, as: 'template' | 'condition', at: Standing): void {
    if (node === undefined || this.#nodes.has(node)) return
    this.#nodes.add(node)
    for (const text of textsIn(node)) {
      if (as === 'condition' || isTemplate(text)) this.#ask(text, node.place, at)
    }
    for (const { name, place } of namesUsed(node, as).names) this.#use(name, place, at)
  }

  /** A lookup that makes the items of a loop. */
  lookup(name: string, terms: Node): void {
    const { place } = terms
    const reason = reasonAgainst(name)
    if (reason !== undefined) this.alone.push({ reason, place })
    const kind = name.split('.').at(-1)!
    const texts = textsIn(terms)
    if (/^(?:env|fileglob)$/.test(kind) && texts.some(isTemplate))
      this.alone.push({ reason: `has the lookup "${kind}" of what is computed`, place })
    for (const text of texts) {
      if (kind === 'env') this.environment.add(text)
      if (/^(?:file|fileglob|first_found)$/.test(kind)) this.#note(text)
    }
    if (/(?:^|\.)(?:vars|varnames)$/.test(name)) this.#useAny({ role: undefined, folder: this.#play.folder })
  }

  /** The template files that a name may mean. */
  readFiles(name: Node, at: Standing): void {
    this.read(name, 'template', at)
    const folders = this.#folders(at)
    if (name.kind !== 'scalar') return
    const written = String(name.value)
    if (!isTemplateNode(name)) {
      const paths = written.startsWith('/') ? [written] : folders.map((folder) => join(folder, written))
      const path = paths.find((one) => existsSync(one))
      if (path !== undefined) this.#readFile(path, at)
      return
    }
    const named = filesNamedBy(written, folders)
    if (named === undefined) this.#readAllFiles(at)
    else for (const path of named) for (const folder of folders) this.#readFile(join(folder, path), at)
  }

  /**
   * Notes the whole paths that a path may begin with; false when it may be any, for it begins with what only a host knows.
   * `items` are those of the loop around it.
   */
  paths(path: Node, items: readonly Node[]): boolean {
    const written = textsIn(path)
    const isWhole = written.every((text) => !isTemplate(text) || !BEGINS_COMPUTED.test(text))
    if (isWhole) {
      for (const text of written) this.#note(text)
      return true
    }
    if (written.every((text) => OF_THE_RUN.test(text))) return true
    const names = namesUsed(path, 'template').names.map(({ name }) => name)
    return names.every((name) => OF_A_HOST.test(name) || this.#pathsIn(name, items, new Set()))
  }

  /** The same of the variables that a path is made of. */
  #pathsIn(name: string, items: readonly Node[], seen: Set<string>): boolean {
    if (seen.has(name)) return true
    seen.add(name)
    const nodes = [...(this.#definitions.of(name) ?? items)]
    for (const text of nodes.flatMap(textsIn)) this.#note(text)
    const names = nodes.flatMap((node) => namesUsed(node, 'template').names)
    return (
      nodes.length > 0 && names.every((one) => OF_A_HOST.test(one.name) || this.#pathsIn(one.name, [], seen))
    )
  }

  #note(text: string): void {
    const path = /^(?:\/|~\/)[^{]*/.exec(text)?.[0]
    if (path === undefined) return
    const whole = path.startsWith('~/') ? join(controllerHome(), path.slice(2)) : path
    // Of a path with a template in it the folder is taken that it begins with.
    const known = isTemplate(text) ? whole.slice(0, whole.lastIndexOf('/')) : whole
    if (known.length > 1 && existsSync(known)) this.files.add(known)
  }

  #readAllFiles(at: Standing): void {
    for (const folder of this.#folders(at).filter((one) => one.endsWith('/templates')))
      for (const path of filesBelow(folder) ?? []) this.#readFile(join(folder, path), at)
  }

  #folders(at: Standing): string[] {
    return searchFolders(at, this.#play).flatMap((folder) => [join(folder, 'templates'), folder])
  }

  #readFile(path: string, at: Standing): void {
    if (this.#files.has(path) || !isFile(path)) return
    this.#files.add(path)
    const source = readSource(path)
    if (!(source instanceof Source)) return
    const place = { source, start: 0, end: 0 }
    this.#ask(source.text, place, at)
    for (const { name, place } of namesInFile(source).names) this.#use(name, place, at)
  }

  #ask(text: string, place: SourceSpan, at: Standing): void {
    const { reasons, environment, templates, readsAnyVariable } = askedBy(text)
    for (const reason of reasons) this.alone.push({ reason, place })
    for (const name of environment) this.environment.add(name)
    if (LOOKS_UP.test(text)) for (const [, , path] of text.matchAll(QUOTED_PATH)) this.#note(path!)
    for (const name of templates) {
      if (name === undefined) this.#readAllFiles(at)
      else this.readFiles({ kind: 'scalar', value: name, place }, at)
    }
    if (readsAnyVariable) this.#useAny(at)
  }

  #use(name: string, place: SourceSpan, at: Standing): void {
    if (this.#names.has(name)) return
    this.#names.add(name)
    if (name === 'hostvars') {
      this.readsOtherHosts = true
      this.across.push({ reason: 'asks for variables of other hosts (hostvars)', place })
    }
    if (OF_THE_PLAY.has(name)) this.across.push({ reason: `asks which hosts are left (${name})`, place })
    if (name === 'vars') this.#useAny(at)
    for (const node of this.#definitions.of(name) ?? []) this.read(node, 'template', at)
  }

  /** Any variable may be meant. */
  #useAny(at: Standing): void {
    for (const name of [...this.#definitions.names()])
      for (const node of this.#definitions.of(name) ?? []) this.read(node, 'template', at)
  }
}

function textsIn(node: Node): string[] {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'string' && !node.unsafe ? [node.value] : []
    case 'list':
      return node.items.flatMap(textsIn)
    case 'map':
      return node.entries.flatMap(({ key, value }) => [key, ...textsIn(value)])
  }
}
