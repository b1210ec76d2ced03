import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Inventory } from '../../src/inventory/inventory.ts'
import { select } from '../../src/inventory/pattern.ts'
import { evaluate } from '../../src/template/condition.ts'
import { render } from '../../src/template/template.ts'
import { type Limits, matching } from '../../src/values/matching.ts'
import { pythonRegExp } from '../../src/values/regexp.ts'
import { stepsAtMost } from '../../src/values/regexp-cost.ts'
import { raised, scalar, variables } from '../support/templates.ts'

const test = suite('regular expressions of the user')

/** How long a test computes before it fails, in milliseconds: it would be hours. */
const PATIENCE = 20_000

/** Milliseconds that this process has computed: what it waited for on a busy machine does not count. */
const spent = () => process.cpuUsage().user / 1000

function timed<T>(work: () => T): T {
  const started = spent()
  try {
    return work()
  } finally {
    assert.ok(spent() - started < PATIENCE)
  }
}

/** Of cases that are many; the helpers below have the limits that users have. */
const SHORT: Limits = { use: 200, useAgain: 100, compiling: 1000 }

const HOSTILE = `${'a'.repeat(40)}!`
const CATASTROPHES = [
  '(a+)+$',
  '(a*)*b',
  '(a|a)*b',
  '(a|aa)+$',
  '^(a?){40}a{40}$',
  '([a-z]+)*=',
  '(?:(?:a+)+)+!!',
  '(?P<x>a+)+(?P=x)b',
  '(\\w+\\s?)+$',
  'a*a*a*a*a*a*a*a*a*a*a*a*b',
  '(?=(a+)+b)a',
]
for (const pattern of CATASTROPHES) {
  test(`${pattern} comes to an end, whatever it is matched with`, () => {
    const expression = pythonRegExp(pattern)
    const use = { expression, written: pattern, text: HOSTILE, name: '/etc/motd' }
    try {
      timed(() => matching(use, () => expression.test(HOSTILE), SHORT))
    } catch (error) {
      const { message } = error as Error
      assert.match(message, `the regular expression "${pattern}" takes more than `)
      assert.match(message, `on /etc/motd (41 characters, "${'a'.repeat(30)}...")`)
    }
  })
}

const SLOW = '(b+)+$'
const scope = variables(`said: ${'b'.repeat(50)}!\n`)
const HELPERS = [
  `regex_search said "${SLOW}"`,
  `regex_replace said "${SLOW}" "x"`,
  `match said "${SLOW}"`,
  `search said "${SLOW}"`,
]
for (const call of HELPERS) {
  test(`${call} is an error with its place`, () => {
    const [problem] = timed(() => raised(() => render(scalar(`{{${call}}}`), scope)))
    assert.match(problem!, /^test\.yml:1:\d+ \w+: the regular expression "\(b\+\)\+\$" takes more than /)
    assert.match(problem!, `(51 characters, "${'b'.repeat(30)}...")`)
    assert.match(timed(() => raised(() => evaluate(scalar(call), scope)))[0]!, 'takes more than')
  })
}

test('an expression that needs too much memory says so', () => {
  const expression = pythonRegExp('(?:a|b)*c')
  const text = 'ab'.repeat(8_000_000)
  assert.throws(
    () => matching({ expression, written: '(?:a|b)*c', text }, () => expression.exec(text)),
    /"\(\?:a\|b\)\*c" (needs too much memory|takes more than \S+ s) on a text \(16000000 characters/,
  )
})

test('a pattern of hosts comes to an end', () => {
  const inventory = new Inventory()
  inventory.addHost('a'.repeat(60))
  const [problem] = timed(() => select(inventory, '~(a+)+$x')).problems
  assert.match(problem!.message, 'the regular expression "(a+)+$x" takes more than')
})

test('what a thrown error of the work says goes through', () => {
  const use = { expression: /(a+)+/, written: '', text: HOSTILE }
  assert.throws(() => matching(use, () => raiseOne()), /^mine$/)
})

function raiseOne(): never {
  throw new TypeError('mine')
}

const STEPS: [source: string, length: number, most: number][] = [
  ['abc', 9, 10],
  ['a+b', 9, 100],
  ['^\\s+|\\s+$', 9, 200],
  ['(?<name>a)\\k<name>', 9, 100],
  ['a?b?c?', 9, 80],
  ['(\\d{1,3}\\.){3}\\d{1,3}', 9, 810],
  ['\\(a+\\)+', 9, 1000],
  ['[(a+)+]', 9, 10],
  ['a{3}', 9, 10],
  ['a{2,}', 9, 100],
  ['(?:ab)+', 9, 100],
  ['(?<![^\\n])a(?=\\n?(?![\\s\\S]))', 9, 20],
]
for (const [source, length, most] of STEPS) {
  test(`${source} takes ${most} steps at most on ${length} characters`, () =>
    assert.is(stepsAtMost(source, length), most))
}
for (const source of ['(a+)+', '(a|b)*', '(a?)+', '((ab+))*', '(?:x(a*)){2,}', '(a{1,2}){1,5000}']) {
  test(`the steps that ${source} takes have no bound`, () =>
    assert.is(stepsAtMost(source, 9), Number.POSITIVE_INFINITY))
}

test('an expression that is too large to be compiled is told in a sentence', () => {
  const written = '-$'.repeat(20_000)
  const expression = pythonRegExp(written)
  const use = { expression, written, text: '-' }
  assert.throws(
    () => matching(use, () => expression.test('-')),
    `the regular expression "${written.slice(0, 60)}..." is too large`,
  )
})

// V8 would compile the first for hours; the others it does at once, whatever number of ways there seem to be.
const TOO_MANY = ['(|)', '(a?|b?)', '(^|\\s*)']
const MANY = [
  '(0|1|2|3|4|5|6|7|8|9)',
  '([a-z]|[A-Z]|[0-9]|_)',
  '\\s*(=|:|,)?\\s*',
  'a?',
  '(|)*',
  '(foo|bar|baz)',
]

test('an expression that V8 would compile without end is told in a sentence', () => {
  for (const part of TOO_MANY) {
    const written = `${part.repeat(40)}cccccccc`
    const expression = pythonRegExp(written)
    const use = () => matching({ expression, written, text: 'abc' }, () => expression.test('abc'), SHORT)
    for (let times = 0; times < 2; times += 1) {
      assert.throws(() => timed(use), /has too many parts in a row that may be empty$/)
    }
  }
  for (const part of MANY) {
    const written = `${part.repeat(12)}cccccccc`
    const expression = pythonRegExp(written)
    timed(() => matching({ expression, written, text: 'abc' }, () => expression.test('abc')))
  }
})

test('what needs no limit takes some tens of milliseconds at most', () => {
  const patterns = [
    'a+b',
    'a*a*b',
    'a*a*a*b',
    'a+$',
    '(a{1,3}b?){3}c',
    '.*.*x',
    `${'a?'.repeat(16)}b`,
    'a*?a*?b',
  ]
  for (const pattern of patterns) {
    const expression = pythonRegExp(pattern)
    for (const length of [10, 50, 200, 1000, 3000, 100_000]) {
      if (stepsAtMost(expression.source, length) > 1e7) continue
      const text = 'a'.repeat(length)
      const started = spent()
      expression.test(text)
      assert.ok(spent() - started < 1000, `${pattern} on ${length}`)
    }
  }
})

test.run()
