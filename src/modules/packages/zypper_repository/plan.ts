import { failureOf, fromBytes, toBytes, withText } from '../../../host/edit.ts'
import type { Action, Change, ModuleContext, ModuleResult, Outcome, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING } from '../../../sdk/plans.ts'
import { quote } from '../../../shell/quote.ts'
import {
  ids,
  repositoriesIn,
  repositoryIn,
  withFields,
  withoutRepository,
  withRepository,
} from '../repo-file.ts'
import { rewriting, type SourceFile, type Sources, sourceFile, takingBack } from '../source-files.ts'
import { zypperFunction } from '../zypper/command.ts'
import { complaintOf } from '../zypper/summary.ts'
import { hasPassword, shown } from './address.ts'
import { type Args, isAll, isFetched, isRepoFile } from './options.ts'
import { holds, isAt, repodataOf, type Wanted, wantedOf } from './wanted.ts'

export interface State extends Sources {
  /** The bytes of the .repo file that the task names, if there is one. */
  readonly given: string | undefined
}

/** A repository that zypper has. */
interface Known {
  readonly of: SourceFile
  /** As bytes. */
  readonly id: string
  readonly fields: ReadonlyMap<string, string>
}

/** A file that becomes another one. */
interface Edit {
  readonly of: SourceFile
  readonly after: string
}

export function plan(args: Args, state: State, view: ModuleContext): Plan {
  if (isAll(args)) return { ...fetching(args, []), result: { runrefresh: true } }
  const wanted = wantedOf(args, state.given)
  if (typeof wanted === 'string') return withoutFile(args, wanted, view)
  const result = { repodata: repodataOf(wanted, args), state: args.state }
  const files = [...state.files].map(([path, file]) => sourceFile(path, file))
  const known = files.flatMap((of) =>
    [...repositoriesIn(of.bytes)].map(([id, fields]): Known => ({ of, id, fields: textsOf(fields) })),
  )
  const found = matching(known, wanted)
  if (found.length > 1 && !args.overwrite_multiple) return { ...failure(tooMany(wanted, found)), result }
  return { ...planned(args, wanted, found, { ...state, sources: files }, view), result }
}

function textsOf(fields: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...fields].map(([field, value]) => [field, fromBytes(value)]))
}

/** First those that have the alias. */
function matching(known: readonly Known[], { alias, urls }: Wanted): Known[] {
  const byAlias = known.filter(({ id }) => alias !== undefined && id === toBytes(alias))
  return [...byAlias, ...known.filter((one) => !byAlias.includes(one) && isAt(one.fields, urls))]
}

function tooMany({ alias, urls }: Wanted, found: readonly Known[]): string {
  const named = found.map(({ id, fields }) => `${fromBytes(id)} (${shown(fields.get('baseurl') ?? '')})`)
  return `More than one repo matched "${shown(urls[0] ?? alias ?? '')}": "${named.join(', ')}". Use overwrite_multiple to allow more than one repo to be overwritten`
}

/** An earlier task that was not carried out may be the one that makes the file. */
function withoutFile({ repo, state }: Args, complaint: string, view: ModuleContext): Plan {
  const mayCome = view.check && !isFetched(repo) && complaint.startsWith('Error opening')
  if (!mayCome || state === 'absent') return failure(complaint)
  return { changes: [{ what: `repository of ${repo}`, before: null, after: 'added' }] }
}

interface Files extends State {
  readonly sources: readonly SourceFile[]
}

function planned(
  args: Args,
  wanted: Wanted,
  found: readonly Known[],
  files: Files,
  view: ModuleContext,
): Plan {
  const [first, ...others] = found
  if (args.state === 'absent') {
    // As in Ansible, the alias says which it is; the address does where there is no such alias.
    const gone = wanted.alias !== undefined && first?.id === toBytes(wanted.alias) ? [first] : found
    return changing(files, gone.map(removal), view)
  }
  const made = [
    ...(first === undefined ? [addition(wanted, files)] : settling(wanted, first)),
    ...others.map(removal),
  ]
  if (made.length === 0)
    return args.runrefresh
      ? fetching({ ...args, auto_import_keys: wanted.importsKeys }, [wanted.alias!])
      : NOTHING
  const plan = changing(files, made, view)
  if (!args.runrefresh && !wanted.importsKeys) return plan
  const edits = editsOf(files, made)
  const { changes, actions } = fetching(
    { ...args, auto_import_keys: wanted.importsKeys },
    [wanted.alias!],
    edits,
  )
  return { changes: [...plan.changes, ...changes], actions: [...plan.actions!, ...actions!] }
}

/** One repository that changes in a file. */
interface Step {
  readonly of: SourceFile
  /** Its id before and after, as bytes. */
  readonly id: string | undefined
  readonly next: string | undefined
  /** What zypper has fetched is of another place. */
  readonly isMoved: boolean
  edit(bytes: string): string
}

function removal({ of, id }: Known): Step {
  return { of, id, next: undefined, isMoved: true, edit: (bytes) => withoutRepository(bytes, id) }
}

function addition(wanted: Wanted, { parts, sources }: Files): Step {
  const path = `${parts}/${wanted.alias!.replaceAll('/', '_')}.repo`
  const of = sources.find((file) => (file.via ?? file.path) === path) ?? { path, file: undefined, bytes: '' }
  const fields = [...wanted.fields, ...wanted.others].map(
    ([field, value]) => [field, toBytes(value)] as const,
  )
  const next = toBytes(wanted.alias!)
  const edit = (bytes: string) =>
    withFields(withRepository(bytes, next, []), next, { id: next, fields: new Map(fields) })
  return { of, id: undefined, next, isMoved: false, edit }
}

