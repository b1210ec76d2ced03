import { type FileState, readFiles } from '../../../host/file-state.ts'
import { LOOK, lookingSettings } from '../../../host/look.ts'
import type { ArgsOf } from '../../../sdk/options.ts'
import { Output } from '../../../shell/output.ts'
import { quote, quotePath, words } from '../../../shell/quote.ts'
import type { declared } from './options.ts'

type Args = ArgsOf<typeof declared>

/** What there is below a folder. */
export interface Entry {
  /** Relative to the folder. */
  readonly path: string
  readonly file: FileState
  /** What a file holds, if it was asked for and may be read. */
  readonly bytes?: Buffer
}

/** One of the paths that are searched. */
interface Place {
  /** As the host has it: without `~` and variables. */
  readonly path: string
  readonly isFolder: boolean
  /** How many names were looked at. */
  readonly examined: number
  /** Those that may be meant. */
  readonly entries: readonly Entry[]
  /** Why not all could be looked at; "" if nothing kept it from that. */
  readonly refused: string
}

export interface Found {
  /** The host's time in seconds since 1970. */
  readonly now: number
  readonly places: readonly Place[]
}

/** Sh that prints what is below the paths, and leaves out what cannot be meant where that is told easily. */
export function probe(args: Args, sizeAtLeast: number | undefined): string {
  const find = `find ${args.follow ? '-L ' : ''}. ${levels(args)}! -name .`
  const batch = [LOOK, lookingSettings({ digest: args.get_checksum ? 'sha1sum' : '' }), BATCH]
  if (args.contains !== undefined) batch.push(CONTENTS)
  const chosen = [find, ...conditions(args, sizeAtLeast)].join(' ')
  const search = `${chosen} -exec sh -c ${quote(batch.join('\n'))} sh {} +`
  return [
    'date +%s.%N',
    `search() {
  printf '%s\\0' "$p"
  if [ ! -d "$p" ]; then printf '0\\0'; return; fi
  printf '1\\0%s\\0' "$(cd "$p" && ${find} -print0 2>/dev/null | tr -dc '\\0' | wc -c)"
  { e=$({ cd "$p" && ${search}; } 2>&1 >&3) || e=\${e:-not all could be looked at}; } 3>&1
  printf 'end\\0%s\\0' "$e"
}`,
    ...args.paths.map((path) => `p=${pathWord(path)}\nsearch`),
  ].join('\n')
}

/** What lies one level below the depth is still looked at, and only counted. */
function levels({ recurse, depth = 0 }: Args): string {
  if (!recurse) return '-maxdepth 1 '
  return depth === 0 ? '' : `-maxdepth ${Math.max(1, depth + 1)} `
}

const TYPES = { file: 'f', directory: 'd', link: 'l' } as const

function conditions(args: Args, sizeAtLeast: number | undefined): string[] {
  const { file_type, follow, hidden, patterns, use_regex } = args
  const found: string[] = []
  // Links that are followed are of the type of what they lead to.
  if (file_type !== 'any' && !follow) found.push(`-type ${TYPES[file_type]}`)
  if (!hidden) found.push("! -name '.*'")
  if (file_type === 'file' && !follow && sizeAtLeast !== undefined) found.push(`! -size -${sizeAtLeast}c`)
  // Wildcards that mean the same to every find.
  if (!use_regex && patterns.length > 0 && patterns.every((one) => /^[\w.*@+-]+$/.test(one)))
    found.push(`\\( ${patterns.map((one) => words('-name', one)).join(' -o ')} \\)`)
  return found
}

// The names, each ended by NUL, and an empty one; then what is known of them.
const BATCH = `printf '%s\\0' "$@" ''
look "$@"; links "$@"; regular "$@"`

const CONTENTS = `for p; do
  if [ ! -f "$p" ] || [ -h "$p" ]; then continue; fi
  if [ ! -r "$p" ]; then printf 'x\\0'; continue; fi
  s=$(wc -c <"$p") && printf '%s\\0' $((s)) && head -c $((s)) -- "$p"
done`

/** A path as a word of sh in which variables are the host's; those that it has not stay as they are. */
function pathWord(path: string): string {
  const pieces = path.split(/\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/)
  let word = ''
  for (let at = 0; at < pieces.length; at += 3) {
    const text = pieces[at]!
    if (at === 0) word += text === '' && pieces.length > 1 ? '' : quotePath(text)
    else if (text !== '') word += quote(text)
    const [plain, braced] = [pieces[at + 1], pieces[at + 2]]
    if (plain !== undefined) word += `"\${${plain}-\\$${plain}}"`
    if (braced !== undefined) word += `"\${${braced}-\\\${${braced}\\}}"`
  }
  return word
}

export function parse(bytes: Buffer, args: Args): Found {
  const output = new Output(bytes)
  const [, whole, fraction] = /^(\d+)(?:\.(\d+)|.*)$/.exec(output.line()) ?? []
  if (whole === undefined) throw new Error('date on the host printed no time')
  // A date that knows no parts of a second is up to one second behind.
  const now = Number(`${whole}.${fraction ?? '999'}`)
  return { now, places: args.paths.map(() => readPlace(output, args)) }
}

function readPlace(output: Output, args: Args): Place {
  const path = output.field()
  if (output.field() !== '1') return { path, isFolder: false, examined: 0, entries: [], refused: '' }
  const examined = Number(output.field())
  if (Number.isNaN(examined)) throw new Error(`the host printed no number of what is below ${path}`)
  const entries: Entry[] = []
  for (let name = output.field(); name !== 'end'; name = output.field()) {
    const names: string[] = []
    for (; name !== ''; name = output.field()) names.push(name.slice(2))
    entries.push(...readEntries(output, names, args))
  }
  return { path, isFolder: true, examined, entries, refused: output.field() }
}

function readEntries(output: Output, names: readonly string[], args: Args): Entry[] {
  const looking = { digest: args.get_checksum ? 'sha1sum' : '' }
  const states = readFiles(output, names.length, looking, names.length)
  return names.flatMap((path, index): Entry[] => {
    const file = states[index]
    if (file === undefined) return []
    if (args.contains === undefined || file.type !== 'file') return [{ path, file }]
    const size = output.field()
    return [size === 'x' ? { path, file } : { path, file, bytes: output.take(Number(size)) }]
  })
}
