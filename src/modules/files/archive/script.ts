import { regularAt } from '../../../host/file-state.ts'
import { placeBody } from '../../../host/http/placing.ts'
import { HOLD } from '../../../host/write.ts'
import type { Action } from '../../../sdk/module.ts'
import { sh } from '../../../sdk/plans.ts'
import { quote, quotePath, words } from '../../../shell/quote.ts'
import { SAFE_PATH } from '../../../shell/safe-path.ts'
import { type Args, destOf, type Entry, PROGRAMS, type State } from './probe.ts'

/** Packs entries, whose names are below `root`, in a folder of our own, and puts the archive in place. */
export function packAction(args: Args, state: State, root: string, entries: readonly Entry[]): Action {
  const names = entries.map(({ name }) => name)
  const goTo = [`r=${quotePath(root === '' ? '.' : root)}`, 'case $r in /*) ;; *) r=$h/$r ;; esac']
  return placed(args, state, [], [...goTo, args.format === 'zip' ? zipped(names) : packed(names, args)])
}

/** Compresses one file, which is held before it is read. */
export function compressAction(args: Args, state: State, path: string): Action {
  return placed(
    args,
    state,
    [`enter_through ${quotePath(path)}`, HOLD],
    [`${PROGRAMS[args.format]} -c <&8 >./body || exit`],
  )
}

function placed(args: Args, state: State, before: readonly string[], make: readonly string[]): Action {
  const dest = destOf(args)
  return sh(
    [
      SAFE_PATH,
      `h=$PWD f=${quotePath(dest)}`,
      'case $f in /*) ;; *) f=$PWD/$f ;; esac',
      ...before,
      'enter "$f"',
      'stage',
      ...make,
      placeBody({
        wanted: args,
        ids: state.ids,
        probed: { file: state.dest, old: regularAt(dest, state.dest)?.file },
      }),
      `printf '%s\\0001%s\\n0' "$b" "$now"`,
    ].join('\n'),
  )
}

// Names are told to GNU's tar over stdin, however many there are; busybox takes them as arguments only.
function packed(names: readonly string[], { format }: Args): string {
  const squeeze = format === 'tar' ? 'cat' : `${PROGRAMS[format]} -c`
  return [
    'tar=$(command -v gtar || command -v tar) || fail "tar is needed on the host to pack this, and is not there"',
    `set -- ${words(...names)}`,
    'pack() {',
    '  cd -P -- "$r" || return',
    '  case $("$tar" --version 2>&1) in',
    `    *'GNU tar'*) [ $# -eq 0 ] || printf '%s\\0' "$@" | "$tar" --no-recursion --null -T - -cf - ;;`,
    '    *) "$tar" --no-recursion -cf - -- "$@" ;;',
    '  esac',
    '}',
    `{ (pack "$@"); echo $? >./status; } | ${squeeze} >./body || exit`,
    // 1 says that a file changed while it was read.
    'read -r x <./status && [ "$x" -le 1 ] && rm -f ./status || fail "$f was not packed"',
  ].join('\n')
}

function zipped(names: readonly string[]): string {
  const odd = names.find((name) => name.includes('\n'))
  if (odd !== undefined) throw new Error(`zip cannot be told of the name ${JSON.stringify(odd)}`)
  return `(cd -P -- "$r" && printf '%s\\n' ${words(...names)} | zip -q - -@) >./body || fail ${quote('zip has not packed this')}`
}
