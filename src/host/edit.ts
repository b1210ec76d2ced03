import type { Footprint, Found } from '../sdk/footprint.ts'
import type { Change, ModuleContext, ModuleResult, Outcome, Plan } from '../sdk/module.ts'
import { fileOptions, options } from '../sdk/options.ts'
import { failure, NOTHING, sh } from '../sdk/plans.ts'
import type { Probe, ProbeOutput } from '../sdk/probe.ts'
import { contentOf, textOf } from '../shell/content.ts'
import { matching } from '../values/matching.ts'
import { pythonRegExp } from '../values/regexp.ts'
import type { ValueMap } from '../values/value.ts'
import {
  freshMode,
  type Ids,
  idsProbe,
  planAttributes,
  readIds,
  unknownOwner,
  type Wanted,
} from './attributes.ts'
import { bytesOf } from './bytes.ts'
import { type FileState, files, followed, isFolder, type Reached } from './file-state.ts'
import { fileFootprint } from './footprints.ts'
import { askedOf, keptId, leftBy, YET_TO_BE_WRITTEN } from './left-file.ts'
import { folderOf } from './paths.ts'
import { newFolder, noFolder } from './placement.ts'
import { attributesScripts } from './safe-path.ts'
import { readWritten, writeFile } from './write.ts'

/** The options of the modules that change parts of a file. */
export const editOptions = options({
  ...fileOptions,
  path: {
    type: 'path',
    required: true,
    aliases: ['dest', 'destfile', 'name'],
    help: 'The file to be changed.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether it is to be in the file.',
  },
  create: { type: 'bool', default: false, help: 'Make the file, and its folder, if it is not there.' },
  backup: { type: 'bool', default: false, help: 'Keep a copy of the file as it was.' },
  validate: { type: 'str', help: 'Command that checks the new file, with %s for its path.' },
})

export interface Editing extends Wanted {
  readonly path: string
  readonly state: 'present' | 'absent'
  readonly create?: boolean
  readonly backup?: boolean
  readonly validate?: string | undefined
}

/** A file that is to be edited. Its bytes are a text with a character a byte, so that all survive as they are. */
export interface Edited extends Reached {
  readonly bytes: string
  readonly ids: Ids
  /** What it lies in. */
  readonly folder: FileState | undefined
  /** What the file takes the place of, if that is not the file that was read. */
  readonly replaces?: FileState
}

/** What an edit makes of the bytes; without `change` they stay as they are. */
export interface Edit {
  readonly bytes: string
  readonly change?: Change
  /** What was done, in Ansible's words; "" for nothing. */
  readonly msg: string
  /** What the task returns besides. */
  readonly result?: ValueMap
}

/** A text as it stands in `Edited.bytes`. */
export function toBytes(text: string): string {
  return Buffer.from(text).toString('latin1')
}

/** A part of `Edited.bytes` as text. */
export function fromBytes(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString()
}

