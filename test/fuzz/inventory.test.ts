import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Builder } from '../../src/inventory/builder.ts'
import { readTarget } from '../../src/inventory/connection/target.ts'
import { ConnectionError } from '../../src/inventory/connection/variables.ts'
import { expandHosts, parseAddress } from '../../src/inventory/hostname.ts'
import { Inventory } from '../../src/inventory/inventory.ts'
import { select } from '../../src/inventory/pattern.ts'
import { readIniInventory } from '../../src/inventory/sources/ini.ts'
import { pythonLiteral } from '../../src/inventory/sources/python-literal.ts'
import { readYamlInventory } from '../../src/inventory/sources/yaml.ts'
import { Source } from '../../src/values/source.ts'
import type { Value } from '../../src/values/value.ts'
import { checkProblems, hostile, mayFail, property } from './property.ts'

const test = suite('parsers of inventories')

function read(text: string, reader: (source: Source, builder: Builder) => void): void {
  const builder = new Builder(new Inventory())
  reader(new Source('hosts', text), builder)
  checkProblems([...builder.problems, ...builder.warnings])
  select(builder.inventory, 'all')
}

const INI =
  "[,],[web],[web:children],[web:vars],:,=,a,web,web[1:3],a=1,b=\"x y\",c=[1, 2],#,;,', ,\n,\n,\t,ansible_group_priority=,d={'k': (1,)}"
    .split(',')
    .concat(',')
const FILES = ['[web]\nweb[01:03] a=1 b="x"\n[all:children]\nweb\n[web:vars]\nc = [1, {"d": None}]\n']
property(test, 'INI', hostile(INI, FILES), (text) => read(text, readIniInventory))

const YAML =
  'all:,hosts:,children:,vars:,web:,a:, ,  ,\n  ,\n    ,\n,{,},[,],1,x,plugin: y,"a[1:3]":,~,ansible_group_priority: ,- '.split(
    ',',
  )
const YAML_FILES = [
  'all:\n  hosts:\n    a: {x: 1}\n  children:\n    web:\n      hosts: {"w[1:2]": }\n      vars: {y: 2}\n',
]
property(test, 'YAML', hostile(YAML, YAML_FILES), (text) =>
  read(text, (source, builder) => readYamlInventory(source, '/inventory/hosts.yml', builder)),
)

const NAMES = 'a,web,[,],1,:,3,01,10,a:f,::,-,.,,,@,2222,2001:db8::1,[1:3],9999999'.split(',')
property(
  test,
  'names of hosts with ranges',
  hostile(NAMES, ['web[01:20:2].x', '[2001:db8::1]:22']),
  (text) => {
    parseAddress(text)
    // A range of a million is right, and takes its time.
    if (!/\d{5}/.test(text)) mayFail(() => expandHosts(text))
  },
)

const inventory = new Inventory()
for (const name of ['a', 'b', 'web1', 'web2', '10.0.0.1', 'x'.repeat(60)]) inventory.addHost(name)
inventory.join(inventory.addGroup('web'), inventory.addHost('web1'))
const PATTERN = 'a,web,*,?,[,],[0],[1:],[!a],&,!,~,~(a+)+$,:,,,all,.,(,)+,x*,\\'.split(',').concat(',')
property(test, 'patterns of hosts', hostile(PATTERN, ['web*:&all:!web1[0]', '~(web|a)\\d+']), (text) => {
  const { problems } = select(inventory, text)
  checkProblems(problems)
})

const PYTHON =
  "[,],(,),{,},',\",''',\\,\\n,\\x41,\\u00e9,r',b',:,1,-1,0x1f,1_000,1.5e3,1e999,True,None,a, ,#,\n,__proto__"
    .split(',')
    .concat(',')
property(
  test,
  'Python literals: a value or a sentence',
  hostile(PYTHON, ["{'a': [1, (2,), {'b'}], 'c': None}"]),
  (text) => {
    mayFail(() => pythonLiteral(text))
  },
)
const python = (value: Value): string => {
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (value === null) return 'None'
  if (typeof value === 'number') return String(value)
  if (Array.isArray(value)) return `[${value.map(python).join(', ')}]`
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}: ${python(item)}`)
    .join(', ')}}`
}
const { value: values } = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'grapheme' }),
    fc.boolean(),
    fc.constant(null),
    fc.integer(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
  ),
}))
property(test, 'Python literals are read back', values, (value) => {
  assert.equal(JSON.stringify(pythonLiteral(python(value))), JSON.stringify(value))
})

const DEFAULTS = { timeout: 10, become: false, becomeUser: 'root', becomeMethod: 'sudo' }
property(
  test,
  'connection variables',
  fc.dictionary(
    fc.constantFrom(
      'ansible_host',
      'ansible_port',
      'ansible_user',
      'ansible_ssh_args',
      'ansible_connection',
      'ansible_timeout',
      'ansible_ssh_private_key_file',
      'ansible_host_key_checking',
    ),
    values,
  ),
  (given) => {
    try {
      readTarget('a', (name) => (Object.hasOwn(given, name) ? given[name] : undefined), DEFAULTS)
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error
    }
  },
)

test.run()
