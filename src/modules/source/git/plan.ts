import type { Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, NOTHING, sh, together } from '../../../sdk/plans.ts'
import { contentOf } from '../../../shell/content.ts'
import type { ValueMap } from '../../../values/value.ts'
import { withoutSecrets } from './environment.ts'
import { depthOf, type GitArgs } from './options.ts'
import type { State } from './probe.ts'
import { scriptOf, type Work } from './script.ts'
import { signatureFault } from './signature.ts'

export function plan(args: GitArgs, state: State, view: ModuleContext): Plan {
  const warnings = warningsOf(args, state)
  return { ...planned(args, state, view), ...(warnings.length > 0 && { warnings }) }
}

function planned(args: GitArgs, state: State, view: ModuleContext): Plan {
  const { place, fault } = state
  if (!state.hasGit) return withoutGit(args, view)
  if (fault !== undefined) return failure(withoutSecrets(fault))
  if (place === 'repository' && !args.update) return planAsItIs(args, state, view)
  const { remote } = state
  if (remote !== undefined && 'complaint' in remote) return unreachable(remote.complaint)
  return place === 'repository' ? planUpdate(args, state, view) : planClone(args, state, view)
}

/** An earlier task that was not carried out may be the one that installs it. */
function withoutGit({ dest, version, executable }: GitArgs, { check }: ModuleContext): Plan {
  if (check && executable === undefined)
    return { changes: [{ what: dest ?? 'version', before: null, after: version }] }
  return failure(
    `Failed to find required executable "${executable ?? 'git'}" on this host: install git in an earlier task`,
  )
}

function unreachable(complaint: string): Plan {
  const isUnknown = /Host key verification failed|No .* host key is known/.test(complaint)
  return {
    ...failure(withoutSecrets(complaint)),
    advice: isUnknown
      ? 'SSH does not know the key of that host: add it with known_hosts in an earlier task, or set accept_newhostkey'
      : undefined,
  }
}

/** A version that is a branch or tag of the other side. */
function refOf({ version }: GitArgs, { remote }: State): 'branch' | 'tag' | undefined {
  const refs = remote !== undefined && 'refs' in remote ? remote.refs : new Map()
  if (refs.has(`refs/heads/${version}`)) return 'branch'
  return refs.has(`refs/tags/${version}`) ? 'tag' : undefined
}

/** The commit that a version is; undefined if the other side, and the folder, do not know it. */
function targetOf(args: GitArgs, state: State): string | undefined {
  const { version, bare } = args
  const refs = state.remote !== undefined && 'refs' in state.remote ? state.remote.refs : new Map()
  const tag = refs.get(`refs/tags/${version}^{}`) ?? refs.get(`refs/tags/${version}`)
  if (state.place !== 'repository')
    return refs.get(version === 'HEAD' ? 'HEAD' : `refs/heads/${version}`) ?? tag ?? unnamed(args)
  if (version === 'HEAD' || bare) return refs.get(`refs/heads/${state.headBranch}`)
  return refs.get(`refs/heads/${version}`) ?? tag ?? (state.local || unnamed(args))
}

/** What is no branch or tag may be a commit that only comes along; a plain name is none. */
function unnamed({ version, refspec, remote }: GitArgs): string | undefined {
  const mayBe = /^[0-9a-f]{4,64}$/i.test(version) || /[~^@{}:]/.test(version)
  const isPath = version.startsWith('refs/') || version.startsWith(`${remote}/`)
  return version !== 'HEAD' && (mayBe || isPath || refspec !== undefined) ? version : undefined
}

function unknownVersion({ version }: GitArgs): string {
  return version === 'HEAD' ? 'Could not determine remote revision for HEAD' : `Failed to checkout ${version}`
}

function planClone(args: GitArgs, state: State, view: ModuleContext): Plan {
  const { place, dest, separate } = state
  const after = targetOf(args, state)
  if (after === undefined) return failure(unknownVersion(args))
  const prepared = `>> Newly checked out ${after}`
  const result: ValueMap = { before: null, after, ...(view.diff && { diff: { prepared } }) }
  // Ansible tells what is not there as a change, and leaves it at that.
  if (!args.clone) return { ...together([{ what: 'version', before: null, after }], sh(':')), result }
  if (place !== 'none' && place !== 'empty')
    return failure(`fatal: destination path '${dest}' already exists and is not an empty directory.`)
  if (separate?.isThere) return failure(`Separate-git-dir path ${separate.path} already exists.`)
  const changes: Change[] = [{ what: dest, before: null, after }, ...archiveChanges(args, state, true)]
  return acting(args, state, { changes, clones: place, archives: args.archive !== undefined }, result, view)
}

function planAsItIs(args: GitArgs, state: State, view: ModuleContext): Plan {
  const result = { before: state.head, after: state.head }
  const changes = archiveChanges(args, state, false)
  return changes.length === 0
    ? { ...NOTHING, result }
    : acting(args, state, { changes, archives: true }, result, view)
}

