import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { npm } from '../../../src/modules/packages/npm.ts'
import { CHECK, planOf, problemsOf, type Raw, RUN, rows } from '../../support/plan.ts'
import { FOLDER, statText } from '../../support/stat.ts'

const test = suite('npm')

const LIST = {
  dependencies: {
    a: { version: '1.0.0' },
    b: { version: '2.0.0', invalid: true },
    c: { missing: true, required: '^1' },
  },
}
const ONE = { dependencies: { a: { version: '1.0.0' } } }

type Sections = Readonly<Record<string, unknown>>

/** What npm prints in a folder that is there; it ends with 1 when something is missing. */
const printed = (sections: Sections) => [
  `1${FOLDER}0`,
  Object.entries({ npm: '', ...sections })
    .map(
      ([name, one]) =>
        `${name}\0${typeof one === 'string' ? one : JSON.stringify(one)}\0${name === 'npm' ? 0 : 1}\0`,
    )
    .join(''),
]

const TABLE: [raw: Raw, sections: Sections, changes: unknown[][]][] = [
  [{ name: 'a' }, { list: ONE }, []],
  [{ name: 'a', version: '1.0.0' }, { list: ONE }, []],
  [{ name: 'a@1.0.0' }, { list: ONE }, []],
  [{ name: 'a', version: '1.1.0' }, { list: ONE }, [['a', '1.0.0', '1.1.0']]],
  [{ name: 'new' }, { list: ONE }, [['new', null, 'installed']]],
  [{ name: 'new' }, { list: '' }, [['new', null, 'installed']]],
  [{}, { list: {} }, []],
  [
    {},
    { list: LIST },
    [
      ['b', '2.0.0', 'installed'],
      ['c', null, 'installed'],
    ],
  ],
  [
    { name: 'c' },
    { list: LIST },
    [
      ['b', '2.0.0', 'installed'],
      ['c', null, 'installed'],
    ],
  ],
  [
    { state: 'latest' },
    { list: ONE, outdated: { a: { current: '1.0.0', wanted: '1.2.0', latest: '2.0.0' } } },
    [['a', '1.0.0', '1.2.0']],
  ],
  [
    { state: 'latest' },
    { list: ONE, outdated: { a: { current: '1.0.0', wanted: '1.0.0', latest: '2.0.0' } } },
    [],
  ],
  [{ state: 'latest' }, { list: ONE, outdated: '' }, []],
  [{ name: 'a', state: 'absent' }, { list: ONE }, [['a', '1.0.0', null]]],
  [{ name: 'new', state: 'absent' }, { list: ONE }, []],
  [{ ci: true }, {}, [['/d', null, 'as package-lock.json says']]],
]

for (const [raw, sections, changes] of TABLE) {
  test(`${JSON.stringify(raw)} with ${JSON.stringify(sections)} plans just what differs`, () => {
    assert.equal(rows(planOf(npm, { path: '/d', ...raw }, printed(sections))), changes)
  })
}

test('npm is told all that the task says', () => {
  const raw = {
    ...{ path: '/d', name: 'a', version: '2', production: true, ignore_scripts: true, unsafe_perm: true },
    ...{ registry: 'https://r/', no_optional: true, no_bin_links: true, executable: '/n v/npm -q' },
  }
  const [action] = planOf(npm, raw, printed({ list: ONE })).actions!
  const script = action!.do === 'exec' ? action!.script : ''
  const flags =
    '--production --ignore-scripts --unsafe-perm --registry https://r/ --no-optional --no-bin-links -- a@2'
  assert.ok(script.includes(`\nnpm install ${flags} || exit`))
  const all = planOf(npm, { global: true, name: 'a', state: 'absent' }, ['0', printed({ list: ONE })[1]!])
    .actions![0]!
  assert.match(all.do === 'exec' ? all.script : '', /\nnpm uninstall --global -- a \|\| exit$/)
})

test('a folder that is missing is made for a named package', () => {
  const missing = ['00', 'npm\0\x000\0']
  assert.equal(rows(planOf(npm, { path: '/d', name: 'a' }, missing)), [
    ['folder /d', null, 'directory'],
    ['a', null, 'installed'],
  ])
  assert.match(planOf(npm, { path: '/d', state: 'latest' }, missing).failed ?? '', /^there is no folder \/d/)
  assert.equal(rows(planOf(npm, { path: '/d', name: 'a', state: 'absent' }, missing)), [])
  const file = [`1${statText()}0`, 'npm\0\x000\0']
  assert.is(planOf(npm, { path: '/d', name: 'a' }, file).failed, 'path /d is not a directory')
})

test('a host without npm is a failure, unless an earlier task may install it', () => {
  const without = [`1${FOLDER}0`, 'npm\0\x001\0']
  const of = (view: typeof RUN) => planOf(npm, { path: '/d', name: 'a' }, without, view)
  assert.match(of(RUN).failed ?? '', /^Failed to find required executable "npm"/)
  assert.equal(rows(of(CHECK)), [['a', null, 'installed']])
})

test('an answer that makes no sense is an error', () => {
  const of = (list: unknown) => planOf(npm, { path: '/d' }, printed({ list }))
  assert.throws(() => of('{'), /npm on the host printed what is not JSON/)
  assert.throws(() => of({ dependencies: [] }), /printed no map of packages/)
})

test('wrong arguments are refused', () => {
  const problem = (raw: Raw) => problemsOf(npm, { path: '/d', ...raw })[0] ?? ''
  assert.is(problem({ path: undefined, name: 'a' }), 'path must be specified when not using global')
  assert.is(problem({ state: 'absent' }), 'uninstalling a package is only available for named packages')
  for (const name of ['', '-g', 'a b', 'a\nb']) assert.match(problem({ name }), /is not a package/)
  for (const version of ['', '-x', 'a\nb', '/x'])
    assert.match(problem({ name: 'a', version }), /is not a version/)
  for (const registry of ['x', '-x', 'https://a b']) assert.match(problem({ registry }), /is not an address/)
  assert.match(problem({ version: '1' }), /none is named/)
})

test.run()
