import { bytesOf } from '../../../host/bytes.ts'
import { backupOf, failureOf, fromBytes, toBytes } from '../../../host/edit.ts'
import { files, followed, isFolder, type Reached } from '../../../host/file-state.ts'
import { keptFootprint } from '../../../host/footprints.ts'
import { keptId } from '../../../host/left-file.ts'
import { folderOf } from '../../../host/paths.ts'
import { removeScript } from '../../../host/safe-path.ts'
import { writeFile } from '../../../host/write.ts'
import type { Footprint } from '../../../sdk/footprint.ts'
import {
  type Action,
  type Change,
  defineModule,
  type ModuleContext,
  type ModuleResult,
  type Outcome,
  type Plan,
} from '../../../sdk/module.ts'
import { failure, NOTHING, sh } from '../../../sdk/plans.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import { contentOf, textOf as readable } from '../../../shell/content.ts'
import {
  type Edit,
  envNames,
  jobNames,
  linesOf,
  textOf,
  withJob,
  withoutHeader,
  withoutJob,
  withoutVariable,
  withVariable,
} from './crontab.ts'
import { type CronArgs, cronOptions, jobLine, problems, warningsOf } from './options.ts'
import { type Table, tableOf, tableTrace, writeTable } from './table.ts'

interface State extends Table {
  /** Where it is, if it is a file and no user's. */
  readonly at?: Reached
}

/** Runs commands at times that a crontab says. Semantics: ansible.builtin.cron. */
export const cron = defineModule<typeof cronOptions, State>({
  name: 'cron',
  summary: 'Runs commands at certain times, and sets variables for them.',
  options: cronOptions,
  validate: problems,
  probe: (args) =>
    args.cron_file ? [filesLook(args.cron_file), bytesOf([pathOf(args.cron_file)])] : [tableOf(args.user)],
  parse: (output, args) =>
    args.cron_file ? readFile(output, args.cron_file) : output.of(tableOf(args.user))[0]!,
  plan,
  footprint: {
    paths: ({ cron_file }) => (cron_file ? [pathOf(cron_file)] : []),
    of: (args, state, plan) =>
      state.at === undefined ? tableFootprint(args, plan) : keptFootprint(state.at, NEW_MODE, plan),
  },
  interpret,
})

const NEW_MODE = 0o644

/** As Ansible finds it. */
function pathOf(file: string): string {
  return /^[/~]/.test(file) ? file : `/etc/cron.d/${file}`
}

function filesLook(file: string) {
  const path = pathOf(file)
  return files([path, folderOf(path)], { follow: true })
}

function readFile(output: ProbeOutput, name: string): State {
  const path = pathOf(name)
  const [itself, folder] = output.of(filesLook(name))
  const at = followed(path, itself)
  if (at.file !== undefined && at.file.type !== 'file')
    throw new Error(`${path} is a ${at.file.type}, and a file is to be there`)
  const [bytes] = output.of(bytesOf([path]))
  const missing = isFolder(folder)
    ? undefined
    : `there is no folder ${folderOf(path)} on this host; install cron, or make it in an earlier task`
  // Who put something there between the two probes may have linked to what is not theirs.
  return { at, missing, bytes: at.file === undefined ? '' : bytes!.toString('latin1') }
}

function plan(args: CronArgs, state: State, view: ModuleContext): Plan {
  const { bytes, missing, at } = state
  const before = at === undefined ? withoutHeader(bytes) : bytes
  const edit = edited(args, linesOf(before))
  if (edit.failed !== undefined) return failure(edit.failed)
  // Under check, an earlier task that was not carried out may be the one that installs cron or adds the user.
  const isMissing = missing !== undefined && !view.check && (at === undefined || edit.changes.length > 0)
  if (isMissing) return failure(missing)
  const after = textOf(edit.lines)
  const changes = changesOf(edit, before)
  const isGone = at !== undefined && changes.length > 0 && leavesNothing(args, edit.lines)
  const result = {
    ...(isGone
      ? { state: args.state }
      : { jobs: jobNames(edit.lines).map(fromBytes), envs: envNames(edit.lines).map(fromBytes) }),
    ...(args.cron_file && { cron_file: args.cron_file }),
  }
  const warnings = warningsOf(args)
  if (changes.length === 0) return { ...NOTHING, result, warnings }
  return {
    changes: told(changes, view, before, isGone ? '' : after),
    actions:
      at === undefined
        ? [writeTable({ user: args.user, was: bytes, content: after, backup: args.backup })]
        : fileActions(args, state, at, after, isGone),
    result,
    warnings,
  }
}

