import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compile } from '../../src/template/compile.ts'
import { evaluate } from '../../src/template/condition.ts'
import { render, renderFile } from '../../src/template/template.ts'
import { Source } from '../../src/values/source.ts'
import { toValue } from '../../src/values/value.ts'
import { parseYaml } from '../../src/yaml/yaml.ts'
import { loadText } from '../inventory/files.ts'
import { describe, raised, scalar, variables } from '../support/templates.ts'

const test = suite('what lies too deep, and what is too much')
const scope = variables('a: true\n')
/** Milliseconds that this process has computed: what it waited for on a busy machine does not count. */
const spent = () => process.cpuUsage().user / 1000
const TOO_DEEP = 'nested too deeply: there may be 200 levels'

const DEEP: [what: string, text: (levels: number) => string, most: number][] = [
  ['lists', (levels) => '['.repeat(levels) + ']'.repeat(levels), 200],
  ['maps', (levels) => `${'{a: '.repeat(levels)}1${'}'.repeat(levels)}`, 200],
  ['lists that are never closed', (levels) => `x: ${'['.repeat(levels)}`, 0],
  ['dashes', (levels) => `${'- '.repeat(levels)}x`, 200],
  [
    'lines',
    (levels) => Array.from({ length: levels }, (_, index) => `${' '.repeat(index)}a:\n`).join(''),
    200,
  ],
  ['keys', (levels) => `${'? '.repeat(levels)}x`, 0],
]
for (const [what, text, most] of DEEP) {
  test(`YAML: ${what} may be nested 200 deep at most`, () => {
    const problemsOf = (levels: number) => parseYaml(new Source('t', text(levels))).problems.map(describe)
    if (most > 0) assert.equal(problemsOf(most), [])
    for (const levels of most > 0 ? [most + 1, 1000, 4000] : [1000, 4000]) {
      const problems = problemsOf(levels)
      assert.is(problems.length, 1)
      assert.match(problems[0]!, /^t:\d+:\d+ nested too deeply: there may be 200 levels$/)
    }
  })
}

test('YAML: aliases that lead deeper and deeper are refused', () => {
  const lines = Array.from({ length: 3000 }, (_, index) => `a${index + 1}: &a${index + 1} [*a${index}]\n`)
  const { problems } = parseYaml(new Source('t', `a0: &a0 [x]\n${lines.join('')}`))
  assert.equal(problems.map(describe), [`t:200:14 ${TOO_DEEP}`])
})

test('YAML: aliases that stand for more and more are refused', () => {
  for (const tag of ['', '!unsafe ']) {
    const names = [...'abcdefghijklmnopqrstuvwxyz']
    const lines = names.slice(1).map((name, index) => {
      const above = Array(9).fill(`*${names[index]}`).join(', ')
      return `${name}: &${name} ${tag}[${above}]\n`
    })
    const { problems } = parseYaml(
      new Source('t', `a: &a ${tag}[x, x, x, x, x, x, x, x, x]\n${lines.join('')}`),
    )
    assert.is(problems.length, 1)
    assert.match(
      describe(problems[0]!),
      /^t:7:\d+ the aliases up to here stand for more than 10000000 characters$/,
    )
  }
})

test('YAML: thousands of aliases are no work', () => {
  const started = spent()
  const lines = Array.from({ length: 5000 }, (_, index) => `x${index}: *a\n`)
  assert.equal(parseYaml(new Source('t', `a: &a {b: c}\n${lines.join('')}`)).problems, [])
  assert.ok(spent() - started < 20_000)
})

test('YAML: an anchor given again means what stands last above', () => {
  const { node } = parseYaml(new Source('t', 'a: &x 1\nb: *x\nc: &x 2\nd: *x\ne: !unsafe [*x]\nf: *x\n'))
  assert.equal(toValue(node!), { a: 1, b: 1, c: 2, d: 2, e: [2], f: 2 })
})

