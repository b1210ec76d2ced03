import type { FoundFile } from '../local/replaced-files.ts'
import { type Problem, ProblemError } from '../values/problem.ts'
import { Source, type SourceSpan } from '../values/source.ts'
import { isVault } from '../vault/envelope.ts'
import { type Decrypted, decryptWith, encrypt, type Keyring, type VaultPassword } from '../vault/keyring.ts'
import { decoded } from '../yaml/encoding.ts'
import { shownPath } from '../yaml/files.ts'
import { unlocked } from '../yaml/vaulted.ts'
import { type InlineValue, inlineValues, withValues, writtenPlain, writtenVault } from './inline.ts'

/** What is encrypted with. */
export interface Encryptor {
  readonly password: VaultPassword
  /** In place of a new one each time. */
  readonly salt?: Buffer
}

/** A text that is known by a name: a file, or what comes from stdin. */
export type Named = Pick<FoundFile, 'path' | 'content'>

/** A text, encrypted. Raises ProblemError if it is so already. */
export function encrypted({ path, content }: Named, { password, salt }: Encryptor): Buffer {
  if (isVault(content)) {
    const hint = '"run vault rekey" gives it another password, "run vault edit" another content'
    throw new ProblemError({ message: 'it is encrypted already', place: headerOf(path, content), hint })
  }
  return Buffer.from(encrypt(content, password, salt))
}

/** What an encrypted text holds, and what opened it. Raises ProblemError. */
export function decrypted(named: Named, keyring: Keyring): Decrypted {
  const { path, content } = named
  if (!isVault(content)) throw new ProblemError(notEncrypted(named))
  const open = () => decryptWith(keyring, content.toString())
  return opened(open, shownPath(path), headerOf(path, content))
}

function notEncrypted({ path, content }: Named): Problem {
  const message = `${shownPath(path)} is not encrypted`
  if (!content.includes('!vault')) return { message }
  const hint = 'single values of it are: "run vault view", "edit" and "rekey" work with these'
  return { message, hint }
}

/** What a file holds, as it may be seen: of a YAML file that is not encrypted, its values of `!vault` are decrypted. Raises ProblemError. */
export function viewed(named: Named, keyring: Keyring): Buffer {
  if (isVault(named.content)) return decrypted(named, keyring).plain
  const source = yamlOf(named)
  const values = encryptedValues(named, source)
  return bytesOf(
    source,
    values.map((value) => [value, writtenPlain(value, decryptedValue(value, keyring).plain.toString())]),
  )
}

/** An encrypted file, or one with values of `!vault`, encrypted with another password. Raises ProblemError. */
export function rekeyed(named: Named, keyring: Keyring, { password, salt }: Encryptor): Buffer {
  const again = (plain: Buffer) => encrypt(plain, password, salt)
  if (isVault(named.content)) return Buffer.from(again(decrypted(named, keyring).plain))
  const source = yamlOf(named)
  const values = encryptedValues(named, source)
  return bytesOf(
    source,
    values.map((value) => [value, writtenVault(value, again(decryptedValue(value, keyring).plain))]),
  )
}

/** The values of `!vault` of a file that is not encrypted. Raises ProblemError where there are none. */
export function encryptedValues(named: Named, source: Source): InlineValue[] {
  const values = source.text.includes('!vault') ? inlineValues(source) : []
  if (values.length > 0) return values
  throw new ProblemError(notEncrypted(named))
}

export function decryptedValue({ text, isEncrypted, place }: InlineValue, keyring: Keyring): Decrypted {
  if (!isEncrypted) throw new ProblemError({ message: 'what stands behind !vault is not encrypted', place })
  return opened(() => decryptWith(keyring, text), 'this value', place)
}

function opened(open: () => Decrypted, what: string, place: SourceSpan): Decrypted {
  let found: Decrypted | undefined
  unlocked(
    () => {
      found = open()
      return found.plain
    },
    what,
    place,
  )
  return found!
}

/** A file as a source. Raises ProblemError where it is no text, and so can have no values of `!vault`. */
export function yamlOf(named: Named): Source {
  const source = decoded(shownPath(named.path), named.content)
  if (source instanceof Source) return source
  throw new ProblemError(notEncrypted(named))
}

/** A file in which these values are written so. */
export function bytesOf(source: Source, values: readonly (readonly [InlineValue, string])[]): Buffer {
  return Buffer.from(`${source.hasMark ? '\ufeff' : ''}${withValues(source, values)}`)
}

function headerOf(path: string, content: Buffer): SourceSpan {
  const text = content.toString('latin1')
  return { source: new Source(shownPath(path), text), start: 0, end: /^[^\r\n]*/.exec(text)![0].length }
}
