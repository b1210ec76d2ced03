import type { Option } from '../sdk/options.ts'
import { isMap, type Value } from '../values/value.ts'

/** What there is to say of something that a playbook can name. */
export interface Entry {
  readonly kind: KindName
  readonly name: string
  /** With its collection in front, where it has one. */
  readonly fullName?: string
  /** One sentence. */
  readonly summary: string
  /** More of it, a paragraph each. */
  readonly description?: readonly string[]
  /** How it is written, in one line: "value | default(default_value, boolean)". */
  readonly usage?: string
  /** The file that brings it; undefined for what is built in. */
  readonly file?: string
  readonly options: Readonly<Record<string, OptionEntry>>
  /** The option that takes the text behind its name. */
  readonly freeForm?: string
  /** More facts, by their headings: where a keyword can stand. */
  readonly facts?: Readonly<Record<string, readonly string[]>>
  /** YAML. */
  readonly examples?: string
  readonly author?: readonly string[]
}

/** One argument, with Ansible's names for types. */
export interface OptionEntry {
  readonly help: readonly string[]
  readonly type: string
  readonly elements?: string
  readonly required?: boolean
  readonly default?: Value
  readonly choices?: readonly Value[]
  readonly aliases?: readonly string[]
  /** Words that are taken for one of the choices. */
  readonly synonyms?: readonly string[]
  /** Of a map, or of the maps of a list. */
  readonly options?: Readonly<Record<string, OptionEntry>>
}

/** What there is to be described, in the order in which a name is looked for; Ansible's words where it has them. */
export const KIND_NAMES = [
  'module',
  'keyword',
  'filter',
  'test',
  'lookup',
  'inventory',
  'setting',
  'helper',
  'role',
] as const

export type KindName = (typeof KIND_NAMES)[number]

/** All of one kind. */
export interface Kind {
  names(): readonly string[]
  /** By the name that users write, with its collection or without; undefined for another. Raises ProblemError. */
  find(name: string): readonly Entry[]
  /** Whether it has the name, as far as that is known without a plugin being run or a file being wrong. */
  has?(name: string): boolean
}

const TYPES: Readonly<Partial<Record<string, { type: string; elements?: string }>>> = {
  any: { type: 'raw' },
  archive: { type: 'path' },
  conditions: { type: 'list', elements: 'str' },
  controls: { type: 'dict' },
  expression: { type: 'str' },
  file: { type: 'path' },
  map: { type: 'dict' },
  mode: { type: 'raw' },
  prompts: { type: 'list', elements: 'dict' },
  roles: { type: 'list' },
  script: { type: 'str' },
  strings: { type: 'list', elements: 'str' },
  tasks: { type: 'list', elements: 'dict' },
  template: { type: 'path' },
}

/** An option of a module or a keyword as the documentation has it. */
export function optionEntry(option: Omit<Option, 'type'> & { readonly type: string }): OptionEntry {
  const { help, required, choices, aliases, type } = option
  return {
    help: [help],
    ...(TYPES[type] ?? { type }),
    ...(required && { required }),
    ...(option.default !== undefined && { default: option.default }),
    ...(choices && { choices: [...choices] }),
    ...(aliases && { aliases }),
    ...(option.synonyms && { synonyms: Object.keys(option.synonyms) }),
  }
}

/** Options as argument specs and the documentation of Ansible's modules write them; what is no such thing is left out. */
export function writtenOptions(written: Value | undefined): Record<string, OptionEntry> {
  if (!isMap(written)) return {}
  return Object.fromEntries(
    Object.entries(written).map(([name, spec]) => [name, writtenOption(isMap(spec) ? spec : {})]),
  )
}

function writtenOption(spec: { readonly [name: string]: Value }): OptionEntry {
  const inner = writtenOptions(spec.options ?? spec.suboptions)
  const choices = isMap(spec.choices) ? Object.keys(spec.choices) : spec.choices
  return {
    help: paragraphs(spec.description),
    type: typeof spec.type === 'string' ? spec.type : 'str',
    ...(typeof spec.elements === 'string' && { elements: spec.elements }),
    ...(spec.required === true && { required: true }),
    ...(spec.default !== undefined && { default: spec.default }),
    ...(Array.isArray(choices) && { choices }),
    ...(Array.isArray(spec.aliases) && { aliases: spec.aliases.map(String) }),
    ...(Object.keys(inner).length > 0 && { options: inner }),
  }
}

/** A text or a list of texts, without the marks of Ansible's documentation: C(code), M(module). */
export function paragraphs(written: Value | undefined): string[] {
  const list = Array.isArray(written) ? written : written === undefined || written === null ? [] : [written]
  return list.filter((one) => typeof one !== 'object' || one === null).map((one) => unmarked(String(one)))
}

function unmarked(text: string): string {
  return text
    .replace(/\b(?:C|O|V|E|RV|B|I|M)\(((?:\\.|[^()])*)\)/g, (_, inner: string) =>
      inner.replace(/\\(.)/g, '$1'),
    )
    .replace(/\b[LU]\(([^(),]*)(?:,\s*([^()]*))?\)/g, (_, name: string, link?: string) =>
      link === undefined ? name : `${name} <${link}>`,
    )
    .replace(/\bR\(([^(),]*),[^()]*\)/g, '$1')
}
