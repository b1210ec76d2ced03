import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Float } from '../../../src/values/float.ts'
import { loadText, membersOf, variablesOf } from '../files.ts'

const test = suite('inventories in TOML')

const HOSTS = `
# comment
[all.vars]
has_java = false

[web]
children = ["apache", "nginx"]
vars = { http_port = 8080, myvar = 23 }

[web.hosts]
host1 = {}
host2 = { ansible_port = 222 }

[apache.hosts]
tomcat1 = {}
tomcat2 = { myvar = 34, f = 2.0, d = 1979-05-27, list = [1, 2] }
"n[1:2]" = { x = 1.5 }

[nginx.hosts]
jenkins1 = {}

[nginx.vars]
has_java = true
[empty]
`

test('groups with hosts, vars and children, as ansible-inventory reads them', async () => {
  await loadText('h.toml', HOSTS, (loaded) => {
    assert.equal([loaded.problems, loaded.warnings], [[], []])
    assert.is(membersOf(loaded, 'web'), 'host1 host2 tomcat1 tomcat2 n1 n2 jenkins1')
    assert.is(membersOf(loaded, 'apache'), 'tomcat1 tomcat2 n1 n2')
    assert.is(membersOf(loaded, 'empty'), '')
    const common = { has_java: false, http_port: 8080, myvar: 23 }
    assert.equal(variablesOf(loaded, 'host2'), { ...common, ansible_port: 222 })
    assert.equal(variablesOf(loaded, 'jenkins1'), { ...common, has_java: true })
    assert.equal(variablesOf(loaded, 'n2'), { ...common, x: 1.5 })
    const { f, ...others } = variablesOf(loaded, 'tomcat2')
    assert.equal(others, { ...common, myvar: 34, d: '1979-05-27', list: [1, 2] })
    assert.ok(f instanceof Float && f.valueOf() === 2)
  })
})

const WRONG: [text: string, said: string][] = [
  ['web = 1', '1:1: the group "web" must be a table'],
  ['[web]\nhosts = ["a"]', '1:1: "hosts" of the group "web" is of the wrong kind'],
  [
    '[web]\nhost = {}',
    '1:1: "host" of the group "web" is nothing that a group can have (did you mean "hosts"?)',
  ],
  ['[web.hosts]\na = 1', '1:1: what the host "a" has must be a table of variables'],
  ['[web]\na = "x', '2:5: no valid TOML: '],
]
for (const [text, said] of WRONG)
  test(`a wrong inventory is refused: ${text.replaceAll('\n', '; ')}`, async () => {
    await loadText('h.toml', text, (loaded) => assert.is(loaded.problems[0]?.slice(0, said.length), said))
  })

test.run()
