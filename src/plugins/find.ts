import { extname, join } from 'node:path'
import { readdirSync } from '../values/controller-files.ts'
import { mapOfRun } from '../values/of-run.ts'
import { isFolder } from '../yaml/files.ts'
import { ENDINGS } from './load.ts'

const listed = mapOfRun<string, ReadonlyMap<string, string>>()

/** The files of plugins in a folder by the names that they give; empty where there is no such folder. */
export function pluginsIn(folder: string): ReadonlyMap<string, string> {
  const known = listed.get(folder)
  if (known !== undefined) return known
  const files = isFolder(folder) ? readdirSync(folder).filter(isPlugin).sort() : []
  const found = new Map(files.map((file) => [file.slice(0, -extname(file).length), join(folder, file)]))
  listed.set(folder, found)
  return found
}

function isPlugin(file: string): boolean {
  return ENDINGS.includes(extname(file)) && !/\.d\.[cm]?ts$/.test(file)
}

/** The first of the folders' plugins of this name. */
export function pluginNamed(name: string, folders: readonly string[]): string | undefined {
  for (const folder of folders) {
    const found = pluginsIn(folder).get(name)
    if (found !== undefined) return found
  }
  return undefined
}
