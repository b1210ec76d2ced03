import {
  type MappingEntry,
  type MappingNode,
  nodesOf,
  plainTag,
  type ScalarNode,
  type SequenceNode,
  type YamlNode,
} from './nodes.ts'
import { BREAK, type Style, styleOf } from './scalars.ts'
import { YamlWriter } from './writer.ts'

/** The keyword arguments of PyYAML's `yaml.dump`, with its defaults. */
export interface YamlOptions {
  /** Columns a level is indented by; 2 unless it is from 2 to 9. */
  readonly indent?: number
  /** The column behind which lines are folded: 80; negative for never. */
  readonly width?: number
  /** All lists and maps on one line (true), none (false), or those that hold scalars alone (null). */
  readonly default_flow_style?: boolean | null
  readonly default_style?: Style | '' | null
  readonly sort_keys?: boolean
  readonly allow_unicode?: boolean
  readonly explicit_start?: boolean
  readonly explicit_end?: boolean
  readonly line_break?: string | null
}

/**
 * A value as YAML, to the byte as PyYAML's CSafeDumper (libyaml 0.2.5) writes it. A list or map that is found twice gets
 * an anchor.
 */
export function dumpYaml(value: unknown, options: YamlOptions = {}): string {
  const { default_flow_style: flow = false, sort_keys: sortKeys = true, default_style: style } = options
  const root = nodesOf(value, { flow, sortKeys, styled: Boolean(style) })
  return new Emitter(root, options).emit()
}

interface Context {
  readonly inMapping?: boolean
  readonly simpleKey?: boolean
}

/** Lays nodes out, as libyaml's emitter does. */
class Emitter {
  readonly #root: YamlNode
  readonly #options: YamlOptions
  readonly #writer: YamlWriter
  readonly #unicode: boolean
  readonly #step: number
  readonly #width: number
  readonly #anchors: Map<YamlNode, string>
  readonly #written = new Set<YamlNode>()
  #indent = -1
  #flowLevel = 0

  constructor(root: YamlNode, options: YamlOptions) {
    const { indent = 2, width = 80, allow_unicode: unicode = false, line_break: lineBreak } = options
    this.#root = root
    this.#options = options
    this.#unicode = unicode
    this.#step = indent > 1 && indent < 10 ? indent : 2
    this.#width = width < 0 ? Number.POSITIVE_INFINITY : width <= this.#step * 2 ? 80 : width
    this.#anchors = anchorsOf(root)
    this.#writer = new YamlWriter({
      indent: this.#step,
      width: this.#width,
      unicode,
      lineBreak: lineBreak === '\r' || lineBreak === '\r\n' ? lineBreak : '\n',
    })
  }

  emit(): string {
    const writer = this.#writer
    if (this.#options.explicit_start) writer.indicator('---')
    this.#node(this.#root, {})
    writer.indentTo(0)
    if (this.#options.explicit_end || writer.openEnded) {
      writer.indicator('...')
      writer.indentTo(0)
    }
    return writer.text
  }

  #node(node: YamlNode, context: Context): void {
    const anchor = this.#anchors.get(node)
    if (anchor !== undefined && this.#written.has(node)) {
      this.#writer.indicator(`*${anchor}`)
      return
    }
    if (anchor !== undefined) this.#writer.indicator(`&${anchor}`)
    this.#written.add(node)
    if (node.kind === 'scalar') this.#scalar(node, context)
    else if (this.#flowLevel > 0 || node.flow) this.#flow(node)
    else if (node.kind === 'sequence') this.#sequence(node.items, context)
    else this.#mapping(node.entries)
  }

  #scalar(node: ScalarNode, { simpleKey = false }: Context): void {
    const wish = this.#options.default_style || 'plain'
    const style = styleOf(node, wish, { inFlow: this.#flowLevel > 0, simpleKey }, this.#unicode)
    const tag = tagOf(node, style)
    if (tag !== '') this.#writer.indicator(tag)
    this.#indented({ flow: true }, () => this.#writer.scalar(node.text, style, this.#indent, !simpleKey))
  }

  #sequence(items: readonly YamlNode[], { inMapping = false }: Context): void {
    // A list in a map stands below its key, not further in.
    const indentless = inMapping && !this.#writer.indention
    this.#indented({ indentless }, () => {
      for (const item of items) {
        this.#writer.indentTo(this.#indent)
        this.#writer.indicator('-', 'indents')
        this.#node(item, {})
      }
    })
  }

  #mapping(entries: readonly MappingEntry[]): void {
    this.#indented({}, () => {
      for (const entry of entries) {
        this.#writer.indentTo(this.#indent)
        this.#entry(entry)
      }
    })
  }

  /** A collection on one line, as far as the line is wide enough. */
  #flow(node: SequenceNode | MappingNode): void {
    const [open, close] = node.kind === 'sequence' ? ['[', ']'] : ['{', '}']
    this.#writer.indicator(open, 'opens')
    this.#flowLevel += 1
    this.#indented({ flow: true }, () => {
      if (node.kind === 'sequence') this.#flowParts(node.items, (item) => this.#node(item, {}))
      else this.#flowParts(node.entries, (entry) => this.#entry(entry))
    })
    this.#flowLevel -= 1
    this.#writer.indicator(close, 'attached')
  }

  #flowParts<Part>(parts: readonly Part[], write: (part: Part) => void): void {
    for (const [at, part] of parts.entries()) {
      if (at > 0) this.#writer.indicator(',', 'attached')
      if (this.#writer.column > this.#width) this.#writer.indentTo(this.#indent)
      write(part)
    }
  }

  #entry([key, value]: MappingEntry): void {
    const writer = this.#writer
    const inFlow = this.#flowLevel > 0
    if (isSimple(key)) {
      this.#node(key, { inMapping: true, simpleKey: true })
      writer.indicator(':', 'attached')
    } else {
      writer.indicator('?', inFlow ? 'spaced' : 'indents')
      this.#node(key, { inMapping: true })
      if (!inFlow || writer.column > this.#width) writer.indentTo(this.#indent)
      writer.indicator(':', inFlow ? 'spaced' : 'indents')
    }
    this.#node(value, { inMapping: true })
  }

  #indented({ flow = false, indentless = false }, write: () => void): void {
    const outer = this.#indent
    if (outer < 0) this.#indent = flow ? this.#step : 0
    else if (!indentless) this.#indent += this.#step
    write()
    this.#indent = outer
  }
}

/** Anchors of the nodes that are found more than once, numbered as their second places come. */
function anchorsOf(root: YamlNode): Map<YamlNode, string> {
  const anchors = new Map<YamlNode, string>()
  const seen = new Set<YamlNode>()
  const visit = (node: YamlNode): void => {
    if (node.kind === 'scalar') return
    if (seen.has(node)) {
      if (!anchors.has(node)) anchors.set(node, `id${String(anchors.size + 1).padStart(3, '0')}`)
      return
    }
    seen.add(node)
    if (node.kind === 'sequence') node.items.forEach(visit)
    else for (const [, value] of node.entries) visit(value)
  }
  visit(root)
  return anchors
}

/** Whether a key stands on one line with its value: it is short, in bytes, and has no line breaks. */
function isSimple({ text }: ScalarNode): boolean {
  return !BREAK.test(text) && Buffer.byteLength(text) <= LONGEST_KEY
}

/** The tag that has to be written, where quotes would make a text of what is none. */
function tagOf({ tag, text }: ScalarNode, style: Style): string {
  if (style === 'plain' || tag === 'str') return ''
  return tag === plainTag(text) ? '!' : `!!${tag}`
}

const LONGEST_KEY = 128
