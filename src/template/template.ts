import { literalOf } from '../jinja/literal.ts'
import { type Key, mapOf } from '../values/keys.ts'
import { mapOfRun } from '../values/of-run.ts'
import type { Source, SourceSpan } from '../values/source.ts'
import { toText } from '../values/text.ts'
import type { MapEntry, Node, ScalarNode, Value } from '../values/value.ts'
import { placeInScalar } from '../yaml/scalar.ts'
import { compile } from './compile.ts'
import type { Compiled } from './compiled.ts'
import type { FileOptions } from './file-options.ts'
import { compileJinjaFile } from './jinja.ts'
import { languagesOf, languagesOfFile } from './language.ts'
import type { VariableScope } from './scope.ts'

/**
 * A node's value with its templates rendered, map keys too. A text that is one expression has the expression's
 * type. Raises ProblemError with the place in the file. The value is shared, and frozen: never change it.
 */
export function render(node: Node, scope: VariableScope): Value {
  const fixed = fixedValue(node)
  if (fixed !== undefined) return fixed
  switch (node.kind) {
    case 'scalar':
      return compile(node.value as string, 'value', languagesOf(node.place.source)).evaluate(
        scope,
        (start, end) => placeInScalar(node, start, end),
      )
    case 'list':
      return node.items.map((item) => render(item, scope))
    case 'map': {
      return mapOf(node.entries.map((entry) => [renderKey(entry, scope), render(entry.value, scope)]))
    }
  }
}

function renderKey({ key, keyValue = key, keyPlace }: MapEntry, scope: VariableScope): Key {
  return isTemplate(key) ? toText(renderText(key, keyPlace, scope)) : keyValue
}

/** The value of a text that has a place but is no node of its own. */
export function renderText(text: string, place: SourceSpan, scope: VariableScope): Value {
  if (!isTemplate(text)) return text
  return render({ kind: 'scalar', value: text, place }, scope)
}

/** A template file; always text. With options of Jinja's it is Jinja. Raises ProblemError. */
export function renderFile(source: Source, scope: VariableScope, options?: FileOptions): string {
  const template = fileTemplate(source, options)
  // Jinja changes line ends, too, and its options may stand in the first line.
  if (template.language === 'handlebars' && !isTemplate(source.text)) return source.text
  return template.evaluate(scope, (start, end) => ({ source, start, end })) as string
}

/** The same as a value: what Jinja makes and looks like a list, a map or a boolean is one, as in an entry of a playbook. */
export function renderFileValue(source: Source, scope: VariableScope, options?: FileOptions): Value {
  const text = renderFile(source, scope, options)
  return fileTemplate(source, options).language === 'jinja' ? (literalOf(text) as Value) : text
}

const filesWithOptions = mapOfRun<string, Compiled>()

/** What a template file is compiled to. */
export function fileTemplate(source: Source, options: FileOptions = {}): Compiled {
  const languages = languagesOfFile(source)
  if (Object.keys(options).length === 0 || !languages.includes('jinja'))
    return compile(source.text, 'file', languages)
  const key = `${JSON.stringify(options)}${source.text}`
  const known = filesWithOptions.get(key)
  if (known !== undefined) return known
  const template = compileJinjaFile(source.text, options)
  filesWithOptions.set(key, template)
  return template
}

/** Whether a text holds anything to render, or anything of Jinja's to complain about. */
export function isTemplate(text: string): boolean {
  return text.includes('{{') || text.includes('{%') || text.includes('{#')
}

export function isTemplateNode(node: Node): node is ScalarNode & { value: string } {
  return node.kind === 'scalar' && !node.unsafe && typeof node.value === 'string' && isTemplate(node.value)
}

// Most of what an inventory holds has no templates in it: its value is made once, for all hosts.
const fixedValues = new WeakMap<Node, Value | typeof CHANGING>()
const CHANGING = Symbol('changing')

/** Whether a node is the same whatever the variables are. */
export function isFixed(node: Node): boolean {
  return fixedValue(node) !== undefined
}

/** The value of a node that holds no templates; undefined when it does. */
function fixedValue(node: Node): Value | undefined {
  if (node.kind === 'scalar') return isTemplateNode(node) ? undefined : node.value
  let fixed = fixedValues.get(node)
  if (fixed === undefined) {
    fixed = node.kind === 'list' ? fixedList(node.items) : fixedMap(node)
    fixedValues.set(node, fixed)
  }
  return fixed === CHANGING ? undefined : fixed
}

function fixedList(items: readonly Node[]): Value | typeof CHANGING {
  const values: Value[] = []
  for (const item of items) {
    const value = fixedValue(item)
    if (value === undefined) return CHANGING
    values.push(value)
  }
  return Object.freeze(values) as Value[]
}

function fixedMap({ entries }: Node & { kind: 'map' }): Value | typeof CHANGING {
  const pairs: [Key, Value][] = []
  for (const { key, keyValue = key, value } of entries) {
    const fixed = isTemplate(key) ? undefined : fixedValue(value)
    if (fixed === undefined) return CHANGING
    pairs.push([keyValue, fixed])
  }
  return Object.freeze(mapOf(pairs))
}
