import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { convert } from '../../src/sdk/convert.ts'
import type { Option } from '../../src/sdk/options.ts'
import { Float } from '../../src/values/float.ts'

const test = suite('what becomes of an argument')
const is = (type: Option['type'], more: Partial<Option> = {}): Option => ({ type, help: '', ...more })
const upgrade = is('str', { choices: ['no', 'yes', 'safe'] })
const state = is('str', { choices: ['present', 'absent'], synonyms: { installed: 'present' } })

/** As check_type_* of ansible.module_utils.common.validation convert. */
const TABLE: [option: Option, given: unknown, taken: unknown][] = [
  [is('str'), 'a', 'a'],
  [is('str'), 1, '1'],
  [is('str'), 1.5, '1.5'],
  [is('str'), new Float(2), '2.0'],
  [is('str'), true, 'True'],
  [is('str'), ['a', 1, null, false], "['a', 1, None, False]"],
  [is('str'), { a: ["it's"] }, `{'a': ["it's"]}`],
  [is('path'), 5, '5'],
  [is('strings'), 'a,b', ['a', 'b']],
  [is('strings'), 1, ['1']],
  [is('strings'), true, ['True']],
  [is('strings'), ['a, b', 2, { x: 1 }], ['a, b', '2', "{'x': 1}"]],
  [is('map'), '{"a": [1]}', { a: [1] }],
  [is('map'), 'a=1, b="x y" c=\'d,e\'', { a: '1', b: 'x y', c: 'd,e' }],
  [is('map'), 'a=b=c d\\,e=f', { a: 'b=c', 'd,e': 'f' }],
  [is('bool'), ' Yes ', true],
  [is('bool'), 'F', false],
  [is('bool'), 1, true],
  [is('int'), ' 12 ', 12],
  [is('float'), '1e3', 1000],
  // What YAML read from 0644, and texts as int(text, 8) of Python takes them.
  [is('mode'), 0o644, '0644'],
  [is('mode'), 0o1777, '1777'],
  [is('mode'), 0, '0000'],
  [is('mode'), '0o644', '0644'],
  [is('mode'), '644', '0644'],
  [is('mode'), '02755', '02755'],
  [is('mode'), 'u=rwX,g=rX,o=', 'u=rwX,g=rX,o='],
  [is('mode'), 'a-x,u+s', 'a-x,u+s'],
  [is('mode'), 'g=u', 'g=u'],
  [upgrade, true, 'yes'],
  [upgrade, false, 'no'],
  [state, 'installed', 'present'],
]

for (const [option, given, taken] of TABLE) {
  test(`${option.type} ${option.choices ?? ''}: ${JSON.stringify(given)} is ${JSON.stringify(taken)}`, () => {
    assert.equal(convert(option, given), taken)
  })
}

const FAULTS: [option: Option, given: unknown, fault: RegExp][] = [
  [is('strings'), { a: 1 }, /expected a list, found a map/],
  [is('map'), 'a', /"a" is not a map of names to values/],
  [is('map'), '{a', /"\{a" is not a map/],
  [is('map'), 'a=1 b', /is not a map/],
  [is('map'), ['a'], /is not a map/],
  [is('bool'), 'maybe', /neither true nor false/],
  [is('bool'), [], /neither true nor false/],
  [is('int'), '1.5', /not a whole number/],
  [is('int'), '', /not a number/],
  [upgrade, 'dis', /"dis" is none of no, yes, safe/],
  [is('str', { choices: ['on', 'yes'] }), true, /"True" is none of on, yes/],
  [state, 'presnt', /did you mean "present"/],
]

for (const [option, given, fault] of FAULTS) {
  test(`${option.type} ${option.choices ?? ''}: ${JSON.stringify(given)} is refused`, () => {
    assert.throws(() => convert(option, given), fault)
  })
}

test.run()
