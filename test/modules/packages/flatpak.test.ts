import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { flatpak } from '../../../src/modules/packages/flatpak/index.ts'
import { CHECK, planOf, problemsOf, type Raw, RUN, rows } from '../../support/plan.ts'

const test = suite('flatpak')

const section = (name: string, text: string, code = 0) => `${name}\0${text}\0${code}\0`

const INSTALLED = `app/org.a.App/x86_64/stable\t111111111111\torg.a.Run/x86_64/1\town
app/org.a.Two/x86_64/beta\t222222222222\torg.a.Run/x86_64/1\town
app/org.a.Two/x86_64/stable\t333333333333\torg.a.Old/x86_64/1\tgone
runtime/org.a.Run/x86_64/1\t444444444444\t\town
runtime/org.a.Old/x86_64/1\t555555555555\t\town
`
const REMOTES = 'own\tno-gpg-verify\noff\tdisabled,no-gpg-verify\nbare\n'

/** What the probe prints. */
const host = (answers: Readonly<Record<string, string>> = {}, code = 0) =>
  [
    section('flatpak', ''),
    section('installed', INSTALLED),
    section('remotes', REMOTES),
    ...Object.entries(answers).map(([name, text]) => section(name, text, code)),
  ].join('')

const commit = (digit: string) => digit.repeat(64)
const offered = (ref: string) => `F: a word of flatpak's\n${ref} ${commit('9')}\n`
const UPDATES = `app/org.a.Two/x86_64/beta\taaaaaaaaaaaa
runtime/org.a.Run/x86_64/1\tbbbbbbbbbbbb
runtime/org.a.Run.Locale/x86_64/1\tcccccccccccc
`
/** A fetched file as `readFetched` reads it. */
const fetched = (text: string) => `${Buffer.from(text).toString('base64')}\nstatus 0`
const ref = (name: string, more = '') => fetched(`[Flatpak Ref]\nName=${name}\n${more}`)

const own = (raw: Raw): Raw => ({ remote: 'own', ...raw })

const TABLE: [raw: Raw, answers: Readonly<Record<string, string>>, changes: unknown[][]][] = [
  [own({ name: ['org.a.App', 'org.a.Two', 'runtime/org.a.Run//1'] }), {}, []],
  [own({ name: 'org.a.Two//beta' }), {}, []],
  [
    own({ name: ['org.a.App', 'org.a.New', 'app/org.a.New'] }),
    {
      offered1: offered('app/org.a.New/x86_64/stable'),
      offered2: offered('app/org.a.New/x86_64/stable'),
    },
    [['org.a.New/x86_64/stable', null, '999999999999']],
  ],
  [
    own({ name: 'org.a.App//dev' }),
    { offered0: offered('app/org.a.App/x86_64/dev') },
    [['org.a.App/x86_64/dev', null, '999999999999']],
  ],
  [
    own({ name: 'runtime/org.a.App' }),
    { offered0: offered('runtime/org.a.App/x86_64/1') },
    [['org.a.App/x86_64/1', null, '999999999999']],
  ],
  [
    own({ name: 'org.a.Two', state: 'latest' }),
    { updates: UPDATES },
    [
      ['org.a.Two/x86_64/beta', '222222222222', 'aaaaaaaaaaaa'],
      ['org.a.Run/x86_64/1', '444444444444', 'bbbbbbbbbbbb'],
    ],
  ],
  [
    own({ name: ['org.a.App', 'org.a.Two'], state: 'latest', no_dependencies: true }),
    { updates: UPDATES },
    [['org.a.Two/x86_64/beta', '222222222222', 'aaaaaaaaaaaa']],
  ],
  [own({ name: 'org.a.Two//stable', state: 'latest' }), { updates: UPDATES }, []],
  [
    { name: ['org.a.Two', 'org.a.Two//beta', 'org.a.Old', 'org.a.None'], state: 'absent' },
    {},
    [
      ['org.a.Two/x86_64/beta', '222222222222', null],
      ['org.a.Two/x86_64/stable', '333333333333', null],
      ['org.a.Old/x86_64/1', '555555555555', null],
    ],
  ],
  [{ name: 'org.a.Two/aarch64', state: 'absent' }, {}, []],
  [{ name: 'org.a.Ap', state: 'absent' }, {}, []],
  [{ name: 'http://h/x.flatpakref' }, { fetched0: ref('org.a.App', 'Branch=stable\n') }, []],
  [
    { name: 'http://h/x.flatpakref' },
    { fetched0: ref('org.a.App') },
    [['org.a.App//master', null, 'installed']],
  ],
  [{ name: 'http://h/x.flatpakref' }, { fetched0: ref('org.a.Run', 'Branch = 1\r\nIsRuntime=true') }, []],
  [{ name: 'org.a.App', from_url: 'http://h/x' }, {}, []],
  [
    { name: 'org.a.New', from_url: 'http://h/x' },
    { fetched0: ref('org.a.New', 'Branch=stable\n[Other]\nName=org.a.App') },
    [['org.a.New//stable', null, 'installed']],
  ],
  [
    { name: 'https://h/y/org.a.App.flatpakref?z', state: 'absent' },
    { fetched0: '\n404\nstatus 22' },
    [['org.a.App/x86_64/stable', '111111111111', null]],
  ],
]

