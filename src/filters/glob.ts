import { posix } from 'node:path'
import { readdirSync, statSync } from '../values/controller-files.ts'
import { readOutside } from '../values/outside.ts'
import { spread } from '../values/wildcard.ts'

/** The files that a pattern of Python's glob matches (`*`, `?`, `[a-z]`), in order. */
export function globFiles(pattern: string): string[] {
  return matches(pattern).filter((path) => kindOf(path) === 'file')
}

const MAGIC = /[*?[]/

function matches(pattern: string): string[] {
  if (!MAGIC.test(pattern)) return kindOf(pattern) === undefined ? [] : [pattern]
  const at = pattern.lastIndexOf('/')
  const [folder, name] = [pattern.slice(0, at + 1), pattern.slice(at + 1)]
  const folders = MAGIC.test(folder)
    ? matches(folder.replace(/\/+$/, '')).map((path) => `${path}/`)
    : [folder]
  const fits = expressionOf(name)
  return folders.flatMap((path) => {
    if (!MAGIC.test(name)) return kindOf(path + name) === undefined ? [] : [path + name]
    return namesIn(path)
      .filter((entry) => (name.startsWith('.') || !entry.startsWith('.')) && fits.test(entry))
      .map((entry) => path + entry)
  })
}

function expressionOf(name: string): RegExp {
  const pieces = ['']
  for (const [piece, not, set] of name.matchAll(/\[(!?)(\]?[^\]]*)\]|[\s\S]/g)) {
    if (piece === '*') pieces.push('')
    else if (set !== undefined)
      pieces.push(`${pieces.pop()}[${not === '!' ? '^' : ''}${set.replace(/[\\^[\]]/g, '\\$&')}]`)
    else pieces.push(pieces.pop() + (piece === '?' ? '[\\s\\S]' : piece.replace(/[\\^$.|+()[\]{}]/, '\\$&')))
  }
  return new RegExp(spread(pieces, '[\\s\\S]'))
}

function namesIn(folder: string): string[] {
  readOutside()
  try {
    return readdirSync(folder === '' ? '.' : folder).sort()
  } catch {
    return []
  }
}

function kindOf(path: string): 'file' | 'other' | undefined {
  readOutside()
  const found = path === '' ? undefined : statSync(posix.normalize(path), { throwIfNoEntry: false })
  return found === undefined ? undefined : found.isFile() ? 'file' : 'other'
}
