import { createHash, getHashes } from 'node:crypto'
import { decoded, encoded } from '../python/codecs.ts'
import { passwordHash } from '../python/crypt/password-hash.ts'
import { loadJson } from '../python/json/load.ts'
import { str } from '../python/text.ts'
import { didYouMean, ProblemError } from '../values/problem.ts'
import { toValue } from '../values/value.ts'
import { parseYamlDocuments } from '../yaml/yaml.ts'
import { filter } from './define.ts'
import { integer, isText, text } from './given.ts'

/** Base64, hashes, JSON and YAML. */
export const encodingFilters = [
  filter('b64encode', [{ encoding: 'utf-8' }], 'A text as base64.', (value: unknown, encoding: unknown) =>
    encoded(str(value), text(encoding)).toString('base64'),
  ),
  filter(
    'b64decode',
    [{ encoding: 'utf-8' }],
    'The text that base64 stands for.',
    (value: unknown, encoding: unknown) => decoded(fromBase64(str(value)), text(encoding)),
  ),
  filter(
    'hash',
    [{ hashtype: 'sha1' }],
    'The hexadecimal hash of a text; sha1 unless said otherwise.',
    (value: unknown, type: unknown) => hashed(str(value), text(type)),
  ),
  filter(
    'password_hash',
    [{ hashtype: 'sha512', salt: null, salt_size: null, rounds: null, ident: null }],
    'A password as crypt keeps it: sha512, sha256, blowfish or md5; with a salt the same every time.',
    (value: unknown, type: unknown, salt: unknown, saltSize: unknown, rounds: unknown, ident: unknown) =>
      passwordHash(str(value), text(type), {
        salt: salt === null ? null : str(salt),
        saltSize: countOf(saltSize),
        rounds: countOf(rounds),
        ident: ident === null ? null : str(ident),
      }),
  ),
  filter('md5', [], 'The MD5 hash of a text.', (value: unknown) => hashed(str(value), 'md5')),
  filter('sha1', [], 'The SHA-1 hash of a text.', (value: unknown) => hashed(str(value), 'sha1')),
  filter('checksum', [], 'The same as sha1.', (value: unknown) => hashed(str(value), 'sha1')),
  filter(
    'to_uuid',
    [{ namespace: '361E6D51-FAEC-444A-9079-341386DA8E2E' }],
    'A UUID made of a text (version 5), the same one every time.',
    (value: unknown, namespace: unknown) => {
      const space = text(namespace)
        .replace('urn:', '')
        .replace('uuid:', '')
        .replace(/^[{}]+|[{}]+$/g, '')
        .replaceAll('-', '')
      if (!/^[0-9a-f]{32}$/i.test(space))
        throw new Error(`"${text(namespace)}" is no namespace: it must be a UUID`)
      const bytes = createHash('sha1')
        .update(Buffer.from(space, 'hex'))
        .update(str(value))
        .digest()
        .subarray(0, 16)
      bytes[6] = (bytes[6]! & 0x0f) | 0x50
      bytes[8] = (bytes[8]! & 0x3f) | 0x80
      return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
    },
  ),
  filter('from_json', [], 'The value of a JSON text.', (value: unknown) => loadJson(text(value))),
  filter('from_yaml', [], 'The value of a YAML text; what is no text stays as it is.', (value: unknown) => {
    const documents = yamlOf(value)
    if (!Array.isArray(documents)) return value
    if (documents.length > 1) throw new Error('this YAML holds several documents; from_yaml_all reads them')
    return documents[0] ?? null
  }),
  filter(
    'from_yaml_all',
    [],
    'The values of all documents of a YAML text.',
    (value: unknown) => yamlOf(value) ?? value,
  ),
]

/** The documents of a YAML text; nothing for what is no text. */
function yamlOf(value: unknown): unknown[] | undefined {
  if (!isText(value)) return undefined
  try {
    return parseYamlDocuments(value, 'this text').map(toValue)
  } catch (error) {
    if (error instanceof ProblemError) throw new Error(`this is not YAML: ${error.message}`)
    throw error
  }
}

/** A whole number, which may be written as text. */
function countOf(value: unknown): number | null {
  if (value === null) return null
  return isText(value) && /^\s*\d{1,15}\s*$/.test(value) ? Number(value) : integer(value)
}

function hashed(value: string, algorithm: string): string {
  const name = algorithm.toLowerCase().replace('_', '-')
  const known = HASHES[name] ?? name
  if (!getHashes().includes(known)) {
    throw new Error(
      `unknown algorithm "${algorithm}"; ${didYouMean(algorithm, getHashes()) ?? 'take md5, sha1, sha256 or sha512'}`,
    )
  }
  return createHash(known).update(value).digest('hex')
}

/** What OpenSSL calls them. */
const HASHES: Readonly<Record<string, string>> = { blake2b: 'blake2b512', blake2s: 'blake2s256' }

/** As Python reads it: other characters are passed over, and what follows the padding is. */
function fromBase64(value: string): Buffer {
  const plain = value.replace(/[^A-Za-z0-9+/=]/g, '')
  const padded = /^((?:[A-Za-z0-9+/]{4})*)([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?/.exec(plain)!
  const digits = plain.replace(/=+$/, '')
  if (
    padded[0].length < plain.length &&
    (padded[2] === undefined || /[^=]/.test(plain.slice(padded[0].length)))
  )
    throw new Error(
      `this is not base64: ${digits.length % 4 === 0 ? 'it has padding in it' : 'its padding is wrong'}`,
    )
  return Buffer.from(padded[0], 'base64')
}
