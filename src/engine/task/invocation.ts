import type { Args, Module } from '../../sdk/module.ts'
import type { OptionTypes } from '../../sdk/options.ts'
import type { LocalFile } from '../../shell/content.ts'
import { keysOf, mapOf } from '../../values/keys.ts'
import { isMap, type Value, type ValueMap } from '../../values/value.ts'

/** What stands in place of a secret, as in Ansible. */
const HIDDEN = 'VALUE_SPECIFIED_IN_NO_LOG_PARAMETER'

/** Names under which people keep secrets, whoever has declared them. */
const SECRET =
  /pass(?!ive|no\b)|secret|token|credential|private_?key|api_?key|authorization|cookie|responses|vault|^(content|body|stdin|pin|psk)$/i

/**
 * The arguments of a module as Ansible's `invocation` has them, for somebody to read: without what its options call
 * secret, nor what is called like a secret, nor what a file is to hold.
 */
export function invocationOf(module: Module, args: Args): ValueMap {
  const shown = Object.entries(args)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]): [string, Value] => {
      const option = module.options[name]
      const isDeclared = option?.secret === true || option?.bytes === true
      const isHidden = isDeclared || (option?.choices === undefined && isSecret(name, value))
      return [name, isHidden ? HIDDEN : shownArgument(option?.type, value)]
    })
  return { module_args: mapOf(shown) }
}

/** Whether something is on or off, or how many there are, gives nothing away; but a PIN is a number. */
function isSecret(name: string, value: unknown): boolean {
  if (typeof value === 'boolean' || value === null) return false
  return SECRET.test(name) && (typeof value !== 'number' || !COUNTED.test(name))
}

const COUNTED = /expire|days|length|_min$|_max$|^passno$/i

/** What an option was given; of files their paths, of expressions their texts. */
function shownArgument(type: keyof OptionTypes | undefined, value: unknown): Value {
  switch (type) {
    case 'file':
    case 'archive':
    case 'template':
      return typeof value === 'string' ? value : (value as LocalFile).path
    case 'script': {
      const { file, words } = value as OptionTypes['script']
      return `${file.path} ${words}`.trim()
    }
    case 'conditions':
      return (value as OptionTypes['conditions']).map(({ text }) => text)
    case 'expression':
      return (value as OptionTypes['expression']).text
    default:
      return shownValue(value as Value)
  }
}

function shownValue(value: Value): Value {
  if (Array.isArray(value)) return value.map(shownValue)
  if (!isMap(value)) return value
  return mapOf(
    keysOf(value).map((key) => {
      const member = value[String(key)]!
      return [key, isSecret(String(key), member) ? HIDDEN : shownValue(member)]
    }),
  )
}
