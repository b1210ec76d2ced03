import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { render, renderFile, renderText } from '../../src/template/template.ts'
import { Source } from '../../src/values/source.ts'
import { type MapNode, toNode, type Value } from '../../src/values/value.ts'
import { raised, scalar, variables, yaml } from '../support/templates.ts'

const scope = variables(`
one: 1
name: web
flag: false
nothing:
empty: ""
list: [x, y]
map: {k: {deep: [10, {a: b}]}, n: null, length: 7}
do_this: 5
inventory_hostname: h
address: outer
interfaces:
  - {name: eth0, address: null}
  - {name: eth1}
points: [{x: 1}, {x: 2}]
broken: "{{zzzz}}"
wrong: "{{upper list}}"
text_one: "1"
`)

const types = suite('a single expression keeps its type')
const kept: [string, Value][] = [
  ['{{one}}', 1],
  ['{{flag}}', false],
  ['{{nothing}}', null],
  ['{{list}}', ['x', 'y']],
  ['{{map.k}}', { deep: [10, { a: 'b' }] }],
  ['{{ map.k.deep.[1].a }}', 'b'],
  ['{{map.[length]}}', 7],
  ['{{map.n}}', null],
  ['{{~one~}}', 1],
  ['{{{one}}}', 1],
  ['{{5}}', 5],
  ['{{-1.5}}', -1.5],
  ['{{"text"}}', 'text'],
  ['{{true}}', true],
  ['{{null}}', null],
  ['{{eq one 1}}', true],
  ['{{do_this}}', 5],
  ['{{@root.name}}', 'web'],
  ['{{this.name}}', 'web'],
  ['{{list.length}}', 2],
]
for (const [text, value] of kept) types(text, () => assert.equal(render(scalar(text), scope), value))
types.run()

const texts = suite('everything else is text')
const rendered: [string, string][] = [
  ['', ''],
  ['no braces', 'no braces'],
  ['{{one}} ', '1 '],
  ['{{one}}{{one}}', '11'],
  ['<{{name}}&"{{name}}">', '<web&"web">'],
  ['[{{nothing}}{{empty}}]', '[]'],
  ['{{flag}} {{eq one 1}}', 'false true'],
  ['l={{list}} m={{map.k}}', 'l=["x","y"] m={"deep":[10,{"a":"b"}]}'],
  ['{{! comment }}{{one}}', '1'],
  ['\\{{one}} {{one}}', '{{one}} 1'],
  ['{{{{raw}}}}{{one}} {{/x}}{{{{/raw}}}}', '{{one}} {{/x}}'],
  ['{{#if flag}}a{{else if one}}b{{else}}c{{/if}}', 'b'],
  ['{{#if "no"}}a{{else}}b{{/if}}', 'b'],
  ['{{#unless empty}}a{{/unless}}', 'a'],
  ['{{#if (and one (not flag))}}a{{/if}}', 'a'],
  ['{{#each list}}{{@index}}{{this}}{{#unless @last}},{{/unless}}{{/each}}', '0x,1y'],
  ['{{#each list as |i at|}}{{at}}{{i}}{{inventory_hostname}} {{/each}}', '0xh 1yh '],
  ['{{#each map.k as |v k|}}{{k}}{{v.[0]}}{{@key}}{{@first}}{{/each}}', 'deep10deeptrue'],
  ['{{#each nothing}}a{{else}}none{{/each}}', 'none'],
  ['{{#each interfaces}}{{name}}@{{inventory_hostname}} {{/each}}', 'eth0@h eth1@h '],
  // An item's own null is not the outer variable.
  ['{{#each interfaces}}[{{address}}]{{/each}}', '[][outer]'],
  ['{{#each interfaces as |i|}}{{default i.address "none"}},{{/each}}', ',none,'],
  [
    '{{#each points}}{{#each @root.list}}{{../x}}{{this}}{{@../index}} {{/each}}{{/each}}',
    '1x0 1y0 2x1 2y1 ',
  ],
  ['{{#with map}}{{k.deep.[0]}}{{#with k}}{{../length}}{{/with}}{{/with}}', '107'],
  ['{{#with nothing}}a{{else}}b{{/with}}', 'b'],
  ['{{#each points as |p|}}{{#if (gt p.x 1)}}{{p.x}}{{one}}{{/if}}{{/each}}', '21'],
  ['a\n{{#if one}}\nb\n{{/if}}\nc\n', 'a\nb\nc\n'],
  ['a  {{~one~}}  b', 'a1b'],
  [`\${#array[@]} {%host} 50{%`, `\${#array[@]} {%host} 50{%`],
]
for (const [text, value] of rendered) {
  texts(`${JSON.stringify(text)} gives ${JSON.stringify(value)}`, () =>
    assert.equal(render(scalar(text), scope), value),
  )
}
texts('lists and maps are rendered with their keys', () => {
  const node = yaml('"{{name}}-key": ["{{one}}", {a: "{{list}}"}]\nb: 5\n')
  assert.equal(render(node, scope), { 'web-key': [1, { a: ['x', 'y'] }], b: 5 })
})
texts('unsafe texts are not rendered', () => {
  assert.equal(render(yaml('- !unsafe "{{one}}"\n- !unsafe ["{{one}}"]\n'), scope), ['{{one}}', ['{{one}}']])
})
texts('what has no templates is made once, and cannot be changed', () => {
  const node = yaml('a: [1, {b: c}]\n')
  const value = render(node, scope) as { a: Value[] }
  assert.is(render(node, scope), value)
  assert.throws(() => value.a.push(2), /not extensible/)
})
texts('a key __proto__ is a key', () => {
  const value = render(yaml('__proto__: {a: 1}\n'), scope)
  assert.equal(JSON.stringify(value), '{"__proto__":{"a":1}}')
  assert.is(Object.getPrototypeOf(value), Object.prototype)
})
texts('a file is always text', () => {
  assert.is(renderFile(new Source('t.hbs', '{{one}}'), scope), '1')
  assert.is(renderFile(new Source('t.hbs', '{{#each list}}\n- {{this}}\n{{/each}}\n'), scope), '- x\n- y\n')
})
texts('a text is rendered by its place', () => {
  const place = { source: new Source('x', '{{one}}'), start: 0, end: 7 }
  assert.is(renderText('{{one}}', place, scope), 1)
})
texts.run()

