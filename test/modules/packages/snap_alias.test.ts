import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { snap_alias } from '../../../src/modules/packages/snap_alias.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('snap_alias')

const LIST = 'Name  Version  Rev  Tracking  Publisher  Notes\na  1  1  -  -  -\nb  1  1  -  -  -\n'
const ALIASES = `Command  Alias  Notes
a  one  manual
a.x  two  manual
b.y  auto  -
b.z  gone  disabled
`
const printed = (list = LIST, aliases = ALIASES) =>
  `snap\0\x000\0list\0${list}\x000\0aliases\0${aliases}\x000\0`

const TABLE: [raw: Raw, changes: unknown[][]][] = [
  [{ name: 'a', alias: 'one' }, []],
  [{ name: 'b.y', alias: 'auto' }, []],
  [{ name: 'a', alias: ['one', 'new', 'new'] }, [['alias new', null, 'a']]],
  [{ name: 'b.z', alias: 'gone' }, [['alias gone', null, 'b.z']]],
  [{ alias: ['one', 'none'], state: 'absent' }, [['alias one', 'a', null]]],
  [{ name: 'b', alias: 'one', state: 'absent' }, []],
  [{ name: 'two', state: 'absent' }, [['alias two', 'a.x', null]]],
  [{ name: 'a.x', state: 'absent' }, [['alias two', 'a.x', null]]],
  [{ name: 'b', state: 'absent' }, [['alias auto', 'b.y', null]]],
  [
    { name: 'a', state: 'absent' },
    [
      ['alias one', 'a', null],
      ['alias two', 'a.x', null],
    ],
  ],
]

for (const [raw, changes] of TABLE)
  test(`${JSON.stringify(raw)} plans just what differs`, () => {
    assert.equal(rows(planOf(snap_alias, raw, printed())), changes)
  })

test('aliases are returned as they are then, or under check as they are now', () => {
  const raw = { name: 'a', alias: 'new' }
  assert.equal(planOf(snap_alias, raw, printed()).result, { snap_aliases: { a: ['one', 'new'] } })
  assert.equal(planOf(snap_alias, raw, printed(), CHECK).result, { snap_aliases: { a: ['one'] } })
  assert.equal(planOf(snap_alias, { alias: 'one', state: 'absent' }, printed()).result, {
    snap_aliases: { 'a.x': ['two'], 'b.y': ['auto'] },
  })
})

test('what snap would refuse is a failure', () => {
  const failed = (raw: Raw, text = printed(), view = CHECK) => planOf(snap_alias, raw, text, view).failed
  assert.match(failed({ name: 'a', alias: 'two' }) ?? '', /^alias two is already one of a\.x/)
  assert.match(failed({ alias: 'auto', state: 'absent' }) ?? '', /^alias auto came with its snap.*"b"$/)
  assert.is(planOf(snap_alias, { name: 'c.x', alias: 'd' }, printed()).failed, 'snap "c" is not installed')
  assert.is(failed({ name: 'c.x', alias: 'd' }), undefined)
  const without = 'snap\0\x001\0'
  assert.match(planOf(snap_alias, { name: 'a', alias: 'd' }, without).failed ?? '', /executable "snap"/)
  assert.is(failed({ name: 'a', alias: 'd' }, without), undefined)
  assert.throws(
    () => failed({ name: 'a', alias: 'd' }, printed('', 'Command  Alias\na b\n')),
    /which is no alias/,
  )
})

test('wrong arguments are refused', () => {
  const problem = (raw: Raw) => problemsOf(snap_alias, raw)[0] ?? ''
  for (const name of ['-a', 'A', 'a b', 'a.-b', ''])
    assert.match(problem({ name, alias: 'b' }), /is neither a snap/)
  for (const alias of ['-a', 'a b', ''])
    assert.match(problem({ name: 'a', alias: [alias] }), /is not an alias/)
  assert.is(problem({ name: 'a' }), 'state is present but all of the following are missing: alias')
  assert.is(problem({ state: 'absent' }), 'state is absent but any of the following are missing: name, alias')
})

test.run()
