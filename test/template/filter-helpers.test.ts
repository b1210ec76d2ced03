import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluateExpression } from '../../src/template/condition.ts'
import { raised, scalar, variables } from '../support/templates.ts'

const test = suite('filters as helpers')

const scope = variables(`
words: [b, A, c]
hosts: [{name: web, port: 80}, {name: db, port: 5432}]
title: a variable
address: 192.168.0.5/24
`)
const evaluated = (text: string) => evaluateExpression(text, scalar('x').place, scope)

const expressions: readonly [string, unknown][] = [
  ['comment "x"', '#\n# x\n#'],
  ['comment "x" decoration="; "', ';\n; x\n;'],
  ['indent "a\nb" 2', 'a\n  b'],
  ['map hosts attribute="name"', ['web', 'db']],
  ['map words "upper"', ['B', 'A', 'C']],
  ['selectattr hosts "port" ">" 100', [{ name: 'db', port: 5432 }]],
  ['ansible.utils.ipaddr address "network"', '192.168.0.0'],
  ['ipaddr address query="netmask"', '255.255.255.0'],
  ['json_query hosts "[?port==`80`].name"', ['web']],
  ['combine (first hosts) (dict port=1)', { name: 'web', port: 1 }],
  ['type_debug words', 'list'],
  ['title "one two"', 'One Two'],
  ['title', 'a variable'],
]
for (const [expression, expected] of expressions) {
  test(`${expression} gives what the filter gives`, () => assert.equal(evaluated(expression), expected))
}

test('a filter gives way to the helper of its name', () => {
  assert.is(evaluated('upper "a"'), 'A')
  assert.match(raised(() => evaluated('upper words')).join(), 'upper: text must be text')
})

test('what is missing is not handed to a filter', () => {
  assert.is(evaluated('regex_escape unknown'), undefined)
  assert.is(evaluated('first (list)'), undefined)
})

test('what is wrong with arguments is told', () => {
  assert.match(
    raised(() => evaluated('comment "x" "plane"')).join(),
    'there is no style of comments "plane"; did you mean "plain"?',
  )
  assert.match(
    raised(() => evaluated('indent "x" wide=2')).join(),
    'the filter "indent" has no argument "wide"',
  )
})

test.run()
