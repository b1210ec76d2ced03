import { extname, join } from 'node:path'
import { readdirSync } from '../values/controller-files.ts'
import { didYouMean } from '../values/problem.ts'
import { entriesOf, type Node, type ScalarNode } from '../values/value.ts'
import { isNull } from '../yaml/fields.ts'
import { firstFile, isFile, isFolder, shownPath } from '../yaml/files.ts'
import type { Reading } from './reading.ts'

const ENDINGS = ['.yml', '.yaml', '.json']

/** The file of one part of a role: main.yml, or the one asked for, which must be there. */
export function readPart(folder: string, file: ScalarNode | undefined, reading: Reading): Node | undefined {
  const path = firstFile(pathsOf(folder, file))
  if (path !== undefined) return reading.files.yaml(path, file?.place)
  if (file !== undefined) reportMissing(folder, file, reading)
  return undefined
}

/** The variables of one part of a role: a file, or every file of a folder of that name, later ones over earlier. */
export function readVariablesOf(
  folder: string,
  file: ScalarNode | undefined,
  reading: Reading,
): ReadonlyMap<string, Node> {
  const path = firstFile(pathsOf(folder, file))
  const inFolder = path === undefined ? join(folder, nameOf(file)) : undefined
  const paths =
    path !== undefined ? [path] : inFolder !== undefined && isFolder(inFolder) ? filesBelow(inFolder) : []
  if (paths.length === 0 && file !== undefined) reportMissing(folder, file, reading)
  return new Map(
    paths.flatMap((one): [string, Node][] => {
      const node = reading.files.yaml(one, file?.place)
      return node === undefined || isNull(node) ? [] : [...variablesIn(node, reading)]
    }),
  )
}

function nameOf(file: ScalarNode | undefined): string {
  return file === undefined ? 'main' : String(file.value)
}

/** A name that is asked for may have its ending; main comes without one last. */
function pathsOf(folder: string, file: ScalarNode | undefined): string[] {
  const name = nameOf(file)
  const endings = file === undefined ? [...ENDINGS, ''] : ['', ...ENDINGS]
  return endings.map((ending) => join(folder, `${name}${ending}`))
}

/** The files of variables in a folder and those in it, in the order of their names; no hidden ones and no backups. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .filter((name) => !name.startsWith('.') && !name.endsWith('~'))
    .flatMap((name) => {
      const path = join(folder, name)
      const ending = extname(name)
      if (isFolder(path)) return ending === '' ? filesBelow(path) : []
      return isFile(path) && (ending === '' || ENDINGS.includes(ending)) ? [path] : []
    })
}

function reportMissing(folder: string, file: ScalarNode, reading: Reading): void {
  const name = String(file.value)
  const known = isFolder(folder) ? readdirSync(folder).map((one) => one.replace(/\.(ya?ml|json)$/, '')) : []
  const message = `there is no ${name} in ${shownPath(folder)}`
  reading.problems.push({ message, place: file.place, hint: didYouMean(name, known) })
}

/** The variables of a file that is a map of them. */
function variablesIn(node: Node, reading: Pick<Reading, 'problems'>): ReadonlyMap<string, Node> {
  if (node.kind === 'map') return entriesOf(node)
  reading.problems.push({ message: 'a map of variables is expected', place: node.place })
  return new Map()
}
