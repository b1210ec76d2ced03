import { createHash } from 'node:crypto'
import { readSync } from 'node:fs'

/** Bytes that are read at a time. */
const AT_A_TIME = 1024 * 1024

/** The hexadecimal SHA-256 of an open file. */
export function digestOf(file: number): string {
  const hash = createHash('sha256')
  const buffer = Buffer.alloc(AT_A_TIME)
  for (let from = 0; ; ) {
    const read = readSync(file, buffer, 0, AT_A_TIME, from)
    if (read === 0) return hash.digest('hex')
    hash.update(buffer.subarray(0, read))
    from += read
  }
}
