import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fromJinja } from '../../../src/template/jinja/to-handlebars.ts'
import { render } from '../../../src/template/template.ts'
import { raised, scalar, variables } from '../../support/templates.ts'

const forms = suite('expressions of Jinja in Handlebars')
const pairs: [string, string | undefined][] = [
  ['x | default("y")', 'default x "y"'],
  ["x|default('y', true)", 'or (default x "y") "y"'],
  ['x | d(none)', 'default x null'],
  ['a == b', 'eq a b'],
  ['a != 1.5', 'ne a 1.5'],
  ['a <= -1', 'le a -1'],
  ['x is defined', 'defined x'],
  ['x.y is not defined', 'undefined x.y'],
  ['not x is defined', 'undefined x'],
  ['r is changed', 'changed r'],
  ['r is not failed', 'not (failed r)'],
  ['r is success', 'succeeded r'],
  ['x is none', 'eq x null'],
  ['x is match("a.*")', 'match x "a.*"'],
  ['x is in y', 'in x y'],
  ['a and b and not c', 'and a b (not c)'],
  ['a or b and c', 'or a (and b c)'],
  ['(a or b) and c', 'and (or a b) c'],
  ['x in ["a", "b"]', 'in x (list "a" "b")'],
  ['x not in y', 'not (in x y)'],
  ['"a" ~ b ~ "c"', 'concat "a" b "c"'],
  ['a + 1 * 2', 'add a (mul 1 2)'],
  ['"a" + b', 'concat "a" b'],
  ['l | map(attribute="n") | list | join(",")', 'join (pick l "n") ","'],
  ['l | selectattr("a", "equalto", "b") | list', 'where l "a" "b"'],
  ['l | rejectattr("a")', 'without l "a"'],
  ['l | sort(attribute="n")', 'sort l "n"'],
  ['x.y[0].z', 'x.y.[0].z'],
  ['x["a b"]', 'x.[a b]'],
  ["x['a'].b", 'x.a.b'],
  ['x[y]', 'lookup x y'],
  ['x[y].z', 'lookup (lookup x y) "z"'],
  ['l[-1]', 'at l -1'],
  ['item.0', 'item.[0]'],
  ['x if c else z', 'ternary c x z'],
  ['lookup("env", "HOME")', 'env "HOME"'],
  ['groups["all"] | length > 0', 'gt (length groups.all) 0'],
  ['x.split(",")', 'split x ","'],
  ['x.startswith("a")', 'match x "a"'],
  ['d.get("a", 1)', 'default (lookup d "a") 1'],
  ['x | ansible.builtin.bool', 'bool x'],
  ['x | combine(y)', 'merge x y'],
  ['x | dict2items', 'items x'],
  ['range(3)', 'range 0 3'],
  ['r.rc != 0 and "x" in r.stdout', 'and (ne r.rc 0) (in "x" r.stdout)'],
  ['\'say "hi"\' ~ x', `concat 'say "hi"' x`],
  ['True', 'true'],
  ['a', 'a'],
  ['a b', undefined],
  ['a ==', undefined],
  ['x | unknown_filter', undefined],
  ['x is unknown_test', undefined],
  ['f(x)', undefined],
  ['a // b', undefined],
  ['"unclosed', undefined],
  ['', undefined],
]
for (const [jinja, handlebars] of pairs) forms(jinja, () => assert.is(fromJinja(jinja), handlebars))
forms.run()

