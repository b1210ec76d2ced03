import { describe, type FileState } from '../../../host/file-state.ts'
import type { Output } from '../../../shell/output.ts'
import { quotePath } from '../../../shell/quote.ts'
import type { Value, ValueMap } from '../../../values/value.ts'
import type { Times } from './timestamps.ts'

/** What there is below a folder, as paths. */
export interface Content {
  readonly directories: readonly string[]
  readonly files: readonly string[]
}

/** Sh that prints the names of all that is below a folder; nothing if there is none. */
export function contentProbe(folder: string): string {
  const path = quotePath(folder)
  const find = `find . ! -name . -type d -print0 && printf '\\0' && find . ! -type d -print0`
  return `if [ -d ${path} ] && [ ! -h ${path} ]; then (cd ${path} && ${find}) || exit; fi`
}

/** What `contentProbe` found. */
export function readContent(output: Output, folder: string): Content | undefined {
  if (output.done) return undefined
  const at = (name: string) => folder + name.slice(1)
  const directories: string[] = []
  for (let name = output.field(); name !== ''; name = output.field()) directories.push(at(name))
  const files: string[] = []
  while (!output.done) files.push(at(output.field()))
  return { directories, files }
}

interface Known {
  readonly path: string
  readonly found: FileState | undefined
  readonly content: Content | undefined
  readonly times: Times
}

/** The `diff` that Ansible returns: the path, and what differs; `after` is what the task returns of the file. */
export function diffOf({ path, found, content, times }: Known, after: ValueMap): ValueMap {
  const was = found === undefined ? { state: 'absent' } : comparable(describe(found))
  const is = comparable(after)
  const link = found?.type === 'link' ? { src: found.target ?? null } : {}
  const pairs: [name: string, before: Value | undefined, after: Value | undefined][] = [
    ...['state', 'owner', 'group', 'mode'].map(
      (name) => [name, was[name], is[name]] as [string, Value, Value],
    ),
    ['src', link.src, is.src],
    ['atime', found?.atime, times.access],
    ['mtime', found?.mtime, times.modification],
  ]
  const differing = pairs.filter(([, before, wanted]) => wanted !== undefined && before !== wanted)
  const side = (which: 1 | 2): ValueMap => {
    const values = differing.flatMap((pair) => (pair[which] === undefined ? [] : [[pair[0], pair[which]]]))
    return { path, ...Object.fromEntries(values) }
  }
  const gone: ValueMap = content && is.state === 'absent' ? { path_content: content as unknown as Value } : {}
  return { before: { ...side(1), ...gone }, after: side(2) }
}

/** Ansible compares users and groups by their ids. */
function comparable({ state, uid, gid, mode, src }: ValueMap): Record<string, Value | undefined> {
  return { state, owner: uid, group: gid, mode, src }
}
