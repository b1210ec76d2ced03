import { quote, quotePath, words } from '../../../shell/quote.ts'
import { type Args, bareName, namesOf } from './options.ts'
import { changesIn, complaintOf, type PackageChange } from './output.ts'

export interface ApkState {
  /** What apk is to be told, of those that are not as they should be. */
  readonly due: readonly string[]
  readonly simulated: Simulation | undefined
}

interface Simulation {
  readonly changes: readonly PackageChange[]
  /** What keeps packages from being removed. */
  readonly kept: string | undefined
  readonly complaint: string | undefined
}

/** Lines of sh that make `a` the program. */
export function apkFunction({ no_cache, repository = [] }: Args): string[] {
  const from = repository.flatMap((one) => ['--repository', one, '--repositories-file', '/dev/null'])
  const all = [...(no_cache ? ['--no-cache'] : []), ...from]
  return [
    'export LC_ALL=C',
    `command -v apk >/dev/null || { echo 'Failed to find required executable "apk" on this host: it has another package manager' >&2; exit 1; }`,
    `a() { apk ${all.length === 0 ? '' : `${words(...all)} `}"$@"; }`,
  ]
}

/** Words of a command, but for the packages. */
export function wordsOf(args: Args): string[] {
  if (args.upgrade) return ['upgrade', ...(args.available ? ['--available'] : [])]
  if (args.state === 'absent') return ['del', '--purge']
  return ['add', ...(args.state === 'latest' ? ['--upgrade'] : [])]
}

/** Asks apk what is installed, and what it would do. */
export function probeApk(args: Args): string {
  const names = namesOf(args)
  const simulate = `simulate ${words(...wordsOf(args), '--simulate')}`
  const head = [...apkFunction(args), ASK]
  if (args.upgrade) return [...head, simulate].join('\n')
  if (names.length === 0) return head.join('\n')
  const away = args.state === 'absent'
  return [
    ...head,
    'due=',
    ...(away ? [] : [`world=$(tr -s ' \\t' '\\n\\n' <${quotePath(args.world)}) || exit`]),
    ...names.map((name) => {
      const [told, bare] = [quote(name), quote(bareName(name))]
      if (away) return `! a info --installed ${bare} >/dev/null 2>&1 || due="$due "${bare}`
      return args.state === 'latest'
        ? `newest ${told} ${bare}`
        : `top ${told} || virtual ${bare} || due="$due "${told}`
    }),
    'echo "due$due"',
    `[ -z "$due" ] || ${simulate} $due`,
  ].join('\n')
}

// Names hold nothing that sh would split or expand.
const ASK = `set -f
nl='
'
top() { case "$nl$world$nl" in *"$nl$1$nl"* | *"$nl$1"[@=~'<>']*) ;; *) return 1 ;; esac; }
virtual() { case $(a -v info --description "$1" 2>/dev/null) in "$1: virtual meta package"*) ;; *) return 1 ;; esac; }
older() { case "$nl$(a version "$1" 2>/dev/null)" in *"$nl$1-"[0-9]*" < "*) ;; *) return 1 ;; esac; }
newest() {
  if virtual "$2"; then
    for n in $(a -v info --depends "$2" 2>/dev/null | sed '1d; s/[<>=~@].*//'); do ! older "$n" || due="$due $n"; done
  elif ! top "$1" || older "$2"; then due="$due $1"; fi
}
simulate() {
  out=$(a "$@" 2>&1) && code=0 || code=$?
  echo "simulated $code"; printf '%s\\n' "$out" | sed 's/^/said /'
}`

export function parseApk(text: string): ApkState {
  const lines = text.split('\n')
  const of = (tag: string) =>
    lines.filter((line) => line.startsWith(`${tag} `)).map((line) => line.slice(tag.length + 1))
  const [code] = of('simulated')
  const said = of('said').join('\n')
  const kept = /^World updated, but the following packages are not removed due to:\n([\s\S]*)/m.exec(
    said,
  )?.[1]
  return {
    due: of('due').flatMap((line) => line.split(' ').filter((word) => word !== '')),
    simulated:
      code === undefined
        ? undefined
        : {
            changes: changesIn(said),
            kept: kept
              ?.split('\n')
              .filter((line) => /^ /.test(line))
              .map((line) => line.trim())
              .join(', '),
            complaint: code === '0' ? undefined : complaintOf(said),
          },
  }
}