for (const [raw, answers, changes] of TABLE)
  test(`${JSON.stringify(raw)} with ${Object.keys(answers).join(' and ') || 'nothing'} plans just what differs`, () => {
    assert.equal(rows(planOf(flatpak, raw, host(answers))), changes)
  })

test('flatpak is told all that the task says, and the result has it', () => {
  const command = (raw: Raw, answers: Readonly<Record<string, string>> = {}) =>
    planOf(flatpak, raw, host(answers)).result?.command
  const offers = {
    offered0: offered('app/org.a.New/x86_64/stable'),
    offered1: offered('app/org.b.New/x86_64/beta'),
    fetched2: ref('org.a.C'),
    updates: '',
  }
  const name = ['org.a.New', 'org.b.New//beta', "https://h/it's.flatpakref"]
  assert.is(
    command(own({ name, no_dependencies: true, method: 'user' }), offers),
    "flatpak install --user --noninteractive --no-deps --from -- 'https://h/it'\\''s.flatpakref'; flatpak install --user --noninteractive --no-deps -- own app/org.a.New/x86_64/stable app/org.b.New/x86_64/beta",
  )
  assert.is(
    command(own({ name: ['org.a.Two'], state: 'latest', executable: '-f' }), { updates: UPDATES }),
    './-f update --system --noninteractive -- app/org.a.Two/x86_64/beta runtime/org.a.Run/x86_64/1',
  )
  assert.is(
    command({ name: 'org.a.App', state: 'absent' }),
    'flatpak uninstall --system --noninteractive -- app/org.a.App/x86_64/stable',
  )
  assert.is(command({ name: 'org.a.App' }), undefined)
})

test('what an earlier task may bring is a failure only in a run', () => {
  const table: [Raw, string, RegExp][] = [
    [{ name: 'org.a.New' }, section('flatpak', '', 1), /^Executable 'flatpak' was not found/],
    [{ name: 'http://h/x.flatpakref' }, section('flatpak', '', 1), /^Executable 'flatpak' was not found/],
    [{ name: 'org.a.New' }, host(), /^remote "flathub" is not in the system installation: /],
    [{ name: 'org.a.New', remote: 'off' }, host(), /^remote "off" is disabled: /],
  ]
  for (const [raw, text, told] of table) {
    assert.match(planOf(flatpak, raw, text).failed ?? '', told)
    const [row] = rows(planOf(flatpak, raw, text, CHECK))
    assert.equal(row, [raw.name, null, 'installed'])
  }
})