const shown = suite('templates that are no Handlebars')
const scope = variables('a: 1\nl: [1]\n')
const wrong: [string, string[]][] = [
  [
    '{{ a | default(1) }}',
    ['1:5 {{ a | default(1) }} is not a Handlebars expression (write {{ default a 1 }})'],
  ],
  [
    'x {{a | int}} y {{ l == [] }}',
    [
      '1:7 {{a | int}} is not a Handlebars expression (write {{int a}})',
      '1:21 {{ l == [] }} is not a Handlebars expression (write {{ eq l (list) }})',
    ],
  ],
  ['{{#if a == 1}}x{{/if}}', ['1:5 {{#if a == 1}} is not a Handlebars expression (write {{#if (eq a 1)}})']],
  [
    '{{#each l | sort as |i|}}{{/each}}',
    ['1:5 {{#each l | sort as |i|}} is not a Handlebars expression (write {{#each (sort l) as |i|}})'],
  ],
  ['{{a.1}}', ['1:5 {{a.1}} is not a Handlebars expression (write {{a.[1]}})']],
  ['{{a in l}}', ['1:7 unknown helper "a" (write in a l)']],
  ['{{concat (a is defined)}}', ['1:15 unknown helper "a" (write defined a)']],
  [
    '{% if a == 1 %}x{% else %}y{% endif %}',
    [
      '1:5 {% %} is Jinja, and templates here are Handlebars (write {{#if (eq a 1)}})',
      '1:21 {% %} is Jinja, and templates here are Handlebars (write {{else}})',
      '1:32 {% %} is Jinja, and templates here are Handlebars (write {{/if}})',
    ],
  ],
  [
    '{% for k, v in a.items() %}',
    ['1:5 {% %} is Jinja, and templates here are Handlebars (write {{#each a as |v k|}})'],
  ],
  [
    '{% for i in l|sort %}{{ i | int }}',
    [
      '1:5 {% %} is Jinja, and templates here are Handlebars (write {{#each (sort l) as |i|}})',
      '1:26 {{ i | int }} is not a Handlebars expression (write {{ int i }})',
    ],
  ],
  [
    '{%- set x = 1 %}',
    [
      '1:5 {% %} is Jinja, and templates here are Handlebars (templates have no "set"; put what it makes into a variable)',
    ],
  ],
  ['{# why #}', ['1:5 {# #} is a comment of Jinja, not of Handlebars (write {{!-- why --}})']],
  ['{{#if a}}x', ['1:5 {{#if a}} is never closed (write {{/if}} behind it)']],
  ['{{#if a}}x{{/each}}', ['1:15 {{/each}} stands where {{/if}} is expected']],
  ['x{{/if}}', ['1:6 {{/if}} closes no block']],
  ['{{else}}', ['1:5 {{else}} stands outside of any block']],
  [
    'a {{ l',
    [
      '1:7 these braces are never closed (write }} behind the expression, or \\{{ when braces are meant as text)',
    ],
  ],
  ['{{#a}}x{{/a}}', ['1:8 unknown block #a (write {{#if a}}, {{#unless a}} or {{#each a}})']],
  ['{{#eech l}}x{{/eech}}', ['1:8 unknown block #eech (did you mean "each"?)']],
  [
    '{{#if defined a}}x{{/if}}',
    ['1:8 #if takes one argument (put a call in parentheses, as in {{#if (eq a b)}})'],
  ],
  [
    "docker ps --format '{{.Names}}'",
    [
      '1:25 {{.Names}} is not a Handlebars expression (write {{name}} or {{upper name}}, or \\{{ when braces are meant as text)',
    ],
  ],
  ['{{> header}}', ['1:5 there are no partials here (use include_tasks, a role or a variable instead)']],
  ['{{* x}}', ['1:5 there are no decorators here']],
  ['{{uper a}}', ['1:7 unknown helper "uper" (did you mean "upper"?)']],
  ['{{upper a b=1}}', ['1:15 upper takes no b= (write upper text)']],
  ['{{@indx}}', ['1:7 there is no @indx (did you mean "@index"?)']],
  ['{{eq a undefined}}', ['1:12 undefined is not a value (write null)']],
]
for (const [text, expected] of wrong) {
  shown(text, () => {
    assert.equal(
      raised(() => render(scalar(text), scope)),
      expected.map((line) => `test.yml:${line}`),
    )
  })
}
shown.run()
