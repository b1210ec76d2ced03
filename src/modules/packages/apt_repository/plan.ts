import { resolveMode } from '../../../host/attributes.ts'
import { failureOf, fromBytes, toBytes, withText } from '../../../host/edit.ts'
import type { Action, Change, ModuleContext, ModuleResult, Outcome, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING } from '../../../sdk/plans.ts'
import { contentOf } from '../../../shell/content.ts'
import type { Value } from '../../../values/value.ts'
import { fetchLists } from '../lists.ts'
import { rewriting, type SourceFile, type Sources, sourceFile, takingBack } from '../source-files.ts'
import type { Args } from './options.ts'
import { ppaOf, type Signing, sourceOfPpa, trustScript } from './ppa.ts'
import { added, enabled, fileNameOf, mentions, removed, sourceOf } from './sources.ts'

export interface State extends Sources {
  /** Of a ppa. */
  readonly codename: string
  /** Of a ppa that is not there yet. */
  readonly signing: Signing | undefined
}

/** A file that is to become another one. */
interface Edit {
  readonly of: SourceFile
  readonly after: string
  /** How the line of the source shows in it. */
  readonly change: Pick<Change, 'before' | 'after'>
  /** The source was not there: the file is given the permissions that the task asks for. */
  readonly isNew?: boolean
}

export function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { repo } = args
  const ppa = ppaOf(repo)
  if (ppa !== undefined && state.codename === '')
    return failure("the host's /etc/os-release names no release; give codename")
  const source = ppa === undefined ? sourceOf(repo)! : sourceOfPpa(ppa, state.codename)
  const files = [...state.files].map(([path, file]) => sourceFile(path, file))
  const edits = args.state === 'absent' ? withoutIt(files, source) : withIt(args, state, files, source)
  const result = { repo, state: args.state, diff: view.diff ? edits.map(diffOf) : {} }
  if (edits.length === 0) return { ...NOTHING, result }
  const { signing } = state
  if (signing !== undefined && 'complaint' in signing)
    return { ...failure(`failed to fetch PPA information, error was: ${signing.complaint}`), result }
  const isUntrusted = ppa !== undefined && signing !== undefined && !signing.isTrusted
  const trust: Change[] = isUntrusted
    ? [{ what: `key ${signing.fingerprint}`, before: null, after: 'trusted' }]
    : []
  const lists: Change[] = args.update_cache ? [{ what: 'package lists', before: null, after: 'fetched' }] : []
  return {
    changes: [...trust, ...edits.flatMap((edit) => changesOf(edit, view)), ...lists],
    actions: [
      ...(isUntrusted ? [apart(trustScript(ppa, signing.fingerprint, signing.hasAptKey))] : []),
      ...edits.flatMap((edit) => writing(args, edit)),
      ...(args.update_cache ? [apart(updating(args, edits))] : []),
    ],
    result,
  }
}

function withoutIt(files: readonly SourceFile[], source: string): Edit[] {
  return files.flatMap((of): Edit[] => {
    const after = removed(of.bytes, toBytes(source))
    return after === of.bytes ? [] : [{ of, after, change: { before: source, after: null } }]
  })
}

/** Where the source is commented out, it is made to count again, as Ansible does. */
function withIt(args: Args, state: State, files: readonly SourceFile[], source: string): Edit[] {
  if (files.some(({ bytes }) => mentions(bytes, toBytes(source))))
    return files.flatMap((of): Edit[] => {
      const after = enabled(of.bytes, toBytes(source))
      return after === of.bytes ? [] : [{ of, after, change: { before: `# ${source}`, after: source } }]
    })
  const path = targetOf(args, state, source)
  const of = files.find((file) => (file.via ?? file.path) === path) ?? { path, file: undefined, bytes: '' }
  return [
    { of, after: added(of.bytes, toBytes(source)), change: { before: null, after: source }, isNew: true },
  ]
}

function targetOf({ repo, filename }: Args, { parts, codename }: State, source: string): string {
  const name = filename ?? fileNameOf(ppaOf(repo) === undefined ? source : `${repo}_${codename}`)
  return name.includes('/') ? `${name}.list` : `${parts}/${name}.list`
}

/** What is left without a line is removed, as Ansible does. */
function isGone({ of, after }: Edit): boolean {
  return of.file !== undefined && after === ''
}

function changesOf(edit: Edit, view: ModuleContext): Change[] {
  const { of, after } = edit
  const made: Change[] =
    of.file === undefined ? [{ what: `file ${of.path}`, before: null, after: 'file' }] : []
  const gone: Change[] = isGone(edit) ? [{ what: `file ${of.path}`, before: 'file', after: null }] : []
  const change = { what: `source in ${of.path}`, ...edit.change }
  return [...made, view.diff ? withText(change, of.bytes, after) : change, ...gone]
}

function diffOf(edit: Edit): Value {
  const { of, after } = edit
  return {
    before: fromBytes(of.bytes),
    after: fromBytes(after),
    before_header: of.file === undefined ? '/dev/null' : of.path,
    after_header: isGone(edit) ? '/dev/null' : of.path,
  }
}

/** What takes long, on a channel of its own. */
function apart(script: string): Action {
  return { do: 'send', script, content: contentOf('') }
}

function writing({ mode }: Args, edit: Edit): Action[] {
  const { of, after, isNew } = edit
  const now = of.file?.mode ?? 0o644
  const bits = isNew && mode !== undefined ? resolveMode(mode, now, false) : now
  return rewriting(of, after, { mode: bits, isGone: isGone(edit) })
}

function updating(
  { update_cache_retries, update_cache_retry_max_delay }: Args,
  edits: readonly Edit[],
): string {
  return [
    'export LC_ALL=C',
    `back() {\n${edits.map(({ of }) => takingBack(of)).join('\n')}\n}`,
    ...fetchLists({
      lockTimeout: 60,
      tries: update_cache_retries,
      maxDelay: update_cache_retry_max_delay,
      otherwise: '{ back; exit 100; }',
    }),
  ].join('\n')
}

export function interpret(outcomes: Outcome[], _: Args, state: State, { actions = [] }: Plan): ModuleResult {
  const failed = failureOf(outcomes)
  if (failed === undefined) return {}
  const { stdout, stderr, code } = outcomes.at(-1)!
  const isUpdate = code === 100 && outcomes.length === actions.length
  if (!isUpdate) {
    const isTrust = outcomes.length === 1 && state.signing !== undefined
    return isTrust ? { failed: `Unable to get required signing key: ${failed.failed}` } : failed
  }
  const errors = stderr.split('\n').filter((line) => line.startsWith('E: '))
  const why = [...new Set(errors)].map((line) => line.slice(3)).join(', ')
  return { failed: `Failed to update apt cache: ${why || stdout.trim() || 'unknown reason'}` }
}
