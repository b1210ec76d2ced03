import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { snap } from '../../../src/modules/packages/snap/index.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('snap')

const LIST = `Name  Version  Rev  Tracking  Publisher  Notes
a  1.0  7  latest/stable  canonical**  -
off  2.0  8  latest/edge/...  me  base,disabled
old  9  4.0/stable  me  -
`

/** What the probe prints. */
const printed = (answers: Readonly<Record<string, string>> = {}, code = 0) =>
  `snap\0\x000\0list\0${LIST}\x000\0${Object.entries(answers)
    .map(([name, text]) => `${name}\0${text}\0${code}\0`)
    .join('')}`

const JSON_OF_A = '{"port": 80, "on": true, "deep": {"er": "x"}}'

const TABLE: [raw: Raw, answers: Readonly<Record<string, string>>, changes: unknown[][]][] = [
  [{ name: ['a', 'off', 'old'] }, {}, []],
  [{ name: 'new' }, {}, [['new', null, 'installed']]],
  [{ name: 'new', channel: 'edge' }, {}, [['new', null, 'edge']]],
  [{ name: 'a', channel: 'stable' }, {}, []],
  [{ name: 'a', channel: 'latest' }, {}, []],
  [{ name: 'a', channel: 'beta' }, {}, [['channel of a', 'latest/stable', 'latest/beta']]],
  [{ name: 'off', channel: 'edge/fix' }, {}, []],
  [{ name: 'old', channel: '4.0' }, {}, []],
  [{ name: ['a', 'new'], state: 'absent' }, {}, [['a', '1.0', null]]],
  [{ name: 'old', state: 'absent' }, {}, [['old', '-', null]]],
  [{ name: ['a', 'off'], state: 'enabled' }, {}, [['off', 'disabled', 'enabled']]],
  [{ name: ['a', 'off', 'new'], state: 'disabled' }, {}, [['a', 'enabled', 'disabled']]],
  [{ name: 'a', options: ['port=80', 'a:on=true', 'deep.er = x'] }, { get0: JSON_OF_A }, []],
  [
    { name: ['a', 'new'], options: ['a:port=81', 'name=x y'] },
    { get0: JSON_OF_A },
    [
      ['new', null, 'installed'],
      ['a:port', 80, 81],
      ['a:name', null, 'x y'],
      ['new:name', null, 'x y'],
    ],
  ],
  [{ name: '/f.snap' }, { info0: 'path: "/f.snap"\nname:  a\n' }, []],
  [{ name: '/f.snap' }, { info0: 'name:  new\n' }, [['new', null, 'installed']]],
]

for (const [raw, answers, changes] of TABLE)
  test(`${JSON.stringify(raw)} with ${JSON.stringify(answers)} plans just what differs`, () => {
    assert.equal(rows(planOf(snap, raw, printed(answers))), changes)
  })

test('snap is told all that the task says, and the result lists it', () => {
  const commands = (raw: Raw) => planOf(snap, raw, printed()).result?.cmd
  assert.is(commands({ name: 'b,c' }), 'snap install b c')
  assert.is(
    commands({ name: 'b,c', classic: true, channel: 'edge', options: "b:x=it's" }),
    "snap install --classic --channel=edge b; snap install --classic --channel=edge c; snap set b 'x=it'\\''s'",
  )
  assert.equal(planOf(snap, { name: 'b', options: 'x=1' }, printed()).result, {
    classic: false,
    channel: 'stable',
    snaps_installed: ['b'],
    options_changed: ['b:x=1'],
    cmd: 'snap install b; snap set b x=1',
  })
  const file = planOf(snap, { name: '-x.snap', dangerous: true }, printed({ info0: 'name: x\n' }))
  assert.is(file.result?.cmd, 'snap install --dangerous ./-x.snap')
})

test('what is missing is a failure, unless an earlier task may bring it', () => {
  const table: [Raw, string, RegExp][] = [
    [{ name: 'a' }, 'snap\0\x001\0', /^Failed to find required executable "snap"/],
    [{ name: 'new', state: 'enabled' }, printed(), /^snap new is not installed, so it cannot be enabled$/],
    [
      { name: '/f.snap' },
      printed({ info0: 'error: no snap' }, 1),
      /^\/f.snap cannot be read as a snap: no snap$/,
    ],
  ]
  for (const [raw, text, said] of table) {
    assert.match(planOf(snap, raw, text).failed ?? '', said)
    assert.is(planOf(snap, raw, text, CHECK).changes.length, 1)
  }
})

test('options of a disabled snap are left, with a warning', () => {
  const plan = planOf(snap, { name: 'off', options: 'x=1' }, printed())
  assert.equal([plan.changes, plan.warnings?.length], [[], 1])
})

test('an answer that makes no sense is an error', () => {
  const of = (get0: string, code = 0) => planOf(snap, { name: 'a', options: 'x=1' }, printed({ get0 }, code))
  assert.throws(() => of('{'), /snap on the host printed what is not JSON/)
  assert.throws(() => of('[]'), /printed no map of options/)
  assert.throws(() => of('error: access denied', 1), /cannot be read: access denied/)
  assert.is(of('error: snap "a" has no configuration', 1).changes.length, 1)
  const list = (text: string) => planOf(snap, { name: 'a' }, `snap\0\x000\0list\0${text}\x000\0`)
  assert.throws(() => list('what\n'), /printed no table, but "what"/)
  assert.throws(() => list('Name  Version\na 1\n'), /listed "a 1", which is no snap/)
})

test('wrong arguments are refused', () => {
  const problem = (raw: Raw) => problemsOf(snap, { name: 'a', ...raw })[0] ?? ''
  for (const name of ['-a', 'A', 'a b', '1', 'a--b', ''])
    assert.match(problem({ name: [name] }), /is neither a name/)
  for (const channel of ['-x', 'a b', 'a/b/c/d', '']) assert.match(problem({ channel }), /is not a channel/)
  for (const one of ['x', '-x=1', 'x=', '=1'])
    assert.is(problem({ options: [one] }), `Cannot parse set option '${one}'`)
  assert.match(
    problem({ options: ['b:x=1'] }),
    /^Snap option 'b:x=1' refers to snap which is not in the list/,
  )
})

test.run()
