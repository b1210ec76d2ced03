import { freshMode } from '../../host/attributes.ts'
import { fromBytes, linesOf, toBytes, withText } from '../../host/edit.ts'
import { type FileState, isFolder, type Reached } from '../../host/file-state.ts'
import { folderOf } from '../../host/paths.ts'
import { mayCome, noFolder } from '../../host/placement.ts'
import { writeFile } from '../../host/write.ts'
import type { Change, ModuleContext, Plan } from '../../sdk/module.ts'
import type { ArgsOf } from '../../sdk/options.ts'
import { failure, NOTHING, together } from '../../sdk/plans.ts'
import { contentOf } from '../../shell/content.ts'
import type { declared } from './options.ts'

type Args = ArgsOf<typeof declared>

/** The file behind links, and what it holds: a character a byte, so that what is no UTF-8 survives. */
export interface State extends Reached {
  readonly bytes: string
  /** What the file lies in. */
  readonly folder: FileState | undefined
}

export function plan(args: Args, state: State, view: ModuleContext): Plan {
  const failed = problemOf(args, state, view)
  if (failed !== undefined) return failure(failed)
  const { path, file, bytes } = state
  const old = valuesIn(bytes, args.name)
  const wanted = args.state === 'present' ? [toBytes(args.value ?? '')] : []
  // What the playbook cannot know by itself.
  const result = { path, previous: told(old) }
  if (isSame(old, wanted)) return { ...NOTHING, result }
  const after = edited(bytes, args.name, wanted)
  const change = { what: `setting ${args.name}`, before: told(old), after: told(wanted) }
  const made: Change[] = file === undefined ? [{ what: 'state', before: 'absent', after: 'file' }] : []
  // Texts cost memory for every host, and nobody sees them without --diff.
  const changes = [...made, view.diff ? withText(change, bytes, after) : change]
  return { ...together(changes, writing(state, after)), result }
}

/** What the actions would fail at is a failure of the plan, so that check mode reports it too. */
function problemOf(args: Args, { path, file, folder }: State, view: ModuleContext): string | undefined {
  if (file !== undefined)
    return file.type === 'file' ? undefined : `${path} is a ${file.type}, and a file is to be there`
  if (args.state === 'absent' || isFolder(folder) || (view.check && mayCome(folder))) return undefined
  return noFolder(folderOf(args.path), folder)
}

function writing({ path, via, file, bytes }: State, after: string) {
  return writeFile({
    path,
    via,
    content: contentOf(Buffer.from(after, 'latin1')),
    owner: file?.uid,
    group: file?.gid,
    mode: file?.mode ?? freshMode(false),
    // Who writes between probe and action is not overwritten: the host is probed again.
    replaces: file ?? null,
    madeOf: contentOf(Buffer.from(bytes, 'latin1')),
  })
}

/** Values of all lines that set `name`. */
function valuesIn(bytes: string, name: string): string[] {
  return linesOf(bytes)
    .filter((line) => sets(line, name))
    .map((line) => line.slice(name.length + 1).replace(/\n$/, ''))
}

/** The file with `name` set to these values where it was first set, or else at the end. */
function edited(bytes: string, name: string, values: readonly string[]): string {
  const lines = linesOf(bytes).map((line) => (line.endsWith('\n') ? line : `${line}\n`))
  const first = lines.findIndex((line) => sets(line, name))
  const others = lines.filter((line) => !sets(line, name))
  const at = first === -1 ? others.length : first
  return others.toSpliced(at, 0, ...values.map((value) => `${name}=${value}\n`)).join('')
}

function sets(line: string, name: string): boolean {
  return line.startsWith(`${name}=`)
}

function isSame(some: readonly string[], others: readonly string[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index])
}

/** Values as a change shows them, each on a line; null for none. */
function told(values: readonly string[]): string | null {
  return values.length === 0 ? null : fromBytes(values.join('\n'))
}