const strict = suite('problems, with their places')
const wrong: [string, string][] = [
  ['{{zzzz}}', '1:7 unknown variable "zzzz"'],
  ['text {{ nmae }}', '1:13 unknown variable "nmae" (did you mean "name"?)'],
  ['{{eq zzzz 1}}', '1:10 unknown variable "zzzz"'],
  ['{{upper (first zzzz)}}', '1:20 unknown variable "zzzz"'],
  ['{{dict a=zzzz}}', '1:14 unknown variable "zzzz"'],
  ['{{#if zzzz}}a{{/if}}', '1:11 unknown variable "zzzz"'],
  ['{{#each zzzz}}a{{/each}}', '1:13 unknown variable "zzzz"'],
  ['{{#each list as |i|}}{{i.x}}{{/each}}', '1:28 "i" is "x" and has no "x"'],
  ['{{map.lenght}}', '1:7 "map" has no "lenght" (did you mean "length"?)'],
  ['{{map.k.deep.[2]}}', '1:7 "map.k.deep" is a list of 2 items and has no "2"'],
  ['{{map.n.x}}', '1:7 "map.n" is null and has no "x"'],
  ['{{name.length}}', '1:7 "name" is "web" and has no "length"'],
  ['{{map.constructor}}', '1:7 "map" has no "constructor"'],
  ['{{constructor}}', '1:7 unknown variable "constructor"'],
  ['{{__proto__}}', '1:7 unknown variable "__proto__"'],
  ['{{list.__proto__}}', '1:7 "list" is a list of 2 items and has no "__proto__"'],
  ['{{this}}', '1:7 this stands for all variables here; name one'],
  ['{{@index}}', '1:7 @index is known inside #each only'],
  ['{{first (list)}}', '1:5 first finds nothing for []'],
  [
    '{{lookup map "x"}}',
    '1:5 lookup finds nothing for {"k":{"deep":[10,{"a":"b"}]},"n":null,"length":7} "x"',
  ],
  ['{{upper list}}', '1:5 upper: text must be text, and ["x","y"] is not'],
  ['{{concat "a" (upper list)}}', '1:20 upper: text must be text, and ["x","y"] is not'],
  ['{{#each name}}{{/each}}', '1:13 #each needs a list or a map, and "web" is neither'],
]
for (const [text, expected] of wrong) {
  strict(`${text} is refused with its place`, () =>
    assert.equal(
      raised(() => render(scalar(text), scope)),
      [`test.yml:${expected}`],
    ),
  )
}
strict('a problem in a block scalar or a file has its place', () => {
  const block = (yaml('x: |\n  one\n  two {{zzzz}}\n') as MapNode).entries[0]!.value
  assert.equal(
    raised(() => render(block, scope)),
    ['test.yml:3:9 unknown variable "zzzz"'],
  )
  const file = new Source('t.hbs', 'one\r\n{{!-- c\n --}}\n{{#if one}}\n  {{zzzz}}\n{{/if}}\n')
  assert.equal(
    raised(() => renderFile(file, scope)),
    ['t.hbs:5:5 unknown variable "zzzz"'],
  )
})
strict('a problem in a variable that is rendered for another has its place', () => {
  assert.equal(
    raised(() => render(scalar('{{broken}}'), scope)),
    ['vars.yml:16:12 unknown variable "zzzz"'],
  )
})
strict('the same text at two places has a problem at each', () => {
  const list = yaml('- a\n- "{{zzzz2}}"\n')
  const other = yaml('- "{{zzzz2}}"\n', 'other.yml')
  assert.equal(
    raised(() => render(list, scope)),
    ['test.yml:2:6 unknown variable "zzzz2"'],
  )
  assert.equal(
    raised(() => render(other, scope)),
    ['other.yml:1:6 unknown variable "zzzz2"'],
  )
})
strict('a problem in a key has its place', () => {
  assert.equal(
    raised(() => render(yaml('"a{{zzzz}}": 1\n'), scope)),
    ['test.yml:1:5 unknown variable "zzzz"'],
  )
})
strict('a problem in a text from elsewhere has the place of the whole', () => {
  const node = toNode('{{zzzz}}', { source: new Source('-e', 'x={{zzzz}}'), start: 0, end: 10 })
  assert.equal(
    raised(() => render(node, scope)),
    ['-e:1:1 unknown variable "zzzz"'],
  )
})
strict.run()

