import { OWN_WAY } from '../../../host/own-way.ts'
import { quote, quotePath, withStdin } from '../../../shell/quote.ts'
import { SAFE_PATH } from '../../../shell/safe-path.ts'
import type { Args } from './options.ts'

/** Sh that makes `$S` the program; it speaks the language that is read here. */
function environment({ executable }: Args): string {
  return `S=${executable === undefined ? 'svn' : quotePath(executable)}\nexport LC_ALL=C`
}

/** A command of svn, which asks nobody and keeps no password; that goes over stdin. `words` are sh. */
function svn(args: Args, words: string): string {
  const { username, password, validate_certs } = args
  const flags = [
    '--non-interactive --no-auth-cache',
    ...(validate_certs ? [] : ['--trust-server-cert']),
    ...(username === undefined ? [] : [`--username ${quote(username)}`]),
    ...(password === undefined ? [] : ['--password-from-stdin']),
  ].join(' ')
  const command = `"$S" ${flags} ${words}`
  return password === undefined ? `${command} </dev/null` : withStdin(command, Buffer.from(password))
}

/** What there is at dest. */
export const PLACES = { none: 'n', other: 'o', copy: 'c' } as const

/**
 * Sh that prints: 1 for svn, or 0; a letter for what there is at dest; then, with a NUL behind each, what svn tells of
 * the working copy, which files are changed, where the repository is, and what it would change.
 */
export function probe(args: Args): string {
  const { repo, dest, revision, update, checkout } = args
  const remote = svn(args, `info -r ${quote(revision)} -- "$u"`)
  const lines = [
    environment(args),
    'command -v "$S" >/dev/null || { printf 0; exit 0; }',
    'printf 1',
    `u=${quote(repo)}`,
    `said() { printf '%s\\0%s\\0' "$1" "$2"; }`,
  ]
  if (dest === undefined || (!update && !checkout && !args.export))
    return [
      ...lines,
      `printf ${PLACES.none}`,
      `o=$(\n${svn(args, 'info -- "$u"')} 2>&1\n); said $? "$o"`,
    ].join('\n')
  return [
    ...lines,
    `d=${quotePath(dest.replace(/(.)\/+$/, '$1'))}`,
    `ask() { o=$(\n${remote} 2>&1\n); c=$?; said $c "$o"; }`,
    `[ -e "$d" ] || [ -h "$d" ] || { printf ${PLACES.none}; ask; exit 0; }`,
    'case $d in /*) ;; *) d=$PWD/$d ;; esac',
    // Behind an "@" svn would see a revision.
    `i=$("$S" info -- "$d@" 2>/dev/null) || { printf ${PLACES.other}; ask; exit 0; }`,
    `printf '${PLACES.copy}%s\\0' "$i"`,
    `printf '%s\\0' "$("$S" status --quiet --ignore-externals -- "$d@")"`,
    ...(update
      ? [
          'ask',
          '[ $c = 0 ] || exit 0',
          `field() { printf '%s\\n' "$2" | sed -n "s/^$1: //p" | head -n 1; }`,
          'to=$(field URL "$o"); from=$(field URL "$i")',
          `if [ "$to" = "$from" ]; then o=$(\n${svn(args, `diff --summarize -r BASE:${quote(revision)} -- "$d@"`)} 2>&1\n)`,
          `else o=$(\n${svn(args, `diff --summarize --old="$from@$(field Revision "$i")" --new="$to@"${quote(revision)}`)} 2>&1\n); fi`,
          'said $? "$o"',
        ]
      : []),
  ].join('\n')
}

/** What is to be done. */
export interface Work {
  readonly does: 'checkout' | 'overwrite' | 'export' | 'update'
  readonly switches: boolean
  readonly reverts: boolean
}

/** Sh that ends root's work in a folder that others can swap, or one on the way to it: svn goes by names. */
const ONLY_OWN_WAY = `${OWN_WAY}
own_way || fail "others can swap $at, or a folder on the way to it, and svn goes by its name: become its owner"`

/** Sh that does it; it prints what svn tells of the working copy then. */
export function script(args: Args, { does, switches, reverts }: Work): string {
  const { repo, dest = '', force } = args
  const revision = `-r ${quote(args.revision)}`
  const run = (words: string) => `{ ${svn(args, words)}\n} >&2 || exit`
  const place = dest.replace(/(.)\/+$/, '$1')
  const lines = [environment(args), `u=${quote(repo)}`, 'm=$(umask)', SAFE_PATH]
  const told = (at: string) => `"$S" info -- ${at} || exit`
  if (does === 'checkout' || (does === 'export' && !force)) {
    // A folder that is new is filled where nobody else can swap what is in it.
    return [
      ...lines,
      `enter_made ${quotePath(place)}`,
      'alone || stage',
      // svn makes an absolute name of it, whose folders may be swapped; the kernel's own name for where we are cannot.
      'p=/proc/self/cwd/$n; [ -d /proc/self/cwd/. ] || p=./$n',
      'umask "$m"',
      run(`${does} ${revision} -- "$u" "$p${does === 'export' ? '@' : ''}"`),
      ...(does === 'checkout' ? [told('"$p@"')] : []),
      'umask 077',
      'put',
    ].join('\n')
  }
  const inside = [...lines, `enter ${quotePath(`${place}/.`)}`, ONLY_OWN_WAY, 'umask "$m"']
  switch (does) {
    case 'export':
      return [...inside, run(`export --force ${revision} -- "$u" .`)].join('\n')
    case 'overwrite':
      return [
        ...inside,
        run(`checkout --force ${revision} -- "$u" .`),
        ...(force ? [run('revert -R -- .')] : []),
        told('.'),
      ].join('\n')
    case 'update':
      return [
        ...inside,
        ...(switches ? [run(`switch ${revision} -- "$u" .`)] : []),
        ...(reverts ? [run('revert -R -- .')] : []),
        run(`update ${revision} -- .`),
        told('.'),
      ].join('\n')
  }
}
