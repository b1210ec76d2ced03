import { statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cacheFolder } from '../local/own-cache.ts'
import { keepTrees } from '../yaml/kept/trees.ts'
import type { Settings } from './settings/settings.ts'

/** Has what is read of YAML kept for the next command from this folder, unless the settings say otherwise. */
export function keepTreesBy({ yaml_cache }: Settings): void {
  const version = yaml_cache ? versionOfProgram() : undefined
  if (version === undefined) keepTrees(undefined)
  else keepTrees({ folder: join(cacheFolder(), 'yaml'), of: process.cwd(), version })
}

/** Another build, or another Node, may read a text otherwise; undefined where the program is not built. */
function versionOfProgram(): string | undefined {
  const file = fileURLToPath(new URL('../', import.meta.url))
  const stats = statSync(join(file, '../dist/run.bin'), { bigint: true, throwIfNoEntry: false })
  return stats && `${process.version} ${stats.size} ${stats.mtimeNs}`
}
