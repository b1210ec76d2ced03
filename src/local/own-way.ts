import { lstat, mkdir, readlink } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'

/** As many links as Linux follows on the way to a file. */
const LINKS_AT_MOST = 40

/** A path without links; `make` is given folders on the way that are not there. Raises an Error for a link of another user. */
export async function ownWay(folder: string, make = made): Promise<string> {
  let at: string = sep
  const parts = folder.split(sep)
  for (let links = 0; parts.length > 0; ) {
    const part = parts.shift()!
    if (part === '' || part === '.') continue
    if (part === '..') {
      at = dirname(at)
      continue
    }
    const path = join(at, part)
    const found = (await lstat(path).catch(missing)) ?? (await make(path))
    if (!found.isSymbolicLink()) {
      at = path
      continue
    }
    links += 1
    if (links > LINKS_AT_MOST) throw new Error(`too many links on the way to ${folder}`)
    if (found.uid !== 0 && found.uid !== process.getuid?.())
      throw new Error(`${path} is a link of another user's (id ${found.uid}); it is not followed`)
    const text = await readlink(path)
    if (text.startsWith(sep)) at = sep
    parts.unshift(...text.split(sep))
  }
  return at
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

async function made(path: string) {
  await mkdir(path).catch(unlessThere)
  return lstat(path)
}

/** For folders on the way that only their user may read; see `ownWay`. */
export async function madePrivate(path: string) {
  await mkdir(path, { mode: 0o700 }).catch(unlessThere)
  return lstat(path)
}

function unlessThere(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EEXIST') throw error
}
