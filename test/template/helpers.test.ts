import { homedir } from 'node:os'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { evaluateExpression } from '../../src/template/condition.ts'
import { helpers, helperThemes } from '../../src/template/helpers/index.ts'
import { toValue, type Value } from '../../src/values/value.ts'
import { parseYamlValue } from '../../src/yaml/yaml.ts'
import { raised, scalar, variables } from '../support/templates.ts'

const scope = variables(`
list: [b, a, C, a]
numbers: [10, 9, "1"]
empty: []
map: {b: 1, a: {c: [2]}}
people:
  - {name: ann, age: 3, active: true, at: {city: x}}
  - {name: bob, age: 20, active: false, at: {city: y}}
  - {name: cy, age: 100}
items: [{key: a, value: 1}, {key: b, value: 2}]
json: '{"a": [1, null]}'
bad_json: '{'
yaml: "a: yes\\nb: 0644\\n"
text: "one two\\tthree\\n"
mac: "00:16:3e:12:34:56"
nothing:
result: {changed: true, failed: true, skipped: true, rc: 1}
`)
const place = scalar('x').place
const evaluated = (text: string) => evaluateExpression(text, place, scope)

/** What an expression gives, in YAML. */
const expressions: Record<string, Record<string, string>> = {
  logic: {
    'eq 1 "1"': 'true',
    'eq 1 "1.0"': 'true',
    'eq "1.10" "1.1"': 'false',
    'eq map (dict a=map.a b=1)': 'true',
    'eq list (list "b" "a")': 'false',
    'eq nothing false': 'false',
    'eq true "true"': 'false',
    'ne 1 2': 'true',
    'lt "9" "10"': 'true',
    'lt "9a" "10a"': 'false',
    'le 1 1': 'true',
    'gt (list 1 2) (list 1 1)': 'true',
    'ge "b" "a"': 'true',
    'and 1 "" 2': '""',
    'and 1 2': '2',
    'or 0 "x" unknown': 'x',
    'or 0 ""': '""',
    'not empty': 'true',
    'in "a" list': 'true',
    'in 9 numbers': 'true',
    'in "wo" text': 'true',
    'in "a" map': 'true',
    'contains map "c"': 'false',
    'contains text "three"': 'true',
    'defined map.a': 'true',
    'undefined map.x': 'true',
    'default map.x 1': '1',
    'mandatory map.b': '1',
    'ternary empty 1 2': '2',
    'changed result': 'true',
    'failed result': 'true',
    'succeeded result': 'false',
    'test "2.10" "version" "2.9" ">="': 'true',
    'test "no" "truthy"': 'true',
    'test nowhere "string"': 'false',
    'test nothing "none"': 'true',
    'skipped result': 'true',
    'skipped (dict)': 'false',
  },
  text: {
    'upper "aß"': 'ASS',
    'lower "AB"': 'ab',
    'upper 5': '"5"',
    'trim "  a b "': 'a b',
    'concat (ljust "ab" 4) "|"': 'ab  |',
    'ljust "abc" 2': 'abc',
    'capitalize "hELLO you"': 'Hello you',
    'replace "a.b.c" "." "$&"': 'a$&b$&c',
    'regex_replace "a1b22" "(\\d)" "<\\1>"': 'a<1>b<2><2>',
    'regex_replace "key=v" "(?P<k>\\w+)=(\\w+)" "\\2:\\g<k>"': 'v:key',
    'regex_search "eth0 eth1" "eth\\d"': 'eth0',
    'regex_search "eth0" "eth(\\d)" 1': '"0"',
    'regex_search "eth0" "eth(?P<n>\\d)" "n"': '"0"',
    'regex_search "x" "eth"': '~',
    'match "abc" "b"': 'false',
    'match "abc" "ab"': 'true',
    'match "a\nb" "(?m)^b"': 'false',
    'search "abc" "B"': 'false',
    'search "abc" "(?i)B"': 'true',
    'concat "a" 1 true nothing list.[0]': 'a1trueb',
    'join list ","': 'b,a,C,a',
    'join list': 'baCa',
    'split "a,b,,c" ","': '[a, b, "", c]',
    'split text': '[one, two, three]',
    'lines "a\r\nb\n\nc\n"': '[a, b, "", c]',
    'lines ""': '[]',
  },
  lists: {
    'list 1 "a"': '[1, a]',
    'length list': '4',
    'length "😀a"': '2',
    'length map': '2',
    'first list': 'b',
    'first "abc"': 'a',
    'last list': 'a',
    'at list 1': 'a',
    'at list -2': 'C',
    'slice list 1 3': '[a, C]',
    'slice list 2': '[C, a]',
    'slice "abcd" -2': 'cd',
    'sort list': '[a, a, b, C]',
    'sort numbers': '["1", 9, 10]',
    'pick (sort people "age") "name"': '[ann, bob, cy]',
    'unique (list "a" 1 "1" map map)': '[a, 1, {b: 1, a: {c: [2]}}]',
    'reverse list': '[a, C, a, b]',
    'reverse "abc"': 'cba',
    'flatten (list 1 (list 2 (list 3)))': '[1, 2, 3]',
    'flatten (list 1 (list 2 (list 3))) 1': '[1, 2, [3]]',
    'union list (list "d" "a")': '[b, a, C, d]',
    'difference list (list "a")': '[b, C]',
    'intersect list (list "a" "C" "z")': '[a, C]',
    'range 1 4': '[1, 2, 3]',
    'range 4 0 -2': '[4, 2]',
    'range 1 1': '[]',
    'zip list (list 1 2)': '[[b, 1], [a, 2]]',
    'pick people "age"': '[3, 20, 100]',
    'pick (slice people 0 2) "at.city"': '[x, y]',
    'pick (where people "name" "bob") "age"': '[20]',
    'pick (where people "at.city" "x") "age"': '[3]',
    'pick (where people "active") "name"': '[ann]',
    'pick (without people "active") "name"': '[bob, cy]',
    'pick (without people "age" 20) "name"': '[ann, cy]',
    'keys (index_by people "age")': '["3", "20", "100"]',
  },
  maps: {
    'dict a=1 b=list.[0]': '{a: 1, b: b}',
    'keys map': '[b, a]',
    'values map': '[1, {c: [2]}]',
    'items (dict a=1)': '[{key: a, value: 1}]',
    'from_items items': '{a: 1, b: 2}',
    'from_items people "name" "age"': '{ann: 3, bob: 20, cy: 100}',
    'merge map (dict b=2 d=3)': '{b: 2, a: {c: [2]}, d: 3}',
    'lookup map "b"': '1',
    'lookup list 1': 'a',
  },
  'numbers and types': {
    'add 1 "2" 3.5': '6.5',
    'sub 5 7': '-2',
    'mul 2 3 4': '24',
    'div 7 2': '3.5',
    'mod -1 5': '4',
    'sum numbers': '20',
    'sum empty': '0',
    'min numbers': '"1"',
    'max numbers': '10',
    'max list': 'C',
    'abs -5': '5',
    'round 1.236 2': '1.24',
    'round 2.5': '3',
    'int "7.9"': '7',
    'int -7.9': '-7',
    'int true': '1',
    'float "1.5"': '1.5',
    'bool "Yes"': 'true',
    'bool 0': 'false',
    'string 5': '"5"',
    'string list': '\'["b","a","C","a"]\'',
  },
  'formats, paths and hashes': {
    'to_json map': '\'{"b":1,"a":{"c":[2]}}\'',
    'to_nice_json map':
      '"{\\n    \\"a\\": {\\n        \\"c\\": [\\n            2\\n        ]\\n    },\\n    \\"b\\": 1\\n}"',
    'to_yaml (dict a="yes" b="0644" c=list)':
      '"a: \\"yes\\"\\nb: \\"0644\\"\\nc:\\n  - b\\n  - a\\n  - C\\n  - a\\n"',
    'from_json json': '{a: [1, null]}',
    'from_yaml yaml': '{a: true, b: 420}',
    'b64encode "ä"': 'w6Q=',
    'b64decode "w6Q="': 'ä',
    'hash "a"': '86f7e437faa5a7fce15d1ddcb9eaeaea377667b8',
    'hash "a" "md5"': '0cc175b9c0f1b6a831c399e269772661',
    'basename "/a/b.c"': 'b.c',
    'basename "/a/"': '""',
    'dirname "/a/b.c"': '/a',
    'dirname "/a/"': '/a',
    'dirname "/a"': '/',
    'dirname "a"': '""',
    'path_join "a" "b" "../c"': 'a/c',
    'path_join "a" "/b" "c"': '/b/c',
    'expanduser "~/x"': `${homedir()}/x`,
    'expanduser "/~"': '/~',
    'quote "it\'s"': `"'it'\\\\''s'"`,
    'quote ""': `"''"`,
    'quote "a/b-1.2"': 'a/b-1.2',
    'env "PLAYSSH_TEST"': 'here',
    'default (env "PLAYSSH_UNSET") "none"': 'none',
  },
  addresses: {
    'ip "10.0.0.1/24"': '10.0.0.1',
    'ip "10.0.0.1"': '10.0.0.1',
    'join (ips (list "10.0.0.1/24" "::1/64")) " "': '10.0.0.1 ::1',
    'ip "2001:DB8:0:0:1:0:0:1/64"': '2001:db8::1:0:0:1',
    'ip "::"': '"::"',
    'ip "1::"': '"1::"',
    'ip "::ffff:10.0.0.1"': '::ffff:a00:1',
    'ip "1:2:3:4:5:6:7:8"': '"1:2:3:4:5:6:7:8"',
    'prefix "10.0.0.1/24"': '24',
    'prefix "::1/0"': '0',
    'network "10.1.2.3/20"': '10.1.0.0/20',
    'network "10.1.2.3/32"': '10.1.2.3/32',
    'network "2001:db8::5/64"': '2001:db8::/64',
    'netmask "10.1.2.3/20"': '255.255.240.0',
    'netmask "10.1.2.3/0"': '0.0.0.0',
    'broadcast "10.1.2.3/20"': '10.1.15.255',
    'in_network "10.1.2.3" "10.1.0.0/16"': 'true',
    'in_network "10.1.2.3/8" "10.2.0.0/16"': 'false',
    'in_network "::1" "0.0.0.0/0"': 'false',
    'in_network "fe80::1" "fe80::/10"': 'true',
    'eq (mac "a") (mac "a")': 'true',
    'eq (mac "a") (mac "b")': 'false',
    'match (mac "a") "00:16:3e:[0-7][0-9a-f]:[0-9a-f]{2}:[0-9a-f]{2}\\Z"': 'true',
    'link_local mac': 'fe80::216:3eff:fe12:3456',
    'link_local "02-00-00-00-00-01"': 'fe80::ff:fe00:1',
  },
}