test('YAML: 8 MiB are read', () => {
  const { problems } = parseYaml(new Source('big.yml', `a: "${'x'.repeat(8 * 1024 * 1024)}"\n`))
  assert.equal(problems.map(describe), [
    'big.yml holds 9 MiB of YAML, and no more than 8 MiB are read (divide it into several files)',
  ])
})

for (const levels of [201, 1000, 100_000]) {
  test(`templates and conditions: ${levels} levels are too many`, () => {
    const calls = `${'(not '.repeat(levels)}a${')'.repeat(levels)}`
    const deep = [`test.yml:1:205 ${TOO_DEEP}`]
    const at = (text: string) => text.replace(/:\d+ nested/, ':N nested')
    const wanted = deep.map(at)
    assert.equal(raised(() => evaluate(scalar(calls), scope)).map(at), wanted)
    assert.equal(raised(() => render(scalar(`{{not ${calls}}}`), scope)).map(at), wanted)
    const file = (text: string) => raised(() => renderFile(new Source('test.yml', text), scope)).map(at)
    assert.equal(file('{{#if a}}'.repeat(levels) + '{{/if}}'.repeat(levels)), wanted)
    assert.equal(file('{{#if a}}'.repeat(levels)), wanted)
    assert.equal(file(`{{#if a}}${'{{else if a}}'.repeat(levels)}{{/if}}`), wanted)
  })
}

test('templates and conditions: what is side by side is not deep', () => {
  const file = (text: string) => renderFile(new Source('t', text), scope)
  assert.is(file('{{#if a}}x{{else}}y{{/if}}({{a}}'.repeat(300)), 'x(true'.repeat(300))
  assert.is(evaluate(scalar(`and ${'(not (not a)) '.repeat(300)}`), scope), true)
  const levels = `${'{{#if a}}'.repeat(200)}x${'{{/if}}'.repeat(200)}`
  assert.is(file(levels), 'x')
})

test('a long expression of Jinja is a problem with its place', () => {
  for (const text of ['a and '.repeat(3000), '('.repeat(3000), 'a.b'.repeat(3000), 'not '.repeat(3000)]) {
    const [problem] = raised(() => evaluate(scalar(`${text}a`), scope))
    assert.ok(problem!.startsWith('test.yml:1:'), problem!.slice(0, 100))
    assert.ok(problem!.length < 500)
  }
})

test('braces and quotes that are never closed are no work', () => {
  const started = spent()
  for (const text of [
    '{{!-- "a" '.repeat(5000),
    `{{ ${'"(a+)+$"\n'.repeat(5000)}`,
    '{{"'.repeat(5000),
    '{# '.repeat(50_000),
  ]) {
    compile(text, 'file')
  }
  assert.ok(spent() - started < 10_000)
})

test('texts that double and double are refused before they fill the memory', () => {
  const lines = Array.from({ length: 60 }, (_, index) => `a${index + 1}: "{{a${index}}}{{a${index}}}"\n`)
  const doubling = variables(`a0: ten bytes.\n${lines.join('')}`)
  assert.equal(
    raised(() => render(scalar('{{a60}}'), doubling)),
    ['vars.yml:24:7 this makes a text of 80 MiB, and there may be 64'],
  )
})

test('JSON that is nested too deeply is refused', () => {
  const text = variables(`json: '${'['.repeat(100_000)}${']'.repeat(100_000)}'\n`)
  assert.equal(
    raised(() => render(scalar('{{from_json json}}'), text)),
    [`test.yml:1:5 from_json: this JSON is ${TOO_DEEP}`],
  )
})

test('values of inventories that are nested too deeply are refused', async () => {
  const list = '['.repeat(100_000)
  const problemsOf = (text: string) => loadText('hosts', text, ({ problems }) => problems)
  assert.equal(await problemsOf(`web1 a=${list}\n[all:vars]\nb = ${list}\n`), [
    `1:6: ${TOO_DEEP}`,
    `3:5: ${TOO_DEEP}`,
  ])
  const script = `#!/bin/sh\ncat <<.\n{"all": ${list}${']'.repeat(100_000)}}\n.\n`
  assert.equal(await problemsOf(script), [`hosts --list: ${TOO_DEEP}`])
})

test.run()
