import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readsTheSame } from '../../src/template/reading.ts'
import { render } from '../../src/template/template.ts'
import { type Layer, lazyMap, scopeMap, Variables } from '../../src/template/variables.ts'
import type { Value } from '../../src/values/value.ts'
import { nodes, raised, scalar, variables } from '../support/templates.ts'

const test = suite('variables')

test('the highest layer that has a name gives its value', () => {
  const scope = new Variables([
    { name: 'low', variables: nodes('a: 1\nb: 1\nc: "{{b}}"\n') },
    { name: 'middle', values: new Map<string, Value>([['b', 2]]) },
    { name: 'high', variables: nodes('d: "{{a}}{{c}}"\n') },
  ])
  assert.equal(
    ['a', 'b', 'c', 'd', 'e'].map((name) => scope.get(name)),
    [1, 2, 2, '12', undefined],
  )
  assert.equal([...scope.names()].sort(), ['a', 'b', 'c', 'd'])
  assert.is(scope.has('d'), true)
  assert.is(scope.has('e'), false)
})

test('a null hides what lies below', () => {
  const scope = new Variables([
    { name: 'low', variables: nodes('a: 1\n') },
    { name: 'high', variables: nodes('a:\n') },
  ])
  assert.is(scope.get('a'), null)
})

test('only what is asked for is rendered, and once', () => {
  let made = 0
  const computed = new Map<string, () => Value>([['counted', () => ++made]])
  const scope = new Variables([
    { name: 'low', variables: nodes('a: "{{counted}}{{counted}}"\nb: "{{nope}}"\n') },
    { name: 'computed', computed },
  ])
  assert.is(made, 0)
  assert.is(scope.get('a'), '11')
  assert.is(scope.get('counted'), 1)
  assert.is(made, 1)
})

test('values are never rendered', () => {
  const scope = new Variables([
    {
      name: 'facts',
      values: new Map<string, Value>([
        ['a', '{{nope}}'],
        ['b', { c: '{{x}}' }],
      ]),
    },
    { name: 'vars', variables: nodes('d: "<{{a}}{{b.c}}>"\n') },
  ])
  assert.is(scope.get('d'), '<{{nope}}{{x}}>')
})

test('a layer may be shared, and a child sees through to its parent', () => {
  const group: Layer = { name: 'group', variables: nodes('greeting: "hello {{name}}{{item}}"\nitem: ""\n') }
  const hosts = ['a', 'b'].map((name) => new Variables([group, { name, values: new Map([['name', name]]) }]))
  assert.equal(
    hosts.map((host) => host.get('greeting')),
    ['hello a', 'hello b'],
  )
  const child = hosts[0]!.derive([{ name: 'loop', values: new Map<string, Value>([['item', 1]]) }])
  assert.is(child.get('greeting'), 'hello a1')
  assert.is(hosts[0]!.get('greeting'), 'hello a')
  assert.equal([...child.names()].sort(), ['greeting', 'item', 'name'])
})

test('what was forgotten is computed anew', () => {
  const facts = new Map<string, Value>([['fact', 1]])
  const scope = new Variables([
    { name: 'vars', variables: nodes('a: "{{fact}}"\n') },
    { name: 'facts', values: facts },
  ])
  assert.is(scope.get('a'), 1)
  facts.set('fact', 2)
  assert.is(scope.get('fact'), 2)
  scope.forget()
  assert.is(scope.get('a'), 2)
})

test('variables that lead to themselves are refused', () => {
  const scope = variables(
    'a: "{{b}}"\nb: ["{{c.x}}"]\nc: {x: "{{a}}"}\nself: "{{default self 1}}"\nd: "{{b}}"\n',
  )
  const hint = '(a variable cannot be made of itself; give one of them another name)'
  assert.equal(
    raised(() => scope.get('a')),
    [`vars.yml:1:4 variables that need each other: a -> b -> c -> a ${hint}`],
  )
  assert.equal(
    raised(() => scope.get('d')),
    [`vars.yml:2:4 variables that need each other: b -> c -> a -> b ${hint}`],
  )
  assert.equal(
    raised(() => scope.get('self')),
    [`vars.yml:4:7 variables that need each other: self -> self ${hint}`],
  )
})

