import { createHash } from 'node:crypto'

/** Packed nodes of texts, by the digests of these. */
export type PackedTrees = ReadonlyMap<string, Uint8Array>

const DIGEST = 32

/**
 * Trees as the bytes of one file: the version that made them, a digest of the rest, and then each tree with the digest of
 * its text and its length.
 */
export function treeFile(version: string, trees: PackedTrees): Uint8Array {
  const count = Buffer.alloc(4)
  count.writeUInt32LE(trees.size)
  const index = [...trees].map(([text, { length }]) => {
    const entry = Buffer.alloc(DIGEST + 4)
    entry.write(text, 'latin1')
    entry.writeUInt32LE(length, DIGEST)
    return entry
  })
  const rest = Buffer.concat([count, ...index, ...trees.values()])
  return Buffer.concat([digested(version), digested(rest), rest])
}

/** What stands in such a file; undefined when another version made it, or it is not whole. */
export function treesIn(bytes: Buffer, version: string): Map<string, Uint8Array> | undefined {
  if (bytes.length < 2 * DIGEST + 4 || !bytes.subarray(0, DIGEST).equals(digested(version))) return undefined
  const rest = bytes.subarray(2 * DIGEST)
  if (!bytes.subarray(DIGEST, 2 * DIGEST).equals(digested(rest))) return undefined
  const trees = new Map<string, Uint8Array>()
  const count = rest.readUInt32LE(0)
  let at = 4 + count * (DIGEST + 4)
  for (let entry = 4; trees.size < count; entry += DIGEST + 4) {
    const length = rest.readUInt32LE(entry + DIGEST)
    trees.set(rest.toString('latin1', entry, entry + DIGEST), rest.subarray(at, at + length))
    at += length
  }
  return trees
}

/** By what a text is known. */
export function digestOf(text: string): string {
  return digested(text).toString('latin1')
}

function digested(content: string | Uint8Array): Buffer {
  return createHash('sha256').update(content).digest()
}
