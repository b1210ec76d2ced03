import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { apt } from '../../../src/modules/packages/apt/index.ts'
import { parseSpec } from '../../../src/modules/packages/apt/options.ts'
import type { Module, ModuleContext } from '../../../src/sdk/module.ts'
import { footprintOf, planOf, problemsOf, RUN, rows } from '../../support/plan.ts'

/** NUL ends the part of each task. */
function planFrom(module: Module, raw: Record<string, unknown>, printed = '', view?: ModuleContext) {
  return planOf(module, raw, `${printed}\0`, view)
}

const names = suite('apt: names')

for (const [text, expected] of [
  ['hello', ['hello', undefined, undefined, undefined]],
  ['libc6:i386', ['libc6', 'i386', undefined, undefined]],
  ['g++', ['g++', undefined, undefined, undefined]],
  ['hello=2.10-3', ['hello', undefined, '=', '2.10-3']],
  ['hello:amd64=1:2.10*', ['hello', 'amd64', '=', '1:2.10*']],
  ['hello>=2.0~rc1', ['hello', undefined, '>=', '2.0~rc1']],
  ['lib*-dev', ['lib*-dev', undefined, undefined, undefined]],
  ['', undefined],
  ['-y', undefined],
  ['a b', undefined],
  ["a'b", undefined],
  ['a\nb', undefined],
  ['a=', undefined],
  ['a;b', undefined],
  // apt-get would remove the one, and take the others for files, tasks, releases and patterns.
  ['tcsh-', undefined],
  ['tcsh:amd64-', undefined],
  ['hello=2.10-', undefined],
  ['hello.deb', undefined],
  ['hello.dsc', undefined],
  ['./hello', undefined],
  ['hello/bookworm', undefined],
  ['tasks^', undefined],
  ['~ninstalled', undefined],
  ['+hello', undefined],
  ['@hello', undefined],
  ['%hello', undefined],
] as const) {
  names(`${JSON.stringify(text)} is ${expected === undefined ? 'no package' : 'read in its parts'}`, () => {
    const spec = parseSpec(text)
    assert.equal(spec && [spec.name, spec.architecture, spec.comparison, spec.version], expected)
  })
}

names.run()

const INSTALL = `known not-installed|hello|amd64|
todo hello
simulated install 0
=Reading package lists...
=Inst dep [1.0-1] (1.1-1 Debian:12.11/stable [all])
=Inst hello (2.10-3 Debian:12.11/stable [amd64])
=Conf hello (2.10-3 Debian:12.11/stable [amd64])
`

const plans = suite('apt: plan')

for (const [what, raw, output, expected] of [
  ['in sync', { name: 'hello' }, 'known installed|hello|amd64|2.10-3|\ntodo \n', []],
  [
    'missing',
    { name: 'hello' },
    INSTALL,
    [
      ['dep', '1.0-1', '1.1-1'],
      ['hello', null, '2.10-3'],
    ],
  ],
  ['not there', { name: 'hello', state: 'absent' }, 'todo \n', []],
  [
    'there, and needed by another',
    { name: 'hello', state: 'absent' },
    'todo  hello:amd64\nsimulated remove 0\n=Remv other [1]\n=Remv hello [2.10-3]\n',
    [
      ['other', '1', null],
      ['hello', '2.10-3', null],
    ],
  ],
  [
    'only its configuration is there',
    { name: 'hello', state: 'absent', purge: true },
    'todo  hello:amd64\nsimulated remove 0\n=Purg hello []\n',
    [['hello', 'configuration files', null]],
  ],
  [
    'nothing newer',
    { name: 'hello', state: 'latest' },
    'todo  hello\nsimulated install 0\n=0 upgraded\n',
    [],
  ],
  [
    'newer',
    { upgrade: 'dist' },
    'todo \nsimulated upgrade 0\n=Inst a [1] (2 Debian [amd64])\n=Remv b [3]\n',
    [
      ['a', '1', '2'],
      ['b', '3', null],
    ],
  ],
  ['nothing to clean', { clean: true }, '', []],
  ['files to clean', { clean: true }, 'fetched \n', [['fetched files', 'some', null]]],
  [
    'old files',
    { autoclean: true },
    'simulated autoclean 0\n=Del a 1.0 [5 kB]\n',
    [['fetched file of a', '1.0', null]],
  ],
  ['old lists', { update_cache: true }, 'age 99\n', [['package lists', '99 seconds old', 'fetched']]],
  ['no lists', { update_cache: true }, 'age 0\n', [['package lists', '0 seconds old', 'fetched']]],
  ['new lists', { cache_valid_time: 3600 }, 'age 99\n', []],
  [
    'lists just too old',
    { cache_valid_time: 99 },
    'age 99\n',
    [['package lists', '99 seconds old', 'fetched']],
  ],
  ['lists that nothing depends on', { name: 'hello', update_cache: true }, 'age 99\ntodo \n', []],
  [
    'lists and a package',
    { name: 'hello', update_cache: true },
    `age 99\n${INSTALL}`,
    [
      ['package lists', '99 seconds old', 'fetched'],
      ['dep', '1.0-1', '1.1-1'],
      ['hello', null, '2.10-3'],
    ],
  ],
  [
    'a package that only newer lists may have',
    { name: 'hello', update_cache: true },
    'age 99\ntodo  hello\nsimulated install 100\n=E: Unable to locate package hello\n',
    [
      ['package lists', '99 seconds old', 'fetched'],
      ['hello', null, 'installed'],
    ],
  ],
] as const) {
  plans(`what differs is planned, and nothing else: ${what}`, () =>
    assert.equal(rows(planFrom(apt, raw, output)), expected),
  )
}

