import {
  type Alias,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  type Pair,
  type Scalar,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml'
import { DEEPEST, TOO_DEEP } from '../values/depth.ts'
import { Float } from '../values/float.ts'
import { type Key, nameOf } from '../values/keys.ts'
import { type Problem, ProblemError } from '../values/problem.ts'
import { placeName, Source, type SourceSpan } from '../values/source.ts'
import type { ListNode, MapEntry, Node, ScalarNode } from '../values/value.ts'
import { isVault } from '../vault/envelope.ts'
import { documentsOf } from './documents.ts'
import { Extents } from './extents.ts'
import { plainValue } from './plain-scalar.ts'
import { quoteTemplate } from './problems.ts'
import { type ParsedYaml, untold, VaultedScalar } from './vaulted.ts'

/** What a key is that a map gives twice: a mistake, or the last one holds and it is told, or not. */
export type DoubleKeys = 'error' | 'warn' | 'ignore'

const doubles: { are: DoubleKeys; found: Problem[] } = { are: 'error', found: [] }

/** Says how keys that are given twice are taken in the files that are read from now on. */
export function takeDoubleKeys(are: DoubleKeys): void {
  doubles.are = are
  doubles.found = []
}

/** The keys that were given twice and are to be told, once. */
export function doubleKeys(): Problem[] {
  return doubles.found.splice(0)
}

/**
 * A YAML file as Ansible reads it (see plainValue), every part with its place. The node is undefined for a
 * document that holds nothing, and worth nothing when there are problems.
 */
export function parseYaml(source: Source): ParsedYaml {
  const parsed = parseText(source)
  return source.isSecret ? untold(parsed, source) : parsed
}

function parseText(source: Source): ParsedYaml {
  let documents: readonly Document.Parsed[]
  try {
    documents = documentsOf(source)
  } catch (error) {
    if (error instanceof ProblemError) return { node: undefined, problems: [...error.problems] }
    throw error
  }
  const [document, second] = documents
  if (second !== undefined) {
    const start = second.range[0]
    return {
      node: undefined,
      problems: [
        {
          message: 'a second YAML document starts here, and a file may hold only one',
          place: { source, start, end: start + 3 },
          hint: 'remove the "---" line above, or move what follows into a file of its own',
        },
      ],
    }
  }
  if (!document?.contents) return { node: undefined, problems: [] }
  const reader = new Reader(source)
  const node = reader.read(document.contents, false)
  const empty = node.kind === 'scalar' && node.value === null
  return {
    node: empty ? undefined : node,
    problems: reader.problems,
    ...(reader.hasDoubles && { hasDoubles: true }),
  }
}

/** Characters and nodes that the aliases of a file may stand for, all together. */
const REPEATED_AT_MOST = 10_000_000

/** A YAML text that is not a file's, such as the JSON of `-e`; raises ProblemError. An empty text is null. */
export function parseYamlValue(text: string, path: string): Node {
  const source = new Source(path, text)
  const { node, problems } = parseYaml(source)
  if (problems.length > 0) throw new ProblemError(problems)
  return node ?? { kind: 'scalar', value: null, place: { source, start: 0, end: text.length } }
}

/** All documents of a YAML text that is not a file's, as PyYAML reads them; raises ProblemError. */
export function parseYamlDocuments(text: string, path: string): Node[] {
  const source = new Source(path, text)
  return documentsOf(source).map(({ contents, range }) => {
    const reader = new Reader(source, true)
    const empty = { kind: 'scalar', value: null, place: { source, start: range[0], end: range[2] } } as const
    const node = contents === null ? empty : reader.read(contents, false)
    if (reader.problems.length > 0) throw new ProblemError(reader.problems)
    return node
  })
}

type YamlNode = Scalar | YAMLMap | YAMLSeq | Alias

const STANDARD = 'tag:yaml.org,2002:'

class Reader {
  readonly problems: Problem[] = []
  hasDoubles = false
  readonly #source: Source
  /** Of two entries with the same key, as PyYAML has it; otherwise they are a problem. */
  readonly #lastWins: boolean
  /** The nodes with an anchor that have begun so far, by its name. */
  readonly #anchors = new Map<string, YamlNode>()
  /** What they are, read once however often an alias names them, and once as `!unsafe`; undefined while being read. */
  readonly #read = {
    safe: new Map<YamlNode, Node | undefined>(),
    unsafe: new Map<YamlNode, Node | undefined>(),
  }
  readonly #extents = new Extents()
  #depth = 0
  #repeated = 0

  constructor(source: Source, lastWins = false) {
    this.#source = source
    this.#lastWins = lastWins
  }

  read(yaml: YamlNode, unsafe: boolean): Node {
    if (isAlias(yaml)) return this.#alias(yaml, unsafe)
    if (this.#depth >= DEEPEST && !isScalar(yaml)) return this.#tooDeep(this.#place(yaml))
    this.#depth += 1
    const node =
      yaml.anchor === undefined ? this.#tagged(yaml, unsafe) : this.#anchored(yaml, yaml.anchor, unsafe)
    this.#depth -= 1
    return node
  }

  #anchored(yaml: Scalar | YAMLMap | YAMLSeq, anchor: string, unsafe: boolean): Node {
    const read = unsafe ? this.#read.unsafe : this.#read.safe
    // One that is read again, as unsafe, does not stand here.
    if (!this.#read.safe.has(yaml) && !this.#read.unsafe.has(yaml)) this.#anchors.set(anchor, yaml)
    read.set(yaml, undefined)
    const node = this.#tagged(yaml, unsafe)
    read.set(yaml, node)
    return node
  }

  #tagged(yaml: Scalar | YAMLMap | YAMLSeq, unsafe: boolean): Node {
    const place = this.#place(yaml)
    const tag = yaml.tag?.startsWith(STANDARD) ? yaml.tag.slice(STANDARD.length) : yaml.tag
    switch (tag) {
      case undefined:
      case '!':
      case 'str':
      case 'int':
      case 'float':
      case 'bool':
      case 'null':
      case 'map':
      case 'seq':
        break
      case '!unsafe':
        return this.#plain(yaml, place, true)
      case '!vault':
      case '!vault-encrypted':
        return this.#vaulted(yaml, place)
      default:
        return this.#problem(
          `the tag ${yaml.tag} means nothing here`,
          place,
          'the tags are !unsafe, !vault and !!str',
        )
    }
    return this.#plain(yaml, place, unsafe)
  }

  #vaulted(yaml: Scalar | YAMLMap | YAMLSeq, place: SourceSpan): Node {
    const text = isScalar(yaml) ? String(yaml.value ?? '') : ''
    if (isVault(text)) return new VaultedScalar(text, place)
    return this.#problem(
      'what stands behind !vault is not encrypted',
      place,
      '"run vault encrypt_string" makes such values',
    )
  }

  #plain(yaml: Scalar | YAMLMap | YAMLSeq, place: SourceSpan, unsafe: boolean): Node {
    if (isMap(yaml)) return this.#map(yaml, place, unsafe)
    if (isSeq(yaml)) return this.#list(yaml, place, unsafe)
    const value = scalarValue(yaml)
    return unsafe ? { kind: 'scalar', value, place, unsafe } : { kind: 'scalar', value, place }
  }

  #list(yaml: YAMLSeq, place: SourceSpan, unsafe: boolean): ListNode {
    return { kind: 'list', items: yaml.items.map((item) => this.read(item as YamlNode, unsafe)), place }
  }

  #map(yaml: YAMLMap, place: SourceSpan, unsafe: boolean): Node {
    if (yaml.flow && this.#source.text.startsWith('{{', place.start)) {
      const { message, hint } = quoteTemplate(this.#source, place.start)
      return this.#problem(message, place, hint)
    }
    const own = new Map<string, MapEntry>()
    const merged = new Map<string, MapEntry>()
    for (const pair of yaml.items as Pair<YamlNode | null, YamlNode | null>[]) {
      const keyNode = pair.key
      if (isMergeKey(keyNode)) this.#merge(pair.value, merged)
      else {
        const entry = this.#entry(pair, place, unsafe)
        const first = own.get(entry.key)
        if (first === undefined || this.#lastWins || doubles.are !== 'error') own.set(entry.key, entry)
        if (first !== undefined && !this.#lastWins) this.#double(entry, first)
      }
    }
    for (const [key, entry] of own) merged.set(key, entry)
    return { kind: 'map', entries: [...merged.values()], place }
  }

  #double({ key, keyPlace }: MapEntry, first: MapEntry): void {
    this.hasDoubles = true
    const message = `"${key}" is given twice`
    const at = placeName(first.keyPlace)
    if (doubles.are === 'error')
      this.#problem(message, keyPlace, `it stands first at ${at}; remove one of the two`)
    // The words of an encrypted file are not told.
    const what = this.#source.isSecret ? 'a key is given twice' : message
    const places = `at ${at} and ${placeName(keyPlace)}; the last one holds`
    if (doubles.are === 'warn') doubles.found.push({ message: `${what}, ${places}`, place: keyPlace })
  }

  #entry(pair: Pair<YamlNode | null, YamlNode | null>, map: SourceSpan, unsafe: boolean): MapEntry {
    const keyPlace = pair.key?.range ? this.#place(pair.key) : map
    const keyValue = pair.key === null ? null : this.#key(pair.key)
    if (keyValue === null) this.#problem('a key is missing in front of the colon', keyPlace)
    const value: Node =
      pair.value === null
        ? { kind: 'scalar', value: null, place: { ...keyPlace, start: keyPlace.end } }
        : this.read(pair.value, unsafe)
    const key = keyValue === null ? '' : nameOf(keyValue)
    return typeof keyValue === 'string' || keyValue === null
      ? { key, keyPlace, value }
      : { key, keyValue, keyPlace, value }
  }

  #key(yaml: YamlNode): Key {
    const node = this.read(yaml, false)
    if (node.kind === 'scalar') return node.value instanceof Float ? String(node.value) : node.value
    this.#problem(
      `a key must be text, and this is a ${node.kind}`,
      node.place,
      'quote it if it is meant as text',
    )
    return ''
  }

  /** Adds what `<<: value` brings; of several maps the first wins. */
  #merge(yaml: YamlNode | null, into: Map<string, MapEntry>): void {
    if (yaml === null) return
    const node = this.read(yaml, false)
    for (const map of node.kind === 'list' ? node.items : [node]) {
      if (map.kind === 'map') {
        for (const entry of map.entries) if (!into.has(entry.key)) into.set(entry.key, entry)
      } else this.#problem('"<<" takes a map or a list of maps', map.place)
    }
  }

  #alias(alias: Alias, unsafe: boolean): Node {
    const place = this.#place(alias)
    const target = this.#anchors.get(alias.source)
    if (target === undefined)
      return this.#problem(
        `no anchor "&${alias.source}" stands above`,
        place,
        'quote the value if the star is meant as text',
      )
    if (this.#isBeingRead(target))
      return this.#problem(`"*${alias.source}" stands inside what it repeats`, place)
    const node =
      (unsafe ? this.#read.unsafe.get(target) : this.#read.safe.get(target)) ?? this.read(target, unsafe)
    const { height, size } = this.#extents.of(node)
    if (this.#depth + height > DEEPEST) return this.#tooDeep(place)
    this.#repeated += size
    return this.#repeated > REPEATED_AT_MOST ? this.#tooMuch(place) : node
  }

  #isBeingRead(target: YamlNode): boolean {
    return [this.#read.safe, this.#read.unsafe].some(
      (read) => read.has(target) && read.get(target) === undefined,
    )
  }

  #tooDeep(place: SourceSpan): ScalarNode {
    return this.#once(TOO_DEEP, place)
  }

  #tooMuch(place: SourceSpan): ScalarNode {
    return this.#once(`the aliases up to here stand for more than ${REPEATED_AT_MOST} characters`, place)
  }

  /** A problem that the rest of the file would only repeat. */
  #once(message: string, place: SourceSpan): ScalarNode {
    if (this.problems.some((problem) => problem.message === message))
      return { kind: 'scalar', value: null, place }
    return this.#problem(message, place)
  }

  #problem(message: string, place: SourceSpan, hint?: string): ScalarNode {
    this.problems.push(hint === undefined ? { message, place } : { message, place, hint })
    return { kind: 'scalar', value: null, place }
  }

  #place(yaml: YamlNode): SourceSpan {
    const [start, end] = yaml.range!
    return { source: this.#source, start, end }
  }
}

function isMergeKey(key: YamlNode | null): boolean {
  return isScalar(key) && key.type === 'PLAIN' && key.value === '<<' && key.tag === undefined
}

function scalarValue(yaml: Scalar): ScalarNode['value'] {
  const text = String(yaml.value ?? '')
  const tag = yaml.tag?.startsWith(STANDARD) ? yaml.tag.slice(STANDARD.length) : undefined
  const typed = tag !== undefined && tag !== 'str'
  return typed || (yaml.type === 'PLAIN' && yaml.tag === undefined) ? plainValue(text) : text
}
