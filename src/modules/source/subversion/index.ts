import {
  type Change,
  defineModule,
  type ModuleContext,
  type ModuleResult,
  type Plan,
} from '../../../sdk/module.ts'
import { failure, NOTHING, sh, together } from '../../../sdk/plans.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import type { Value, ValueMap } from '../../../values/value.ts'
import { type Args, declared, problems } from './options.ts'
import { PLACES, probe, script, type Work } from './script.ts'

/** What svn says, and its exit status. */
interface Said {
  readonly code: number
  readonly text: string
}

interface State {
  readonly hasSvn: boolean
  readonly place: keyof typeof PLACES
  /** Of the working copy. */
  readonly info: string
  /** Files of the working copy that somebody has changed. */
  readonly modified: readonly string[]
  readonly remote: Said | undefined
  /** What an update would change, a file a line. */
  readonly differs: Said | undefined
}

/** Checks out repositories of Subversion. Semantics: ansible.builtin.subversion. */
export const subversion = defineModule<typeof declared, State>({
  name: 'subversion',
  summary: 'Checks out a revision of a Subversion repository, and keeps it there.',
  options: declared,
  validate: problems,
  probesElsewhere: true,
  probe,
  parse,
  plan,
  interpret([outcome], _args, _state, planned): ModuleResult {
    if (outcome === undefined) return {}
    if (outcome.code !== 0)
      return { failed: outcome.stderr.trim() || `exit status ${outcome.code}`, result: { rc: outcome.code } }
    return planned.result?.before === undefined ? {} : { result: { after: revisionOf(outcome.stdout) } }
  },
})

function parse({ bytes }: ProbeOutput): State {
  const output = new Output(bytes)
  const none = { place: 'none', info: '', modified: [], remote: undefined, differs: undefined } as const
  if (output.take(1).toString() === '0') return { ...none, hasSvn: false }
  const letter = output.take(1).toString()
  const place = (Object.keys(PLACES) as (keyof typeof PLACES)[]).find((one) => PLACES[one] === letter)
  if (place === undefined) throw new Error(`the host printed "${letter}" for what there is`)
  const said = (): Said | undefined =>
    output.done ? undefined : { code: Number(output.field()), text: output.field() }
  if (place !== 'copy') return { ...none, hasSvn: true, place, remote: said() }
  const info = output.field()
  const modified = output
    .field()
    .split('\n')
    .filter((line) => /^[^?X]/.test(line) && line.trim() !== '')
  return { hasSvn: true, place, info, modified, remote: said(), differs: said() }
}

/** As Ansible tells a revision: lines of svn. */
function revisionOf(info: string): Value[] {
  const line = (name: string) => new RegExp(`^${name}: .*$`, 'm').exec(info)?.[0]
  return [line('Revision') ?? 'Unable to get revision', line('URL') ?? 'Unable to get URL']
}

function field(info: string, name: string): string {
  return new RegExp(`^${name}: (.*)$`, 'm').exec(info)?.[1] ?? ''
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { dest = '', repo, revision } = args
  if (!state.hasSvn && !view.check)
    return {
      ...failure('Failed to find required executable "svn"'),
      advice: 'install the package subversion',
    }
  const { remote } = state
  if (!args.export && !args.update && !args.checkout) {
    if (remote?.code !== 0) return view.check ? NOTHING : failure(remote?.text ?? '')
    return { ...NOTHING, result: { after: revisionOf(remote.text)[0]! } }
  }
  const does = (
    work: Partial<Work> & Pick<Work, 'does'>,
    changes: Change[],
    result: ValueMap = {},
  ): Plan => ({
    ...together(changes, sh(script(args, { switches: false, reverts: false, ...work }))),
    result,
  })
  const refusal = remote !== undefined && remote.code !== 0 ? failure(remote.text) : undefined
  const fresh: Change = { what: 'revision', before: null, after: `${revision} of ${withoutLogin(repo)}` }
  if (args.export) {
    const isEmpty = state.place === 'none'
    if (!isEmpty && !args.force) return failure(`${dest} is there already; "force: true" exports over it`)
    return refusal ?? does({ does: 'export' }, [{ ...fresh, before: isEmpty ? null : 'unknown' }])
  }
  switch (state.place) {
    case 'none':
      if (!args.checkout) return NOTHING
      return refusal ?? does({ does: 'checkout' }, [fresh], { before: null })
    case 'other': {
      if (!args.in_place)
        return failure(`ERROR: ${dest} folder already exists, but its not a subversion repository.`)
      return (
        refusal ?? does({ does: 'overwrite' }, [{ ...fresh, before: 'no working copy' }], { before: null })
      )
    }
    case 'copy':
      return args.update ? updated(args, state, does) : NOTHING
  }
}

type Does = (work: Partial<Work> & Pick<Work, 'does'>, changes: Change[], result?: ValueMap) => Plan

function updated(args: Args, { info, modified, remote, differs }: State, does: Does): Plan {
  const before = revisionOf(info)
  if (modified.length > 0 && !args.force)
    return { ...failure('ERROR: modified files exist in the repository.'), result: { before } }
  if (remote === undefined || remote.code !== 0) return failure(remote?.text ?? '')
  const [is, wanted] = [info, remote.text].map((text) => field(text, 'URL')) as [string, string]
  const switches = args.switch && is !== wanted
  if (differs !== undefined && differs.code !== 0) return failure(differs.text)
  // What differs in properties alone Ansible passes over, and svn says so of folders where nothing does.
  const files = (differs?.text ?? '').split('\n').filter((line) => /^\S/.test(line))
  const changes: Change[] = []
  if (switches) changes.push({ what: 'address', before: withoutLogin(is), after: withoutLogin(wanted) })
  if (modified.length > 0)
    changes.push({ what: 'changes of files', before: modified.join(', '), after: null })
  const [old, now] = [field(info, 'Revision'), field(remote.text, 'Revision')]
  if (files.length > 0)
    changes.push({
      what: 'files',
      before: `revision ${old}`,
      after: `${files.length} others in revision ${now}`,
    })
  const work = { does: 'update', switches, reverts: modified.length > 0 } as const
  const result = { before, after: [`Revision: ${now}`, `URL: ${args.switch ? wanted : is}`] }
  if (changes.length > 0) return does(work, changes, result)
  if (old === now) return { ...NOTHING, result: { before, after: before } }
  // The number goes on, and no file changes: Ansible says nothing of it.
  return { ...does(work, [{ what: 'revision', before: old, after: now }], result), silent: true }
}

function withoutLogin(address: string): string {
  return address.replace(/^([a-z+]+:\/\/)[^/@]*:[^/@]*@/i, '$1****@')
}
