import { DEEPEST, TOO_DEEP } from '../../values/depth.ts'
import { Float } from '../../values/float.ts'
import { type Key, keysOf, nameOf } from '../../values/keys.ts'
import { floatRepr } from '../float-repr.ts'
import { PythonObject } from '../object.ts'
import { sortedKeys } from '../sorted-keys.ts'
import { Undefined } from '../undefined.ts'

/** What a dump is made of before it is laid out: PyYAML's nodes, with YAML 1.1's tags. */
export type YamlNode = ScalarNode | SequenceNode | MappingNode

export interface ScalarNode {
  readonly kind: 'scalar'
  readonly tag: Tag
  readonly text: string
}

export interface SequenceNode {
  readonly kind: 'sequence'
  readonly items: YamlNode[]
  flow: boolean
}

export interface MappingNode {
  readonly kind: 'mapping'
  readonly entries: MappingEntry[]
  flow: boolean
}

export type MappingEntry = readonly [ScalarNode, YamlNode]

export type Tag = 'str' | 'bool' | 'int' | 'float' | 'null' | 'timestamp' | 'merge' | 'value'

/** How values become nodes. `flow`: all collections on one line, none, or (null) those that hold scalars alone. */
export interface NodeOptions {
  readonly flow: boolean | null
  readonly sortKeys: boolean
  /** Scalars are given a style; then none of them counts as plain, and no collection goes on one line by itself. */
  readonly styled: boolean
}

/** The nodes of a value. A list or map that is found twice is one node in two places. */
export function nodesOf(value: unknown, options: NodeOptions): YamlNode {
  const seen = new Map<object, YamlNode>()

  const visit = (part: unknown, depth: number): YamlNode => {
    if (typeof part !== 'object' || part === null || part instanceof Float) return scalarOf(part)
    if (part instanceof PythonObject) return { kind: 'scalar', ...yamlOf(part) }
    if (part instanceof Undefined) part.fail()
    const known = seen.get(part)
    if (known !== undefined) return known
    if (depth > DEEPEST) throw new Error(`this value is ${TOO_DEEP}`)
    return Array.isArray(part) ? sequence(part, depth) : mapping(part as { [name: string]: unknown }, depth)
  }

  const sequence = (list: readonly unknown[], depth: number): SequenceNode => {
    const node: SequenceNode = { kind: 'sequence', items: [], flow: false }
    seen.set(list, node)
    for (const item of list) node.items.push(visit(item, depth + 1))
    node.flow = flows(node.items, options)
    return node
  }

  const mapping = (map: { [name: string]: unknown }, depth: number): MappingNode => {
    const node: MappingNode = { kind: 'mapping', entries: [], flow: false }
    seen.set(map, node)
    for (const key of orderedKeys(map, options.sortKeys))
      node.entries.push([scalarOf(key), visit(map[nameOf(key)], depth + 1)])
    node.flow = flows(
      node.entries.map(([, item]) => item),
      options,
    )
    return node
  }

  return visit(value, 0)
}

/** What a plain scalar of this text would be read as. */
export function plainTag(text: string): Tag {
  return PLAIN_TAGS.find(([, pattern]) => pattern.test(text))?.[0] ?? 'str'
}

function flows(parts: readonly YamlNode[], { flow, styled }: NodeOptions): boolean {
  if (parts.length === 0) return true
  return flow ?? (!styled && parts.every((part) => part.kind === 'scalar'))
}

/** Keys in order if they have one; as written if Python cannot compare them. */
function orderedKeys(map: { [name: string]: unknown }, sort: boolean): readonly Key[] {
  const keys = keysOf(map)
  return (sort && sortedKeys(keys)) || keys
}

function scalarOf(value: unknown): ScalarNode {
  if (typeof value === 'string') return { kind: 'scalar', tag: 'str', text: value }
  if (value === null) return { kind: 'scalar', tag: 'null', text: 'null' }
  if (typeof value === 'boolean') return { kind: 'scalar', tag: 'bool', text: String(value) }
  if (typeof value === 'bigint' || Number.isInteger(value))
    return { kind: 'scalar', tag: 'int', text: BigInt(value as bigint | number).toString() }
  if (typeof value === 'number' || value instanceof Float)
    return { kind: 'scalar', tag: 'float', text: floatText(value.valueOf()) }
  throw new Error(`YAML cannot hold a ${typeof value}`)
}

function floatText(value: number): string {
  if (Number.isNaN(value)) return '.nan'
  if (!Number.isFinite(value)) return value < 0 ? '-.inf' : '.inf'
  const text = floatRepr(value)
  // YAML 1.1 takes a number for a float only if it has a dot.
  return text.includes('.') ? text : text.replace('e', '.0e')
}

function yamlOf(value: PythonObject): { readonly tag: Tag; readonly text: string } {
  const scalar = value.toYaml()
  if (scalar !== undefined) return scalar
  throw new Error(`YAML cannot hold a ${value.typeName}`)
}

/** YAML 1.1's plain scalars that are no texts. */
const PLAIN_TAGS: readonly (readonly [Tag, RegExp])[] = [
  ['null', /^(?:~|null|Null|NULL)?$/],
  ['bool', /^(?:yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF)$/],
  ['int', /^(?:[-+]?0b[01_]+|[-+]?0[0-7_]+|[-+]?(?:0|[1-9][\d_]*)|[-+]?0x[\da-fA-F_]+)$/],
  ['int', /^[-+]?[1-9][\d_]*(?::[0-5]?\d)+$/],
  ['float', /^[-+]?(?:\d[\d_]*\.[\d_]*(?:[eE][-+]\d+)?|\d[\d_]*(?::[0-5]?\d)+\.[\d_]*|\.(?:inf|Inf|INF))$/],
  ['float', /^(?:\.\d[\d_]*(?:[eE][-+]\d+)?|\.(?:nan|NaN|NAN))$/],
  ['timestamp', /^\d{4}-\d\d-\d\d$/],
  [
    'timestamp',
    /^\d{4}-\d\d?-\d\d?(?:[Tt]|[ \t]+)\d\d?:\d\d:\d\d(?:\.\d*)?(?:[ \t]*(?:Z|[-+]\d\d?(?::\d\d)?))?$/,
  ],
  ['merge', /^<<$/],
  ['value', /^=$/],
]
