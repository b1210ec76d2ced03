import { PythonError } from '../errors.ts'
import { checkLength } from '../limits.ts'
import { textLength } from '../sequence.ts'
import { sliceOf } from '../slices.ts'
import { Tuple } from '../tuple.ts'
import { typeName } from '../type-name.ts'
import { Undefined } from '../undefined.ts'
import { intArgument, type Methods, method, textArgument } from './define.ts'

type Search = (text: string, part: string) => number

const first: Search = (text, part) => text.indexOf(part)
const last: Search = (text, part) => text.lastIndexOf(part)

const finder = (search: Search, mustBeThere: boolean) =>
  method('sub start? end? /', (text: string, sub: unknown, start: unknown = null, end: unknown = null) => {
    const at = find(text, textArgument(sub, 'what is searched'), start, end, search)
    if (at === -1 && mustBeThere) throw new PythonError('ValueError', 'substring not found')
    return at
  })

export const searchMethods: Methods<string> = {
  find: finder(first, false),
  rfind: finder(last, false),
  index: finder(first, true),
  rindex: finder(last, true),
  count: method(
    'sub start? end? /',
    (text: string, sub: unknown, start: unknown = null, end: unknown = null) => {
      const part = textArgument(sub, 'what is counted')
      if (isBehind(text, start)) return 0
      const within = sliceOf(text, start, end, null) as string
      return part === '' ? textLength(within) + 1 : within.split(part).length - 1
    },
  ),
  startswith: method(
    'prefix start? end? /',
    (text: string, prefix: unknown, start: unknown = null, end: unknown = null) =>
      hasAffix(text, prefix, start, end, 'startswith', (within, affix) => within.startsWith(affix)),
  ),
  endswith: method(
    'suffix start? end? /',
    (text: string, suffix: unknown, start: unknown = null, end: unknown = null) =>
      hasAffix(text, suffix, start, end, 'endswith', (within, affix) => within.endsWith(affix)),
  ),
  replace: method('old new count? /', (text: string, old: unknown, by: unknown, count: unknown = -1) =>
    replace(
      text,
      textArgument(old, 'what is replaced'),
      textArgument(by, 'what replaces it'),
      intArgument(count),
    ),
  ),
  removeprefix: method('prefix /', (text: string, given: unknown) => {
    const prefix = textArgument(given, 'the prefix')
    return text.startsWith(prefix) ? text.slice(prefix.length) : text
  }),
  removesuffix: method('suffix /', (text: string, given: unknown) => {
    const suffix = textArgument(given, 'the suffix')
    return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text
  }),
}

function find(text: string, part: string, start: unknown, end: unknown, search: Search): number {
  if (start === null && end === null) return charactersBefore(text, search(text, part))
  if (isBehind(text, start)) return -1
  const within = sliceOf(text, start, end, null) as string
  const at = charactersBefore(within, search(within, part))
  if (at === -1) return -1
  const from = start === null ? 0 : intArgument(start)
  return at + (from < 0 ? Math.max(0, from + textLength(text)) : from)
}

function charactersBefore(text: string, at: number): number {
  return at <= 0 ? at : textLength(text.slice(0, at))
}

function isBehind(text: string, start: unknown): boolean {
  return start !== null && intArgument(start) > textLength(text)
}

function hasAffix(
  text: string,
  given: unknown,
  start: unknown,
  end: unknown,
  name: string,
  has: (within: string, affix: string) => boolean,
): boolean {
  const affixes = given instanceof Tuple ? given : [given]
  const within = start === null && end === null ? text : (sliceOf(text, start, end, null) as string)
  const isTooShort = isBehind(text, start)
  return affixes.some((affix) => {
    if (affix instanceof Undefined) affix.fail()
    if (typeof affix === 'string') return !isTooShort && has(within, affix)
    const message =
      given instanceof Tuple
        ? `tuple for ${name} must only contain str, not ${typeName(affix)}`
        : `${name} first arg must be str or a tuple of str, not ${typeName(affix)}`
    throw new PythonError('TypeError', message)
  })
}

function replace(text: string, old: string, by: string, count: number): string {
  if (count < 0 && old !== '' && by.length <= old.length) return text.replaceAll(old, () => by)
  const parts = old === '' ? ['', ...text, ''] : text.split(old)
  const most = count < 0 ? parts.length - 1 : Math.min(count, parts.length - 1)
  checkLength(text.length + most * by.length, 'characters')
  const head = parts.slice(0, most + 1).join(by)
  const rest = parts.slice(most + 1)
  return rest.length === 0 ? head : `${head}${old}${rest.join(old)}`
}
