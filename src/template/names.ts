import type { Problem } from '../values/problem.ts'
import type { Source, SourceSpan } from '../values/source.ts'
import type { Node, ScalarNode } from '../values/value.ts'
import { placeInScalar } from '../yaml/scalar.ts'
import { compile } from './compile.ts'
import type { Compiled, Kind } from './compiled.ts'
import { notACondition } from './condition.ts'
import type { FileOptions } from './file-options.ts'
import { languagesOf } from './language.ts'
import { fileTemplate, isTemplate, isTemplateNode } from './template.ts'

/** A variable that a template asks for. */
export interface NameUsed {
  readonly name: string
  readonly place: SourceSpan
  /** It may be missing: the template asks whether it is there (`defined`), or has something else (`default`). */
  readonly guarded: boolean
}

/** A filter or a test that is not there; `guarded`: it may never be reached. */
interface UnknownCall extends Problem {
  readonly guarded: boolean
}

export interface NamesUsed {
  readonly names: readonly NameUsed[]
  /** What is wrong with the templates themselves. */
  readonly problems: readonly Problem[]
  /** The filters and tests that are not there. */
  readonly unknown: readonly UnknownCall[]
}

/**
 * The variables that a node's templates or conditions ask for, without rendering anything. Names that a block
 * binds, or that may come from the item of an `#each` or `#with` around them, are not among them.
 */
export function namesUsed(node: Node, as: 'template' | 'condition'): NamesUsed {
  if (as === 'template' && node.kind === 'scalar' && !isTemplateNode(node)) return NOTHING
  const known = usedBefore[as].get(node)
  if (known !== undefined) return known
  const found: Found = { names: [], problems: [], unknown: [] }
  if (as === 'template') collectTemplates(node, found)
  else collectConditions(node, found)
  const used = guardTested(found)
  usedBefore[as].set(node, used)
  return used
}

const NOTHING: NamesUsed = { names: [], problems: [], unknown: [] }

// A role that many plays have is looked through for each of them.
const usedBefore = { template: new WeakMap<Node, NamesUsed>(), condition: new WeakMap<Node, NamesUsed>() }

/** The variables that a template file asks for, which may be written with options of Jinja's. */
export function namesInFile(source: Source, options?: FileOptions): NamesUsed {
  const found: Found = { names: [], problems: [], unknown: [] }
  if (options !== undefined || isTemplate(source.text))
    collect(fileTemplate(source, options), (start, end) => ({ source, start, end }), found)
  return guardTested(found)
}

function collectTemplates(node: Node, found: Found): void {
  switch (node.kind) {
    case 'scalar':
      if (isTemplateNode(node)) collectScalar(node, 'value', found)
      break
    case 'list':
      for (const item of node.items) collectTemplates(item, found)
      break
    case 'map':
      for (const { key, keyPlace, value } of node.entries) {
        if (isTemplate(key)) collectScalar({ kind: 'scalar', value: key, place: keyPlace }, 'value', found)
        collectTemplates(value, found)
      }
  }
}

function collectConditions(node: Node, found: Found): void {
  if (node.kind === 'list') for (const item of node.items) collectConditions(item, found)
  else if (node.kind === 'map') found.problems.push(notACondition(node))
  else if (typeof node.value === 'string')
    collectScalar(node as ScalarNode & { value: string }, 'expression', found)
}

function collectScalar(node: ScalarNode & { value: string }, kind: Kind, found: Found): void {
  const compiled = compile(node.value, kind, languagesOf(node.place.source))
  collect(compiled, (start, end) => placeInScalar(node, start, end), found)
}

function collect(
  { names, problems, unknown = [] }: Compiled,
  locate: (start: number, end: number) => SourceSpan,
  found: Found,
): void {
  for (const { name, start, end, guarded } of names) {
    found.names.push({ name, guarded, locate: () => locate(start, end) })
  }
  for (const { message, start, end, hint } of problems) {
    found.problems.push({ message, place: locate(start, end), hint })
  }
  for (const { message, start, end, hint, guarded } of unknown) {
    found.unknown.push({ message, place: locate(start, end), hint, guarded })
  }
}

/** What a template asks `defined` of, it may use elsewhere: `and (defined gateway) (eq gateway "")`. */
function guardTested({ names, ...others }: Found): NamesUsed {
  const tested = new Set(names.filter(({ guarded }) => guarded).map(({ name }) => name))
  return {
    names: names.map(({ name, guarded, locate }) => new Used(name, guarded || tested.has(name), locate)),
    ...others,
  }
}

interface Found {
  readonly problems: Problem[]
  readonly unknown: UnknownCall[]
  readonly names: (Pick<NameUsed, 'name' | 'guarded'> & { readonly locate: () => SourceSpan })[]
}

/** Only of a few names the place is told, and finding it takes longer than all else. */
class Used implements NameUsed {
  readonly name: string
  readonly guarded: boolean
  readonly #locate: () => SourceSpan

  constructor(name: string, guarded: boolean, locate: () => SourceSpan) {
    this.name = name
    this.guarded = guarded
    this.#locate = locate
  }

  get place(): SourceSpan {
    return this.#locate()
  }
}
