import { existsSync, lstatSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { ownWay } from '../local/own-way.ts'
import { writeWhole } from '../local/written-file.ts'
import { ProblemError } from '../values/problem.ts'
import type { Tree } from './trees.ts'

/**
 * Writes files into a folder, which is made if need be. Raises ProblemError, before anything is written, where one of them
 * is there, or `isWhole` and the folder is; unless `force` says that they are overwritten. Other files stay.
 */
export async function writeTree(
  folder: string,
  tree: Tree,
  { force, isWhole }: { readonly force: boolean; readonly isWhole: boolean },
): Promise<void> {
  const there = [...(isWhole ? [folder] : []), ...Object.keys(tree).map((name) => join(folder, name))]
  const [first] = there.filter((path) => existsSync(path))
  if (first !== undefined && !force)
    throw new ProblemError({
      message: `${first} is there already; it is left as it is`,
      hint: '--force writes the files of the skeleton anew',
    })
  try {
    for (const [name, text] of Object.entries(tree)) {
      const path = resolve(folder, name)
      if (name.endsWith('/')) await ownWay(path)
      else {
        await ownWay(dirname(path))
        if (existsSync(path) && !lstatSync(path).isFile()) throw new Error(`${path} is no file`)
        await writeWhole(path, [text])
      }
    }
  } catch (error) {
    throw new ProblemError({ message: `${folder} cannot be written: ${(error as Error).message}` })
  }
}
