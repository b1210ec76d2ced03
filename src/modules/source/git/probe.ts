import { readSections, type Section, section } from '../../../host/sections.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import { environment } from './environment.ts'
import { formatOf, type GitArgs } from './options.ts'

/** What there is at the destination. */
type Place = 'none' | 'empty' | 'full' | 'other' | 'repository'

export interface State {
  /** git is on the host. */
  readonly hasGit: boolean
  /** Its ssh knows StrictHostKeyChecking=accept-new. */
  readonly acceptsNew: boolean
  readonly place: Place
  /** The absolute path of the destination. */
  readonly dest: string
  /** The address as git is given it, and that of the remote that is there. */
  readonly url: string
  readonly remotes: readonly string[]
  /** Where the repository itself lies, and where it is to lie. */
  readonly gitDir: string
  readonly separate: { readonly path: string; readonly isThere: boolean } | undefined
  /** What is wrong with the repository that is there. */
  readonly fault: string | undefined
  readonly head: string
  /** The branch that is checked out; "" for none. */
  readonly branch: string
  /** The branch that HEAD means: that which is checked out, or else the remote's own. */
  readonly headBranch: string
  readonly isModified: boolean
  /** The commit that the version is there; "" if it is not known there. */
  readonly local: string
  readonly isSubmoduleOld: boolean
  /** What gpg says of the version's signature. */
  readonly signature: Section | undefined
  /** Digests of the archive that is there, and of the one that git makes. */
  readonly archives: readonly [there: string, made: string]
  readonly remote: Remote
}

/** What the other side has: commits by reference; or why it cannot be asked; undefined if it was not. */
type Remote =
  | { readonly refs: ReadonlyMap<string, string>; readonly symref: string | undefined }
  | { readonly complaint: string }
  | undefined

const SECTIONS = [
  ...[
    'program',
    'accepts',
    'place',
    'dest',
    'url',
    'gitdir',
    'separate',
    'head',
    'branch',
    'default',
    'status',
  ],
  ...['remotes', 'local', 'submodules', 'signature', 'archive', 'made', 'remote'],
]

/** Sh that looks at the destination, and at the other side where it matters. */
export function probe(args: GitArgs): string {
  const { dest, separate_git_dir, accept_newhostkey } = args
  return [
    ...environment(args, { isLook: true, acceptsNew: true }),
    'h=$PWD',
    section('program', 'command -v "$g"'),
    'command -v "$g" >/dev/null || exit 0',
    section('url', 'printf "%s" "$u"'),
    ...(accept_newhostkey ? [section('accepts', 'ssh -o StrictHostKeyChecking=accept-new -V')] : []),
    ...(separate_git_dir === undefined ? [] : [section('separate', separateScript(separate_git_dir))]),
    dest === undefined ? 'd= place=none' : placeScript(dest, args.bare),
    section('place', 'printf %s "$place"'),
    section('dest', 'printf %s "$d"'),
    `if [ "$place" = repository ]; then\n${repositoryScript(args)}\nelse`,
    `parent=\${d%/*}/; [ ! -d "$parent" ] || cd -- "$parent" || exit`,
    section('remote', remoteScript(args.version === 'HEAD' ? [] : versionRefs(args.version))),
    'fi',
  ].join('\n')
}

function separateScript(path: string): string {
  return `p=${quotePath(path)}; readlink -f -- "$p" || case $p in /*) echo "$p" ;; *) echo "$PWD/$p" ;; esac; [ -e "$p" ]`
}

/** Sh that sets `$place`, and `$r` to the repository. */
function placeScript(dest: string, isBare: boolean): string {
  return `d=${quotePath(dest)} r=
case $d in /*) ;; *) d=$PWD/$d ;; esac
d=\${d%/}
place=none
if [ -d "$d/" ]; then
  place=full r=$d${isBare ? '' : '/.git'}
  [ -n "$(ls -A -- "$d/")" ] || place=empty
  if [ -f "$r" ]; then
    IFS= read -r line <"$r" || :
    case $line in
      'gitdir: '/*) r=\${line#gitdir: } ;;
      'gitdir: '*) r=$d/\${line#gitdir: } ;;
      *) r= place=repository ;;
    esac
    [ -d "$r" ] || { r= place=repository; }
  fi
  [ -z "$r" ] || [ ! -e "$r/config" ] || place=repository
elif [ -e "$d" ] || [ -h "$d" ]; then place=other
fi`
}