test('what is not there to be had, or to be removed, is a failure in check mode too', () => {
  const table: [Raw, Readonly<Record<string, string>>, string][] = [
    [
      own({ name: 'org.a.New' }),
      { offered0: "F: x\nerror: Can't find ref org.a.New\n" },
      "Can't find ref org.a.New",
    ],
    [{ name: 'org.a.New', remote: 'bare' }, {}, 'remote "bare" does not say what org.a.New is'],
    [{ name: 'http://h/x' }, { fetched0: '\n404\nstatus 22' }, 'http://h/x: 404'],
    [
      { name: 'http://h/x', state: 'absent' },
      { fetched0: fetched('[Flatpak Ref]\nName=-x') },
      'http://h/x: it is no .flatpakref that names an id',
    ],
    [
      { name: 'org.a.New//beta', from_url: 'http://h/x' },
      { fetched0: ref('org.a.New', 'Branch=stable') },
      'http://h/x is of org.a.New//stable, and not of org.a.New//beta',
    ],
    [
      own({ name: 'org.a.App', state: 'latest' }),
      { updates: `F: x\n${UPDATES}error: While fetching https://u:secret@h/: no\n` },
      'While fetching https://u:********@h/: no',
    ],
    [
      { name: 'org.a.Run', state: 'absent' },
      {},
      'org.a.Run/x86_64/1 cannot be removed: org.a.App/x86_64/stable needs it',
    ],
  ]
  for (const [raw, answers, told] of table)
    for (const view of [CHECK, RUN]) assert.is(planOf(flatpak, raw, host(answers, 1), view).failed, told)
})

test('a password of an address is told nowhere', () => {
  const name = 'https://u:s3cret@h/x'
  const raws: [Raw, string][] = [
    [{ name }, ref('org.a.New')],
    [{ name }, '\nhttps://u:s3cret@h/x: 404\nstatus 22'],
    [{ name: 'org.a.New', from_url: name }, ref('org.a.Other')],
  ]
  for (const [raw, fetched0] of raws) {
    const { actions, ...plan } = planOf(flatpak, raw, host({ fetched0 }))
    assert.match(JSON.stringify(plan), /u:\*{8}@h/)
    assert.not(JSON.stringify(plan).includes('s3cret'))
  }
})

test('what is masked is not updated, with a warning', () => {
  const held = (mask: string) => {
    const raw = own({ name: 'org.a.Two//beta', state: 'latest', no_dependencies: true })
    const { changes, warnings } = planOf(flatpak, raw, host({ updates: UPDATES, masks: `  ${mask}\n` }))
    return changes.length === 0 && warnings?.length === 1
  }
  const masks = [
    'org.a.Two',
    'org.*',
    '*.Two',
    'o*a*o',
    'app/org.a.Two',
    'org.a.Two/x86*',
    'org.a.Two//b*a',
    '*//beta',
  ]
  for (const mask of masks) assert.ok(held(mask), mask)
  const others = [
    'org.a.Tw',
    'runtime/org.a.Two',
    'org.a.Two/arm*',
    'org.a.Two//stable',
    'x*',
    '*x',
    'o*org*',
  ]
  for (const mask of others) assert.not(held(mask), mask)
})

test('an answer that makes no sense is an error', () => {
  const of = (name: string, text: string) => () =>
    planOf(flatpak, { name: 'org.a.App', state: 'latest' }, section('flatpak', '') + section(name, text))
  assert.throws(of('installed', 'org.a.App\t1\n'), /listed "org.a.App\t1", which is nothing installed/)
  assert.throws(of('updates', 'app/org.a.App/x/y\n'), /which is no update/)
})

test('wrong arguments are refused', () => {
  const problem = (raw: Raw) => problemsOf(flatpak, { name: ['org.a.App'], ...raw })[0] ?? ''
  const names = [
    '',
    '-a',
    'gimp',
    'org.gimp',
    'org.a.-b c',
    'org.a.1',
    'org.a.B/',
    'org.a.B//',
    'org.a.B//-x',
  ]
  for (const name of [
    ...names,
    'other/org.a.B',
    'org.a.B\n',
    'ftp://h/x',
    'http:///x',
    `org.a.${'x'.repeat(255)}`,
  ])
    assert.match(problem({ name: [name] }), /is neither an id such as/, name)
  for (const remote of ['', '-x', 'a b', 'a/b'])
    assert.match(problem({ remote }), /is not a name of a remote/)
  assert.match(problem({ executable: '' }), /it is empty/)
  assert.match(problem({ from_url: '/x.flatpakref' }), /must be an http:\/\/ or https:\/\/ URL/)
  assert.match(problem({ name: ['http://h/a'], from_url: 'http://h/b' }), /cannot both contain URLs/)
  assert.match(problem({ name: ['org.a.A', 'org.a.B'], from_url: 'http://h/b' }), /exactly one entry/)
})

test.run()
