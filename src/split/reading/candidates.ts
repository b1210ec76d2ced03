import { join, relative } from 'node:path'
import { readdirSync } from '../../values/controller-files.ts'
import { spread } from '../../values/wildcard.ts'
import { isFile, isFolder } from '../../yaml/files.ts'

/** Files that are looked through for what a template may name. */
const FILES_AT_MOST = 2000
const DEEPEST = 4

/**
 * The files below folders that a name may mean which holds templates, relative to their folders; undefined when it may be
 * any file, or one elsewhere.
 */
export function filesNamedBy(name: string, folders: readonly string[]): string[] | undefined {
  const pieces = name.split(/\{\{.*?\}\}|\{%.*?%\}/s)
  const isAnything = pieces.every((piece) => piece.trim() === '')
  if (isAnything || name.startsWith('/') || name.includes('..')) return undefined
  const pattern = new RegExp(
    spread(
      pieces.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')),
      '.',
    ),
  )
  const found = new Set<string>()
  for (const folder of new Set(folders)) {
    const below = filesBelow(folder)
    if (below === undefined) return undefined
    for (const path of below) if (pattern.test(path)) found.add(path)
  }
  return [...found]
}

/** All files below a folder, relative to it; undefined when there are too many. */
export function filesBelow(top: string): string[] | undefined {
  const found: string[] = []
  const visit = (folder: string, depth: number): void => {
    if (depth > DEEPEST || found.length > FILES_AT_MOST || !isFolder(folder)) return
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name)
      if (isFile(path)) found.push(relative(top, path))
      else visit(path, depth + 1)
    }
  }
  visit(top, 0)
  return found.length > FILES_AT_MOST ? undefined : found
}
