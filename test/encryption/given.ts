import { encrypt, type Keyring, type VaultPassword } from '../../src/vault/keyring.ts'

/** A password by its vault id and text. */
function password(id: string, text: string): VaultPassword {
  return { id, password: Buffer.from(text).toString('base64') }
}

export const ONE = password('one', 'first')
export const TWO = password('two', 'second')

export function keyring(...passwords: readonly VaultPassword[]): Keyring {
  return { passwords, matchIds: false }
}

export function file(text: string) {
  return { path: 'vars.yml', content: Buffer.from(text) }
}

/** An encrypted text in lines that are indented. */
export function block(plain: string, indent: string, by: VaultPassword = ONE): string {
  const lines = encrypt(Buffer.from(plain), by).trimEnd().split('\n')
  return lines.map((line) => `${indent}${line}\n`).join('')
}

/** The same within quotes. */
export function quoted(plain: string, by: VaultPassword = ONE): string {
  return JSON.stringify(encrypt(Buffer.from(plain), by).trimEnd())
}