test('hostvars render what is looked at, and nothing else', () => {
  const hosts = new Map([
    ['one', variables('x: "{{y}}"\ny: 5\nbad: "{{nope}}"\n')],
    ['two', variables('x: 6\n')],
  ])
  let made = 0
  const hostvars = lazyMap(
    () => hosts.keys(),
    (name) => {
      const host = hosts.get(name)
      made += 1
      return host && scopeMap(host)
    },
    (name) => hosts.has(name),
  )
  const scope = new Variables([
    { name: 'magic', computed: new Map([['hostvars', () => hostvars]]) },
    { name: 'vars', variables: nodes('who: two\n') },
  ])
  const rendered = (text: string) => render(scalar(text), scope)
  assert.is(rendered('{{hostvars.one.x}}'), 5)
  assert.is(made, 1)
  assert.is(rendered('{{hostvar who "x"}}'), 6)
  assert.is(rendered('{{hostvar "one" "y"}}'), 5)
  assert.equal(rendered('{{extract (list "one" "two" "three") "y"}}'), [{ host: 'one', y: 5 }])
  assert.is(rendered('{{lookup (lookup hostvars who) "x"}}'), 6)
  assert.is(rendered('{{#each hostvars as |vars name|}}{{name}}={{vars.x}} {{/each}}'), 'one=5 two=6 ')
  assert.is(rendered('{{#each hostvars}}{{x}}{{/each}}'), '56')
  assert.is(rendered('{{join (keys hostvars) ","}}'), 'one,two')
  assert.is(rendered('{{hostvars.two}}!'), '{"x":6}!')
  assert.is(rendered('{{defined hostvars.three}}'), false)
  assert.is(rendered('{{default (hostvar "three" "x") "none"}}'), 'none')
  assert.equal(
    raised(() => rendered('{{hostvars.one.bad}}')),
    ['vars.yml:3:9 unknown variable "nope"'],
  )
  assert.equal(
    raised(() => rendered('{{hostvars.onee.x}}')),
    ['test.yml:1:7 "hostvars" has no "onee" (did you mean "one"?)'],
  )
  assert.equal(
    raised(() => rendered('{{hostvar "two" "y"}}')),
    ['test.yml:1:5 hostvar finds nothing for "two" "y"'],
  )
})

test('hosts that need each other without end', () => {
  const make = (other: string): Variables =>
    new Variables([
      { name: 'magic', computed: new Map([['hostvars', () => hostvars]]) },
      { name: 'vars', variables: nodes(`x: "{{hostvars.${other}.x}}"\n`) },
    ])
  const hostvars = lazyMap(
    () => ['a', 'b'],
    (name) => scopeMap(make(name === 'a' ? 'b' : 'a')),
  )
  assert.match(raised(() => make('a').get('x'))[0]!, /variables that need each other: x -> x/)
  assert.is(variables('a: 1\nb: "{{a}}"\n').get('b'), 1)
})

/** Variables of which a text is rendered, and what was read of them for it. */
function read(text: string, variables: Variables) {
  const { variables: noted, reading } = variables.noted()
  const value = render(scalar(text), noted)
  return { value, read: reading.end(noted) }
}

test('what a template reads is noted, and what that is made of', () => {
  const layers = nodes('a: "{{b}}{{c | default(0)}}"\nb: 1\nd: 2\n')
  const { read: found } = read('{{a}}', new Variables([{ name: 'test', variables: layers }]))
  assert.equal([...found!.keys()].sort(), ['a', 'b', 'c'])
})

