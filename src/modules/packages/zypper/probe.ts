import { quote, quotePath, words } from '../../../shell/quote.ts'
import { verbOf, wordsOf, zypperFunction } from './command.ts'
import { type Args, filesOf, isAll, isFile, specsOf } from './options.ts'
import { readSummary, type Summary } from './summary.ts'

export interface ZypperState {
  /** What zypper is to be told, of what is not as it should be. */
  readonly due: readonly string[]
  /** What it says that it would do; undefined if there is nothing to ask. */
  readonly simulated: Summary | undefined
}

/** Asks zypper what is installed, and what it would do. */
export function probeZypper(args: Args): string {
  const head = [...zypperFunction(args), ASK]
  if (isAll(args)) return [...head, `simulate ${words(...wordsOf(args), '--dry-run')}`].join('\n')
  const specs = specsOf(args)
  const asked = specs.filter(({ version }) => version === '' || verbOf(args) === 'remove')
  return [
    ...head,
    ...(asked.length > 0 && args.state !== 'latest'
      ? [`search ${words('--type', args.type, '--', ...asked.map(({ name }) => name))}`]
      : []),
    'due=',
    ...specs.map((spec) => {
      const told = quote(toldOf(args, spec))
      const isCertain = args.state === 'latest' || !asked.includes(spec)
      if (isCertain) return `due="$due "${told}`
      return `${spec.comes ? '' : '! '}has ${quote(spec.name)} || due="$due "${told}`
    }),
    `set -- $due ${filesOf(args).map(fileWord).join(' ')}`,
    'echo "due $due"',
    `[ $# = 0 ] || simulate ${words(...wordsOf(args), '--dry-run')} -- "$@"`,
  ].join('\n')
}

/** How zypper is told of a package. */
function toldOf(args: Args, { name, version, comes }: { name: string; version: string; comes: boolean }) {
  if (verbOf(args) === 'remove') return `${name}${version}`
  return `${comes ? '+' : '-'}${name}${version}`
}

/** A file or address as a word that zypper takes for nothing else. */
export function fileWord(file: string): string {
  if (file.includes('://')) return quote(file)
  return quotePath(isFile(file) && !/^[/~.]/.test(file) ? `./${file}` : file)
}

// Names hold nothing that sh would split or expand. Exit status 104: nothing was found.
const ASK = `set -f
nl='
'
there=
tell() { echo "simulated $1"; printf '%s\\n' "$2" | sed 's/^/said /'; }
search() {
  out=$(z --no-refresh search --match-exact --installed-only "$@" 2>&1) && code=0 || code=$?
  case $code in 0 | 104 | 106) ;; *) tell $code "$out"; exit 0 ;; esac
  there=$(printf '%s\\n' "$out" | sed -n 's/^<solvable status="installed" name="\\([^"]*\\)".*/\\1/p')
}
has() { case "$nl$there$nl" in *"$nl$1$nl"*) ;; *) return 1 ;; esac; }
simulate() { out=$(z "$@" 2>&1) && code=0 || code=$?; tell $code "$out"; }`

export function parseZypper(text: string): ZypperState {
  const lines = text.split('\n')
  const of = (tag: string) =>
    lines.filter((line) => line.startsWith(`${tag} `)).map((line) => line.slice(tag.length + 1))
  const [code] = of('simulated')
  const simulated = code === undefined ? undefined : readSummary(Number(code), of('said').join('\n'))
  return { due: of('due').flatMap((line) => line.split(' ').filter((word) => word !== '')), simulated }
}
