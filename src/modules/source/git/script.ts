import { OWN_WAY } from '../../../host/own-way.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import { SAFE_PATH } from '../../../shell/safe-path.ts'
import { checkout, cloned, fetched } from './commands.ts'
import { environment } from './environment.ts'
import type { GitArgs } from './options.ts'
import { archiveScript, signatureScript } from './probe.ts'

/** What is to be done. */
export interface Work {
  /** Where a clone goes: to nothing, or into an empty folder. */
  readonly clones?: 'none' | 'empty'
  readonly relocates?: boolean
  readonly setsUrl?: boolean
  /** Changes of files are thrown away. */
  readonly resets?: boolean
  /** The version is fetched and checked out. */
  readonly updates?: boolean
  readonly archives?: boolean
  /** What the version is on the other side. */
  readonly ref: 'branch' | 'tag' | undefined
  readonly headBranch: string
  readonly acceptsNew: boolean
  /** The commit that is there; "" for none. */
  readonly before: string
  readonly tellsDiff: boolean
}

/**
 * The script prints, with a NUL behind each, "done", the commit that is then checked out, and "submodules" if some have
 * changed; then the diff. Or "failed" and what could not be done. What git says goes to stderr.
 */
export function scriptOf(args: GitArgs, work: Work): string {
  const { umask, separate_git_dir, archive } = args
  const dest = (args.dest ?? '').replace(/(.)\/+$/, '$1')
  return [
    `mask=${umask === undefined || umask === null ? '$(umask)' : String(umask).replace('0o', '')}`,
    ...(separate_git_dir === undefined ? [] : [absolute('sep', separate_git_dir)]),
    ...(archive === undefined ? [] : [absolute('archive', archive)]),
    SAFE_PATH,
    OWN_WAY,
    'apart=',
    `trap 'unstage; [ -z "$apart" ] || rm -rf -- "$apart"' EXIT`,
    ...environment(args, { isLook: false, acceptsNew: work.acceptsNew }),
    `broken() { printf 'failed\\0%s\\0' "$1"; exit 1; }`,
    'subs=',
    ...(work.clones === undefined ? updateSteps(args, work, dest) : cloneSteps(args, work, dest)),
    ...(work.archives ? [archived(args)] : []),
    'after=$("$g" rev-parse HEAD 2>/dev/null)',
    `printf 'done\\0%s\\0%s\\0' "$after" "$subs"`,
    ...(work.tellsDiff ? [diff(work.before)] : []),
  ].join('\n')
}

/** Sh that makes a variable the absolute path. */
function absolute(name: string, path: string): string {
  return `${name}=${quotePath(path)}; case $${name} in /*) ;; *) ${name}=$PWD/$${name} ;; esac`
}

/**
 * A new folder is filled where nobody else can swap what is in it, and is then put in place: who owns the folder around
 * it could otherwise lead git elsewhere.
 */
function cloneSteps(args: GitArgs, work: Work, dest: string): string[] {
  const steps = [...afterClone(args, work), 'exec 7<. || exit']
  if (work.clones === 'empty')
    return [
      `enter ${quotePath(`${dest}/.`)}`,
      'umask "$mask"',
      ...clonedInto('.', cloned(args, work.ref, '$to')),
      ...steps,
    ]
  // git writes down the path at which the files are if the repository lies elsewhere.
  const isAt = `[ -z "$s" ] && [ "$to" = "./$n" ] || "$g" --git-dir="$sep" config core.worktree "\${w%/}/$n" || exit`
  return [
    `enter_made ${quotePath(dest)}`,
    'alone || stage',
    ...(args.separate_git_dir === undefined ? [] : [`worktree() { ${isAt}; }`]),
    'umask "$mask"',
    ...clonedInto('./$n', cloned(args, work.ref, '$to')),
    'cd -P -- "./$n" || exit',
    ...steps,
    'cd -P .. || exit',
    'umask 077',
    ...(args.separate_git_dir === undefined ? [] : ['worktree']),
    'put',
    'cd -P /proc/self/fd/7 || exit',
  ]
}

