import { type Ids, idsProbe, readIds } from '../../../host/attributes.ts'
import { type FileState, files } from '../../../host/file-state.ts'
import { below, trimmed } from '../../../host/paths.ts'
import type { ModuleContext } from '../../../sdk/module.ts'
import type { ArgsOf } from '../../../sdk/options.ts'
import type { Probe, ProbeOutput } from '../../../sdk/probe.ts'
import {
  type ArchiveKind,
  KIND,
  LEADS_OUT,
  type ListingWords,
  NO_UNZIP,
  tarFunctions,
  UNZIP,
  ZIP_END,
} from '../../../shell/archive.ts'
import { Output } from '../../../shell/output.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import { batchProbe, readTree } from '../remote-source.ts'
import { above, type Member, readMembers } from './members.ts'
import type { declared } from './options.ts'

export type Args = ArgsOf<typeof declared>

export interface State {
  readonly dest: FileState | undefined
  readonly isCreated: boolean
  readonly ids: Ids
  /** The user that unpacks. */
  readonly uid: number
  /** Why the archive cannot be unpacked. */
  readonly problem?: string
  readonly archive?: Archive
}

export interface Archive {
  readonly kind: ArchiveKind
  readonly members: readonly Member[]
  /** What there is of their paths, and of the folders above, below dest. */
  readonly found: ReadonlyMap<string, FileState | undefined>
}

export function isUrl(src: Args['src']): src is string {
  return typeof src === 'string' && src.includes('://')
}

export function wordsOf({ exclude, include, extra_opts }: Args): ListingWords {
  return { exclude, include, extra: extra_opts }
}

const FOLLOW = { follow: true } as const

function looks({ dest, creates }: Args) {
  return files([dest, ...(creates === undefined ? [] : [creates])], FOLLOW)
}

export function probe(args: Args): Probe {
  const { src, dest } = args
  const own = 'id -u'
  if (isUrl(src)) return [looks(args), idsProbe(args), own]
  if (typeof src === 'string') return [looks(args), idsProbe(args), `${own}\n${listing(args, src)}`]
  const paths = pathsOf(localMembers(args)).map((path) => below(trimmed(dest), path))
  return [looks(args), idsProbe(args), `${own}\n${toolsFor(src.listing.kind)}`, files(paths, FOLLOW)]
}

/** Sh that prints what the host lacks for an archive of this kind. */
function toolsFor(kind: ArchiveKind): string {
  if (kind === 'zip') return `${UNZIP}\n[ "$unzip" ] || printf %s ${quote(NO_UNZIP)}`
  const programs = ['tar', ...(kind === 'tar' ? [] : [kind])]
  return `for x in ${programs.join(' ')}; do
  command -v $x >/dev/null || { printf %s "Unable to find required '$x' binary in the path"; break; }
done`
}

/**
 * Sh that prints, of an archive on the host, why it cannot be listed, or its kind and what it holds, and then what there is
 * of the same names.
 */
function listing(args: Args, src: string): string {
  const broken = (why: string) => `{ printf '%s\\0' ${quote(why)}; exit 0; }`
  return [
    `a=${quotePath(src)} d=${quotePath(args.dest)}`,
    `[ -e "$a" ] || ${broken(`Source '${src}' does not exist`)}`,
    `[ -f "$a" ] || ${broken(`Source '${src}' is not a file`)}`,
    `[ -r "$a" ] || ${broken(`Source '${src}' not readable`)}`,
    `[ -s "$a" ] || ${broken(`Invalid archive '${src}', the file is 0 bytes`)}`,
    KIND,
    'if [ $k = zip ]; then',
    UNZIP,
    `[ "$unzip" ] || ${broken(NO_UNZIP)}`,
    `printf '\\0%s\\0' $k`,
    'n=$(($(wc -c <"$a")))',
    `[ $n -le ${ZIP_END} ] || n=${ZIP_END}`,
    `echo $n`,
    'tail -c $n <"$a" || exit',
    `names() { "$unzip" -Z1 "$a"; }`,
    'else',
    tarFunctions(wordsOf(args)),
    'list=$(unpacked $k <"$a" 2>/dev/null | list_tar 2>/dev/null && echo .) || {',
    '  said=$({ unpacked $k <"$a" | list_tar; } 2>&1 >/dev/null)',
    `  printf 'Unable to list files in the archive: %s\\0' "$said"; exit 0; }`,
    `if unpacked $k <"$a" | leads_out; then ${broken(LEADS_OUT)}; fi`,
    `printf '\\0%s\\0%s\\0' $k "\${list%.}"`,
    'names() { unpacked $k <"$a" | names_of_tar; }',
    'fi',
    '[ -d "$d" ] || exit 0',
    `names 2>/dev/null | LC_ALL=C awk ${quote(PATHS)} | tr '\\n' '\\0' | (cd "$d" && ${batchProbe(FOLLOW)})`,
  ].join('\n')
}

// Each name without what means nothing, behind the folders above it.
const PATHS = `{ n = split($0, c, "/"); p = "."
for (i = 1; i <= n; i++) if (c[i] != "" && c[i] != ".") { p = p "/" c[i]; if (!(p in s)) { s[p] = 1; print p } } }`

function localMembers(args: Args): Member[] {
  return typeof args.src === 'string' ? [] : readMembers(args.src.listing, wordsOf(args))
}

/** The paths of members, and of the folders above them. */
export function pathsOf(members: readonly Member[]): string[] {
  return [...new Set(members.flatMap(({ path }) => [...above(path), path]))].filter((path) => path !== '')
}

export function parse(output: ProbeOutput, args: Args, _view: ModuleContext): State {
  const [dest, creates] = output.of(looks(args))
  const own = new Output(output.bytes)
  const uid = Number(own.line())
  const isCreated = creates !== undefined && (creates.type !== 'link' || creates.real?.state !== undefined)
  const base = { dest, isCreated, ids: readIds(output, args), uid }
  const { src } = args
  if (isUrl(src)) return base
  if (typeof src === 'string') return { ...base, ...readRemote(own, args) }
  const problem = own.rest().toString()
  const members = localMembers(args)
  const paths = pathsOf(members)
  const states = output.of(
    files(
      paths.map((path) => below(trimmed(args.dest), path)),
      FOLLOW,
    ),
  )
  const found = new Map(paths.map((path, index) => [path, states[index]]))
  const archive = { kind: src.listing.kind, members, found }
  return { ...base, archive, ...(problem !== '' && { problem }) }
}

function readRemote(output: Output, args: Args): { problem?: string; archive?: Archive } {
  const problem = output.field().trim()
  if (problem !== '') return { problem }
  const kind = output.field() as ArchiveKind
  const bytes = kind === 'zip' ? output.take(Number(output.line())) : Buffer.from(output.field())
  const members = readMembers({ kind, bytes }, wordsOf(args))
  const found = new Map<string, FileState | undefined>(
    readTree(output, '', FOLLOW).map(([path, state]) => [path.replace(/^\//, ''), state]),
  )
  return { archive: { kind, members, found } }
}
