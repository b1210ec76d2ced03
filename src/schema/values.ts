import type { Option } from '../sdk/options.ts'
import { toBoolean } from '../values/truth.ts'
import type { SchemaObject } from './json-schema.ts'

/** What a text with a template in it holds; Handlebars and Jinja begin alike. */
const TEMPLATE = String.raw`\{[{%]`

const TRUTH = wordPattern(['true', 'yes', 'on', '1', 'y', 't', 'false', 'no', 'off', '0', 'n', 'f'])

/** Truths as they are read: YAML 1.2 makes texts of yes and off. A template may stand for one. */
export const truth: SchemaObject = {
  type: ['boolean', 'string', 'integer', 'null'],
  pattern: `${TRUTH}|${TEMPLATE}`,
  patternErrorMessage: 'true or false is expected, or a template',
}

const number: SchemaObject = {
  type: ['number', 'string', 'null'],
  pattern: String.raw`^\s*[-+]?[\d_]*\.?\d+([eE][-+]?\d+)?\s*$|${TEMPLATE}`,
  patternErrorMessage: 'a number is expected, or a template',
}

const whole: SchemaObject = {
  type: ['integer', 'string', 'null'],
  pattern: String.raw`^\s*[-+]?[\d_]+(\.0+)?\s*$|${TEMPLATE}`,
  patternErrorMessage: 'a whole number is expected, or a template',
}

const plain: SchemaObject = { type: ['string', 'number', 'boolean', 'null'] }
const strings: SchemaObject = { type: ['array', 'string', 'number', 'boolean', 'null'] }

/** What is taken by a type of options: the value, a text that is read as one, or a template; null is as nothing said. */
const TYPES: Readonly<Record<Option['type'], SchemaObject>> = {
  any: {},
  archive: plain,
  bool: truth,
  conditions: { type: ['string', 'boolean', 'number', 'array', 'null'] },
  expression: {},
  file: plain,
  float: number,
  int: whole,
  list: {},
  map: { type: ['object', 'string', 'null'] },
  mode: plain,
  path: plain,
  script: plain,
  str: {},
  strings,
  template: plain,
}

/** What an option or a keyword takes, and what it is. */
export function optionSchema({ type, help, choices, synonyms, default: otherwise }: Option): SchemaObject {
  const told = {
    description: help,
    ...(otherwise !== undefined && { default: otherwise }),
  }
  if (choices === undefined) return { ...told, ...TYPES[type] }
  const one = chosen([...choices, ...Object.keys(synonyms ?? {})])
  if (type !== 'strings' && type !== 'list') return { ...told, ...one }
  // A text may hold several between commas.
  return { ...told, ...strings, items: one }
}

/** One of some words, or a template; what YAML makes of such a word counts too. */
function chosen(words: readonly string[]): SchemaObject {
  return {
    anyOf: [{ enum: words.flatMap(written) }, { type: 'null' }, { type: 'string', pattern: TEMPLATE }],
  }
}

function written(word: string): unknown[] {
  if (/^\d+$/.test(word)) return [word, Number(word)]
  const truthOf = /^\d/.test(word) ? undefined : toBoolean(word)
  return truthOf === undefined ? [word] : [word, truthOf]
}

/** Whole words, capitals or not: patterns of JSON Schema have no flag for that. */
function wordPattern(words: readonly string[]): string {
  const either = (letter: string) => (/[a-z]/.test(letter) ? `[${letter}${letter.toUpperCase()}]` : letter)
  return String.raw`^\s*(${words.map((word) => [...word].map(either).join('')).join('|')})\s*$`
}
