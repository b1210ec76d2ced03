import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Float } from '../../src/values/float.ts'
import { placeName, Source } from '../../src/values/source.ts'
import { toText } from '../../src/values/text.ts'
import { type MapNode, type ScalarNode, toNode, toValue, type Value } from '../../src/values/value.ts'
import { placeInScalar } from '../../src/yaml/scalar.ts'
import { parseYaml, parseYamlValue, takeDoubleKeys } from '../../src/yaml/yaml.ts'
import { describe, raised, yaml } from '../support/templates.ts'

const values = suite('values as Ansible reads them')
const scalars: [string, Value][] = [
  ['yes', true],
  ['No', false],
  ['on', true],
  ['OFF', false],
  ['true', true],
  ['y', 'y'],
  ['n', 'n'],
  ['oN', 'oN'],
  ['~', null],
  ['null', null],
  ['', null],
  ['0644', 420],
  ['-010', -8],
  ['08', '08'],
  ['0o644', '0o644'],
  ['0', 0],
  ['-0', 0],
  ['+12', 12],
  ['1_000', 1000],
  ['0x1F', 31],
  ['0b101', 5],
  ['12345678901234567890', '12345678901234567890'],
  ['1.5', 1.5],
  ['.5', 0.5],
  ['2.0', new Float(2)],
  ['1.10', 1.1],
  ['1e3', '1e3'],
  ['1.5e+1', new Float(15)],
  ['-.inf', '-inf'],
  ['.nan', 'nan'],
  ['1:20', '1:20'],
  ['2020-01-01', '2020-01-01'],
  ['"yes"', 'yes'],
  ["'0644'", '0644'],
  ['!!str 0644', '0644'],
  ['!!int "7"', 7],
  ['a  b', 'a  b'],
  ['"a\\tb\\x41\\u00e9"', 'a\tbAé'],
  ["'it''s'", "it's"],
]
for (const [text, value] of scalars) {
  values(`x: ${text} has the value that Ansible reads`, () => {
    const node = toValue(yaml(`x: ${text}\n`))
    assert.equal(node, { x: value })
    // Two floats are equal to the comparison above, whatever their values.
    assert.is(toText(node), toText({ x: value }))
  })
}
values('keys become text', () => {
  assert.equal(toValue(yaml('1: a\nyes: b\n0x10: c\n"~": d\n1.0: e\n')), {
    1: 'a',
    true: 'b',
    16: 'c',
    '~': 'd',
    '1.0': 'e',
  })
})
values('block scalars keep or fold their lines', () => {
  assert.equal(toValue(yaml('a: |\n  x\n   y\nb: >-\n  x\n  y\nc: |+\n  x\n\n')), {
    a: 'x\n y\n',
    b: 'x y',
    c: 'x\n\n',
  })
})
const unindented: [text: string, value: Value][] = [
  ['a: "x\ny"\nb: c\n', { a: 'x y', b: 'c' }],
  ["a:\n  - 'x\n\n  y'\n  - z\n", { a: ['x\ny', 'z'] }],
  ['a: [x, "{%\nif b\n%}"\n]\nc: d\n', { a: ['x', '{% if b %}'], c: 'd' }],
  ['a: {b: c,\nd: [e,\nf]}\ng: h\n', { a: { b: 'c', d: ['e', 'f'] }, g: 'h' }],
  ['- a: {\nb: c\n}\n- d\n', [{ a: { b: 'c' } }, 'd']],
  ['- a: "x\n# y"\n', [{ a: 'x # y' }]],
]
for (const [text, value] of unindented) {
  values(`within quotes and brackets lines need no indentation: ${JSON.stringify(text)}`, () => {
    assert.equal(toValue(yaml(text)), value)
  })
}
values('a place behind an unindented line is right', () => {
  const { entries } = yaml('a: "x\ny"\nb: {c: d,\ne: "{{f}}"}\n') as MapNode
  const { entries: inner } = entries[1]!.value as MapNode
  assert.is(placeName(inner[1]!.value.place), 'test.yml:4:4')
})
values('anchors are the same node', () => {
  const map = yaml('a: &x {k: [1]}\nb: *x\n') as MapNode
  assert.is(map.entries[0]!.value, map.entries[1]!.value)
})
values('merge keys give what is not given', () => {
  const text = 'one: &one {a: 1, b: 1}\ntwo: &two {b: 2, c: 2}\nall:\n  <<: [*one, *two]\n  c: 3\n'
  assert.equal((toValue(yaml(text)) as { all: Value }).all, { a: 1, b: 1, c: 3 })
})
values('!unsafe holds for all that is in a list', () => {
  const map = yaml('a: !unsafe "{{x}}"\nb: !unsafe [y, {z: "{{z}}"}]\nc: "{{x}}"\n') as MapNode
  const unsafe = map.entries.map(({ value }) =>
    JSON.stringify(value, (key, item) => (key === 'place' ? 0 : item)),
  )
  assert.equal(
    unsafe.map((text) => text.split('"unsafe":true').length - 1),
    [1, 2, 0],
  )
})
values('an empty document is null', () => {
  for (const text of ['', '\n', '# only a comment\n', '---\n', '---\n...\n', '~\n']) {
    assert.equal(parseYaml(new Source('x', text)), { node: undefined, problems: [] }, JSON.stringify(text))
  }
})
values('a byte order mark and CRLF are passed over', () => {
  assert.equal(toValue(yaml('\ufeffa: b\r\nc:\r\n  - d\r\n')), { a: 'b', c: ['d'] })
})
values('a value of its own is read too, as for -e', () => {
  assert.equal(toValue(parseYamlValue('{"a": [1, "x"]}', '-e')), { a: [1, 'x'] })
  assert.is(toValue(parseYamlValue('', '-e')), null)
  assert.equal(
    raised(() => toValue(parseYamlValue('{a: ', '-e'))),
    ['-e:1:1 this brace { is never closed'],
  )
})
values.run()