/** git makes an absolute name of where it clones to, whose folders may be swapped: then it is told of one of ours. */
function clonedInto(place: string, clone: string): string[] {
  return [
    `to=${place}`,
    `own_way || { apart=$(mktemp -d "\${TMPDIR:-/tmp}/playssh.XXXXXX") && to=$apart/new || exit; }`,
    clone,
    `[ -z "$apart" ] || { { [ -d "${place}" ] || mkdir -- "${place}"; } && cp -a -- "$to/." "${place}" && rm -rf -- "$apart" && apart=; } || exit`,
  ]
}

function afterClone(args: GitArgs, work: Work): string[] {
  const { bare, remote, refspec, version } = args
  return [
    ...(bare && remote !== 'origin' ? [`"$g" remote add ${quote(remote)} "$u" >&2 || broken ''`] : []),
    ...(refspec === undefined ? [] : [fetched(args, work, [refspec])]),
    ...(bare || version === 'HEAD' ? [] : checkout(args, work)),
    ...(args.verify_commit ? verified(args) : []),
    ...submodules(args),
  ]
}

function updateSteps(args: GitArgs, work: Work, dest: string): string[] {
  const { bare, remote } = args
  const refused = quote(`Failed to set a new url for ${remote}`)
  const update = [
    fetched(args, work),
    ...(bare ? [] : checkout(args, work)),
    ...(args.verify_commit && !bare ? verified(args) : []),
    ...submodules(args),
  ]
  return [
    `enter ${quotePath(`${dest}/.`)}`,
    'umask "$mask"',
    ...(work.relocates
      ? ['"$g" init -q --separate-git-dir="$sep" >&2 || broken "Unable to move git dir."']
      : []),
    ...(work.resets ? [`"$g" reset -q --hard HEAD >&2 || broken ''`] : []),
    ...(work.setsUrl ? [`"$g" remote set-url ${quote(remote)} "$u" >&2 || broken ${refused}`] : []),
    ...(work.updates ? update : []),
    'exec 7<. || exit',
  ]
}

function verified({ version, gpg_whitelist }: GitArgs): string[] {
  const refused = quote(`Failed to verify GPG signature of commit/tag "${version}"`)
  const signed = `said=$(${signatureScript(version)}) || { printf '%s\\n' "$said" >&2; broken ${refused}; }`
  if (gpg_whitelist.length === 0) return [signed]
  const known = quote(` ${gpg_whitelist.join(' ')} `)
  return [
    signed,
    // The fingerprint of the key that has signed, and of the one that it belongs to (GnuPG's doc/DETAILS).
    `set -- $(printf '%s\\n' "$said" | sed -n '/^\\[GNUPG:\\] VALIDSIG /{s/^[^ ]* [^ ]* //p;q;}')`,
    `case ${known} in *" \${1:--} "* | *" \${10:--} "*) ;;`,
    `*) broken "The gpg_whitelist does not include the public key \\"\${1-}\\" for this commit" ;; esac`,
  ]
}

function submodules({ bare, recursive, track_submodules, force }: GitArgs): string[] {
  if (bare || !recursive) return []
  const words = `--init --recursive${track_submodules ? ' --remote' : ''}${force ? ' --force' : ''}`
  const update = `"$g" submodule --quiet update ${words} >&2 </dev/null`
  return [
    'if [ -f .gitmodules ]; then',
    'was=$("$g" submodule status)',
    `"$g" submodule --quiet sync >&2 && ${update} || broken 'Failed to init/update submodules'`,
    '[ "$was" = "$("$g" submodule status)" ] || subs=submodules',
    'fi',
  ]
}

/** In Ansible's words where nothing was there. */
function diff(before: string): string {
  if (before === '') return `printf '>> Newly checked out %s' "$after"`
  return `[ "$after" = ${quote(before)} ] || "$g" diff --no-color --no-ext-diff ${quote(before)} "$after" --`
}

/** The archive is put in place whole. */
function archived(args: GitArgs): string {
  return `(
  s= d= beside=
  trap unstage EXIT
  umask 077
  enter "$archive"
  [ -h "./$n" ] || [ ! -d "./$n" ] || fail "$archive is a folder"
  fresh "$mask"
  (cd -P /proc/self/fd/7 && ${archiveScript(args)}) >"$new" || exit
  put
) >&2 || broken 'Failed to perform archive operation'`
}