function repositoryScript(args: GitArgs): string {
  const { version, remote, bare, update } = args
  const head = `refs/remotes/${remote}/HEAD`
  return [
    section('gitdir', '[ -n "$r" ] && readlink -f -- "$r"'),
    'cd -- "$d/" || exit',
    section('head', '"$g" rev-parse HEAD 2>&1'),
    section('branch', '"$g" symbolic-ref -q --short HEAD'),
    section('default', `"$g" symbolic-ref -q ${quote(head)}`),
    section(
      'remotes',
      `"$g" config --get-all ${quote(`remote.${remote}.url`)}; "$g" ls-remote --get-url ${quote(remote)}`,
    ),
    ...(bare ? [] : [section('status', statusScript(args))]),
    section('local', `"$g" rev-parse -q --verify ${quote(`${version}^{commit}`)}`),
    ...(update ? [remoteOfRepository(args)] : []),
    ...(bare || !args.recursive || !update ? [] : [section('submodules', submodulesScript(args))]),
    ...(args.verify_commit && update ? [section('signature', signatureScript(version))] : []),
    ...(args.archive === undefined ? [] : archiveSections(args, args.archive)),
  ].join('\n')
}

/** Submodules that follow their branch are not where the repository has them. */
function statusScript({ track_submodules }: GitArgs): string {
  return `"$g" status --porcelain --untracked-files=no${track_submodules ? ' --ignore-submodules=all' : ''}`
}

/** HEAD means the branch that is checked out, or that of the remote's HEAD. */
function remoteOfRepository(args: GitArgs): string {
  const { version, remote } = args
  if (version !== 'HEAD' && !args.bare) return section('remote', remoteScript(versionRefs(version)))
  const head = `refs/remotes/${remote}/HEAD`
  return [
    `b=$("$g" symbolic-ref -q HEAD 2>/dev/null) || b=$("$g" symbolic-ref -q ${head} 2>/dev/null)`,
    `b=\${b#refs/heads/}; b=refs/heads/\${b#refs/remotes/${remote}/}`,
    section('remote', remoteScript(versionRefs(version), '"$b"')),
  ].join('\n')
}

function versionRefs(version: string): string[] {
  return [`refs/heads/${version}`, `refs/tags/${version}`, `refs/tags/${version}^{}`]
}

function remoteScript(refs: readonly string[], more = ''): string {
  return `"$g" ls-remote --symref -- "$u" HEAD ${refs.map(quote).join(' ')} ${more} 2>&1 </dev/null`
}

/** Prints something if a submodule is not at the commit where it belongs. */
function submodulesScript({ track_submodules }: GitArgs): string {
  const isOld = track_submodules ? "'^[-U]'" : "-v '^ '"
  const lines = ['[ -f .gitmodules ] || exit 0', `"$g" submodule status | grep ${isOld}`]
  if (!track_submodules) return [...lines, ':'].join('\n')
  const each = [
    'b=$(git config -f "$toplevel/.gitmodules" "submodule.$name.branch")',
    '[ "$b" != . ] || b=$(git -C "$toplevel" symbolic-ref -q --short HEAD)',
    'if [ -n "$b" ]; then b=refs/heads/$b; else b=HEAD; fi',
    'n=$(git ls-remote -- "$(git config --get remote.origin.url)" "$b" </dev/null) || exit',
    'case $n in "$(git rev-parse HEAD)"*) ;; *) echo "old $name" ;; esac',
  ].join('; ')
  return [...lines, `"$g" submodule --quiet foreach ${quote(each)}`].join('\n')
}

