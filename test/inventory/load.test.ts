import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Value } from '../../src/values/value.ts'
import { load, loadText, membersOf, variablesOf } from './files.ts'

const test = suite('inventories')

test('YAML: groups, hosts with ranges and ports, variables', async () => {
  const text = `
all:
  vars: {ntp: 10.0.0.1}
  hosts:
    lone: {x: 1}
  children:
    web:
      hosts:
        www[1:2]: {role: front}
        www2: {x: 2}
        jump:2222:
    named: {hosts: solo, children: web}
`
  await loadText('hosts.yml', text, (loaded) => {
    assert.equal([loaded.problems, loaded.warnings], [[], []])
    assert.is(membersOf(loaded, 'all'), 'lone www1 www2 jump solo')
    assert.is(membersOf(loaded, 'named'), 'solo www1 www2 jump')
    assert.is(membersOf(loaded, 'ungrouped'), 'lone')
    assert.equal(variablesOf(loaded, 'lone'), { ntp: '10.0.0.1', x: 1 })
    assert.equal(variablesOf(loaded, 'www2'), { ntp: '10.0.0.1', role: 'front', x: 2 })
    assert.equal(variablesOf(loaded, 'jump'), { ntp: '10.0.0.1', ansible_port: 2222 })
    const { inventory } = loaded
    assert.equal(inventory.groupNames(inventory.host('www1')!), ['named', 'web'])
    assert.equal(inventory.groupNames(inventory.host('lone')!), ['ungrouped'])
    assert.is(inventory.inventoryDir(inventory.host('lone')!), loaded.folder)
  })
})

test('INI: sections, variables in Python notation, quotes and comments', async () => {
  const text = `# comment
plain ansible_host=10.0.0.1 n=1 s='a b' esc=a\\ b c=a#b never=1
jumper:2200 # trailing
[2001:db8::1]:22 v6=yes
; another comment
[web]
www[01:03].example.com max=808
[db]
db-[a:b]
[site:children]
web
db # with a comment
[site:vars]
a = 1
b="quoted"
c=plain text # not a comment
d=10 # comment
e=
`
  await loadText('hosts', text, (loaded) => {
    assert.equal([loaded.problems, loaded.warnings], [[], []])
    assert.is(membersOf(loaded, 'ungrouped'), 'plain jumper 2001:db8::1')
    assert.is(membersOf(loaded, 'site'), 'www01.example.com www02.example.com www03.example.com db-a db-b')
    const plain = { ansible_host: '10.0.0.1', n: 1, s: 'a b', esc: 'a b', c: 'a' }
    assert.equal(variablesOf(loaded, 'plain'), plain)
    assert.equal(variablesOf(loaded, 'jumper'), { ansible_port: 2200 })
    assert.equal(variablesOf(loaded, '2001:db8::1'), { ansible_port: 22, v6: 'yes' })
    const site = { a: 1, b: 'quoted', c: 'plain text # not a comment', d: 10, e: '' }
    assert.equal(variablesOf(loaded, 'db-a'), site)
    assert.equal(variablesOf(loaded, 'www02.example.com'), { ...site, max: 808 })
  })
})

const INLINE: [text: string, value: Value][] = [
  ["x='a b'", 'a b'],
  ['x="a b"', 'a b'],
  ['x=a\\ b', 'a b'],
  ["x='it'\\''s'", "it's"],
  ['x="say \\"hi\\""', 'say "hi"'],
  [`x="'5'"`, '5'],
  ["x='5'", 5],
  ['x=5 # five', 5],
  [`x="{'a': [1, None]}"`, { a: [1, null] }],
  ['x=""', ''],
  ['x="{{ y }}"', '{{ y }}'],
  ['x=a=b', 'a=b'],
  ['x=no', 'no'],
  ['x=False', false],
]

for (const [text, value] of INLINE) {
  test(`behind a host in INI, ${text} is ${JSON.stringify(value)}`, async () => {
    await loadText('hosts.ini', `h ${text}\n`, (loaded) => {
      assert.equal([loaded.problems, variablesOf(loaded, 'h')], [[], { x: value }])
    })
  })
}

const FORMATS: [name: string, text: string][] = [
  ['hosts.yml', 'g: {hosts: {h: }}'],
  ['hosts.yaml', '---\ng:\n  hosts:\n    h:'],
  ['hosts.json', '{"g": {"hosts": {"h": null}}}'],
  ['hosts', '# a YAML file without extension\ng:\n  hosts:\n    h:\n'],
  ['hosts', '---\ng:\n  hosts:\n    h:\n'],
  ['hosts', '{"g": {"hosts": {"h": {}}}}'],
  ['hosts', '[g]\nh\n'],
  ['hosts', 'h\n[g]\nh\n'],
  ['hosts.lab', '[g]\r\nh\r\n'],
  ['hosts.ini', '[g]\nh:22\n'],
  ['hosts.sh', '#!/bin/sh\necho \'{"g": ["h"], "_meta": {"hostvars": {}}}\'\n'],
]

for (const [name, text] of FORMATS) {
  test(`${name} is read by what it holds: ${JSON.stringify(text)}`, async () => {
    await loadText(name, text, (loaded) => {
      assert.equal([loaded.problems, membersOf(loaded, 'g')], [[], 'h'])
    })
  })
}

