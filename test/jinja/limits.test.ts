import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { literalOf } from '../../src/jinja/literal.ts'
import { Template } from '../../src/jinja/template.ts'
import { TOO_DEEP } from '../../src/values/depth.ts'
import { Source } from '../../src/values/source.ts'

const test = suite('what is too deep, too long or without an end in Jinja')

const source = new Source('t.j2', '')
const nothing = { get: () => undefined, names: () => [] }

function text(written: string): string {
  return Template.of(written).text(nothing, (start, end) => ({ source, start, end }))
}

const wrong: [what: string, template: string, message: string][] = [
  ['parentheses', `{{ ${'('.repeat(300)}1${')'.repeat(300)} }}`, TOO_DEEP],
  ['blocks', '{% if 1 %}'.repeat(300), TOO_DEEP],
  ['operators', `{{ ${'1 + '.repeat(50_000)}1 }}`, TOO_DEEP],
  ['filters', `{{ 1${' | string'.repeat(50_000)} }}`, TOO_DEEP],
  ['macros', '{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}', TOO_DEEP],
  ['blocks in themselves', '{% block a %}{{ self.a() }}{% endblock %}', TOO_DEEP],
  ['recursive loops', '{% for i in [1] recursive %}{{ loop([1]) }}{% endfor %}', TOO_DEEP],
  [
    'texts',
    '{% for i in range(10000000) %}twenty characters...{% endfor %}',
    'this makes a text of more than 64 MiB',
  ],
  [
    'loops',
    '{% for i in range(100000) %}{% for j in range(100000) %}{% endfor %}{% endfor %}',
    'the loops of this template have more than 50000000 turns',
  ],
  ['ranges', '{{ range(99999999999) }}', 'this range has 99999999999 items, and there may be 10000000'],
]
for (const [what, template, message] of wrong) {
  test(`there is a limit to ${what}`, () =>
    assert.throws(
      () => text(template),
      (error: Error) => error.message === message,
    ))
}

test('many branches and long chains of texts are nothing', () => {
  assert.is(text(`{% if 0 %}${'{% elif 0 %}'.repeat(20_000)}{% else %}a{% endif %}`), 'a')
  assert.is(text(`{{ ${'"a" ~ '.repeat(50_000)}"b" }}`).length, 50_001)
})

test('a list that holds itself is printed as Python prints it', () => {
  assert.is(text('{% set l = [] %}{% do l.append(l) %}{{ l }}'), '[[...]]')
})

test('texts that look like lists too deep in each other stay texts', () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  assert.is(literalOf(deep), deep)
})

test('what is never closed is found in no time', () => {
  const started = performance.now()
  for (const part of ["{{ '", '{# ', '{% raw %}', '{% if a %}', '{{ (', '{{ a["']) {
    assert.throws(() => Template.of(part.repeat(50_000)))
  }
  assert.ok(performance.now() - started < 5000)
})

test.run()