const forgiving = suite('what may be missing')
const forgiven: [string, Value][] = [
  ['{{default zzzz "d"}}', 'd'],
  ['{{default map.x.y one}}', 1],
  ['{{default (first (list)) "d"}}', 'd'],
  ['{{default zzzz zzzz2 3}}', 3],
  ['{{default nothing "d"}}', null],
  ['{{default empty "d"}}', ''],
  ['{{default broken "d"}}', 'd'],
  ['{{defined zzzz}}', false],
  ['{{defined map.k.deep}}', true],
  ['{{defined nothing}}', true],
  ['{{undefined zzzz.x}}', true],
  ['{{undefined one}}', false],
  ['{{and (defined zzzz) (eq zzzz 1)}}', false],
  ['{{or (undefined zzzz) zzzz.x}}', true],
  ['{{ternary one "y" zzzz}}', 'y'],
  ['{{ternary flag zzzz "n"}}', 'n'],
  ['{{ternary (defined zzzz) zzzz.x "n"}}', 'n'],
  ['{{and flag wrong}}', false],
  ['{{default zzzz (dict a=(default zzzz 1))}}', { a: 1 }],
]
for (const [text, value] of forgiven) {
  forgiving(`${text} gives ${JSON.stringify(value)}`, () => assert.equal(render(scalar(text), scope), value))
}
const unforgiven: [string, string][] = [
  ['{{default zzzz zzzz2}}', 'test.yml:1:20 unknown variable "zzzz2"'],
  ['{{default wrong "d"}}', 'vars.yml:17:9 upper: text must be text, and ["x","y"] is not'],
  ['{{defined (upper list)}}', 'test.yml:1:15 upper: text must be text, and ["x","y"] is not'],
  ['{{and one zzzz}}', 'test.yml:1:15 unknown variable "zzzz"'],
  ['{{ternary zzzz 1 2}}', 'test.yml:1:15 unknown variable "zzzz"'],
  ['{{mandatory zzzz}}', 'test.yml:1:17 unknown variable "zzzz"'],
  ['{{mandatory zzzz "set zzzz"}}', 'test.yml:1:5 mandatory: set zzzz'],
]
for (const [text, expected] of unforgiven) {
  forgiving(`${text} is refused with its place`, () =>
    assert.equal(
      raised(() => render(scalar(text), scope)),
      [expected],
    ),
  )
}
forgiving.run()