function edited(args: CronArgs, lines: readonly string[]): Edit {
  const name = toBytes(args.name)
  const isPresent = args.state === 'present'
  if (!args.env) return isPresent ? withJob(lines, name, toBytes(jobLine(args))) : withoutJob(lines, name)
  if (!isPresent) return withoutVariable(lines, name)
  const bytes = (text: string | undefined) => (text === undefined ? undefined : toBytes(text))
  const beside = { insertafter: bytes(args.insertafter), insertbefore: bytes(args.insertbefore) }
  return withVariable(lines, name, toBytes(args.job ?? ''), beside)
}

/** A crontab whose last line has no end is given one: cron does not read that line. */
function changesOf({ changes }: Edit, before: string): readonly Change[] {
  if (changes.length > 0 || before === '' || /[\r\n]$/.test(before)) return changes
  return [{ what: 'end of the last line', before: null, after: 'newline' }]
}

function leavesNothing({ state, env }: CronArgs, lines: readonly string[]): boolean {
  return state === 'absent' && !env && lines.every((line) => line.trim() === '')
}

/** As text; the first carries the whole crontab for the diff. */
function told(changes: readonly Change[], view: ModuleContext, before: string, after: string): Change[] {
  const read = (value: unknown) => (typeof value === 'string' ? fromBytes(value) : null)
  const sides = [before, after].map((bytes) => readable(Buffer.from(bytes, 'latin1')))
  const [old, now] = sides
  const text = view.diff && old !== undefined && now !== undefined ? { before: old, after: now } : undefined
  return changes.map((change, index) => ({
    what: fromBytes(change.what),
    before: read(change.before),
    after: read(change.after),
    ...(index === 0 && text !== undefined && { text }),
  }))
}

function fileActions(args: CronArgs, state: State, at: Reached, after: string, isGone: boolean): Action[] {
  const { path, via, file } = at
  const write = writeFile({
    path,
    via,
    content: contentOf(Buffer.from(after, 'latin1')),
    owner: keptId(file?.uid),
    group: keptId(file?.gid),
    mode: file?.mode ?? NEW_MODE,
    replaces: file ?? null,
    madeOf: contentOf(Buffer.from(state.bytes, 'latin1')),
    backup: args.backup,
  })
  // It is written before it is removed: so a copy is kept, and what somebody else has written meanwhile.
  return isGone ? [write, sh(removeScript(via ?? path, 'file'))] : [write]
}

/** The crontab of a user is a file, too, where files are apart from nothing. */
function tableFootprint({ user }: CronArgs, { changes, actions = [] }: Plan): Footprint {
  const asked = { of: tableTrace(user), look: tableOf(user), item: user ?? '' }
  const [write] = actions
  const isWritten = write?.do === 'send'
  return {
    reads: { names: [asked.of, ...(user ? [`users/${user}`] : [])] },
    writes: changes.length > 0 ? { names: [asked.of] } : {},
    leaves: isWritten ? [{ ...asked, found: { bytes: write.content.bytes().toString('latin1') } }] : [],
    takes: [asked],
  }
}

function interpret(outcomes: Outcome[], args: CronArgs, { at }: State): ModuleResult {
  const failed = failureOf(outcomes)
  if (failed !== undefined) return failed
  const [first] = outcomes
  if (first === undefined || !args.backup) return {}
  const backup = at === undefined ? first.stdout.trim() : backupOf([first])
  return { result: { ...(backup && { backup_file: backup }) } }
}
