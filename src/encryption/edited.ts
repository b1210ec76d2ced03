import { ProblemError } from '../values/problem.ts'
import { Source } from '../values/source.ts'
import { isVault } from '../vault/envelope.ts'
import type { Keyring } from '../vault/keyring.ts'
import { decoded } from '../yaml/encoding.ts'
import { type InlineValue, inlineValues, withValues, writtenVault } from './inline.ts'
import {
  bytesOf,
  decrypted,
  decryptedValue,
  type Encryptor,
  encrypted,
  encryptedValues,
  type Named,
  viewed,
  yamlOf,
} from './work.ts'

/** What somebody is given to edit, and what becomes of it. */
export interface Editable {
  readonly plain: Buffer
  /** The file's new content. Raises ProblemError, which tells nothing of what was written. */
  readonly sealed: (edited: Buffer) => Sealed
}

interface Sealed {
  readonly content: Buffer
  /** What somebody should know, as sentences. */
  readonly warnings: readonly string[]
}

/**
 * A file to be edited: what it holds or, of a YAML file that is not encrypted, the same file with its values of `!vault`
 * decrypted. It is encrypted again as it was, unless an encryptor is given. Raises ProblemError.
 */
export function editable(named: Named, keyring: Keyring, given: Partial<Encryptor>): Editable {
  if (!isVault(named.content)) return editableValues(named, keyring, given)
  const { plain, id, used } = decrypted(named, keyring)
  const password = given.password ?? { id, password: used.password }
  const sealed = (edited: Buffer) => ({
    content: encrypted({ ...named, content: edited }, { ...given, password }),
    warnings: [],
  })
  return { plain, sealed }
}

function editableValues(named: Named, keyring: Keyring, given: Partial<Encryptor>): Editable {
  const source = yamlOf(named)
  const values = encryptedValues(named, source)
  const { id, used } = decryptedValue(values[0]!, keyring)
  const encryptor = { ...given, password: given.password ?? { id, password: used.password } }
  const known = values.map((value) => ({ value, plain: decryptedValue(value, keyring).plain.toString() }))
  const sealed = (edited: Buffer) => {
    const text = decoded(named.path, edited)
    if (!(text instanceof Source)) throw new ProblemError({ message: `${named.path} is no UTF-8 any more` })
    const now = valuesOf(text, named)
    const written = now.map((value) => [value, sealedValue(value, known, encryptor)] as const)
    const bare = withValues(
      text,
      now.map((value) => [value, '']),
    )
    const warnings = known.some(({ plain }) => plain.length >= SHORT && bare.includes(plain.trim()))
      ? [`${named.path} has the text of a value without !vault before it, so it is not encrypted any more`]
      : []
    return { content: bytesOf(text, written), warnings }
  }
  return { plain: viewed(named, keyring), sealed }
}

/** A text that is shorter may stand anywhere. */
const SHORT = 4

/** What is wrong with the YAML is told by its line alone. */
function valuesOf(text: Source, { path }: Named): InlineValue[] {
  try {
    return inlineValues(text)
  } catch (error) {
    const place = error instanceof ProblemError ? error.problems[0]?.place : undefined
    if (place === undefined) throw error
    const { line } = text.position(place.start)
    throw new ProblemError({ message: `${path} is no YAML any more: something is wrong in line ${line}` })
  }
}

interface Known {
  readonly value: InlineValue
  readonly plain: string
}

/** An edited value as it is to stand in the file: as it stood there if it is the same, else encrypted anew. */
function sealedValue(value: InlineValue, known: readonly Known[], encryptor: Encryptor): string {
  if (value.isEncrypted) return writtenVault(value, value.text)
  const before = known.find((one) => one.value.path === value.path)
  const content = Buffer.from(value.text)
  const text =
    before?.plain === value.text ? before.value.text : encrypted({ path: '', content }, encryptor).toString()
  return writtenVault(value, text, before?.value)
}