const problems = suite('what is wrong, and where')
// Runs of other tests say it too.
problems.before(() => takeDoubleKeys('error'))
const wrong: [string, string][] = [
  ['a: 1\nb: 2\na: 3\n', 't:3:1 "a" is given twice (it stands first at t:1:1; remove one of the two)'],
  ['1: a\n"1": b\n', 't:2:1 "1" is given twice (it stands first at t:1:1; remove one of the two)'],
  ['a: {b: 1, b: 2}\n', 't:1:11 "b" is given twice (it stands first at t:1:5; remove one of the two)'],
  ['x: {{ y }}\n', 't:1:4 a value that starts with {{ must be quoted (write "{{ y }}")'],
  ['x: {{ y }}/z # why\n', 't:1:4 a value that starts with {{ must be quoted (write "{{ y }}/z")'],
  ['- x: {{ f "y" }}\n', `t:1:6 a value that starts with {{ must be quoted (write '{{ f "y" }}')`],
  ['- {{ y }}\n', 't:1:3 a value that starts with {{ must be quoted (write "{{ y }}")'],
  ['a:\n\tb: 1\n', 't:2:1 a tab indents this line (YAML is indented with spaces only)'],
  [
    'a:\n  b: 1\n c: 2\n',
    't:3:1 the indentation of this line fits no line above it (entries of one map or list start in the same column)',
  ],
  ['a: "x\nb: 1\n', 't:1:4 this quote is never closed'],
  ["a:\n  - b: 'x\n", 't:2:8 this quote is never closed'],
  ['a: [1, [2], 3\nb: 1\n', 't:1:4 this bracket [ is never closed'],
  ['a: {b: 1\nc: 2\n', 't:1:4 this brace { is never closed'],
  ['a: 1\nbc\n', 't:2:1 a colon is missing behind this key (write "key: value")'],
  [
    'a: b: c\n',
    't:1:4 a colon followed by a space stands inside an unquoted value (put quotes around the value)',
  ],
  ['a: @x\n', 't:1:4 an unquoted value cannot start with @ (put quotes around the value)'],
  ['a: "\\q"\n', 't:1:5 \\q means nothing inside double quotes (write \\\\q, or use single quotes)'],
  [
    'a: "x" y\n',
    't:1:8 unexpected "y" (quote the whole value, or check the indentation and the brackets above)',
  ],
  ['a: *x\n', 't:1:4 no anchor "&x" stands above (quote the value if the star is meant as text)'],
  ['a: &x\n  b: *x\n', 't:2:6 "*x" stands inside what it repeats'],
  ['a: !foo b\n', 't:1:9 the tag !foo means nothing here (the tags are !unsafe, !vault and !!str)'],
  [
    'a: 1\n---\nb: 2\n',
    't:2:1 a second YAML document starts here, and a file may hold only one (remove the "---" line above, or move what follows into a file of its own)',
  ],
  ['~: a\n', 't:1:1 a key is missing in front of the colon'],
  [': a\n', 't:1:1 a key is missing in front of the colon'],
  ['? [a]\n: b\n', 't:1:3 a key must be text, and this is a list (quote it if it is meant as text)'],
  ['<<: 5\n', 't:1:5 "<<" takes a map or a list of maps'],
]
for (const [text, expected] of wrong) {
  problems(`${JSON.stringify(text)} is refused with its place`, () => {
    assert.equal(parseYaml(new Source('t', text)).problems.map(describe), [expected])
  })
}
problems('all duplicate keys are reported at once', () => {
  assert.is(parseYaml(new Source('t', 'a: 1\na: 2\nb:\n  c: 1\n  c: 2\n')).problems.length, 2)
})
problems.run()

