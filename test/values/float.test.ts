import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Float } from '../../src/values/float.ts'
import { toText } from '../../src/values/text.ts'
import { parseYamlValue } from '../../src/yaml/yaml.ts'

const test = suite('values/float')

// Answers of Python's str().
const printed: [number, string][] = [
  [2, '2.0'],
  [-2, '-2.0'],
  [0, '0.0'],
  [-0, '-0.0'],
  [1e15, '1000000000000000.0'],
  [1e16, '1e+16'],
  [1.5e300, '1.5e+300'],
]
for (const [value, text] of printed) {
  test(`${text} is printed as Python prints it`, () => assert.is(String(Float.of(value)), text))
}

test('a float with a fraction is a plain number', () => assert.is(Float.of(1.5), 1.5))

test('a whole float of a YAML file keeps its point as text and counts as its number', () => {
  const node = parseYamlValue('2.0', 'vars.yml')
  if (node.kind !== 'scalar' || node.value === null) throw new Error('not a scalar')
  assert.ok(node.value instanceof Float)
  assert.is(toText(node.value), '2.0')
  assert.is(Number(node.value) + 1, 3)
  assert.is(JSON.stringify({ version: node.value }), '{"version":2}')
})

test.run()
