import { plainTag, type ScalarNode } from './nodes.ts'

/** The ways to write a scalar, as YAML's indicators; plain has none. */
export type Style = 'plain' | "'" | '"' | '|' | '>'

/** Where a scalar stands. */
export interface ScalarPlace {
  readonly inFlow: boolean
  /** As a key on one line with its value. */
  readonly simpleKey: boolean
}

/** What libyaml takes for a line break. */
export const BREAK = /[\n\r\x85\u2028\u2029]/

/** The style that a scalar gets: the one wished for, or the next that can hold its text. */
export function styleOf(node: ScalarNode, wish: Style, place: ScalarPlace, unicode: boolean): Style {
  const { text } = node
  if (place.simpleKey && BREAK.test(text)) return '"'
  if (wish === 'plain' && isPlain(node, place, unicode)) return 'plain'
  if (wish === 'plain' || wish === "'") return isSingleQuoted(text, unicode) ? "'" : '"'
  const inBlock = wish !== '"' && !place.inFlow && !place.simpleKey && isBlock(text, unicode)
  return inBlock ? wish : '"'
}

function isPlain({ text, tag }: ScalarNode, { inFlow, simpleKey }: ScalarPlace, unicode: boolean): boolean {
  if (tag !== plainTag(text)) return false
  if (text === '') return !inFlow && !simpleKey
  if (EDGE.test(text) || BREAK.test(text) || isSpecial(text, unicode)) return false
  return !(inFlow ? FLOW_INDICATOR : BLOCK_INDICATOR).test(text)
}

function isSingleQuoted(text: string, unicode: boolean): boolean {
  return !BREAK_SPACE.test(text) && !SPACE_BREAK.test(text) && !isSpecial(text, unicode)
}

function isBlock(text: string, unicode: boolean): boolean {
  return text !== '' && !text.endsWith(' ') && !SPACE_BREAK.test(text) && !isSpecial(text, unicode)
}

function isSpecial(text: string, unicode: boolean): boolean {
  return (unicode ? NOT_PRINTABLE : NOT_ASCII).test(text)
}

// What is beyond the basic plane libyaml does not take for printable.
const NOT_PRINTABLE = /[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd]|\ufeff/u
const NOT_ASCII = /[^\n\x20-\x7e]/
const EDGE = /^[ \n\r\x85\u2028\u2029]|[ \n\r\x85\u2028\u2029]$/
const BREAK_SPACE = /[\n\r\x85\u2028\u2029] /
const SPACE_BREAK = / [\n\r\x85\u2028\u2029]/
const BLOCK_INDICATOR =
  /^(?:---|\.\.\.|[#,[\]{}&*!|>'"%@`])|^[?-](?![^\0 \t\n\r\x85\u2028\u2029])|:(?![^\0 \t\n\r\x85\u2028\u2029])|[\0 \t\n\r\x85\u2028\u2029]#/
const FLOW_INDICATOR =
  /^(?:---|\.\.\.|[#&*!|>'"%@`])|[,?[\]{}:]|^-(?![^\0 \t\n\r\x85\u2028\u2029])|[\0 \t\n\r\x85\u2028\u2029]#/
