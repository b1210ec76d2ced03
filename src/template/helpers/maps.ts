import { isMap, type Value } from '../../values/value.ts'
import type { VariableScope } from '../scope.ts'
import { helper, shown } from './define.ts'

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
    ['value:any', 'key:any'],
    'What a map or list holds under a name or index that is itself a value.',
    (value, key) => under(value, String(key)),
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