test('other variables read the same only if all that was read stands for the same', () => {
  const shared = { name: 'shared', variables: nodes('a: "{{b}}{{c | default(0)}}"\n') }
  const own = (text: string): Variables => new Variables([shared, { name: 'own', variables: nodes(text) }])
  const { read: found } = read('{{a}}', own('b: 1\n'))
  const isSame = (text: string) => readsTheSame(found!, own(text))
  assert.equal(
    ['b: 1', 'b: 1\nd: 5', 'b: 2', 'b: "1"', 'b: 1\nc: 0', 'a: 1\nb: 1', 'b: "{{1}}"', 'd: 1'].map(isSame),
    [true, true, false, false, false, false, false, false],
  )
})

test('computed values are compared, as far as they can be', () => {
  const computing = (value: Value) => new Variables([{ name: 'c', computed: new Map([['a', () => value]]) }])
  const pairs: [Value, Value, boolean][] = [
    [1, 1, true],
    [1, 2, false],
    [['x', 'y'], ['x', 'y'], true],
    [['x', 'y'], ['x', 'z'], false],
    [['x'], ['x', 'y'], false],
  ]
  for (const [one, other, isSame] of pairs) {
    const { read: found } = read('{{a}}', computing(one))
    assert.is(readsTheSame(found!, computing(other)), isSame, JSON.stringify([one, other]))
  }
  assert.is(read('{{a}}', computing({ x: 1 })).read, undefined)
})

test('what reads more than variables is never the same', () => {
  const scope = variables('a: "{{ 1000000000 | random }}"\nb: "{{now()}}"\nc: 1\n')
  const texts = [
    '{{a}}',
    '{{b}}',
    "{{'/tmp' | realpath}}",
    "{{'/tmp' is exists}}",
    "{{'%Y' | strftime}}",
    "{{'x' | vault('y')}}",
  ]
  for (const text of texts) assert.is(read(text, scope).read, undefined, text)
  assert.ok(read('{{c}}', scope).read)
})

test('chance is asked once by all that read the same variables', () => {
  const scope = variables('a: "{{ 1000000000 | random }}"\n')
  const first = scope.get('a')
  assert.is(read('{{a}}', scope).value, first)
  assert.is(read('{{a}}', scope).read, undefined)
  const { value } = read('{{b}}', variables('b: "{{ 1000000000 | random }}"\n'))
  assert.type(value, 'number')
})

test('a value found by chance while it was noted is the same afterwards', () => {
  const scope = variables('a: "{{ 1000000000 | random }}"\n')
  assert.is(read('{{a}}', scope).value, scope.get('a'))
})

/** What reads more than variables, and need not say so. */
const SILENT: Readonly<Record<string, string>> = {
  'lookups/': 'whoever looks something up notes it',
  'python/dates/zone.ts': 'the zone of a process stays',
  'template/helpers/formats.ts': 'its environment and home stay',
  'template/file-variables.ts':
    'of a template file, which is looked at whenever what was made of it is used again',
}

const READING =
  /Math\.random|random(Bytes|Int|UUID)\(|Date\.now|performance\.now|\w+(?<!hash)Sync\(|process\.env|controller(Home|Variable)\(/i

test('filters, tests and all that templates call say when they read more than variables', () => {
  const src = fileURLToPath(new URL('../../src/', import.meta.url))
  const silent = ['filters', 'python', 'jinja', 'template', 'lookups'].flatMap((room) =>
    readdirSync(join(src, room), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => `${room}/${path}`)
      .filter((path) => {
        const text = readFileSync(join(src, path), 'utf8')
        return READING.test(text) && !text.includes('readOutside()')
      }),
  )
  const unexpected = silent.filter((path) => !Object.keys(SILENT).some((known) => path.startsWith(known)))
  assert.equal(unexpected, [])
  for (const known of Object.keys(SILENT))
    assert.ok(
      silent.some((path) => path.startsWith(known)),
      known,
    )
})

test.run()
