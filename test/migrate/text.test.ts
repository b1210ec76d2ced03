import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { edited } from '../../src/migrate/edits.ts'
import { Left } from '../../src/migrate/left.ts'
import { mapShape, optional, type Shape, shape, UNKNOWN } from '../../src/migrate/shape.ts'
import { rewriteText } from '../../src/migrate/text.ts'

const test = suite('migrate: texts')

const text = shape('text')
const shapes: Readonly<Record<string, Shape>> = {
  text,
  number: shape('number'),
  flag: shape('boolean'),
  list: shape('list', { items: text }),
  map: mapShape({ a: text, b: optional(text) }),
  r: mapShape({ rc: shape('number'), stdout: text, changed: shape('boolean') }),
}
const shapeOf = (name: string) => shapes[name] ?? UNKNOWN

function rewritten(before: string, kind: 'value' | 'expression'): string {
  return edited(before, rewriteText(before, kind, shapeOf))
}

const conditions: Readonly<Record<string, string>> = {
  'os == "Debian"': 'eq os "Debian"',
  "os in ['a', 'b']": "in os (list 'a' 'b')",
  "os not in ('a', 'b')": "not (in os (list 'a' 'b'))",
  flag: 'flag',
  'not flag': 'not flag',
  'x is defined and flag': 'and (defined x) flag',
  'x is not defined': 'undefined x',
  'r is changed': 'changed r',
  'r.rc != 0': 'ne r.rc 0',
  'r.rc == 0 or (flag and r.stdout == "")': 'or (eq r.rc 0) (and flag (eq r.stdout ""))',
  '1 < number < 3': 'and (lt 1 number) (lt number 3)',
  'list | length > 0': 'gt (length list) 0',
  'text is match("a.*")': 'match text "a.*"',
  'v is version("1.2", ">=")': 'test v "version" "1.2" ">="',
  // What a text counts as differs, and may be one.
  x: 'test x "truthy"',
  'not text': 'test text "falsy"',
  'x == 1': 'test x "eq" 1',
  'text | bool': 'ansible.builtin.bool text',
  'flag | bool': 'bool flag',
}

for (const [before, after] of Object.entries(conditions)) {
  test(`a condition: ${before}`, () => assert.is(rewritten(before, 'expression'), after))
}

const values: Readonly<Record<string, string>> = {
  '{{ x }}': '{{x}}',
  '{{ map.b | default("y") }}': '{{default map.b "y"}}',
  "{{ map['b'] | default(omit) }}": '{{default map.b omit}}',
  'x-{{ text }}/{{ number }}.c': 'x-{{text}}/{{number}}.c',
  'is {{ flag }}': 'is {{ternary flag "True" "False"}}',
  'is {{ x }}': 'is {{ansible.builtin.string x}}',
  '{{ list | join(",") }}': '{{join list ","}}',
  '{{ list[0] }}': '{{list.[0]}}',
  '{{ list[-1] }}': '{{at list -1}}',
  '{{ text ~ "-x" }}': '{{concat text "-x"}}',
  '{{ "a" if flag else "b" }}': '{{ternary flag "a" "b"}}',
  '{{ hostvars[text].ip }}': '{{hostvar text "ip"}}',
  '{{ lookup("file", text) }}': '{{lookup "file" text}}',
  '{{ people | map(attribute="name") | list }}': '{{map people attribute="name"}}',
  '{{ text | regex_replace("a", "b") }}': '{{regex_replace text "a" "b"}}',
  '{% if flag %}a{% else %}{{ text }}{% endif %}': '{{#if flag}}a{{else}}{{text}}{{/if}}',
}

for (const [before, after] of Object.entries(values)) {
  test(`a value: ${before}`, () => assert.is(rewritten(before, 'value'), after))
}

const left: readonly [string, 'value' | 'expression', RegExp][] = [
  ['{{ x.nosuch() }}', 'value', /^\.nosuch\(\) has no counterpart/],
  ['{{ x | nosuch }}', 'value', /^there is no filter "nosuch" here/],
  ['{{ list[::-1] }}', 'value', /step/],
  ['{{ (1, 2) }}', 'value', /tuple/],
  ['{{ a or lookup("pipe", "b") }}', 'value', /even where it is not needed/],
  ['{% set x = 1 %}{% set x = 2 %}{{ x }}', 'value', /sets no variables/],
  ['{{ text }}', 'expression', /template first/],
  // Jinja makes a list of this.
  ['[{{ text }}]', 'value', /Jinja gives/],
  ['{{ number / 2 }}', 'value', /Jinja gives/],
]

for (const [before, kind, reason] of left) {
  test(`left: ${before}`, () => {
    try {
      rewritten(before, kind)
    } catch (error) {
      assert.instance(error, Left)
      assert.match((error as Left).message, reason)
      return
    }
    assert.unreachable('it is rewritten')
  })
}

test.run()
