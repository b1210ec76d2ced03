import { quote, quotePath } from '../../../shell/quote.ts'
import { depthOf, type GitArgs } from './options.ts'

/** What is known of the other side. */
interface Known {
  /** What the version is there. */
  readonly ref: 'branch' | 'tag' | undefined
  readonly headBranch: string
}

/** Sh that clones to `to`, a word of sh. */
export function cloned(args: GitArgs, ref: Known['ref'], to: string): string {
  const { bare, remote, version, refspec, reference, single_branch, separate_git_dir } = args
  const depth = depthOf(args)
  const isShallow = depth !== undefined && (version === 'HEAD' || refspec !== undefined || ref !== undefined)
  const isNamed = ref !== undefined && version !== 'HEAD'
  const words = [
    bare ? '--bare' : `--origin ${quote(remote)}`,
    isShallow ? `--depth ${depth}` : '',
    isNamed && (single_branch || (isShallow && refspec === undefined)) ? `--branch ${quote(version)}` : '',
    reference === undefined ? '' : `--reference ${quotePath(reference)}`,
    single_branch ? '--single-branch' : '',
    separate_git_dir === undefined ? '' : '--separate-git-dir="$sep"',
  ]
  return `"$g" clone -q ${words.filter(Boolean).join(' ')} -- "$u" "${to}" >&2 </dev/null || broken ''`
}

/** Sh that fetches the least that makes the version come, as Ansible does, or these references. */
export function fetched(args: GitArgs, known: Known, only?: readonly string[]): string {
  const { bare, version, remote, refspec, force } = args
  const depth = depthOf(args)
  const some = only ?? (depth === undefined ? [] : shallowSpecs(args, known))
  if (some.length > 0) {
    const words = [
      depth === undefined ? '' : `--depth ${depth}`,
      force ? '--force' : '',
      ...[remote, ...some].map(quote),
    ]
    return fetch(words)
  }
  const all = bare ? ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'] : []
  const specs = [...all, ...(refspec === undefined ? [] : [refspec])]
  const words = [bare ? '' : '--tags', force ? '--force' : '', ...[remote, ...specs].map(quote)]
  if (bare || known.ref !== 'branch') return fetch(words)
  // A clone of a single branch knows no other.
  const isKnown = `"$g" rev-parse -q --verify ${quote(`refs/remotes/${remote}/${version}`)} >/dev/null`
  const makeKnown = `"$g" remote set-branches --add ${quote(remote)} ${quote(version)} >&2`
  return `${fetch(words)}\n${isKnown} || {\n${makeKnown} || broken ''\n${fetch([quote(remote)])}\n}`
}

function fetch(words: readonly string[]): string {
  const what = words.filter(Boolean).join(' ')
  return `"$g" fetch -q ${what} >&2 </dev/null || broken 'Failed to download remote objects and refs'`
}

function shallowSpecs({ version, remote, refspec }: GitArgs, { ref, headBranch }: Known): string[] {
  if (refspec !== undefined) return [refspec]
  if (version === 'HEAD') return [headBranch]
  if (ref === 'tag') return [`+refs/tags/${version}:refs/tags/${version}`]
  if (ref === undefined) return []
  const both = branchSpecs(version, remote)
  return headBranch === version ? both.slice(1) : both
}

/** A branch as one of the folder, and as one of the remote. */
function branchSpecs(version: string, remote: string): [string, string] {
  const head = `+refs/heads/${version}`
  return [`${head}:refs/heads/${version}`, `${head}:refs/remotes/${remote}/${version}`]
}

/** Lines of sh that check the version out; a branch becomes what it is on the other side. */
export function checkout(args: GitArgs, { ref, headBranch }: Known): string[] {
  const { version, remote } = args
  const label = `Failed to checkout ${version}`
  if (version === 'HEAD') return onBranch(headBranch, remote, `Failed to checkout branch ${headBranch}`)
  if (ref !== 'branch') return [forced(version, label)]
  const depth = depthOf(args)
  const isThere = `"$g" rev-parse -q --verify ${quote(`refs/heads/${version}`)} >/dev/null`
  const specs = branchSpecs(version, remote).map(quote).join(' ')
  const missing = quote(`Failed to fetch branch from remote: ${version}`)
  const shallow = `${isThere} || "$g" fetch -q --depth ${depth} ${quote(remote)} ${specs} >&2 </dev/null || broken ${missing}`
  const tracked = `${quote(version)} ${quote(`refs/remotes/${remote}/${version}`)}`
  return [
    ...(depth === undefined ? [] : [shallow]),
    `if ${isThere}; then`,
    ...onBranch(version, remote, label),
    `else "$g" checkout -q --track -b ${tracked} -- >&2 || broken ${quote(label)}; fi`,
  ]
}

function onBranch(branch: string, remote: string, label: string): string[] {
  const tracked = quote(`refs/remotes/${remote}/${branch}`)
  return [forced(branch, label), `"$g" reset -q --hard ${tracked} -- >&2 || broken ${quote(label)}`]
}

function forced(version: string, label: string): string {
  return `"$g" checkout -q --force ${quote(version)} -- >&2 || broken ${quote(label)}`
}