const AUTOMATIC =
  'known installed|hello|amd64|2.10-3|\nmark Package: hello\nmark Architecture: amd64\nmark Auto-Installed: 1\ntodo '

for (const [what, output, expected, silent] of [
  ['manual', 'known installed|hello|amd64|2.10-3|\ntodo \n', [], undefined],
  ['automatic', `${AUTOMATIC}\n`, [['mark of hello', 'automatic', 'manual']], true],
  [
    'automatic, and another is missing',
    `${AUTOMATIC}dep\nsimulated install 0\n=Inst dep (1.1-1 Debian:12.11/stable [all])\n`,
    [
      ['dep', null, '1.1-1'],
      ['mark of hello', 'automatic', 'manual'],
    ],
    undefined,
  ],
] as const) {
  plans(`what is asked for by name is marked manual, which alone is no change: ${what}`, () => {
    const plan = planFrom(apt, { name: ['hello', 'dep'] }, output)
    assert.equal(rows(plan), expected)
    assert.is(plan.silent, silent)
    const marked = JSON.stringify(plan.actions ?? []).includes('apt-mark manual hello || exit')
    assert.is(marked, output.includes('mark'))
  })
}

plans('what apt-get would fail at is a failure of the plan', () => {
  const output = 'todo  hello\nsimulated install 100\n=Reading\n=E: Unable to locate package hello\n'
  assert.is(
    planFrom(apt, { name: 'hello' }, output).failed,
    'apt-get install would fail: Unable to locate package hello',
  )
  assert.match(planFrom(apt, { name: 'nothing*' }, 'todo \n').failed!, /no package that matches nothing\*/)
})

plans('wrong arguments are refused', () => {
  assert.match(problemsOf(apt, { name: ['hello', '-y'] })[0]!, /"-y" is not a package/)
  assert.match(problemsOf(apt, { name: 'a', upgrade: 'yes' })[0]!, /exclude each other/)
  assert.match(problemsOf(apt, { deb: 'http://x/y.deb' })[0]!, /path on the host/)
  assert.match(problemsOf(apt, { name: 'a=1', state: 'latest' })[0]!, /version and state latest/)
})

plans('options of apt-get follow the arguments', () => {
  const raw = {
    name: 'hello',
    install_recommends: false,
    default_release: 'a b',
    purge: true,
    policy_rc_d: 101,
  }
  const state = {
    age: undefined,
    known: [],
    todo: ['hello'],
    simulations: new Map([['install', { code: 0, text: 'Inst hello (1 Debian [amd64])' }]]),
    fetched: false,
    automatic: [],
  }
  const args = {
    ...raw,
    name: ['hello'],
    state: 'present',
    dpkg_options: 'force-confold',
    lock_timeout: 0,
    upgrade: 'no',
  }
  const [action] = apt.plan(args as never, state, RUN).actions!
  const script = action?.do === 'exec' ? action.script : ''
  assert.match(
    script,
    /^apt-get -y -q -o DPkg::Lock::Timeout=0 -o Dpkg::Options::=--force-confold -t 'a b' -o APT::Install-Recommends=no --purge install hello \|\| exit$/m,
  )
  assert.match(script, /exit 101/)
})

plans.run()

const apart = suite('apt: footprint')

apart(
  'what is there already goes by the packages alone, but for a file of which nobody says who writes it',
  () => {
    const known = 'known installed|a|amd64|1|\ntodo \n'
    assert.equal(footprintOf(apt, { name: 'a' }, `${known}\0`), {
      reads: { names: ['packages'] },
      writes: {},
    })
    assert.is(footprintOf(apt, { deb: '/a.deb' }, 'todo \n\0'), undefined)
    const due = 'todo  a\nsimulated install 0\n=Inst a (1 Debian [amd64])\n\0'
    assert.is(footprintOf(apt, { name: 'a' }, due)!.writes, 'anything')
  },
)

apart.run()