test('a script: lists, vars, children, the short form of a host, and --host without _meta', async () => {
  const list =
    '{"g": {"hosts": ["d1", "d2"], "vars": {"k": "g", "a-tag": 1}, "children": ["below"]}, "below": ["d3"], "solo": {"q": 1}}'
  const script = `#!/bin/sh\ncase $1 in --list) echo '${list}';; --host) test "$2" != d1 || echo '{"own": "'"$2"'"}';; esac\n`
  await loadText('dynamic', script, (loaded) => {
    assert.equal(loaded.problems, [])
    assert.is(membersOf(loaded, 'all'), 'd1 d2 solo d3')
    assert.equal(variablesOf(loaded, 'd1'), { k: 'g', 'a-tag': 1, own: 'd1' })
    assert.equal(variablesOf(loaded, 'd3'), { k: 'g', 'a-tag': 1 })
    assert.equal(variablesOf(loaded, 'solo'), { q: 1 })
  })
})

test('a folder: its files in the order of their names, without what is none', async () => {
  const files = {
    'inv/10.yml': 'g: {hosts: {a: {v: first, w: first}}}',
    'inv/20': '[g]\na v=second\n',
    'inv/30.ini': '[never]\nx\n',
    'inv/README.md': 'words',
    'inv/.hidden': '[never]\nx\n',
    'inv/backup~': '[never]\nx\n',
    'inv/sub/hosts.yml': 'g: {hosts: {b: }}',
    'inv/group_vars/g.yml': 'beside: yes',
  }
  await load(files, ['inv'], (loaded) => {
    assert.equal([loaded.problems, loaded.warnings], [[], []])
    assert.is(membersOf(loaded, 'all'), 'a b')
    assert.equal(variablesOf(loaded, 'a'), { beside: true, v: 'second', w: 'first' })
  })
})

test('several inventories: later ones win, lists of hosts have a comma', async () => {
  const files = {
    'one/hosts.yml': 'g: {hosts: {a: {v: 1, w: 1}}, vars: {k: 1}}',
    'one/group_vars/g': 'm: 1',
    'two/hosts.yml': 'g: {hosts: {a: {v: 2}, b: }, vars: {k: 2}}',
    'two/group_vars/g': 'm: 2',
  }
  await load(files, ['one/hosts.yml', 'two/hosts.yml', 'c1, c2:99,a', 'root@10.0.0.9,'], (loaded) => {
    assert.equal([loaded.problems, loaded.warnings], [[], []])
    assert.is(membersOf(loaded, 'all'), 'c1 c2 root@10.0.0.9 a b')
    assert.is(membersOf(loaded, 'ungrouped'), 'c1 c2 root@10.0.0.9')
    assert.equal(variablesOf(loaded, 'a'), { k: 2, m: 2, v: 2, w: 1 })
    assert.equal(variablesOf(loaded, 'c2'), { ansible_port: 99 })
    assert.is(loaded.inventory.inventoryDir(loaded.inventory.host('a')!), `${loaded.folder}/one`)
    assert.is(loaded.inventory.inventoryDir(loaded.inventory.host('c1')!), undefined)
  })
  await load(files, ['two/hosts.yml', 'one/hosts.yml'], (loaded) => {
    assert.equal(variablesOf(loaded, 'a'), { k: 1, m: 1, v: 1, w: 1 })
  })
})

test('localhost is there without being listed, and has what all have', async () => {
  const files = { 'h.yml': 'all: {hosts: {a: }, vars: {k: 1}}', 'play/host_vars/localhost.yml': 'own: 2' }
  await load(files, ['h.yml'], (loaded) => {
    assert.is(membersOf(loaded, 'all'), 'a')
    assert.equal(variablesOf(loaded, 'localhost'), { k: 1, ansible_connection: 'local', own: 2 })
    const { inventory } = loaded
    assert.equal(inventory.groupNames(inventory.host('localhost')!), [])
    assert.is(inventory.host('127.0.0.1'), inventory.host('localhost'))
  })
  await loadText('h.yml', 'all: {hosts: {127.0.0.1: }}', (loaded) => {
    assert.is(loaded.inventory.host('localhost')?.name, '127.0.0.1')
    assert.equal(variablesOf(loaded, 'localhost'), {})
  })
})

test('hosts and groups that are added while the run goes on', async () => {
  const files = {
    'h.yml': 'web: {hosts: {a: }}',
    'group_vars/late.yml': 'k: late',
    'play/host_vars/new': 'n: 1',
  }
  await load(files, ['h.yml'], (loaded) => {
    const { inventory } = loaded
    const host = inventory.addHost('new')
    assert.is(membersOf(loaded, 'ungrouped'), 'new')
    inventory.join(inventory.addGroup('late'), host)
    assert.is(membersOf(loaded, 'ungrouped'), '')
    assert.is(membersOf(loaded, 'all'), 'a new')
    assert.equal(variablesOf(loaded, 'new'), { k: 'late', n: 1 })
  })
})

test('blank lines and blanks without end are no work', async () => {
  const started = performance.now()
  const text = `${'\n'.repeat(200_000)}[all:vars]\na${' '.repeat(200_000)}b\n`
  const problems = await loadText('hosts', text, (loaded) =>
    loaded.problems.map((problem) => problem.slice(0, 42)),
  )
  assert.is(problems.length, 1)
  assert.match(problems[0]!, '200002:1: expected variable=value, found "')
  assert.ok(performance.now() - started < 10_000)
})

test('ten thousand hosts share what they have in common', async () => {
  await loadText(
    'h.yml',
    'g: {hosts: {"n[00001:10000]": {own: 1}}, vars: {k: 1}}',
    ({ inventory, folder }) => {
      const layers = [...inventory.hosts.values()].map((host) => inventory.layersOf(host, folder))
      assert.is(layers.length, 10_000)
      assert.is(new Set(layers.map(([ofGroup]) => ofGroup)).size, 1)
    },
  )
})

test.run()
