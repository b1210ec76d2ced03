import { createRequire } from 'node:module'
import { dumpJson } from '../python/json/dump.ts'
import { str } from '../python/text.ts'
import { dumpYaml } from '../python/yaml/dump.ts'
import { Float } from '../values/float.ts'
import { keysOf, mapOf } from '../values/keys.ts'
import { isMap, type Value, type ValueMap } from '../values/value.ts'
import { clean } from './text.ts'

/** A group with all that is in it. */
interface Tree {
  readonly name: string
  readonly children: readonly Tree[]
  readonly hosts: readonly { readonly name: string; readonly variables: ValueMap }[]
  readonly variables: ValueMap
}

/** The tree of groups and hosts as `ansible-inventory --graph` draws it; what is encrypted stays hidden. */
export function formatTree(tree: Tree, withVariables: boolean): string {
  return `${treeLines(tree, withVariables, 0).join('\n')}\n`
}

function treeLines(
  { name, children, hosts, variables }: Tree,
  withVariables: boolean,
  depth: number,
): string[] {
  const variableLines = (values: ValueMap, at: number) =>
    withVariables
      ? Object.keys(values)
          .sort()
          .map((key) => branch(`{${key} = ${str(plain(values[key]!))}}`, at))
      : []
  return [
    branch(`@${name}:`, depth),
    ...children.flatMap((child) => treeLines(child, withVariables, depth + 1)),
    ...hosts.flatMap((host) => [branch(host.name, depth + 1), ...variableLines(host.variables, depth + 2)]),
    ...variableLines(variables, depth + 1),
  ]
}

function branch(text: string, depth: number): string {
  return depth === 0 ? clean(text) : `${'  |'.repeat(depth)}--${clean(text)}`
}

export type DataFormat = 'json' | 'yaml' | 'toml'

/** What is dumped of an inventory, to the byte as Ansible writes its JSON and YAML. Throws an Error for what TOML cannot say. */
export function formatData(data: ValueMap, format: DataFormat): string {
  if (format === 'yaml') return yamlText(data)
  if (format === 'toml') return tomlText(data)
  return `${dumpJson(data, { indent: 4, sort_keys: true, ensure_ascii: false })}\n`
}

/** YAML has tags for what is encrypted, and for what is no template. */
function yamlText(data: ValueMap): string {
  const tagged: ((indent: string) => string)[] = []
  const mark = 'tagged-text-stands-here-'
  const marked = replaced(data, {
    vault: (text) => `${mark}${tagged.push((indent) => `!vault |\n${indented(text, indent)}`) - 1}`,
    unsafe: (text) => `${mark}${tagged.push(() => `!unsafe ${dumpJson(text, { ensure_ascii: false })}`) - 1}`,
  })
  const text = dumpYaml(marked, { default_flow_style: false, allow_unicode: true })
  return text.replace(new RegExp(`^([ ]*(?:- )*)(.*?)${mark}(\\d+)$`, 'gm'), (_, before, key, at) => {
    return `${before}${key}${tagged[Number(at)]!(' '.repeat(before.length + 2))}`
  })
}

function indented(text: string, indent: string): string {
  const lines = text.trimEnd().split('\n')
  return lines.map((line) => `${indent}${line}`).join('\n')
}

function tomlText(data: ValueMap): string {
  const { stringify } = createRequire(import.meta.url)('smol-toml') as typeof import('smol-toml')
  return stringify(tomlValue(data, []), { numbersAsFloat: true })
}

/** As the library takes it: whole numbers and floats are told apart. */
function tomlValue(value: Value, path: readonly string[]): unknown {
  if (value === null) throw new Error(`TOML has no word for null, which is ${path.join('.')}`)
  if (value instanceof Float) return value.valueOf()
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value
  if (Array.isArray(value)) return value.map((item, at) => tomlValue(item, [...path, String(at)]))
  if (!isMap(value)) return value
  const { __ansible_vault: vault, __ansible_unsafe: text } = value
  if (vault !== undefined)
    throw new Error(`TOML has no word for what is encrypted, which is ${path.join('.')}; YAML has`)
  if (typeof text === 'string') return text
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, tomlValue(member, [...path, name])]),
  )
}

/** What is encrypted hidden, and what is no template as it is. */
function plain(value: Value): Value {
  return replaced(value, { vault: () => '********', unsafe: (text) => text })
}

interface Marked {
  readonly vault: (text: string) => string
  readonly unsafe: (text: string) => string
}

/** A value with a text in place of each that Ansible's JSON marks. */
function replaced(value: Value, by: Marked): Value {
  if (Array.isArray(value)) return value.map((item) => replaced(item, by))
  if (!isMap(value)) return value
  const { __ansible_vault: vault, __ansible_unsafe: text } = value
  if (typeof vault === 'string') return by.vault(vault)
  if (typeof text === 'string') return by.unsafe(text)
  return mapOf(keysOf(value).map((key) => [key, replaced(value[String(key)]!, by)] as const))
}
