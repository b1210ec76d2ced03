import { didYouMean } from '../values/problem.ts'
import { addressFilters } from './addresses/index.ts'
import { addressTests } from './addresses/tests.ts'
import { combineFilters } from './combine.ts'
import { commentFilters } from './comment.ts'
import { dateFilters } from './dates.ts'
import { alias, type Callable, type CallContext, type Named } from './define.ts'
import { dumpFilters } from './dumps.ts'
import { encodingFilters } from './encodings.ts'
import { generalFilters } from './general/index.ts'
import { listFilters } from './lists.ts'
import { logicFilters } from './logic.ts'
import { mapFilters } from './maps.ts'
import { numberFilters } from './numbers.ts'
import { pathFilters } from './paths.ts'
import { productFilters } from './products.ts'
import { randomFilters } from './random.ts'
import { regexpFilters } from './regexps.ts'
import { selectionFilters } from './selection.ts'
import { setFilters } from './sets.ts'
import { fileTests } from './tests/files.ts'
import { listTests } from './tests/lists.ts'
import { resultTests } from './tests/results.ts'
import { textTests } from './tests/texts.ts'
import { valueTests } from './tests/values.ts'
import { textFilters } from './text.ts'
import { urlFilters } from './urls.ts'
import { vaultFilters } from './vault.ts'
import { wrapFilters } from './wordwrap.ts'

/** The filters by theme, for the documentation. */
const filterThemes: Readonly<Record<string, readonly Callable[]>> = {
  logic: logicFilters,
  text: [...textFilters, ...wrapFilters, ...commentFilters],
  'regular expressions': regexpFilters,
  lists: [...listFilters, ...setFilters, ...productFilters],
  'each item of a list': selectionFilters,
  maps: [...mapFilters, ...combineFilters],
  numbers: numberFilters,
  paths: pathFilters,
  'formats and hashes': [...dumpFilters, ...encodingFilters, ...vaultFilters],
  'dates and chance': [...dateFilters, ...randomFilters],
  URLs: urlFilters,
  addresses: addressFilters,
  'community.general': generalFilters,
}

/** The tests by theme. */
const testThemes: Readonly<Record<string, readonly Callable[]>> = {
  values: valueTests,
  'texts and versions': textTests,
  lists: listTests,
  'results of tasks': resultTests,
  'files on the controller': fileTests,
  addresses: addressTests,
}

/** Collections whose filters and tests are here, by the theme; all others are ansible.builtin's. */
const COLLECTIONS: Readonly<Record<string, readonly string[]>> = {
  addresses: ['ansible.utils', 'ansible.netcommon'],
  'community.general': ['community.general'],
}

const FILTER_ALIASES = { d: 'default', count: 'length', e: 'escape' }

const TEST_ALIASES = {
  '==': 'eq',
  equalto: 'eq',
  '!=': 'ne',
  '<': 'lt',
  lessthan: 'lt',
  '<=': 'le',
  '>': 'gt',
  greaterthan: 'gt',
  '>=': 'ge',
  failure: 'failed',
  success: 'succeeded',
  successful: 'succeeded',
  change: 'changed',
  skip: 'skipped',
  issubset: 'subset',
  issuperset: 'superset',
  isnan: 'nan',
  version_compare: 'version',
}

const BUILTIN = ['ansible.builtin', 'ansible.legacy']

/** Every filter by its name. */
export const filters = byName(filterThemes, FILTER_ALIASES)

/** Every test by its name. */
export const tests = byName(testThemes, TEST_ALIASES)

/** What plugins of a run bring, by name; it stands over what is here. */
export const added = { filters: new Map<string, Callable>(), tests: new Map<string, Callable>() }

export function filterNamed(name: string): Callable | undefined {
  return added.filters.get(name) ?? filters.get(name)
}

export function testNamed(name: string): Callable | undefined {
  return added.tests.get(name) ?? tests.get(name)
}

function byName(
  themes: Readonly<Record<string, readonly Callable[]>>,
  aliases: Readonly<Record<string, string>>,
): ReadonlyMap<string, Callable> {
  const found = new Map<string, Callable>()
  for (const [theme, callables] of Object.entries(themes)) {
    const own = callables.flatMap((callable) => {
      const others = Object.keys(aliases).filter((name) => aliases[name] === callable.name)
      return [callable, ...others.map((name) => alias(name, callable))]
    })
    for (const callable of own) {
      found.set(callable.name, callable)
      for (const collection of COLLECTIONS[theme] ?? BUILTIN)
        found.set(`${collection}.${callable.name}`, callable)
    }
  }
  return found
}

/** What a filter gives, by its name. Raises an Error with a sentence. */
export function callFilter(
  name: string,
  value: unknown,
  args: readonly unknown[] = [],
  named: Named = {},
): unknown {
  return must(filterNamed(name), filters, name, 'filter').call(callContext, value, args, named)
}

/** What a test gives, by its name; a value that counts as true is a yes. Raises an Error with a sentence. */
export function callTest(
  name: string,
  value: unknown,
  args: readonly unknown[] = [],
  named: Named = {},
): unknown {
  return must(testNamed(name), tests, name, 'test').call(callContext, value, args, named)
}

/** What filters and tests are called with. */
export const callContext: CallContext = {
  filter: callFilter,
  test: callTest,
  hasFilter: (name) => filterNamed(name) !== undefined,
  hasTest: (name) => testNamed(name) !== undefined,
}

function must(
  found: Callable | undefined,
  known: ReadonlyMap<string, Callable>,
  name: string,
  what: string,
): Callable {
  if (found !== undefined) return found
  const hint = didYouMean(name, known.keys())
  throw new Error(`there is no ${what} "${name}"${hint === undefined ? '' : `; ${hint}`}`)
}
