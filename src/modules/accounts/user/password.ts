/** Characters of a hash behind its salt, by the method between the first two $ (crypt(5)): MD5, SHA-256, SHA-512. */
const LENGTHS: Readonly<Record<string, number>> = { 1: 22, 5: 43, 6: 86 }

/** Whether a password is neither a hash, as far as can be seen, nor one that lets nobody log in. */
export function looksPlain(password: string): boolean {
  if (/^(\*|!|\*{13})$/.test(password)) return false
  const [, method = '', ...rest] = password.split('$')
  const hash = rest.at(-1)
  if (hash === undefined || /[:*!]/.test(password) || /[^a-zA-Z0-9./=]/.test(hash)) return true
  return Object.hasOwn(LENGTHS, method) && hash.length !== LENGTHS[method]
}

/** In Ansible's words. */
export const PLAIN_PASSWORD =
  "The input password appears not to have been hashed. The 'password' argument must be encrypted for this module to work properly."