/** Sh that verifies a version; a tag of its own has a signature of its own. */
export function signatureScript(version: string): string {
  const tag = quote(`refs/tags/${version}`)
  return `if [ "$("$g" cat-file -t ${tag} 2>/dev/null)" = tag ]; then "$g" verify-tag --raw -- ${quote(version)} 2>&1
else "$g" verify-commit --raw -- ${quote(version)} 2>&1; fi`
}

/** Sh that prints the archive of a version. */
export function archiveScript({ version, archive = '', archive_prefix }: GitArgs): string {
  const prefix = archive_prefix === undefined ? '' : ` --prefix=${quote(archive_prefix)}`
  return `"$g" archive --format=${formatOf(archive)}${prefix} ${quote(version)}`
}

function archiveSections(args: GitArgs, archive: string): string[] {
  return [
    section('archive', `p=${quotePath(archive)}; case $p in /*) ;; *) p=$h/$p ;; esac; sha256sum <"$p"`),
    section('made', `${archiveScript(args)} | sha256sum`),
  ]
}

/** Raises an Error with a sentence for what makes no sense. */
export function parse(bytes: Buffer, args: GitArgs): State {
  const sections = readSections(bytes, SECTIONS)
  const of = (name: string) => sections.get(name)
  const line = (name: string) => (of(name)?.code === 0 ? of(name)!.printed.trimEnd() : '')
  const place = placeOf(line('place'))
  const gitDir = line('gitdir')
  const head = of('head')
  const remoteHead = line('default').replace(`refs/remotes/${args.remote}/`, '')
  const isReadable = place !== 'repository' || (gitDir !== '' && head !== undefined)
  return {
    hasGit: of('program')?.code === 0,
    acceptsNew: of('accepts')?.code === 0,
    place,
    dest: line('dest'),
    url: line('url'),
    remotes: line('remotes').split('\n').filter(Boolean),
    gitDir,
    separate: of('separate') && {
      path: of('separate')!.printed.trimEnd(),
      isThere: of('separate')!.code === 0,
    },
    fault: isReadable ? faultOf(head) : NO_GIT_DIR,
    head: line('head'),
    branch: line('branch'),
    headBranch: line('branch') || remoteHead,
    isModified: (of('status')?.printed ?? '') !== '',
    local: line('local'),
    isSubmoduleOld: (of('submodules')?.printed ?? '') !== '',
    signature: of('signature'),
    archives: [digestIn(of('archive')), digestIn(of('made'))],
    remote: of('remote') && remoteOf(of('remote')!),
  }
}

const NO_GIT_DIR =
  'Current repo does not have a valid reference to a separate Git dir or it refers to the invalid path'

function placeOf(word: string): Place {
  if (word === '') return 'none'
  if (/^(none|empty|full|other|repository)$/.test(word)) return word as Place
  throw new Error(`the host answered ${JSON.stringify(word)} where the kind of a folder was expected`)
}

/** A repository without a commit has no head; one that git does not trust has a reason. */
function faultOf(head: Section | undefined): string | undefined {
  if (head === undefined || head.code === 0 || !/^fatal: (detected dubious|not a git)/m.test(head.printed))
    return undefined
  return head.printed.trim()
}

function digestIn(section: Section | undefined): string {
  return /^\\?([0-9a-f]{64})\b/.exec(section?.code === 0 ? section.printed : '')?.[1] ?? ''
}

function remoteOf({ printed, code }: Section): Remote {
  if (code !== 0) return { complaint: printed.trim() || `git ls-remote ended with exit status ${code}` }
  const refs = new Map<string, string>()
  let symref: string | undefined
  for (const line of printed.split('\n')) {
    const [, commit, name] = /^([0-9a-f]{40}(?:[0-9a-f]{24})?)\t(\S+)$/.exec(line) ?? []
    if (commit !== undefined) refs.set(name!, commit)
    symref = /^ref: refs\/heads\/(\S+)\tHEAD$/.exec(line)?.[1] ?? symref
  }
  return { refs, symref }
}
