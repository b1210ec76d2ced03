import { Float } from '../../values/float.ts'
import { type Key, nameOf } from '../../values/keys.ts'
import type { Source, SourceSpan } from '../../values/source.ts'
import type { MapEntry, MapNode, Node, ScalarNode } from '../../values/value.ts'
import { plainValue } from '../plain-scalar.ts'
import { VaultedScalar } from '../vaulted.ts'
import { BytesReader, BytesWriter } from './bytes.ts'
import { LateMap, type LateTree } from './late-map.ts'
import { readPieces, writePieces } from './pieces.ts'

/** What stands for a node, less its flags. A text that stands in the source as it is needs no more than its place. */
const NULL = 0
const TRUE = 1
const FALSE = 2
const TEXT = 3
const QUOTED = 4
/** A number, read from its text again. */
const PLAIN = 5
/** A text that is written otherwise in its file. */
const OTHER = 6
const VAULTED = 7
const LIST = 8
const MAP = 9
/** A node that has been there before: an alias. */
const AGAIN = 10
/** A map whose keys are texts, as a stretch that may be read later: maps of the same keys have the same number. */
const STRETCH = 11
const UNSAFE = 16

/** How the key of an entry is found: as a text is, or as a value that is no text. */
const ODD_KEY = 1

/**
 * The nodes of a text, parsed without a problem, as bytes that only somebody who has the same text can read; undefined
 * where they hold what is too rare to be kept.
 */
export function packedTree(node: Node | undefined, text: string): Uint8Array | undefined {
  if (node === undefined) return new Uint8Array()
  try {
    return new Packer(text).packed(node)
  } catch (error) {
    if (error === TOO_RARE) return undefined
    throw error
  }
}

/**
 * The nodes again, with their places in a source of that text. `late`: of maps of the same keys all but the first may be a
 * LateMap.
 */
export function unpackedTree(bytes: Uint8Array, source: Source, late = false): Node | undefined {
  if (bytes.length === 0) return undefined
  return new Unpacker(bytes, source, late).node()
}

const TOO_RARE = new Error('nothing that is kept')

class Packer {
  readonly #text: string
  #out = new BytesWriter()
  /** Of maps whose keys are texts, by these. */
  readonly #keys = new Map<string, number>()
  /** Only where there is an anchor can a node be there twice. */
  readonly #numbers: Map<Node, number> | undefined
  /** Where the last place began. */
  #at = 0

  constructor(text: string) {
    this.#text = text
    this.#numbers = text.includes('&') ? new Map() : undefined
  }

  packed(node: Node): Uint8Array {
    this.#out.byte(this.#numbers === undefined ? 0 : 1)
    this.#node(node)
    return this.#out.bytes()
  }

  #node(node: Node): void {
    const known = this.#numbers?.get(node)
    if (known !== undefined) {
      this.#out.byte(AGAIN)
      this.#out.number(known)
      return
    }
    if (node.kind === 'scalar') this.#scalar(node)
    else if (node.kind === 'list') {
      this.#head(LIST, node.place)
      this.#out.number(node.items.length)
      for (const item of node.items) this.#node(item)
    } else if (this.#numbers === undefined && node.entries.every(({ keyValue }) => keyValue === undefined))
      this.#stretch(node)
    else {
      this.#head(MAP, node.place)
      this.#entries(node)
    }
    this.#numbers?.set(node, this.#numbers.size)
  }

  #stretch(node: MapNode): void {
    const keys = JSON.stringify(node.entries.map(({ key }) => key))
    const number = this.#keys.get(keys) ?? this.#keys.size
    this.#keys.set(keys, number)
    this.#head(STRETCH, node.place)
    this.#out.number(number)
    const around = this.#out
    this.#out = new BytesWriter()
    this.#entries(node)
    around.stretch(this.#out.bytes())
    this.#out = around
    this.#at = node.place.start
  }

