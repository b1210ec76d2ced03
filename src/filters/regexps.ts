import { findAll } from '../python/find-all.ts'
import { str } from '../python/text.ts'
import { isTruthy } from '../python/truth.ts'
import { matching } from '../values/matching.ts'
import { pythonRegExp, pythonReplacement } from '../values/regexp.ts'
import { filter, type Named } from './define.ts'
import { text } from './given.ts'

/** Regular expressions in Python's syntax. */
export const regexpFilters = [
  filter(
    'regex_replace',
    [{ pattern: '', replacement: '', ignorecase: false, multiline: false }],
    'A text with what an expression matches replaced; \\1 and \\g<name> stand for groups.',
    (value: unknown, written: unknown, replacement: unknown, ignoreCase: unknown, multiline: unknown) => {
      const subject = str(value)
      const expression = expressionOf(subject, written, ignoreCase, multiline, 'g')
      const replace = pythonReplacement(text(replacement))
      return matching({ expression, written: str(written), text: subject }, () =>
        subject.replace(expression, replace),
      )
    },
  ),
  filter(
    'regex_search',
    ['regex', '*groups', '**kwargs'],
    'What an expression matches first, or its groups "\\1" and "\\g<name>"; none without a match.',
    (value: unknown, written: unknown, groups: unknown[], named: Named) => {
      const subject = str(value)
      const wanted = groups.map(groupName)
      const expression = expressionOf(subject, written, named.ignorecase, named.multiline)
      const match = matching({ expression, written: str(written), text: subject }, () =>
        expression.exec(subject),
      )
      if (match === null) return null
      if (wanted.length === 0) return match[0]
      return wanted.map((group) => groupOf(match, group))
    },
  ),
  filter(
    'regex_findall',
    ['regex', { multiline: false, ignorecase: false }],
    'All that an expression matches: texts, its group, or lists of its groups.',
    (value: unknown, written: unknown, multiline: unknown, ignoreCase: unknown) => {
      const subject = str(value)
      const expression = expressionOf(subject, written, ignoreCase, multiline, 'g')
      return matching({ expression, written: str(written), text: subject }, () =>
        findAll(expression, subject),
      )
    },
  ),
  filter(
    'regex_escape',
    [{ re_type: 'python' }],
    'A text that an expression takes as it stands; re_type is python or posix_basic.',
    (value: unknown, kind: unknown) => {
      const plain = str(value)
      if (kind === 'python') return plain.replace(/[\t\n\v\f\r #$&()*+\-.?[\\\]^{|}~]/g, '\\$&')
      if (kind === 'posix_basic') return plain.replace(/[\].[^$*\\]/g, '\\$&')
      throw new Error(`re_type must be python or posix_basic, and ${str(kind)} is neither`)
    },
  ),
]

/** A regular expression for a text, with the flags that are asked for. */
export function expressionOf(
  subject: string,
  written: unknown,
  ignoreCase: unknown,
  multiline: unknown,
  flags = '',
): RegExp {
  const isAscii = /^[\x00-\x7f]*$/.test(subject)
  const asked = `${isTruthy(ignoreCase ?? false) ? 'i' : ''}${isTruthy(multiline ?? false) ? 'm' : ''}`
  return pythonRegExp(text(written), `${flags}${asked}${isAscii ? '' : 'u'}`)
}

function groupName(written: unknown): string | number {
  const [, name, number] = /^\\(?:g<(\S+)>|(\d+))/.exec(text(written)) ?? []
  const found = name ?? (number === undefined ? undefined : Number(number))
  if (found === undefined) throw new Error(`"${str(written)}" names no group; write "\\\\1" or "\\\\g<name>"`)
  return found
}

function groupOf(match: RegExpExecArray, name: string | number): string | null {
  const isNumber = typeof name === 'number'
  const known = isNumber ? name < match.length : match.groups !== undefined && name in match.groups
  if (!known) throw new Error(`the regular expression has no group ${name}`)
  return (isNumber ? match[name] : match.groups![name]) ?? null
}
