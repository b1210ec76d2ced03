import { closeSync, constants, readSync, type Stats } from 'node:fs'
import { openSync, readFileSync, statSync } from '../values/controller-files.ts'
import { ContentMissing } from '../values/later-file.ts'

/** Of a file that is read as text, in bytes. */
const FILE_AT_MOST = 64 * 1024 * 1024
/** Of a pipe that nothing comes from, in milliseconds. */
const SILENCE_AT_MOST = 30_000
const SMALL_PAUSE = 5

/** A pipe that this process was started with: `cat play.yml | run /dev/stdin`, `run <(make-play)`. */
const OWN_PIPE = /^\/(?:dev\/stdin|(?:dev|proc\/self)\/fd\/\d+)$/

/**
 * All bytes of a file, of /dev/null or of a pipe that this process was started with. Raises an Error whose sentence
 * goes behind the file's name: it is no file, not there, too large, or a pipe that is silent for half a minute.
 */
export function fileBytes(path: string): Buffer {
  try {
    const stats = statSync(path)
    if (stats.isFIFO() && OWN_PIPE.test(path)) return pipeBytes(path)
    if (!stats.isFile()) return bytesOfNoFile(stats)
    if (stats.size > FILE_AT_MOST) throw tooLarge()
    return readFileSync(path)
  } catch (error) {
    if (error instanceof ContentMissing) throw new Error(error.reason)
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    throw new Error(code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`)
  }
}

function bytesOfNoFile(stats: Stats): Buffer {
  if (stats.isDirectory()) throw new Error('is a folder, a file is expected')
  if (stats.isFIFO()) throw new Error('is a FIFO, not a file')
  if (stats.isSocket()) throw new Error('is a socket, not a file')
  if (stats.rdev !== statSync('/dev/null').rdev) throw new Error('is a device, not a file')
  return Buffer.alloc(0)
}

function pipeBytes(path: string): Buffer {
  // Opened anew, for whoever holds the other end must not find his own pipe changed.
  const pipe = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    const chunks: Buffer[] = []
    let size = 0
    for (let chunk = nextChunk(pipe); chunk.length > 0; chunk = nextChunk(pipe)) {
      chunks.push(chunk)
      size += chunk.length
      if (size > FILE_AT_MOST) throw tooLarge()
    }
    return Buffer.concat(chunks)
  } finally {
    closeSync(pipe)
  }
}

/** What comes next; nothing at the end. */
function nextChunk(pipe: number): Buffer {
  const chunk = Buffer.alloc(64 * 1024)
  for (const started = Date.now(); Date.now() - started < SILENCE_AT_MOST; pause()) {
    try {
      return chunk.subarray(0, readSync(pipe, chunk))
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error
    }
  }
  throw new Error(`is a pipe from which nothing came for ${SILENCE_AT_MOST / 1000} s`)
}

function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, SMALL_PAUSE)
}

function tooLarge(): Error {
  return new Error(`is larger than ${FILE_AT_MOST / 1024 / 1024} MiB, and no more is read`)
}
