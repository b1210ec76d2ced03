import { linesOf } from '../../values/lines.ts'
import { matching } from '../../values/matching.ts'
import { pythonRegExp, pythonReplacement } from '../../values/regexp.ts'
import { toText } from '../../values/text.ts'
import { helper } from './define.ts'

/** Texts and regular expressions. */
export const textHelpers = [
  helper('upper', ['text:text'], 'Text in capitals.', (text) => text.toUpperCase()),
  helper('lower', ['text:text'], 'Text in small letters.', (text) => text.toLowerCase()),
  helper(
    'ljust',
    ['text:text', 'width:number'],
    'Text with blanks behind it, as wide as is said.',
    (text, width) => text.padEnd(width),
  ),
  helper('trim', ['text:text'], 'Text without white space at its ends.', (text) => text.trim()),
  helper(
    'capitalize',
    ['text:text'],
    'Text with its first letter a capital and the others small.',
    (text) => text.slice(0, 1).toUpperCase() + text.slice(1).toLowerCase(),
  ),
  helper(
    'replace',
    ['text:text', 'from:text', 'to:text'],
    'Text with every occurrence of a part replaced.',
    (text, from, to) => text.replaceAll(from, () => to),
  ),
  helper(
    'regex_replace',
    ['text:text', 'pattern:text', 'replacement:text'],
    'Text with every match of a regular expression replaced; \\1 and \\g<name> stand for its groups.',
    (text, pattern, replacement) => {
      const filled = pythonReplacement(replacement)
      return using(pattern, 'g', text, (expression) => text.replace(expression, filled))
    },
  ),
  helper(
    'regex_search',
    ['text:text', 'pattern:text', 'group?:text'],
    'What a regular expression (or one of its groups) finds first; null when it finds nothing.',
    (text, pattern, group = '0') => {
      const match = using(pattern, '', text, (expression) => expression.exec(text))
      if (match === null) return null
      const groups: Record<string, string | undefined> = {
        ...match.groups,
        ...Object.fromEntries(match.entries()),
      }
      if (!Object.hasOwn(groups, group)) throw new Error(`the regular expression has no group ${group}`)
      return groups[group] ?? null
    },
  ),
  helper(
    'match',
    ['text:text', 'pattern:text'],
    'Whether a regular expression matches at the start of a text.',
    (text, pattern) => using(pattern, 'y', text, (expression) => expression.test(text)),
  ),
  helper(
    'search',
    ['text:text', 'pattern:text'],
    'Whether a regular expression matches anywhere in a text.',
    (text, pattern) => using(pattern, '', text, (expression) => expression.test(text)),
  ),
  helper('concat', ['...parts:any'], 'All its arguments as one text.', (...parts) =>
    parts.map(toText).join(''),
  ),
  helper(
    'join',
    ['list:list', 'separator?:text'],
    'The items of a list as one text.',
    (list, separator = '') => list.map(toText).join(separator),
  ),
  helper(
    'split',
    ['text:text', 'separator?:text'],
    'The parts of a text between separators, or between white space.',
    (text, separator) => (separator === undefined ? (text.match(/\S+/g) ?? []) : text.split(separator)),
  ),
  helper('lines', ['text:text'], 'The lines of a text.', linesOf),
]

function using<T>(pattern: string, flags: string, text: string, work: (expression: RegExp) => T): T {
  const expression = pythonRegExp(pattern, flags)
  return matching({ expression, written: pattern, text }, () => work(expression))
}
