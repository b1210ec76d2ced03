import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readColor, styleCodes } from '../../src/report/colors.ts'
import { createTheme } from '../../src/report/paint.ts'

const test = suite('colours')

test("Ansible's names of colours", () => {
  const cases: [string, string][] = [
    ['green', '32'],
    ['Bright  Red', '1;31'],
    ['dark gray', '1;30'],
    ['normal', ''],
    ['rgb000', '38;5;16'],
    ['rgb510', '38;5;202'],
    ['gray23', '38;5;255'],
    ['color208', '38;5;208'],
  ]
  for (const [name, code] of cases) assert.is(readColor(name), code, name)
  for (const wrong of ['', 'grean', 'rgb600', 'rgb55', 'gray24', 'color256', 'constructor', '31;1m'])
    assert.throws(() => readColor(wrong), /^a colour is expected/, wrong)
  assert.throws(() => readColor('grean'), 'did you mean "green"?')
})

test('a colour that is set holds for its style alone, one that is normal leaves it plain', () => {
  const own = styleCodes({ error: '38;5;202', ok: '' })
  const look = createTheme({ color: true, unicode: false, own })
  assert.is(look.paint('failed', 'x'), '\x1b[38;5;202mx\x1b[22;39m')
  assert.is(look.paint('ok', 'x'), 'x')
  assert.is(look.paint('changed', 'x'), '\x1b[33mx\x1b[39m')
  assert.is(createTheme({ color: false, unicode: false, own }).paint('failed', 'x'), 'x')
})

test.run()