const places = suite('places')
places('maps, keys and values have places', () => {
  const map = yaml('# c\na: 1\nb:\n  - x\n  - y: z\n') as MapNode
  const [first, second] = map.entries
  assert.is(placeName(map.place), 'test.yml:2:1')
  assert.is(placeName(first!.value.place), 'test.yml:2:4')
  assert.is(placeName(second!.keyPlace), 'test.yml:3:1')
  assert.is(second!.value.kind === 'list' && placeName(second!.value.items[1]!.place), 'test.yml:5:5')
})
const inScalars: [string, string, string][] = [
  ['x: one NAME two\n', 'NAME', '1:8'],
  ['x: "one NAME two"\n', 'NAME', '1:9'],
  ['x: "\\u0041\\t\\x41\\"\\\\ NAME"\n', 'NAME', '1:22'],
  ['x: "\\U0001F600 NAME"\n', 'NAME', '1:16'],
  ["x: 'it''s NAME'\n", 'NAME', '1:11'],
  ['x: |\n  one\n\n   two NAME\n', 'NAME', '4:8'],
  ['x: >- # folded\n  one\n  two NAME\n', 'NAME', '3:7'],
  ['x: |2-\n    one\n  NAME\n', 'NAME', '3:3'],
  ['x: one\n  two NAME\n', 'NAME', '2:7'],
  ['x: "one\n  two \\\n  NAME"\n', 'NAME', '3:3'],
  ['x: &anchor !!str one NAME\n', 'NAME', '1:22'],
]
for (const [text, name, expected] of inScalars) {
  places(`${name} has its place in ${JSON.stringify(text)}`, () => {
    const node = (yaml(text) as MapNode).entries[0]!.value as ScalarNode
    const start = String(node.value).indexOf(name)
    const place = placeInScalar(node, start, start + name.length)
    assert.is(placeName(place), `test.yml:${expected}`)
    assert.is(place.source.text.slice(place.start, place.end), name)
  })
}
places('the place of a text that does not stand in its source is the whole', () => {
  const place = { source: new Source('-e', 'a=b'), start: 0, end: 3 }
  assert.is(placeInScalar(toNode('other', place) as ScalarNode, 1, 2), place)
  assert.is(placeInScalar(toNode(5, place) as ScalarNode, 0, 1), place)
})
places.run()
