import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'

const SCRAM = /^SCRAM-SHA-256\$(\d+):([A-Za-z0-9+/=]+)\$([A-Za-z0-9+/=]+):([A-Za-z0-9+/=]+)$/
const MD5 = /^md5.{32}$/s

/** Whether what the server stores of a role, null for nothing, is made of this password. */
export function isPassword(password: string, role: string, stored: string | null): boolean {
  if (password === '') return stored === null
  if (SCRAM.test(password) || MD5.test(password)) return stored === password
  const scram = SCRAM.exec(stored ?? '')
  if (scram === null) return stored === `md5${createHash('md5').update(`${password}${role}`).digest('hex')}`
  const [, iterations, salt, , serverKey] = scram as unknown as [string, string, string, string, string]
  const salted = pbkdf2Sync(prepared(password), Buffer.from(salt, 'base64'), Number(iterations), 32, 'sha256')
  return createHmac('sha256', salted).update('Server Key').digest('base64') === serverKey
}

/**
 * A password as SASLprep (RFC 4013) has it, which a server uses unless it holds what that forbids: then it is used as it
 * is.
 */
function prepared(password: string): string {
  const text = password.replace(SPACES, ' ').replace(NOTHING, '').normalize('NFKC')
  return text === '' || FORBIDDEN.test(text) || isMixed(text) ? password : text
}

const SPACES = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/g
const NOTHING = /\u00ad|\u034f|\u1806|\u200c|\u200d|\u2060|\ufeff|\p{Variation_Selector}/gu
const FORBIDDEN = /[\p{C}\p{Zl}\p{Zp}\u2ff0-\u2ffb\ufffc\ufffd]/u

/** A text from right to left holds no letters of the other way, and begins and ends in its own way. */
function isMixed(text: string): boolean {
  const isRight = RIGHT.test(text)
  return isRight && (LEFT.test(text) || !RIGHT.test([...text].at(0)!) || !RIGHT.test([...text].at(-1)!))
}

const RIGHT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}]/u
const LEFT =
  /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u
