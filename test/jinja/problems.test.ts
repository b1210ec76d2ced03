import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { renderFile } from '../../src/template/template.ts'
import { Source } from '../../src/values/source.ts'
import { raised, variables } from '../support/templates.ts'

const scope = variables(
  'name: x\nport: 80\nuser: {name: ann, uid: 5}\nlist: [1, 2]\nbroken: "{{ user.nmae }}"\n',
)

const test = suite('what is wrong with a template of Jinja')

const wrong: [template: string, problem: string][] = [
  ['a\n{{ prot }}', '2:4 unknown variable "prot" (did you mean "port"?)'],
  ['{{ user.nmae }}', '1:4 "user" has no "nmae" (did you mean "name"?)'],
  ['{{ user["nmae"].x }}', '1:4 "user" has no "nmae" (did you mean "name"?)'],
  ['{{ list[5] }}', '1:4 "list" is a list of 2 items and has no 5'],
  ['{{ name.x }}', '1:4 "name" is \'x\' and has no "x"'],
  ['{{ port | uper }}', '1:11 unknown filter "uper" (did you mean "upper"?)'],
  ['{{ port is defned }}', '1:12 unknown test "defned" (did you mean "defined"?)'],
  ['{{ 1 }}{{ port + name }}', "1:11 unsupported operand type(s) for +: 'int' and 'str'"],
  ['{{ port(1) }}', '1:4 "port" is of type int and cannot be called'],
  ['{% for a, b in list %}{% endfor %}', "1:8 'int' object is not iterable"],
  ['{% for i in port %}{% endfor %}', "1:13 'int' object is not iterable"],
  ['{% set ns = {} %}{% set ns.a = 1 %}', '1:25 "ns" is no namespace, so nothing in it can be set'],
  ['{% macro m(a) %}{% endmacro %}{{ m(1, 2) }}', '1:34 the macro "m" takes 1 argument at most'],
  ['{% macro m(a) %}{{ a + x }}{% endmacro %}\n{{ m(1) }}', '1:24 unknown variable "x"'],
  ['{% include "nope.j2" %}', '1:4 there is no template "nope.j2"'],
  ['{% foor i in list %}', '1:4 unknown statement "foor" (did you mean "for"?)'],
  ['{% if name %}\nx', '1:4 {% if %} is never closed (write {% endif %} behind it)'],
  ['{% for i in list %}{% endif %}', '1:23 {% endif %} stands where {% else %} or {% endfor %} is expected'],
  ['{% endif %}', '1:4 {% endif %} closes no block'],
  ['{{ name }', '1:9 this } closes nothing'],
  ['{{ name', '1:1 this tag is never closed'],
  ["{{ 'name }}", "1:4 the quote ' is not closed"],
  ['{{ (name }}', '1:10 this } stands where ) is expected'],
  ['{{ name port }}', '1:9 an operator, a filter or the end of the expression is missing: here is "port"'],
  ['{{ name | }}', '1:11 a name is missing: it ends here'],
  ['{{ "\\xzz" }}', '1:5 \\x needs 2 hexadecimal digits'],
  ['{% raw %}', '1:1 {% raw %} is never closed (write {% endraw %} behind it)'],
  ['{{ broken }}', 'vars.yml:5:13 "user" has no "nmae" (did you mean "name"?)'],
]
for (const [template, problem] of wrong) {
  test(`${JSON.stringify(template)} is refused with its place`, () => {
    const place = problem.startsWith('vars') ? problem : `t.j2:${problem}`
    assert.equal(
      raised(() => renderFile(new Source('t.j2', template), scope)),
      [place],
    )
  })
}

test.run()
