import { type Token, tokensOf } from '../jinja/lexer.ts'
import type { Options } from '../jinja/options.ts'
import { Left } from './left.ts'

/** A tag of a template, with where it stands; `end` lies behind its braces, and not behind a line end that goes with it. */
export interface Tag {
  readonly kind: 'print' | 'block' | 'comment'
  readonly start: number
  readonly end: number
  /** What is within, without the word of a block. */
  readonly tokens: readonly Token[]
  readonly word: string
  /** The text before it, as Jinja takes it, and where that begins in the file. */
  readonly before: string
  readonly beforeStart: number
}

/** The tags of a template with the text between them. */
export interface Tagged {
  readonly tags: readonly Tag[]
  /** The text behind the last tag. */
  readonly rest: string
  readonly restStart: number
  /** Some of the text stands between raw and endraw. */
  readonly hasRaw: boolean
}

/** Divides a template. Raises Left, and SyntaxFault. */
export function tagsOf(text: string, options: Options, from: number): Tagged {
  return new Divider(text, options).divide(from)
}

const RAW = /^\{%[-+]?\s*(?:end)?raw\s*[-+]?%\}/

class Divider {
  readonly #text: string
  readonly #options: Options
  readonly #tags: Tag[] = []
  #before = ''
  #beforeStart: number
  #hasRaw = false

  constructor(text: string, options: Options) {
    this.#text = text
    this.#options = options
    this.#beforeStart = 0
  }

  divide(from: number): Tagged {
    const tokens = tokensOf(this.#text, { ...this.#options, keepTrailingNewline: true }, from)
    this.#beforeStart = from
    let at = from
    for (let index = 0; index < tokens.length; index += 1) {
      const token = tokens[index]!
      this.#between(at, token.start)
      at = token.end
      if (token.type === 'data') {
        this.#before += token.value
        continue
      }
      const kind = token.type === 'variable_begin' ? 'print' : 'block'
      const first = index + 1
      while (!tokens[index]!.type.endsWith('_end')) index += 1
      const last = tokens[index]!
      at = last.end
      this.#tag(kind, token.start, last.start + this.#closing(last.start), tokens.slice(first, index))
    }
    this.#between(at, this.#text.length)
    return { tags: this.#tags, rest: this.#before, restStart: this.#beforeStart, hasRaw: this.#hasRaw }
  }

  #closing(at: number): number {
    return /^[-+]?[%}]\}/.exec(this.#text.slice(at, at + 3))![0].length
  }

  #tag(kind: Tag['kind'], start: number, end: number, tokens: readonly Token[]): void {
    const isBlock = kind === 'block'
    this.#tags.push({
      kind,
      start,
      end,
      tokens: isBlock ? tokens.slice(1) : tokens,
      word: isBlock ? tokens[0]!.value : '',
      before: this.#before,
      beforeStart: this.#beforeStart,
    })
    this.#before = ''
    this.#beforeStart = end
  }

  /** Comments and the tags of raw are no tokens. */
  #between(start: number, end: number): void {
    for (let at = start; at < end; at += 1) {
      const here = this.#text.slice(at, Math.min(end, at + 20))
      if (here.startsWith('{#')) {
        const close = this.#text.indexOf('#}', at + 2) + 2
        this.#tag('comment', at, close, [])
        at = close - 1
      } else if (RAW.test(here)) {
        this.#hasRaw = true
        at += RAW.exec(here)![0].length - 1
      } else if (!/\s/.test(here[0]!)) {
        throw new Left('white space and statements that lie so close are left', { start: at, end: at + 1 })
      }
    }
  }
}