/** Lines with their ends, the last one perhaps without. */
export function linesOf(bytes: string): string[] {
  return bytes.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** What `work` makes of a file's bytes with a user's regular expression; raises as `matching` does. */
export function matchingBytes<T>(
  pattern: string,
  { path, bytes }: Pick<Edited, 'path' | 'bytes'>,
  work: (expression: RegExp) => T,
): T {
  const expression = pythonRegExp(toBytes(pattern))
  const use = { expression, written: pattern, text: fromBytes(bytes), name: path }
  return matching(use, () => work(expression))
}

export function editProbe(args: Editing): Probe {
  return [filesLook(args), idsProbe(args), bytesOf([args.path])]
}

function filesLook({ path }: Editing) {
  return files([path, folderOf(path)], { follow: true })
}

export function readEdited(output: ProbeOutput, args: Editing): Edited {
  const [itself, folder] = output.of(filesLook(args))
  const [bytes] = output.of(bytesOf([args.path]))
  const reached = followed(args.path, itself)
  // Who put something there between the two probes may have linked to what is not theirs.
  const known = reached.file === undefined ? '' : bytes!.toString('latin1')
  return { ...reached, ids: readIds(output, args), bytes: known, folder }
}

/**
 * Writes a file that an edit was made to, or only sets its attributes when its content is right; `called` is Ansible's
 * word for it.
 */
export function planEdit(
  args: Editing,
  state: Edited,
  edit: Edit,
  view: ModuleContext,
  called = 'Path',
): Plan {
  const { file, path, via, folder } = state
  const fail = (failed: string, rc: number, advice?: string): Plan => ({
    ...failure(failed),
    result: { rc },
    advice,
  })
  const inSync = (msg: string): Plan => ({ ...NOTHING, result: { ...edit.result, msg } })
  const unknown = unknownOwner(state.ids, view)
  if (unknown !== undefined) return failure(unknown)
  if (file !== undefined && file.type !== 'file') {
    return fail(`Path ${args.path} is a ${file.type} !`, 256, 'give the path of a file')
  }
  if (file === undefined) {
    if (args.state === 'absent') return inSync('file not present')
    const maker = args.create === undefined ? undefined : '"create: true" makes it'
    if (!args.create) return fail(`${called} ${args.path} does not exist !`, 257, maker)
    if (edit.change === undefined) return inSync('')
    if (folder !== undefined && !isFolder(folder)) return fail(noFolder(folderOf(path), folder), 257)
  }
  const { changes, set } = planAttributes(args, state.ids, file, false)
  const result = { ...edit.result, msg: message(edit, changes) }
  if (edit.change === undefined) {
    return { changes, actions: attributesScripts([{ path, via, file: file!, set }]).map(sh), result }
  }
  const write = writeFile({
    path,
    via,
    content: contentOf(Buffer.from(edit.bytes, 'latin1')),
    owner: set.uid ?? keptId(file?.uid),
    group: set.gid ?? keptId(file?.gid),
    mode: set.mode ?? file?.mode ?? freshMode(false),
    replaces: state.replaces ?? file ?? null,
    madeOf: contentOf(Buffer.from(state.bytes, 'latin1')),
    makesFolders: folder === undefined,
    backup: args.backup,
    validate: args.validate,
  })
  const change = view.diff ? withText(edit.change, state.bytes, edit.bytes) : edit.change
  return { changes: [...whatIsMade(state), change, ...changes], actions: [write], result }
}

function whatIsMade({ path, file, folder }: Edited): Change[] {
  if (file !== undefined) return []
  return [
    ...(folder === undefined ? [newFolder(folderOf(path))] : []),
    { what: 'state', before: 'absent', after: 'file' },
  ]
}

function message(edit: Edit, attributes: readonly Change[]): string {
  const parts = [edit.msg, attributes.length > 0 ? 'ownership or permissions changed' : '']
  return parts.filter((part) => part !== '').join(' and ')
}

/** A change of `before` to `after`, bytes as in `Edited`, with both sides for a diff if they are text. */
export function withText(change: Change, before: string, after: string): Change {
  const [old, now] = [textOf(Buffer.from(before, 'latin1')), textOf(Buffer.from(after, 'latin1'))]
  return old === undefined || now === undefined ? change : { ...change, text: { before: old, after: now } }
}

/** What the modules that edit one file have to do with. */
export const editFootprint = {
  paths: ({ path }: Editing): readonly string[] => [path],
  of(args: Editing, state: Edited, plan: Plan): Footprint | undefined {
    const { path, via, file } = state
    if (via !== undefined || !canBeToldApart(args, file, plan)) return undefined
    const footprint = fileFootprint({ ...args, path, file }, plan)
    return footprint && { ...footprint, leaves: leavesOf(args, state, plan), takes: askedOf(path) }
  },
}

/** Of a file that is yet to be written it is not known whose it will be, nor which it is: only its content is replaced. */
function canBeToldApart(
  { owner, group }: Wanted,
  file: FileState | undefined,
  { changes, actions }: Plan,
): boolean {
  if (file?.stamp !== YET_TO_BE_WRITTEN || changes.length === 0) return true
  const isUnknown = (id: number, wanted: unknown) => Number.isNaN(id) && wanted !== undefined
  if (isUnknown(file.uid, owner) || isUnknown(file.gid, group)) return false
  return actions?.[0]?.do === 'send'
}

/** The file as it is written; nothing of one whose folder is made too. */
function leavesOf(args: Editing, { path, file, ids, folder }: Edited, { actions = [] }: Plan): Found[] {
  const [write] = actions
  if (write?.do !== 'send' || folder === undefined) return []
  const { set } = planAttributes(args, ids, file, false)
  return leftBy({
    ...{ path, file, bytes: write.content.bytes() },
    uid: set.uid ?? file?.uid,
    gid: set.gid ?? file?.gid,
    mode: set.mode ?? file?.mode ?? freshMode(false),
  })
}

/** The failure that the last action ended in, as a conclusion; undefined when all went well. */
export function failureOf(outcomes: readonly Outcome[]): ModuleResult | undefined {
  const last = outcomes.at(-1)
  if (last === undefined || last.code === 0) return undefined
  return { failed: last.stderr.trim() || `exit status ${last.code}`, result: { rc: last.code } }
}

/** The path of the backup that an edit made, if it made one. */
export function backupOf(outcomes: readonly Outcome[]): string | undefined {
  const last = outcomes.at(-1)
  return last === undefined || last.stdout === '' ? undefined : readWritten(last).backup
}
