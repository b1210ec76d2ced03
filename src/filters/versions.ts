import { didYouMean } from '../values/problem.ts'

type Compare = (a: string, b: string) => number

/** Ways to compare versions, by the names that the test `version` knows; each raises an Error with a sentence. */
const SCHEMES: Readonly<Record<string, Compare>> = {
  loose: compareLoose,
  strict: (a, b) => compareParts(strict(a), strict(b)),
  semver: (a, b) => compareParts(semantic(a), semantic(b)),
  semantic: (a, b) => compareParts(semantic(a), semantic(b)),
  pep440: (a, b) => compareParts(pep440(a), pep440(b)),
}

const OPERATORS: Readonly<Record<string, (order: number) => boolean>> = {
  '==': (order) => order === 0,
  '=': (order) => order === 0,
  eq: (order) => order === 0,
  '<': (order) => order < 0,
  lt: (order) => order < 0,
  '<=': (order) => order <= 0,
  le: (order) => order <= 0,
  '>': (order) => order > 0,
  gt: (order) => order > 0,
  '>=': (order) => order >= 0,
  ge: (order) => order >= 0,
  '!=': (order) => order !== 0,
  '<>': (order) => order !== 0,
  ne: (order) => order !== 0,
}

/** Whether two versions are in the order that an operator names. Raises an Error with a sentence. */
export function isInOrder(a: string, b: string, operator: string, scheme: string): boolean {
  const compare = known(SCHEMES, scheme, 'way to compare versions')
  const decides = known(OPERATORS, operator, 'comparison')
  return decides(compare(a, b))
}

function known<T>(table: Readonly<Record<string, T>>, name: string, what: string): T {
  if (Object.hasOwn(table, name)) return table[name]!
  const hint = didYouMean(name, Object.keys(table)) ?? `take one of ${Object.keys(table).join(', ')}`
  throw new Error(`"${name}" is no ${what}; ${hint}`)
}

/** Numbers and words in turn; a number and a word at the same place have no order, unless both are the same up to there. */
export function compareLoose(a: string, b: string): number {
  const [first, second] = [loose(a), loose(b)]
  for (const [index, part] of first.entries()) {
    if (index >= second.length) return 1
    const other = second[index]!
    if (part === other) continue
    if (typeof part !== typeof other)
      throw new Error(`the versions "${a}" and "${b}" have no order: ${part} is to be compared with ${other}`)
    return part < other ? -1 : 1
  }
  return first.length - second.length
}

function loose(version: string): (string | bigint)[] {
  const parts = version.match(/\d+|[a-z]+|\.|[^\da-z.]+/g) ?? []
  return parts.filter((part) => part !== '.').map((part) => (/^\d+$/.test(part) ? BigInt(part) : part))
}

/** What a version is made of, so that the order of the parts is that of the versions. */
type Parts = readonly (bigint | string | Parts)[]

function compareParts(a: Parts | bigint | string, b: Parts | bigint | string): number {
  if (typeof a === 'object' && typeof b === 'object') {
    for (const [index, part] of a.entries()) {
      if (index >= b.length) return 1
      const found = compareParts(part, b[index]!)
      if (found !== 0) return found
    }
    return a.length - b.length
  }
  return a < b ? -1 : a > b ? 1 : 0
}

/** As distutils had it: 1.2, 1.2.3, 1.2a1, 1.2.3b2. */
function strict(version: string): Parts {
  const [all, major, minor, patch, pre, number] =
    /^(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?$/.exec(version) ?? []
  if (all === undefined) throw new Error(`"${version}" is no strict version; write it as 1.2.3 or 1.2.3a1`)
  const release = [BigInt(major!), BigInt(minor!), BigInt(patch ?? 0)]
  return [release, pre === undefined ? ['z'] : [pre, BigInt(number!)]]
}

const SEMANTIC =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-z-][\da-z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-z-][\da-z-]*))*))?(?:\+[\da-z-]+(?:\.[\da-z-]+)*)?$/i

/** Semantic Versioning 2.0.0. */
function semantic(version: string): Parts {
  const [all, major, minor, patch, pre] = SEMANTIC.exec(version) ?? []
  if (all === undefined)
    throw new Error(`"${version}" is no semantic version; write it as 1.2.3 or 1.2.3-rc.1`)
  const release = [BigInt(major!), BigInt(minor!), BigInt(patch!)]
  return [release, pre === undefined ? [1n] : [0n, pre.split('.').map(identifier)]]
}

/** Numbers come before words. */
function identifier(text: string): Parts {
  return /^\d+$/.test(text) ? [0n, BigInt(text)] : [1n, text]
}

const PEP440 =
  /^\s*v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?(-\d+|[-_.]?(?:post|rev|r)[-_.]?\d*)?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z\d]+(?:[-_.][a-z\d]+)*))?\s*$/i

const PHASES: Readonly<Record<string, string>> = { alpha: 'a', beta: 'b', c: 'rc', pre: 'rc', preview: 'rc' }

/** A version of Python's packages (PEP 440). */
function pep440(version: string): Parts {
  const [all, epoch, release, phase, number, post, dev, devNumber, local] =
    PEP440.exec(version.toLowerCase()) ?? []
  if (all === undefined)
    throw new Error(`"${version}" is no version of PEP 440; write it as 1.2.3 or 1.2.3rc1`)
  const trimmed = release!.replace(/(?:\.0+)+$/, '')
  const isOnlyDev = phase === undefined && post === undefined && dev !== undefined
  return [
    BigInt(epoch ?? 0),
    trimmed.split('.').map(BigInt),
    // A development release of the version itself comes before its alphas, and a final one behind its candidates.
    phase === undefined ? [isOnlyDev ? 0n : 2n] : [1n, PHASES[phase] ?? phase, BigInt(number || 0)],
    post === undefined ? [0n] : [1n, BigInt(/\d*$/.exec(post)![0] || 0)],
    dev === undefined ? [1n] : [0n, BigInt(devNumber || 0)],
    local === undefined
      ? [0n]
      : [1n, local.split(/[-_.]/).map((part) => (/^\d+$/.test(part) ? [1n, BigInt(part)] : [0n, part]))],
  ]
}
