import { compareLoose, isInOrder } from '../filters/versions.ts'

const SEMANTIC = /^\d+\.\d+\.\d+(-[\dA-Za-z.-]+)?(\+[\dA-Za-z.-]+)?$/
const PART = /^\s*(==|!=|>=|<=|=|>|<)?\s*(\S+)\s*$/

interface Comparison {
  readonly operator: string
  readonly version: string
}

/** A range of versions of collections: comparisons with commas between them, all of which hold. */
export interface Range {
  readonly text: string
  readonly comparisons: readonly Comparison[]
  /** One version, named exactly. */
  readonly exact: string | undefined
}

/** Raises an Error with a sentence for a text that is no range. */
export function readRange(text: string): Range {
  const comparisons = text.split(',').flatMap((part): Comparison[] => {
    const [, operator = '==', version] = PART.exec(part) ?? []
    if (version === undefined)
      throw new Error(`"${text}" is no range of versions; write it as ">=1.0.0,<2.0.0"`)
    if (version === '*') return []
    return [{ operator: operator === '=' ? '==' : operator, version: padded(version, text) }]
  })
  const [only] = comparisons
  const exact = comparisons.length === 1 && only!.operator === '==' ? only!.version : undefined
  return { text, comparisons, exact }
}

/** "1" and "1.2" mean 1.0.0 and 1.2.0. */
function padded(version: string, range: string): string {
  const [, major, minor = '0', patch = '0', rest = ''] =
    /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?([-+].*)?$/.exec(version) ?? []
  const whole = `${major}.${minor}.${patch}${rest}`
  if (major === undefined || !SEMANTIC.test(whole))
    throw new Error(`"${version}" in "${range}" is no version; write it as 1.2.3`)
  return whole
}

export function isSemantic(version: string): boolean {
  return SEMANTIC.test(version)
}

/** Whether a version is in a range. Pre-releases are only where they are asked for, or one is named exactly. */
export function isIn(version: string, range: Range, withPre: boolean): boolean {
  if (!isSemantic(version)) return false
  if (!withPre && isPre(version) && range.exact === undefined) return false
  return range.comparisons.every((one) => isInOrder(version, one.version, one.operator, 'semver'))
}

function isPre(version: string): boolean {
  return SEMANTIC.exec(version)?.[1] !== undefined
}

/** The newest first; what is no semantic version is left out. */
export function newestFirst(versions: Iterable<string>): string[] {
  return [...versions]
    .filter(isSemantic)
    .sort((a, b) => (isInOrder(a, b, '<', 'semver') ? 1 : isInOrder(a, b, '>', 'semver') ? -1 : 0))
}

/** The newest of the versions of a role. Raises an Error with a sentence where two have no order. */
export function newestLoose(versions: readonly string[]): string | undefined {
  return [...versions].sort(compareLoose).at(-1)
}
