import { type FileState, followed, isFolder, readFiles, textOfFile } from '../../host/file-state.ts'
import { filesProbe, LOOK, type Looking, lookingSettings } from '../../host/look.ts'
import { below } from '../../host/paths.ts'
import type { Item } from '../../host/placement.ts'
import type { Output } from '../../shell/output.ts'
import { quote, quotePath } from '../../shell/quote.ts'

/** A file or folder on the host that is to be copied there. */
export interface RemoteSource {
  readonly items: readonly Item[]
  /** What the items would replace, by path. */
  readonly files: ReadonlyMap<string, FileState | undefined>
}

/**
 * Sh that probes a source and, if it is a folder, all that is below it and what there is of the same names below
 * `to`.
 */
export function sourceProbe(source: string, to: string, isFollowed: boolean, looking: Looking): string {
  const batch = [LOOK, lookingSettings(looking), BATCH, BESIDE].join('\n')
  const find = `find ${isFollowed ? '-L ' : ''}. ! -name . -exec sh -c ${quote(batch)} sh "$to" {} +`
  return [
    filesProbe([source], looking),
    `to=${quotePath(to)}`,
    'case $to in /*) ;; *) to=$PWD/$to ;; esac',
    `if [ -d ${quotePath(source)} ]; then (cd ${quotePath(source)} && ${find}) || exit; fi`,
  ].join('\n')
}

/** Sh that probes all that is below a folder; nothing when there is no such folder. */
export function treeProbe(folder: string, looking: Looking): string {
  const batch = [LOOK, lookingSettings(looking), BATCH].join('\n')
  const find = `find . ! -name . -exec sh -c ${quote(batch)} sh '' {} +`
  return `if [ -d ${quotePath(folder)} ]; then (cd ${quotePath(folder)} && ${find}) || exit; fi`
}

/** Sh that probes paths below the working folder, which begin with "./" and come over stdin, each ended by NUL. */
export function batchProbe(looking: Looking): string {
  return `xargs -0 -r sh -c ${quote([LOOK, lookingSettings(looking), BATCH].join('\n'))} sh ''`
}

/** What `treeProbe` or `batchProbe` found: files by their path, folders before what is in them. */
export function readTree(output: Output, folder: string, looking: Looking): [string, FileState][] {
  const tree: [string, FileState][] = []
  while (!output.done)
    for (const [name, state] of readBatch(output, looking)) tree.push([below(folder, name), state])
  return tree
}

/** What one batch of `BATCH` found, by names without the "./" before them; nothing where there is only an empty name. */
export function readBatch(output: Output, looking: Looking): [string, FileState][] {
  const names = readNames(output)
  if (names.length === 0) return []
  const states = readFiles(output, names.length, looking, names.length)
  return names.flatMap((name, index): [string, FileState][] => {
    const state = states[index]
    return state === undefined ? [] : [[name, state]]
  })
}

function readNames(output: Output): string[] {
  const names: string[] = []
  for (let name = output.field(); name !== ''; name = output.field()) names.push(name.slice(2))
  return names
}

// The names, each ended by NUL, and an empty one; then what is known of them.
export const BATCH = `to=$1
shift
printf '%s\\0' "$@" ''
look "$@"; links "$@"; regular "$@"`

// And what is known of the same names there.
const BESIDE = `n=$#
for p; do set -- "$@" "$to/\${p#./}"; done
shift $n
look "$@"; links "$@"; regular "$@"`

/** What `sourceProbe` found. Raises an Error with a sentence for a source that is not there or cannot be copied. */
export function readSource(
  output: Output,
  source: string,
  to: string,
  isFollowed: boolean,
  looking: Looking,
): RemoteSource {
  const [itself] = readFiles(output, 1, looking)
  if (itself === undefined) throw new Error(`there is no ${source} on this host`)
  if (!isFolder(itself))
    return { items: [toItem('', source, followed(source, itself).file)], files: new Map() }
  const items: Item[] = []
  const files = new Map<string, FileState | undefined>()
  while (!output.done) {
    const names = readNames(output)
    const here = readFiles(output, names.length, looking, names.length)
    const there = readFiles(output, names.length, looking, names.length)
    for (const [index, name] of names.entries()) {
      const path = below(source, name)
      // A link to nowhere stays a link.
      const state = (isFollowed ? followed(path, here[index]).file : undefined) ?? here[index]
      items.push(toItem(name, path, state))
      files.set(below(to, name), there[index])
    }
  }
  return { items, files }
}

function toItem(path: string, source: string, file: FileState | undefined): Item {
  if (file === undefined) throw new Error(`${source} is a link to nowhere`)
  const { type, mode, size } = file
  if (type === 'directory') return { path, type, mode }
  if (type === 'link') return { path, type, mode, link: file.target! }
  if (type !== 'file') throw new Error(`${source} is a ${type}; only files, folders and links can be copied`)
  return { path, type, mode, size, source, digest: file.digest!, text: () => textOfFile(file) }
}
