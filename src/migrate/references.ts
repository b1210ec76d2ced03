import { basename, dirname, join } from 'node:path'
import { isFileOption } from '../template/file-options.ts'
import { isTemplate } from '../template/template.ts'
import { placeName, type Source, type SourceSpan } from '../values/source.ts'
import type { Node, ScalarNode } from '../values/value.ts'
import { isFile } from '../yaml/files.ts'
import type { Edit } from './edits.ts'
import type { Shape } from './shape.ts'
import type { TemplateTask } from './yaml-texts.ts'

/** A file that was looked through. */
export interface Looked {
  readonly path: string
  readonly source: Source
  readonly node: Node | undefined
  readonly tasks: readonly TemplateTask[]
}

/** A task's `src` that names a template. */
export interface Reference {
  readonly file: Looked
  readonly node: ScalarNode & { readonly value: string }
  readonly edit: Edit
  readonly value: string
  readonly shapeOf: (name: string) => Shape
}

/** The tasks that use a template file, all of which can be changed; or why it must keep its name. */
export function referencesTo(
  path: string,
  looked: readonly Looked[],
  mayChange: (path: string) => boolean,
): { readonly references: readonly Reference[] } | { readonly reason: string; readonly place?: SourceSpan } {
  const name = basename(path)
  const references: Reference[] = []
  for (const file of looked) {
    const own = new Set<Node>()
    for (const task of file.tasks) {
      const found = referenceIn(task, file, path)
      if (found === 'no') continue
      if (typeof found === 'string') return { reason: found, place: (task.src ?? task.args).place }
      if (!mayChange(file.path))
        return { reason: `${placeName(found.node.place)} names it, and is not among what is migrated` }
      references.push(found)
      own.add(found.node)
    }
    const other = mentionIn(file, name, own, path)
    if (other !== undefined)
      return { reason: `it is also named at ${placeName(other)}, and not as the src of a template task` }
  }
  if (references.length > 0) return { references }
  return { reason: 'no task in sight has it as its src, so nobody knows who uses it' }
}

function referenceIn(task: TemplateTask, file: Looked, path: string): Reference | 'no' | string {
  const { src } = task
  if (src?.kind !== 'scalar' || typeof src.value !== 'string') return 'no'
  const { value } = src
  if (isTemplate(value)) {
    return mayBecome(value, path, file.path) ? `its name is computed at ${placeName(src.place)}` : 'no'
  }
  if (!namesIt(value, file.path, path)) return 'no'
  const option = task.args.entries.find(({ key }) => isFileOption(key))
  if (option !== undefined) return `${option.key} at ${placeName(option.keyPlace)} is an option of Jinja`
  const dest = task.args.entries.find(({ key }) => key === 'dest')?.value
  if (dest?.kind === 'scalar' && String(dest.value).endsWith('/'))
    return `the file at ${placeName(dest.place)} gets its name of the template`
  const end = endOf(src)
  if (end === undefined) return `${placeName(src.place)} names it in a way that is left`
  const edit = { start: end - 3, end, text: '.hbs' }
  const node = src as Reference['node']
  return { file, node, edit, value: value.replace(/\.j2$/, '.hbs'), shapeOf: task.shapeOf }
}

/** Where the text of a scalar ends in its file, before a quote. */
function endOf({ place }: ScalarNode): number | undefined {
  const written = place.source.text.slice(place.start, place.end)
  const found = /\.j2(['"]?)$/.exec(written)
  return found === null ? undefined : place.end - found[1]!.length
}

/** Whether a path that a task of a file has means a template. */
function namesIt(value: string, task: string, path: string): boolean {
  return pathsOf(value, task).includes(path)
}

/** What a path may mean that a task of a file has. */
function pathsOf(value: string, task: string): string[] {
  if (value.startsWith('/')) return [value]
  const folder = dirname(task)
  const bases = [folder, join(folder, 'templates'), dirname(folder), join(dirname(folder), 'templates')]
  // Tasks may lie in folders below tasks/.
  const role = /^(.*)\/(?:tasks|handlers)(?:\/|$)/.exec(folder)?.[1]
  if (role !== undefined) bases.push(role, join(role, 'templates'))
  return bases.map((base) => join(base, value))
}

/** Whether a name that is computed may be that of a template: what is written around the braces fits. */
function mayBecome(value: string, path: string, task: string): boolean {
  const parts = value.split(/\{\{.*?\}\}|\{%.*?%\}/s)
  const fixed = parts.join('').replace(/^(?:\.\.?\/)+|^templates\//, '')
  if (fixed === '') return false
  const last = basename(parts.at(-1)!)
  const isNear = sameRole(path, task)
  return (isNear || fixed.includes('/')) && basename(path).endsWith(last)
}

function sameRole(path: string, task: string): boolean {
  const role = (of: string) => /^(.*)\/(?:tasks|handlers|templates)\//.exec(of)?.[1]
  return role(path) === role(task) || role(path) === undefined || role(task) === undefined
}

function mentionIn(file: Looked, name: string, own: ReadonlySet<Node>, path: string): SourceSpan | undefined {
  if (file.path === path || !file.source.text.includes(name)) return undefined
  if (file.node === undefined) {
    const at = mentions(file.source.text, name)
    return at === undefined ? undefined : { source: file.source, start: at, end: at + name.length }
  }
  return mentionInNode(file.node, name, own, file.path, path)
}

function mentionInNode(
  node: Node,
  name: string,
  own: ReadonlySet<Node>,
  file: string,
  path: string,
): SourceSpan | undefined {
  if (node.kind === 'list')
    return firstOf(node.items.map((item) => mentionInNode(item, name, own, file, path)))
  if (node.kind === 'map')
    return firstOf(node.entries.map(({ value }) => mentionInNode(value, name, own, file, path)))
  if (own.has(node) || typeof node.value !== 'string' || mentions(node.value, name) === undefined)
    return undefined
  if (isTemplate(node.value) || namesIt(node.value, file, path)) return node.place
  // Another template of that name.
  const isOther =
    pathsOf(node.value, file).some(isFile) || (!node.value.includes('/') && !sameRole(path, file))
  return isOther ? undefined : node.place
}

/** Where a text has a file's name as a whole word. */
function mentions(text: string, name: string): number | undefined {
  for (let at = text.indexOf(name); at !== -1; at = text.indexOf(name, at + 1)) {
    if (!/[\w.-]/.test(text[at - 1] ?? ' ') && !/[\w-]/.test(text[at + name.length] ?? ' ')) return at
  }
  return undefined
}

function firstOf(places: readonly (SourceSpan | undefined)[]): SourceSpan | undefined {
  return places.find((place) => place !== undefined)
}
