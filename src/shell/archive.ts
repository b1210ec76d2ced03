import { words } from './quote.ts'

/** What a listing of an archive depends on besides the archive. */
export interface ListingWords {
  readonly exclude: readonly string[]
  readonly include: readonly string[]
  readonly extra: readonly string[]
}

/** What an archive was found to hold, not yet read. */
export interface Listing {
  readonly kind: ArchiveKind
  /** What tar lists; of a zip its end, which says what it holds. */
  readonly bytes: Buffer
}

export type ArchiveKind = 'tar' | 'gzip' | 'bzip2' | 'xz' | 'zstd' | 'zip'

/** By the first bytes of an archive, in hexadecimal. */
const MAGIC: readonly (readonly [string, ArchiveKind])[] = [
  ['1f8b', 'gzip'],
  ['425a68', 'bzip2'],
  ['fd377a585a00', 'xz'],
  ['28b52ffd', 'zstd'],
  ['504b0304', 'zip'],
  ['504b0506', 'zip'],
]

/** Bytes at the end of a zip in which its list is looked for. */
export const ZIP_END = 4 * 1024 * 1024

/** The kind of an archive that begins with these bytes. */
export function kindOf(beginning: Buffer): ArchiveKind {
  const hex = beginning.toString('hex')
  return MAGIC.find(([magic]) => hex.startsWith(magic))?.[1] ?? 'tar'
}

/** Sh that sets `$k` to the kind of the archive in the file `$a`. */
export const KIND = `k=$(head -c 6 <"$a" | od -An -tx1 | tr -d ' \\n')
case $k in
${MAGIC.map(([magic, kind]) => `  ${magic}*) k=${kind} ;;`).join('\n')}
  *) k=tar ;;
esac`

/**
 * Sh functions. unpacked KIND: decompresses what it reads. list_tar, names_of_tar: list the tar that they read, in UTC and
 * with ids, or the names alone. extract_tar: unpacks it in the working folder. No name is written in another way than it
 * is.
 */
export function tarFunctions({ exclude, include, extra }: ListingWords): string {
  const others = words(...extra, ...exclude.map((pattern) => `--exclude=${pattern}`))
  const named = include.length === 0 ? '' : ` -- ${words(...include)}`
  return [
    'tar=$(command -v gtar || command -v tar)',
    `gnu=; case $("\${tar:-:}" --version 2>&1) in *'GNU tar'*) gnu=1 ;; esac`,
    'unpacked() {',
    '  [ $1 != tar ] || { cat; return; }',
    `  command -v $1 >/dev/null || { echo "Unable to find required '$1' binary in the path" >&2; return 1; }`,
    '  $1 -dc',
    '}',
    'run_tar() {',
    `  [ "$tar" ] || { echo "Unable to find required 'gtar' or 'tar' binary in the path" >&2; return 1; }`,
    ...(others === ''
      ? []
      : [
          '  [ "$gnu" ] || { echo "exclude and extra_opts need GNU tar, which is not on the host" >&2; return 1; }',
        ]),
    `  LC_ALL=C "$tar" "$@" -f -${named}`,
    '}',
    'names_of_tar() {',
    // Of names that lead out GNU tar would show what it makes of them.
    '  [ -z "$gnu" ] || set -- -P --quoting-style=literal --show-transformed-names "$@"',
    `  TZ=UTC0 run_tar "$@" ${others} -t`,
    '}',
    'list_tar() {',
    '  if [ "$gnu" ]; then names_of_tar -v --numeric-owner --full-time; else names_of_tar -v --numeric-owner; fi',
    '}',
    // busybox tells only on stderr that it has taken something off a name.
    `leads_out() { [ -z "$gnu" ] && case $(names_of_tar 2>&1 >/dev/null) in *'removing leading'*) ;; *) return 1 ;; esac; }`,
    `extract_tar() { run_tar "$@" --numeric-owner ${others} -x; }`,
  ].join('\n')
}

export const LEADS_OUT = 'the archive holds names that lead out of the folder; nothing was unpacked'

/** Sh that sets `$unzip` to the path of Info-ZIP's unzip; empty if there is none. */
export const UNZIP = `unzip=
IFS=:
for x in $PATH; do
  [ -x "$x/unzip" ] || continue
  case $("$x/unzip" -v 2>/dev/null) in *Info-ZIP*) unzip=$x/unzip; break ;; esac
done
unset IFS`

export const NO_UNZIP = "Unable to find required 'unzip' or 'zipinfo' binary in the path"
