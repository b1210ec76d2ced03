import { createHash } from 'node:crypto'
import { hash64 } from './hash64.ts'

/** The hash of a password after FreeBSD's MD5 crypt ("$1$"; Apache's "$apr1$"), without the prefix that names the salt. */
export function md5Crypt(password: string, salt: string, magic: '$1$' | '$apr1$'): string {
  const [word, grain] = [Buffer.from(password), Buffer.from(salt)]
  const other = md5(word, grain, word)
  const bits = word.length === 0 ? [] : Array.from(word.length.toString(2)).reverse()
  let digest = md5(
    word,
    Buffer.from(magic),
    grain,
    Buffer.alloc(word.length, other),
    ...bits.map((bit) => (bit === '1' ? Buffer.alloc(1) : word.subarray(0, 1))),
  )
  for (let round = 0; round < 1000; round += 1) {
    const odd = round % 2 === 1
    const middle = [...(round % 3 === 0 ? [] : [grain]), ...(round % 7 === 0 ? [] : [word])]
    digest = odd ? md5(word, ...middle, digest) : md5(digest, ...middle, word)
  }
  return hash64(digest, ORDER)
}

function md5(...parts: readonly Uint8Array[]): Buffer {
  return createHash('md5').update(Buffer.concat(parts)).digest()
}

const ORDER = [[0, 6, 12], [1, 7, 13], [2, 8, 14], [3, 9, 15], [4, 10, 5], [11]]
