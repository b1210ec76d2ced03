import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createRequire } from 'node:module'

export interface Digests {
  /** Hexadecimal. */
  readonly sha256: string
  readonly sha1: string
}

/** From here on two threads are worth their start. */
const IN_TWO_THREADS = 64 * 1024 * 1024
/** Pieces that may wait for the other thread, so that memory stays small. */
const WAITING_AT_MOST = 32

/** The digests of what comes in pieces, which are read once for both. */
export async function digestsOfPieces(pieces: AsyncIterable<Buffer>, size: number): Promise<Digests> {
  const sha256 = createHash('sha256')
  if (size < IN_TWO_THREADS) {
    const sha1 = createHash('sha1')
    for await (const piece of pieces) {
      sha256.update(piece)
      sha1.update(piece)
    }
    return { sha256: sha256.digest('hex'), sha1: sha1.digest('hex') }
  }
  const { Worker } = threads()
  const beside = new Worker(BESIDE, { eval: true, execArgv: [] })
  try {
    let waiting = 0
    beside.on('message', () => {
      waiting -= 1
    })
    for await (const piece of pieces) {
      beside.postMessage(piece)
      waiting += 1
      sha256.update(piece)
      while (waiting > WAITING_AT_MOST) await once(beside, 'message')
    }
    while (waiting > 0) await once(beside, 'message')
    const said = once(beside, 'message')
    beside.postMessage(null)
    const [sha1] = (await said) as [string]
    return { sha256: sha256.digest('hex'), sha1 }
  } finally {
    await beside.terminate()
  }
}

/** Few runs have a file so large, and loading it takes its time. */
function threads(): typeof import('node:worker_threads') {
  return createRequire(import.meta.url)('node:worker_threads')
}

// A text, for what is delivered is one file.
const BESIDE = `const { parentPort } = require('node:worker_threads')
const sha1 = require('node:crypto').createHash('sha1')
parentPort.on('message', (piece) => {
  if (piece !== null) sha1.update(piece)
  parentPort.postMessage(piece === null ? sha1.digest('hex') : undefined)
})`