  #entries({ entries }: MapNode): void {
    this.#out.number(entries.length)
    for (const entry of entries) this.#entry(entry)
  }

  #scalar(node: ScalarNode): void {
    const { place } = node
    if (node instanceof VaultedScalar) {
      this.#head(VAULTED, place)
      writePieces(this.#out, node.encrypted, this.#written(place))
      return
    }
    const { value } = node
    const flags = node.unsafe ? UNSAFE : 0
    if (typeof value === 'string') this.#string(value, place, flags)
    else if (value === null) this.#head(NULL | flags, place)
    else if (typeof value === 'boolean') this.#head((value ? TRUE : FALSE) | flags, place)
    else {
      if (!isSame(plainValue(this.#written(place)), value)) throw TOO_RARE
      this.#head(PLAIN | flags, place)
    }
  }

  #string(value: string, place: SourceSpan, flags: number): void {
    const { start, end } = place
    const { length } = value
    if (length === end - start && this.#text.startsWith(value, start)) this.#head(TEXT | flags, place)
    else if (length === end - start - 2 && this.#text.startsWith(value, start + 1))
      this.#head(QUOTED | flags, place)
    else {
      this.#head(OTHER | flags, place)
      writePieces(this.#out, value, this.#written(place))
    }
  }

  #entry({ key, keyValue, keyPlace, value }: MapEntry): void {
    if (keyValue === undefined) {
      this.#out.byte(0)
      this.#string(key, keyPlace, 0)
    } else {
      if (!isSame(plainValue(this.#written(keyPlace)), keyValue) || key !== nameOf(keyValue)) throw TOO_RARE
      this.#out.byte(ODD_KEY)
      this.#head(PLAIN, keyPlace)
    }
    this.#node(value)
  }

  #written({ start, end }: SourceSpan): string {
    return this.#text.slice(start, end)
  }

  #head(kind: number, { start, end }: SourceSpan): void {
    if (end < start) throw TOO_RARE
    this.#out.byte(kind)
    this.#out.difference(start - this.#at)
    this.#out.number(end - start)
    this.#at = start
  }
}

/** Whether a number, or a key, is what its text says. */
function isSame(read: ScalarNode['value'], value: ScalarNode['value']): boolean {
  if (read instanceof Float && value instanceof Float) return Object.is(read.valueOf(), value.valueOf())
  return Object.is(read, value)
}

/** The tree of maps that were a LateMap, out of its bytes and their source. */
export function lateTree(bytes: Uint8Array, source: Source): LateTree {
  return new Unpacker(bytes, source, false)
}

class Unpacker implements LateTree {
  readonly bytes: Uint8Array
  readonly source: Source

  readonly #in: BytesReader
  readonly #text: string
  readonly #before: Node[] | undefined
  readonly #late: boolean
  /** By the numbers of maps. */
  readonly #keys: (readonly string[] | undefined)[] = []
  #at = 0

  constructor(bytes: Uint8Array, source: Source, late: boolean) {
    this.#late = late
    this.#in = new BytesReader(bytes)
    this.bytes = bytes
    this.source = source
    this.#text = source.text
    this.#before = this.#in.byte() === 0 ? undefined : []
  }

  node(): Node {
    const head = this.#in.byte()
    if (head === AGAIN) return this.#before![this.#in.number()]!
    const place = this.#place()
    const node = this.#made(head & (UNSAFE - 1), place, head >= UNSAFE)
    this.#before?.push(node)
    return node
  }

  #made(kind: number, place: SourceSpan, unsafe: boolean): Node {
    switch (kind) {
      case LIST: {
        const items: Node[] = []
        for (let left = this.#in.number(); left > 0; left -= 1) items.push(this.node())
        return { kind: 'list', items, place }
      }
      case MAP:
        return { kind: 'map', entries: this.#entries(), place }
      case STRETCH:
        return this.#stretch(place)
      case VAULTED:
        return new VaultedScalar(this.#string(VAULTED, place), place)
    }
    const value = this.#value(kind, place)
    return unsafe ? { kind: 'scalar', value, place, unsafe } : { kind: 'scalar', value, place }
  }

  #stretch(place: SourceSpan): MapNode {
    const number = this.#in.number()
    const length = this.#in.number()
    const { at } = this.#in
    const keys = this.#keys[number]
    if (this.#late && keys !== undefined) {
      this.#in.at = at + length
      return new LateMap(place, keys, this, at)
    }
    const entries = this.entriesAt(at, place.start)
    this.#at = place.start
    if (this.#late) this.#keys[number] = entries.map(({ key }) => key)
    return { kind: 'map', entries, place }
  }

  /** Of a map that begins at `start` in the text; its entries are at `at`. */
  entriesAt(at: number, start: number): MapEntry[] {
    this.#in.at = at
    this.#at = start
    return this.#entries()
  }

  #entries(): MapEntry[] {
    const entries: MapEntry[] = []
    for (let left = this.#in.number(); left > 0; left -= 1) entries.push(this.#entry())
    return entries
  }

  #value(kind: number, place: SourceSpan): ScalarNode['value'] {
    switch (kind) {
      case NULL:
        return null
      case TRUE:
        return true
      case FALSE:
        return false
      case PLAIN:
        return plainValue(this.#text.slice(place.start, place.end))
      default:
        return this.#string(kind, place)
    }
  }

  #string(kind: number, { start, end }: SourceSpan): string {
    if (kind === TEXT) return this.#text.slice(start, end)
    if (kind === QUOTED) return this.#text.slice(start + 1, end - 1)
    return readPieces(this.#in, this.#text.slice(start, end))
  }

  #entry(): MapEntry {
    const isOdd = this.#in.byte() === ODD_KEY
    const kind = this.#in.byte()
    const keyPlace = this.#place()
    if (!isOdd) return { key: this.#string(kind, keyPlace), keyPlace, value: this.node() }
    const keyValue = this.#value(kind, keyPlace) as Key
    return { key: nameOf(keyValue), keyValue, keyPlace, value: this.node() }
  }

  #place(): SourceSpan {
    const start = this.#at + this.#in.difference()
    this.#at = start
    return { source: this.source, start, end: start + this.#in.number() }
  }
}
