import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluate, evaluateExpression } from '../../src/template/condition.ts'
import type { MapNode, Value } from '../../src/values/value.ts'
import { raised, scalar, variables, yaml } from '../support/templates.ts'

const scope = variables(`
forwarding: true
substrate: lxc
gateway: ""
words: {capital: "False", not: "no", shouted: "OFF", zero: "0", n: "n", f: "F", agreed: "yes", other: "maybe"}
zero: 0
nothing:
list: []
map: {}
result: {rc: 0, stdout: created it, changed: true, failed: false}
`)

const holds = suite('conditions')
const conditions: [string, boolean][] = [
  ['forwarding', true],
  ['not forwarding', false],
  ['eq substrate "lxc"', true],
  ["eq substrate 'xen'", false],
  ['and (defined gateway) (not (eq gateway ""))', false],
  ['contains result.stdout "created"', true],
  ['undefined nope', true],
  ['and (defined nope) nope.x', false],
  ['changed result', true],
  ['failed result', false],
  ['succeeded result', true],
  ['skipped result', false],
  ['words.capital', false],
  ['words.shouted', false],
  ['words.not', false],
  ['words.zero', false],
  ['words.n', false],
  ['words.f', false],
  ['words.agreed', true],
  ['words.other', true],
  ['gateway', false],
  ['zero', false],
  ['nothing', false],
  ['list', false],
  ['map', false],
  ['true', true],
  ['false', false],
  ['0', false],
  ['"no"', false],
  ['  forwarding\n', true],
  ['or\n  nothing\n  forwarding', true],
]
for (const [text, expected] of conditions) {
  holds(`${JSON.stringify(text)} is ${expected}`, () => assert.is(evaluate(scalar(text), scope), expected))
}
const jinja: [string, boolean][] = [
  ['{{forwarding}}', true],
  ['{{ substrate == "lxc" }}', true],
  ['{{ zero }} == 0', true],
  ['"{{ substrate }}" == "lxc"', true],
  ['substrate == "lxc"', true],
  ['gateway is defined', true],
  ['gateway is not defined', false],
  ['forwarding and not gateway', true],
  ['result is changed', true],
  ['"it" in result.stdout', true],
  ['list | length > 0', false],
  ['nope.x.y is defined', false],
  ['nope is not defined or nope.x', true],
  ['words.not ~ ""', true],
  ['(words.not)', true],
  ['zero or nothing', false],
  ['0 < result.rc + 1 < 2', true],
]
for (const [text, expected] of jinja) {
  holds(`${JSON.stringify(text)} in Jinja is ${expected}`, () =>
    assert.is(evaluate(scalar(text), scope), expected),
  )
}
const literal: [string, boolean][] = [
  ['true', true],
  ['no', false],
  ['5', true],
  ['0', false],
  ['[forwarding, true]', true],
  ['[forwarding, false]', false],
  ['[false, nope]', false],
  ['[]', true],
  ['~', false],
]
for (const [text, expected] of literal) {
  holds(`the YAML value ${text} is ${expected}`, () => {
    assert.is(evaluate((yaml(`x: ${text}\n`) as MapNode).entries[0]!.value, scope), expected)
  })
}
holds.run()

const problems = suite('what is not a condition')
const wrong: [string, string][] = [
  ['x {{ y }}', '1:10 unknown variable "y"'],
  [
    '{{substrate}} {{gateway}} +',
    '1:5 it becomes "lxc  +", and there an expression is missing: it ends here',
  ],
  ['eqq substrate "lxc"', '1:5 unknown helper "eqq" (did you mean "eq"?)'],
  ['substrate other', '1:5 unknown helper "substrate" (a variable takes no arguments)'],
  ['eq substrate', '1:5 eq: takes a b; it was given 1'],
  ['not (eq substrate unknown)', '1:23 unknown variable "unknown"'],
  ['', '1:4 the expression is empty'],
  [
    '(eq a b)',
    '1:5 (eq a b) is not a Handlebars expression (expressions look like: forwarding, eq a "b", and (defined a) (not b))',
  ],
]
for (const [text, expected] of wrong) {
  problems(`${JSON.stringify(text)} is refused with its place`, () => {
    assert.equal(
      raised(() => evaluate(scalar(text), scope)),
      [`test.yml:${expected}`],
    )
  })
}
problems('a map is refused', () => {
  assert.equal(
    raised(() => evaluate(yaml('a: b\n'), scope)),
    [
      'test.yml:1:1 a condition is an expression or a list of them, and this is a map (quote it if it holds a colon or braces)',
    ],
  )
})
problems('a problem in a folded block has its place', () => {
  const node = (yaml('when: >-\n  and forwarding\n  (eq unknown 1)\n') as MapNode).entries[0]!.value
  assert.equal(
    raised(() => evaluate(node, scope)),
    ['test.yml:3:7 unknown variable "unknown"'],
  )
})
problems.run()

const expressions = suite('expressions')
const place = scalar('x').place
const expressed: [string, Value | undefined][] = [
  ['result.rc', 0],
  ['result', { rc: 0, stdout: 'created it', changed: true, failed: false }],
  ['nope', undefined],
  ['result.nope', undefined],
  ['list', []],
  ['concat substrate "!"', 'lxc!'],
]
for (const [text, value] of expressed) {
  expressions(`${text} gives ${JSON.stringify(value)}`, () =>
    assert.equal(evaluateExpression(text, place, scope), value),
  )
}
expressions.run()
