import { type FileState, followed, type Reached, readFiles } from '../../host/file-state.ts'
import { LOOK, lookingSettings } from '../../host/look.ts'
import { removeScript } from '../../host/safe-path.ts'
import { writeFile } from '../../host/write.ts'
import type { Action } from '../../sdk/module.ts'
import { sh } from '../../sdk/plans.ts'
import { contentOf } from '../../shell/content.ts'
import type { Output } from '../../shell/output.ts'
import { quotePath, withStdin } from '../../shell/quote.ts'

/** The files that tell a package manager where packages come from. */
export interface Sources {
  /** The folder of such files. */
  readonly parts: string
  /** By path; undefined for one that is not there. */
  readonly files: ReadonlyMap<string, FileState | undefined>
}

/** One of them, its bytes a text with a character a byte. */
export interface SourceFile extends Reached {
  readonly bytes: string
}

/** Sh that prints what `readSources` reads; `list` makes the files "$@", and $parts, and `more` are paths besides. */
export function sourcesScript(list: string, more: readonly string[] = []): string {
  return [
    LOOK,
    lookingSettings({ follow: true, content: true }),
    list,
    ...more.map((path) => `set -- "$@" ${quotePath(path)}`),
    `printf '%s\\0' "$parts" $# "$@"`,
    'look "$@"; links "$@"; regular "$@"',
  ].join('\n')
}

export function readSources(output: Output): Sources {
  const parts = output.field()
  const count = Number(output.field())
  if (!(count >= 0)) throw new Error('the host did not say which files of sources it has')
  const paths = Array.from({ length: count }, () => output.field())
  const found = readFiles(output, count, { follow: true }, count)
  return { parts, files: new Map(paths.map((path, index) => [path, found[index]])) }
}

export function sourceFile(path: string, state: FileState | undefined): SourceFile {
  const reached = followed(path, state)
  const { file } = reached
  if (file === undefined) return { ...reached, bytes: '' }
  if (file.type !== 'file') throw new Error(`${reached.path} is a ${file.type}, and a file is to be there`)
  if (file.content === undefined) throw new Error(`${reached.path} is larger than a file of sources is`)
  return { ...reached, bytes: file.content.toString('latin1') }
}

/**
 * Makes a file what it is to become, with its owner, and removes one that is left without a source: it is written before
 * that, so that what somebody else has written meanwhile stays.
 */
export function rewriting(
  { path, via, file, bytes }: SourceFile,
  after: string,
  { mode, isGone }: { readonly mode: number; readonly isGone: boolean },
): Action[] {
  const write = writeFile({
    path,
    via,
    content: contentOf(Buffer.from(after, 'latin1')),
    owner: file?.uid,
    group: file?.gid,
    mode,
    replaces: file ?? null,
    madeOf: contentOf(Buffer.from(bytes, 'latin1')),
    makesFolders: file === undefined,
  })
  return isGone ? [write, sh(removeScript(via ?? path, 'file'))] : [write]
}

/** Sh that makes a file again what it was. */
export function takingBack({ path, via, file, bytes }: SourceFile): string {
  if (file === undefined) return `(${removeScript(path, 'file')}\n)`
  const content = Buffer.from(bytes, 'latin1')
  const written = writeFile({
    path,
    via,
    content: contentOf(content),
    owner: file.uid,
    group: file.gid,
    mode: file.mode,
  })
  return withStdin(written.do === 'send' ? written.script : '', content)
}
