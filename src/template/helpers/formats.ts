import { createHash, getHashes } from 'node:crypto'
import { posix } from 'node:path'
import { stringify } from 'yaml'
import { controllerHome, controllerVariable } from '../../values/controller-files.ts'
import { isTooDeep, TOO_DEEP } from '../../values/depth.ts'
import { didYouMean, ProblemError } from '../../values/problem.ts'
import { isMap, toValue, type Value } from '../../values/value.ts'
import { parseYamlValue } from '../../yaml/yaml.ts'
import { helper } from './define.ts'

/** JSON, YAML, base64 and hashes; paths, the shell and the environment. */
export const formatHelpers = [
  helper('to_json', ['value:any'], 'A value as JSON on one line.', (value) => JSON.stringify(value)),
  helper('to_nice_json', ['value:any'], 'A value as JSON on many lines, its names in order.', (value) =>
    JSON.stringify(sorted(value), null, 4),
  ),
  helper('to_yaml', ['value:any'], 'A value as YAML.', (value) =>
    stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false }),
  ),
  helper('from_json', ['text:text'], 'The value of a JSON text.', (text): Value => {
    let value: Value
    try {
      value = JSON.parse(text)
    } catch (error) {
      throw new Error(`this is not JSON: ${(error as Error).message}`)
    }
    if (isTooDeep(value)) throw new Error(`this JSON is ${TOO_DEEP}`)
    return value
  }),
  helper('from_yaml', ['text:text'], 'The value of a YAML text.', (text) => {
    try {
      return toValue(parseYamlValue(text, 'from_yaml'))
    } catch (error) {
      if (error instanceof ProblemError) throw new Error(`this is not YAML: ${error.message}`)
      throw error
    }
  }),
  helper('b64encode', ['text:text'], 'A text as base64.', (text) => Buffer.from(text).toString('base64')),
  helper('b64decode', ['text:text'], 'The text that base64 stands for.', (text) => {
    if (!/^[A-Za-z0-9+/_\s-]*={0,2}\s*$/.test(text)) throw new Error('this is not base64')
    return Buffer.from(text, 'base64').toString()
  }),
  helper(
    'hash',
    ['text:text', 'algorithm?:text'],
    'The hexadecimal hash of a text; sha1 unless said otherwise.',
    (text, algorithm = 'sha1') => {
      if (!getHashes().includes(algorithm)) {
        const meant = didYouMean(algorithm, ['md5', 'sha1', 'sha224', 'sha256', 'sha384', 'sha512'])
        throw new Error(`unknown algorithm "${algorithm}"${meant === undefined ? '' : `; ${meant}`}`)
      }
      return createHash(algorithm).update(text).digest('hex')
    },
  ),
  helper('basename', ['path:text'], 'The last part of a path.', (path) =>
    path.slice(path.lastIndexOf('/') + 1),
  ),
  helper('dirname', ['path:text'], 'A path without its last part.', (path) =>
    path.includes('/') ? posix.dirname(`${path}.`) : '',
  ),
  helper(
    'path_join',
    ['...parts:text'],
    'A path of its parts; an absolute one starts it anew.',
    (...parts) => {
      const from = parts.findLastIndex((part) => part.startsWith('/'))
      return posix.join(...parts.slice(Math.max(0, from)))
    },
  ),
  helper('expanduser', ['path:text'], 'A path whose ~ is the home directory on the controller.', (path) =>
    path.replace(/^~(?=\/|$)/, () => controllerHome()),
  ),
  helper('quote', ['text:text'], 'A text as one word for a POSIX shell.', (text) =>
    /^[A-Za-z0-9_/:=.,@%+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`,
  ),
  helper('env', ['name:text'], "A variable of the controller's environment.", (name) =>
    controllerVariable(name),
  ),
]

function sorted(value: Value): Value {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isMap(value)) return value
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((name) => [name, sorted(value[name]!)]),
  )
}
