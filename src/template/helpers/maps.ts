import { isMap, type Value } from '../../values/value.ts'
import type { VariableScope } from '../scope.ts'
import { type CallContext, helper, shown } from './define.ts'

/** Maps, and other hosts' variables. */
export const mapHelpers = [
  helper(
    'dict',
    [],
    'A map of its arguments: dict name="x" n=1.',
    function () {
      return { ...this.named }
    },
    { takesNamed: true },
  ),
  helper('keys', ['map:map'], 'The names of a map.', (map) => Object.keys(map)),
  helper('values', ['map:map'], 'The values of a map.', (map) => Object.values(map)),
  helper('items', ['map:map'], 'A list of {key, value}, one for each name of a map.', (map) =>
    Object.entries(map).map(([key, value]) => ({ key, value })),
  ),
  helper(
    'from_items',
    ['list:list', 'key?:text', 'value?:text'],
    'A map of a list of {key, value}, or of items that call them otherwise.',
    (list, key = 'key', value = 'value') =>
      Object.fromEntries(list.map((item) => [String(part(item, key)), part(item, value)])),
  ),
  helper(
    'merge',
    ['...maps:map'],
    'The entries of all maps; of two with the same name the last stays.',
    (...maps) => Object.assign({}, ...maps),
  ),
  helper(
    'lookup',
    ['value:any', '...keys:any'],
    'What a map or list holds under a name or index that is itself a value. `lookup "file" "a.txt"`: a lookup of Ansible.',
    function (value, ...keys) {
      if (typeof value === 'string') return lookedUp(this, value, keys, false)
      if (keys.length !== 1)
        throw new Error('takes a map or list and one key, or the name of a lookup and its terms')
      return under(value, String(keys[0]))
    },
    { takesNamed: true },
  ),
  helper(
    'query',
    ['name:text', '...terms:any'],
    'What a lookup of Ansible finds, as a list: `query "fileglob" "*.conf"`.',
    function (name, ...terms) {
      return lookedUp(this, name, terms, true)
    },
    { takesNamed: true },
  ),
  helper('hostvar', ['host:text', 'name:text'], "Another host's variable.", function (host, name) {
    return hostVariable(this.scope, host, name)
  }),
  helper(
    'extract',
    ['hosts:list', 'name:text'],
    'One variable of several hosts: a list of {host, NAME}, without the hosts that do not have it.',
    function (hosts, name) {
      return hosts.map(String).flatMap((host) => {
        const value = hostVariable(this.scope, host, name)
        return value === undefined ? [] : [{ host, [name]: value }]
      })
    },
  ),
]

function lookedUp(
  { scope, named }: CallContext,
  name: string,
  terms: readonly Value[],
  wantlist: boolean,
): Value {
  if (scope.lookup === undefined) throw new Error('there are no lookups here')
  return scope.lookup(name, terms, wantlist ? { ...named, wantlist } : named)
}

function hostVariable(scope: VariableScope, host: string, name: string): Value | undefined {
  const vars = under(scope.get('hostvars') ?? {}, host)
  return vars === undefined ? undefined : under(vars, name)
}

function under(value: Value, name: string): Value | undefined {
  if (typeof value !== 'object' || value === null) throw new Error(`${shown(value)} is not a map or list`)
  return Object.hasOwn(value, name) ? (value as Record<string, Value>)[name] : undefined
}

function part(item: Value, name: string): Value {
  const value = isMap(item) ? under(item, name) : undefined
  if (value === undefined) throw new Error(`${shown(item)} has no "${name}"`)
  return value
}
