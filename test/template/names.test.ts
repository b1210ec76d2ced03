import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type NamesUsed, namesInFile, namesUsed } from '../../src/template/names.ts'
import { placeName, Source } from '../../src/values/source.ts'
import type { MapNode } from '../../src/values/value.ts'
import { describe, scalar, yaml } from '../support/templates.ts'

/** `name@line:column`, those that may be missing with a question mark. */
function shown({ names }: NamesUsed): string {
  return names
    .map(
      ({ name, place, guarded }) => `${name}${guarded ? '?' : ''}@${placeName(place).replace(/^[^:]*:/, '')}`,
    )
    .join(' ')
}

const templates = suite('names in templates')
const used: [string, string][] = [
  ['no template', ''],
  ['{{a}} and {{b.c.d}}', 'a@1:7 b@1:17'],
  ['{{upper a}}{{join (sort b) c}}', 'a@1:13 b@1:29 c@1:32'],
  ['{{dict x=a}}', 'a@1:14'],
  ['{{default a b}}', 'a?@1:15 b@1:17'],
  ['{{default a b c}}', 'a?@1:15 b?@1:17 c@1:19'],
  ['{{default (first a.b) 1}}', 'a?@1:22'],
  ['{{#if (defined a)}}{{a.b}}{{/if}}', 'a?@1:20 a?@1:26'],
  ['{{#if (undefined a)}}{{b}}{{/if}}', 'a?@1:22 b@1:28'],
  ['{{mandatory a}}', 'a@1:17'],
  ['{{#each list as |i n|}}{{i.x}}{{n}}{{other}}{{/each}}', 'list@1:13'],
  ['{{#each list}}{{name}}{{@index}}{{this}}{{../x}}{{@root.root}}{{/each}}', 'list@1:13 root@1:55'],
  ['{{#each list}}{{#if x}}y{{/if}}{{else}}{{none}}{{/each}}', 'list@1:13 none@1:46'],
  ['{{#with map}}{{a}}{{/with}}{{b}}', 'map@1:13 b@1:34'],
  ['{{this.a}}{{5}}{{"x"}}{{true}}', ''],
  ['{{{{raw}}}}{{a}}{{{{/raw}}}}\\{{b}}', ''],
]
for (const [text, expected] of used) {
  templates(`${text} uses ${expected || 'no name'}`, () => {
    const found = namesUsed(scalar(text), 'template')
    assert.is(shown(found), expected)
    assert.equal(found.problems, [])
  })
}
const ofJinja: [string, string][] = [
  ['{{ a | upper }} {{ b.c[d] }}', 'a@1:9 b@1:25 d@1:29'],
  ['{{ a | default(b) }}{{ c.d | d }}{{ e is defined }}', 'a?@1:9 b?@1:21 c?@1:29 e?@1:42'],
  ['{% for x in a if x.y %}{{ x }}{{ loop.index }}{{ b }}{% endfor %}', 'a@1:18 b?@1:55'],
  ['{% if a %}{{ b }}{% elif c %}{% else %}{{ d }}{% endif %}', 'a@1:12 b?@1:19 c?@1:31 d?@1:48'],
  ['{% set x = a %}{{ x }}{{ [b, c] | join }}', 'a?@1:17 b?@1:32 c?@1:35'],
  ['{% macro m(p, q=a) %}{{ p }}{{ b }}{{ varargs }}{% endmacro %}{{ m(c) }}', 'a?@1:22 b?@1:37 c?@1:73'],
  [
    '{{ a ~ b }}{{ c + d }}{{ e == f }}{{ g and h }}{{ i if j else k }}',
    'a@1:9 b@1:13 c@1:20 d@1:24 e@1:31 f@1:36 g@1:43 h?@1:49 j@1:61 i?@1:56 k?@1:68',
  ],
  ['{{ lookup("env", a) }}{{ range(b) }}{{ not c }}', 'a?@1:25 b?@1:39 c@1:51'],
  ['{% if a is defined %}{{ a }}{% endif %}{{ a | upper }}', 'a?@1:12 a?@1:30 a?@1:48'],
  ['{% include "x" %}{% import "y" as z %}{{ z.a }}{% with v = a %}{{ v }}{% endwith %}', 'a?@1:69'],
]
for (const [text, expected] of ofJinja) {
  templates(`x${text} in Jinja uses ${expected || 'no name'}`, () => {
    const found = namesUsed(scalar(`x${text}`), 'template')
    assert.is(shown(found).split(' ').sort().join(' '), expected.split(' ').sort().join(' '))
    assert.equal(found.problems, [])
  })
}
templates('in lists, maps and keys, but not in what is unsafe', () => {
  const node = yaml('"{{k}}": ["{{a}}", {b: "x {{c}}"}]\nd: !unsafe "{{e}}"\n')
  assert.is(shown(namesUsed(node, 'template')), 'k@1:4 a@1:14 c@1:29')
})
templates('all problems, and the names of what is right', () => {
  const node = yaml('- "{{a + }}"\n- "{{union b (zzzz c)}}"\n- "{{d}}"\n')
  const found = namesUsed(node, 'template')
  assert.is(shown(found), 'b@2:12 c@2:20 d@3:6')
  assert.equal(found.problems.map(describe), [
    'test.yml:1:10 an expression is missing: it ends here',
    'test.yml:2:15 unknown helper "zzzz" (a variable takes no arguments)',
  ])
})
templates('names in a file have their places', () => {
  const file = new Source('t.hbs', '# {{a}}\n{{#each b as |x|}}\n{{x}}\n{{/each}}\n{{c}}\n')
  assert.is(shown(namesInFile(file)), 'a@1:5 b@2:9 c@5:3')
  assert.equal(namesInFile(new Source('t.hbs', '{{#if a}}')).problems.map(describe), [
    't.hbs:1:1 {{#if a}} is never closed (write {{/if}} behind it)',
  ])
  assert.equal(namesInFile(new Source('t.txt', 'plain')), { names: [], problems: [], unknown: [] })
})
templates.run()

const conditions = suite('names in conditions')
const tested: [string, string][] = [
  ['a', 'a@1:7'],
  ['not a.b', 'a@1:11'],
  ['[a, eq b "c"]', 'a@1:8 b@1:14'],
  ['and (defined a) (eq a "")', 'a?@1:20 a?@1:27'],
  ['[defined a, eq a 1]', 'a?@1:16 a?@1:22'],
  ['true', ''],
  ['5', ''],
]
for (const [text, expected] of tested) {
  conditions(`when: ${text} uses ${expected || 'no name'}`, () => {
    const node = (yaml(`when: ${text}\n`) as MapNode).entries[0]!.value
    assert.is(shown(namesUsed(node, 'condition')), expected)
  })
}
conditions('all problems are reported, with their places', () => {
  const node = yaml('- "a =="\n- {b: c}\n- "{{d}}"\n')
  assert.equal(namesUsed(node, 'condition').problems.map(describe), [
    'test.yml:1:6 an expression is missing: it ends here',
    'test.yml:2:3 a condition is an expression or a list of them, and this is a map (quote it if it holds a colon or braces)',
  ])
})
conditions.run()
