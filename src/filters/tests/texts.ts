import { itemsOf } from '../../python/sequence.ts'
import { str } from '../../python/text.ts'
import { isTruthy } from '../../python/truth.ts'
import { matching } from '../../values/matching.ts'
import { test } from '../define.ts'
import { isText, text } from '../given.ts'
import { expressionOf } from '../regexps.ts'
import { splitUrl } from '../urls.ts'
import { isInOrder } from '../versions.ts'

/** Regular expressions, versions, URLs. */
export const textTests = [
  test(
    'match',
    [{ pattern: '', ignorecase: false, multiline: false }],
    'An expression matches at its start.',
    (value: unknown, written: unknown, ignoreCase: unknown, multiline: unknown) =>
      isMatched(value, written, ignoreCase, multiline, 'match'),
  ),
  test(
    'search',
    [{ pattern: '', ignorecase: false, multiline: false }],
    'An expression matches somewhere in it.',
    (value: unknown, written: unknown, ignoreCase: unknown, multiline: unknown) =>
      isMatched(value, written, ignoreCase, multiline, 'search'),
  ),
  test(
    'regex',
    [{ pattern: '', ignorecase: false, multiline: false, match_type: 'search' }],
    'An expression matches in it; match_type is search, match or fullmatch.',
    isMatched,
  ),
  test(
    'version',
    ['version', { operator: 'eq', strict: null, version_type: null }],
    'As a version it compares so: version("1.2", ">="); version_type is loose, strict, semver or pep440.',
    (value: unknown, version: unknown, operator: unknown, strict: unknown, type: unknown) => {
      if (strict !== null && type !== null) throw new Error('version takes strict or version_type, not both')
      if (!isTruthy(value) || !isTruthy(version)) throw new Error('a version to compare is empty')
      const scheme = isTruthy(strict ?? false) ? 'strict' : isTruthy(type ?? false) ? str(type) : 'loose'
      return isInOrder(str(value), str(version), str(operator), scheme)
    },
  ),
  test('uri', [{ schemes: null }], 'It is a URI, of one of the schemes if any are given.', isUri),
  test(
    'url',
    [{ schemes: null }],
    'It is a URI with a host, or one of a file.',
    (value: unknown, schemes: unknown) => {
      if (!isUri(value, schemes)) return false
      const { netloc, scheme } = splitUrl(isText(value) ? value : '')
      return netloc !== '' || scheme === 'file'
    },
  ),
  test('urn', [], 'It is a URN.', (value: unknown) => isUri(value, ['urn'])),
]

type Way = 'search' | 'match' | 'fullmatch'

function isMatched(
  value: unknown,
  written: unknown,
  ignoreCase: unknown,
  multiline: unknown,
  way: unknown,
): boolean {
  const subject = str(value)
  const expression = expressionOf(
    subject,
    written,
    ignoreCase,
    multiline,
    (way as Way) === 'search' ? '' : 'y',
  )
  const found = matching({ expression, written: str(written), text: subject }, () => expression.exec(subject))
  return found !== null && (way !== 'fullmatch' || found[0].length === subject.length)
}

function isUri(value: unknown, schemes: unknown): boolean {
  try {
    const { scheme } = splitUrl(isText(value) || isTruthy(value) ? text(value) : '')
    return schemes === null || itemsOf(schemes).length === 0 || itemsOf(schemes).includes(scheme)
  } catch {
    return false
  }
}