const values = suite('helpers')
values.before(() => {
  process.env.PLAYSSH_TEST = 'here'
})
for (const [theme, table] of Object.entries(expressions)) {
  for (const [expression, expected] of Object.entries(table)) {
    values(`${theme}: ${expression} gives ${expected}`, () => {
      assert.equal(evaluated(expression), toValue(parseYamlValue(expected, 'expected')))
    })
  }
}
values('every helper is tried, documented and of one theme', () => {
  const all = Object.values(helperThemes).flat()
  assert.is(new Set(all.map(({ name }) => name)).size, all.length)
  assert.equal(Object.keys(expressions), Object.keys(helperThemes))
  const tried = Object.values(expressions)
    .flatMap((table) => Object.keys(table))
    .join(' ')
  for (const { name, help } of all) {
    assert.match(help, /^[\w"].*\.$/, name)
    if (!['hostvar', 'extract', 'query'].includes(name))
      assert.match(tried, new RegExp(`(^| |\\()${name}( |$)`), name)
  }
  assert.is(helpers.get('join')!.usage, 'list [separator]')
  assert.is(helpers.get('add')!.usage, 'numbers...')
})
values.run()

const problems = suite('arguments that are wrong')
const wrong: [string, string][] = [
  ['eq 1', 'eq: takes a b; it was given 1'],
  ['lt list 1', 'lt: ["b","a","C","a"] and 1 have no order'],
  ['in 1 5', 'in: 5 is not a list, text or map'],
  ['changed 5', 'changed: result must be a map, and 5 is not'],
  ['upper nothing', 'upper: text must be text, and null is not'],
  ['join text', 'join: list must be a list, and "one two\\tthree\\n" is not'],
  ['replace "a" "b"', 'replace: takes text from to; it was given 2'],
  ['search "a" "("', 'search: "(" is not a regular expression: unterminated group'],
  ['regex_replace "a" "a" "\\1"', 'regex_replace: the regular expression has no group 1'],
  ['regex_search "a" "a" "length"', 'regex_search: the regular expression has no group length'],
  ['length 5', 'length: 5 has no length'],
  ['first 5', 'first: 5 is neither a list nor a text'],
  ['at list "x"', 'at: index must be a number, and "x" is not'],
  ['range 0 5 0', 'range: step must not be 0'],
  ['range 0 9999999', 'range: a list of 9999999 numbers is too long'],
  ['pick people "active"', 'pick: {"name":"cy","age":100} has no "active"'],
  ['from_items list', 'from_items: "b" has no "key"'],
  ['lookup 5 "x"', 'lookup: 5 is not a map or list'],
  ['add 1 "x"', 'add: numbers must be a number, and "x" is not'],
  ['sum list', 'sum: "b" is not a number'],
  ['div 1 0', 'div: nothing can be divided by 0'],
  ['mod 1 0', 'mod: nothing can be divided by 0'],
  ['bool "maybe"', 'bool: "maybe" is neither true nor false'],
  ['int ""', 'int: "" is not a number'],
  ['from_yaml "a: ["', 'from_yaml: this is not YAML: this bracket [ is never closed'],
  ['b64decode "*"', 'b64decode: this is not base64'],
  ['hash "a" "sha25"', 'hash: unknown algorithm "sha25"; did you mean "sha256"?'],
  ['ip "10.0.0.256"', 'ip: "10.0.0.256" is not an IP address'],
  ['ips (list "10.0.0.1" "x")', 'ips: "x" is not an IP address'],
  ['network "10.0.0.1"', 'network: "10.0.0.1" has no prefix length; write it as in 10.0.0.1/24'],
  ['prefix "10.0.0.1/33"', 'prefix: "10.0.0.1/33" has no prefix length from 0 to 32'],
  ['broadcast "::1/64"', 'broadcast: IPv6 has no broadcast addresses'],
  ['link_local "00:16"', 'link_local: "00:16" is not a MAC address'],
]
for (const [expression, expected] of wrong) {
  problems(`${expression} is refused with its place`, () =>
    assert.equal(
      raised(() => evaluated(expression) as Value),
      [`test.yml:1:4 ${expected}`],
    ),
  )
}
problems('what is not JSON is refused', () => {
  assert.match(
    raised(() => evaluated('from_json bad_json') as Value)[0]!,
    /^test.yml:1:4 from_json: this is not JSON: /,
  )
})
problems.run()