function planUpdate(args: GitArgs, state: State, view: ModuleContext): Plan {
  const { head, dest, isModified, separate, gitDir } = state
  const fails = (failed: string): Plan => ({ ...failure(failed), result: { before: head } })
  if (isModified && !args.force)
    return fails(`Local modifications exist in the destination: ${dest} (force=no).`)
  const isRemote = !(state.remotes.length === 1 && state.remotes[0] === args.remote)
  if (!isRemote)
    return fails(
      `Failed to set a new url ${withoutSecrets(state.url)} for ${args.remote}: there is no such remote in ${dest}`,
    )
  const relocates = separate !== undefined && separate.path !== gitDir
  if (relocates && separate.isThere) return fails(`Separate-git-dir path ${separate.path} already exists.`)
  const target = targetOf(args, state)
  if (target === undefined) return fails(unknownVersion(args))
  const after = isSame(head, target) ? head : target
  const setsUrl = !state.remotes.some((url) => isSameUrl(url, state.url))
  const loud = changesOf(args, state, { after, setsUrl, relocates })
  const silent = branchChanges(args, state)
  const updates = after !== head || setsUrl || isModified || state.isSubmoduleOld || silent.length > 0
  const result: ValueMap = {
    before: head,
    after,
    remote_url_changed: setsUrl,
    ...(isModified && { msg: `Local modifications exist in the destination: ${dest}` }),
    ...(relocates && { git_dir_before: gitDir, git_dir_now: separate.path }),
  }
  if (!updates && state.signature !== undefined) {
    const bad = signatureFault(args, state.signature)
    if (bad !== undefined) return fails(bad)
  }
  const changes = [...loud, ...silent]
  if (changes.length === 0) return { ...NOTHING, result }
  const archives = changes.some(({ what }) => what === args.archive)
  const work = { changes, setsUrl, relocates, resets: isModified, updates, archives }
  return { ...acting(args, state, work, result, view), ...(loud.length === 0 && { silent: true }) }
}

/** A hash may be written short. */
function isSame(head: string, target: string): boolean {
  return head === target || (/^[0-9a-f]{4,}$/i.test(target) && head.startsWith(target.toLowerCase()))
}

function isSameUrl(one: string, other: string): boolean {
  return one.replace(/\/+$/, '') === other.replace(/\/+$/, '')
}

interface Found {
  readonly after: string
  readonly setsUrl: boolean
  readonly relocates: boolean
}

function changesOf(args: GitArgs, state: State, { after, setsUrl, relocates }: Found): Change[] {
  const { head, remotes, url } = state
  const isMoved = after !== head
  const changes: Change[] = []
  if (relocates) changes.push({ what: 'git dir', before: state.gitDir, after: state.separate!.path })
  if (state.isModified) changes.push({ what: 'local modifications', before: 'some', after: null })
  if (setsUrl)
    changes.push({
      what: `remote ${args.remote}`,
      before: withoutSecrets(remotes[0] ?? '') || null,
      after: withoutSecrets(url),
    })
  if (isMoved) changes.push({ what: 'version', before: head || null, after })
  // What submodules another version has is seen when it is there.
  if (!isMoved && state.isSubmoduleOld)
    changes.push({ what: 'submodules', before: 'at other commits', after: 'as they should be' })
  return [...changes, ...archiveChanges(args, state, isMoved)]
}

/** Which branch is checked out Ansible changes without a word, if the commit is the same. */
function branchChanges(args: GitArgs, state: State): Change[] {
  const { version } = args
  const { branch, headBranch } = state
  if (args.bare) return []
  const wanted = version === 'HEAD' ? headBranch : version
  if (branch === wanted) return []
  // A tag or commit is on no branch.
  const isBranch = version === 'HEAD' || refOf(args, state) === 'branch'
  if (!isBranch && branch === '') return []
  return [{ what: 'branch', before: branch || null, after: wanted }]
}

function archiveChanges({ archive }: GitArgs, { archives }: State, isMoved: boolean): Change[] {
  const [there, made] = archives
  if (archive === undefined || (!isMoved && there === made && there !== '')) return []
  const after = isMoved || made === '' ? 'made of the version' : made.slice(0, 12)
  return [{ what: archive, before: there.slice(0, 12) || null, after }]
}

type Doing = Pick<Work, 'setsUrl' | 'relocates' | 'resets' | 'updates' | 'archives' | 'clones'> & {
  readonly changes: Change[]
}

function acting(args: GitArgs, state: State, doing: Doing, result: ValueMap, view: ModuleContext): Plan {
  const { changes, ...some } = doing
  const { remote } = state
  const script = scriptOf(args, {
    ...some,
    ref: refOf(args, state),
    headBranch: state.headBranch || (remote !== undefined && 'refs' in remote ? remote.symref : '') || '',
    acceptsNew: state.acceptsNew,
    before: state.head,
    tellsDiff: view.diff,
  })
  // Cloning takes as long as it takes, and says nothing meanwhile.
  return { ...together(changes, { do: 'send', script, content: contentOf('') }), result }
}

function warningsOf(args: GitArgs, state: State): string[] {
  const found: string[] = []
  if (args.accept_newhostkey && state.hasGit && !state.acceptsNew)
    found.push('Your ssh client does not support accept_newhostkey option, therefore it cannot be used.')
  const isClone = state.place !== 'repository' && args.clone
  const isFetchable =
    args.version === 'HEAD' || args.refspec !== undefined || refOf(args, state) !== undefined
  if (
    isClone &&
    depthOf(args) !== undefined &&
    state.remote !== undefined &&
    'refs' in state.remote &&
    !isFetchable
  )
    found.push(
      'Ignoring depth argument. Shallow clones are only available for HEAD, branches, tags or in combination with refspec.',
    )
  return found
}