function settling({ alias, fields }: Wanted, { of, id, fields: now }: Known): Step[] {
  const due = [...fields].filter(([field, value]) => !holds(now, field, value))
  const next = toBytes(alias!)
  if (due.length === 0 && id === next) return []
  const other = { id: next, fields: new Map(due.map(([field, value]) => [field, toBytes(value)])) }
  const isMoved = id !== next || due.some(([field]) => field === 'baseurl')
  return [{ of, id, next, isMoved, edit: (bytes) => withFields(bytes, id, other) }]
}

function editsOf({ sources }: Files, steps: readonly Step[]): Edit[] {
  const files = [...new Set([...sources, ...steps.map(({ of }) => of)])]
  return files.flatMap((of) => {
    const own = steps.filter((step) => step.of === of)
    return own.length === 0 ? [] : [{ of, after: own.reduce((bytes, { edit }) => edit(bytes), of.bytes) }]
  })
}

function changing(files: Files, steps: readonly Step[], view: ModuleContext): Plan {
  if (steps.length === 0) return NOTHING
  const edits = editsOf(files, steps)
  const stale = steps.flatMap(({ id, isMoved }) => (isMoved && id !== undefined ? [fromBytes(id)] : []))
  return {
    changes: [
      ...edits.flatMap(({ of }) => (of.file === undefined ? [fileChange(of, null, 'file')] : [])),
      ...steps.map((step) => changeOf(step, edits, view)),
      ...edits.flatMap((edit) => (isGone(edit) ? [fileChange(edit.of, 'file', null)] : [])),
    ],
    actions: [...(stale.length === 0 ? [] : [forgetting(stale)]), ...edits.flatMap(writing)],
  }
}

function fileChange({ path }: SourceFile, before: string | null, after: string | null): Change {
  return { what: `file ${path}`, before, after }
}

function changeOf({ of, id, next }: Step, edits: readonly Edit[], view: ModuleContext): Change {
  const { after } = edits.find((edit) => edit.of === of)!
  const part = (bytes: string, of: string | undefined) =>
    of === undefined ? null : shown(fromBytes(repositoryIn(bytes, of) ?? ''))
  const change = {
    what: `repository ${fromBytes((next ?? id)!)}`,
    before: part(of.bytes, id),
    after: part(after, next),
  }
  return view.diff
    ? withText(change, toBytes(shown(fromBytes(of.bytes))), toBytes(shown(fromBytes(after))))
    : change
}

/** A file without a repository goes. */
function isGone({ of, after }: Edit): boolean {
  return of.file !== undefined && ids(after).length === 0
}

function writing(edit: Edit): Action[] {
  const { of, after } = edit
  const now = of.file?.mode ?? 0o644
  // A password is read by nobody else.
  const mode = hasPassword(after) && !hasPassword(of.bytes) ? now & 0o600 : now
  return rewriting(of, after, { mode, isGone: isGone(edit) })
}

/** As zypper itself does, so that packages are not looked for in what another place had. */
function forgetting(aliases: readonly string[]): Action {
  const script = [...zypperFunction({}), `z clean --all -- ${aliases.map(quote).join(' ')}`].join('\n')
  return { do: 'exec', script }
}

/** Fetches lists, which is no change; where they cannot be fetched, files are again what they were. */
function fetching({ auto_import_keys }: Args, aliases: readonly string[], edits: readonly Edit[] = []): Plan {
  const keys = auto_import_keys ? '--gpg-auto-import-keys ' : ''
  const back = edits.length === 0 ? '' : ' back >&2;'
  const script = [
    ...zypperFunction({}),
    `back() {\n:\n${edits.map(({ of }) => takingBack(of)).join('\n')}\n}`,
    `z ${keys}refresh --force${aliases.map((alias) => ` --repo ${quote(alias)}`).join('')} || { code=$?;${back} exit $code; }`,
  ].join('\n')
  return {
    changes: [{ what: 'package lists', before: null, after: 'fetched' }],
    actions: [{ do: 'exec', script }],
    silent: true,
  }
}

export function interpret(outcomes: Outcome[], args: Args, _: State, { actions = [] }: Plan): ModuleResult {
  const last = outcomes.at(-1)
  const failed = failureOf(outcomes)
  if (last === undefined || failed === undefined) return {}
  if (actions[outcomes.length - 1]!.do !== 'exec') return failed
  const { code, stdout, stderr } = last
  const told = complaintOf(code, `${stdout}\n${stderr}`).replace(/^Zypper run command failed.*?\. ?/, '')
  const [, key] = /key-fingerprint&gt;([0-9A-F]{16,})&lt;/.exec(stdout) ?? []
  const advice =
    key === undefined || args.auto_import_keys || isRepoFile(args.repo)
      ? ''
      : `; it is signed with the key ${key}, which is not trusted: "auto_import_keys: true" trusts it`
  const why = told === '' ? '' : `. ${shown(told)}`
  return {
    failed: `Zypper failed with rc ${code}${why}${advice}`,
    result: { rc: code, stdout: shown(stdout), stderr: shown(stderr) },
  }
}
