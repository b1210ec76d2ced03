import { passwordHash } from '../python/crypt/password-hash.ts'
import { str } from '../python/text.ts'
import { filter } from './define.ts'
import { integer, isText, text } from './given.ts'
import { parseInteger } from './numerals.ts'

/** Passwords as systems keep them. */
export const passwordFilters = [
  filter(
    'password_hash',
    [{ hashtype: 'sha512', salt: null, salt_size: null, rounds: null, ident: null }],
    'A password as /etc/shadow holds it: by sha512, sha256, md5 or blowfish.',
    (value: unknown, type: unknown, salt: unknown, size: unknown, rounds: unknown, ident: unknown) =>
      passwordHash(text(value), text(type), {
        salt: salt === null ? null : str(salt),
        saltSize: count(size),
        rounds: count(rounds),
        ident: ident === null ? null : text(ident),
      }),
  ),
]

function count(value: unknown): number | null {
  if (value === null) return null
  if (!isText(value)) return integer(value)
  const found = parseInteger(value, 10)
  if (found === undefined) throw new Error(`"${value}" is no whole number`)
  return Number(found)
}
