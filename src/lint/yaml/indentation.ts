import { isMap, isScalar, isSeq, type Pair, type YAMLMap, type YAMLSeq } from 'yaml'
import type { ValueMap } from '../../values/value.ts'
import type { Found } from '../finding.ts'
import type { LintFile } from '../lint-file.ts'

/** Whether what stands below a key, a hyphen or a bracket is as far to the right as everywhere in the file. */
export function indentation(file: LintFile, settings: ValueMap): Found[] {
  const checker = new Checker(file, settings)
  for (const { contents } of file.composed)
    if (contents !== null) checker.start(contents as unknown as Ranged)
  return checker.found
}

/** What the library's nodes are here. */
interface Ranged {
  readonly range?: readonly [number, number, number] | null
}

class Checker {
  readonly found: Found[] = []
  readonly #file: LintFile
  readonly #sequences: boolean | 'consistent' | 'whatever'
  /** Columns from one level to the next; undefined until the first is seen. */
  #step: number | undefined
  #isIndented: boolean | undefined

  constructor(file: LintFile, settings: ValueMap) {
    this.#file = file
    this.#step = typeof settings.spaces === 'number' ? settings.spaces : undefined
    this.#sequences = settings['indent-sequences'] as boolean | 'consistent' | 'whatever'
  }

  /** A whole document. */
  start(node: Ranged): void {
    const [begin] = node.range!
    if (this.#isFirst(begin)) this.#expect(begin, 0)
    this.visit(node)
  }

  visit(node: Ranged): void {
    if (isMap(node)) this.#map(node)
    else if (isSeq(node)) this.#list(node)
  }

  #map(map: YAMLMap): void {
    if (map.flow) {
      this.#flow(
        map,
        map.items.map((pair) => startOf(pair.key) ?? startOf(pair.value)),
      )
      for (const pair of map.items) this.#visitAny(pair.value)
      return
    }
    for (const pair of map.items as Pair[]) {
      const key = startOf(pair.key)
      const value = startOf(pair.value)
      if (key !== undefined && value !== undefined && !isEmpty(pair.value))
        this.#value(key, value, pair.value)
      this.#visitAny(pair.value)
    }
  }

  #list(list: YAMLSeq): void {
    if (list.flow) this.#flow(list, list.items.map(startOf))
    else {
      const dash = this.#column(list.range![0])
      for (const item of list.items) {
        const start = startOf(item)
        if (start === undefined || isEmpty(item) || !this.#isFirst(start)) continue
        const column = this.#column(start)
        if (column !== dash) this.#expect(start, this.#below(dash, column))
      }
    }
    for (const item of list.items) this.#visitAny(isPair(item) ? item.value : item)
  }

  #visitAny(node: unknown): void {
    if (node !== null && typeof node === 'object') this.visit(node as Ranged)
  }

  /** What stands below its key. */
  #value(key: number, value: number, node: unknown): void {
    if (!this.#isFirst(value) || !this.#isBelow(key, value)) return
    const base = this.#column(key)
    const column = this.#column(value)
    if (isSeq(node) && !node.flow) this.#sequence(value, base, column)
    else this.#expect(value, this.#below(base, column))
  }

  #sequence(start: number, base: number, column: number): void {
    const wanted = this.#sequences
    if (wanted === 'whatever') {
      if (column !== base) this.#expect(start, this.#below(base, column))
      return
    }
    if (wanted === 'consistent') {
      this.#isIndented ??= column > base
      this.#expect(start, this.#isIndented ? this.#below(base, column) : base)
      return
    }
    if (wanted === false) this.#expect(start, base)
    else if (this.#step === undefined && column === base) this.#wrong(start, `at least ${column + 1}`)
    else this.#expect(start, this.#below(base, column))
  }

  #flow(node: Ranged, items: readonly (number | undefined)[]): void {
    const [open, end] = node.range!
    const [first] = items
    if (first === undefined) return
    const line = this.#indentOfLine(open)
    const column = this.#column(first)
    const expected = this.#isBelow(open, first) ? this.#below(line, column) : column
    for (const item of items) if (item !== undefined && this.#isFirst(item)) this.#expect(item, expected)
    if (this.#isFirst(end - 1)) this.#expect(end - 1, line)
  }

  #below(base: number, column: number): number {
    this.#step ??= column - base
    return base + this.#step
  }

  #expect(start: number, column: number): void {
    if (this.#column(start) !== column) this.#wrong(start, String(column))
  }

  #wrong(start: number, expected: string): void {
    const place = this.#file.at(start, start + 1)
    const message = `${this.#column(start)} blanks stand in front, and ${expected} are expected`
    this.found.push({ part: 'indentation', message, place })
  }

  #column(offset: number): number {
    return this.#file.source.position(offset).column - 1
  }

  #indentOfLine(offset: number): number {
    const { line } = this.#file.source.position(offset)
    return /^[ ]*/.exec(this.#file.source.line(line))![0].length
  }

  #isFirst(offset: number): boolean {
    const { text } = this.#file.source
    return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset).trim() === ''
  }

  #isBelow(above: number, offset: number): boolean {
    return this.#file.source.position(above).line < this.#file.source.position(offset).line
  }
}

function isPair(item: unknown): item is Pair {
  return typeof item === 'object' && item !== null && 'key' in item && 'value' in item
}

function startOf(node: unknown): number | undefined {
  if (isPair(node)) return startOf(node.key) ?? startOf(node.value)
  return (node as Ranged | null)?.range?.[0]
}

function isEmpty(node: unknown): boolean {
  return (
    node === null ||
    (isScalar(node) && node.range !== undefined && node.range !== null && node.range[0] === node.range[1])
  )
}
