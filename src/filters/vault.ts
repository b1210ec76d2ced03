import { readOutside } from '../values/outside.ts'
import { unseal } from '../vault/cipher.ts'
import { isVault, readEnvelope } from '../vault/envelope.ts'
import { encrypt } from '../vault/keyring.ts'
import { filter } from './define.ts'
import { text } from './given.ts'

/** Encrypted texts, with passwords of their own. */
export const vaultFilters = [
  filter(
    'vault',
    ['secret', { salt: null, vaultid: 'filter_default', wrap_object: false }],
    'A text encrypted with a password, as ansible-vault does it; with a salt the same every time.',
    (value: unknown, secret: unknown, salt: unknown, id: unknown) => {
      const plain = text(value)
      if (isVault(plain)) throw new Error('the text is encrypted already')
      const password = Buffer.from(text(secret)).toString('base64')
      const grain = salt === null || salt === '' ? undefined : Buffer.from(text(salt))
      if (grain === undefined) readOutside()
      return encrypt(Buffer.from(plain), { id: text(id), password }, grain)
    },
  ),
  filter(
    'unvault',
    ['secret', { vaultid: 'filter_default' }],
    'What an encrypted text holds; a text that is not encrypted is left as it is.',
    (value: unknown, secret: unknown) => {
      const given = text(value)
      const password = Buffer.from(text(secret))
      if (!isVault(given)) return given
      const plain = unseal(readEnvelope(given).sealed, password)
      if (plain === undefined) throw new Error('the text cannot be decrypted with this password')
      return plain.toString()
    },
  ),
]
