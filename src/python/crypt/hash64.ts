/** The alphabet of crypt's hashes and salts. */
export const ALPHABET = './0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Bytes of a digest as crypt writes them: by threes, in an order of its own, six bits a letter, the lowest first. */
export function hash64(digest: Uint8Array, order: readonly (readonly number[])[]): string {
  return order.map((group) => letters(group.map((at) => digest[at]!))).join('')
}

/** Up to three bytes, the highest first. */
function letters(bytes: readonly number[]): string {
  let bits = bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  let text = ''
  for (let count = bytes.length + 1; count > 0; count -= 1) {
    text += ALPHABET[bits & 63]
    bits >>>= 6
  }
  return text
}
