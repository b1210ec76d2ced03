import { type Ids, idsProbe, readIds } from '../../../host/attributes.ts'
import { type FileState, files, readDigest, readFiles } from '../../../host/file-state.ts'
import { LOOK, type Looking, lookingSettings } from '../../../host/look.ts'
import { folderOf, pathPattern } from '../../../host/paths.ts'
import type { ArgsOf } from '../../../sdk/options.ts'
import type { Probe, ProbeOutput } from '../../../sdk/probe.ts'
import { type ArchiveKind, KIND, tarFunctions, ZIP_END } from '../../../shell/archive.ts'
import { Output } from '../../../shell/output.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import { BATCH, readBatch } from '../remote-source.ts'
import { type Member, readMembers } from '../unarchive/members.ts'
import type { declared } from './options.ts'

export type Args = ArgsOf<typeof declared>

/** Something that is to be packed, and what is below it. */
export interface Source {
  readonly path: string
  readonly file: FileState | undefined
  readonly below: readonly (readonly [name: string, file: FileState])[]
}

/** Something that is packed. */
export interface Entry {
  /** In the archive, without a slash at its end. */
  readonly name: string
  readonly path: string
  readonly file: FileState
}

export interface State {
  readonly dest: FileState | undefined
  readonly folder: FileState | undefined
  readonly ids: Ids
  /** A program that the host lacks. */
  readonly lack: string
  readonly sources: readonly Source[]
  readonly excluded: readonly string[]
  /** What dest holds already. */
  readonly members?: readonly Member[]
  /** Digests of a single file and of what is compressed in dest; "" for none. */
  readonly digests?: readonly [file: string, dest: string]
}

export function isPattern(path: string): boolean {
  return /[*?]/.test(path)
}

export function destOf({ dest, path, format }: Args): string {
  return dest ?? `${path[0]}.${format}`
}

/** Whether one file is only compressed, unless it proves to be a folder. */
export function mayBeCompressed({ path, format, force_archive }: Args): boolean {
  return !force_archive && path.length === 1 && !isPattern(path[0]!) && format !== 'tar' && format !== 'zip'
}

export const PROGRAMS: Readonly<Record<Args['format'], string>> = {
  bz2: 'bzip2',
  gz: 'gzip',
  tar: 'tar',
  xz: 'xz',
  zip: 'zip',
}

function looks(args: Args) {
  const dest = destOf(args)
  return files([dest, folderOf(dest)], { follow: true })
}

export function probe(args: Args): Probe {
  return [looks(args), idsProbe(args), script(args)]
}

function script(args: Args): string {
  const { path, exclude_path, format } = args
  const program = PROGRAMS[format]
  return [
    `a=${quotePath(destOf(args))}`,
    // That of busybox can only unpack.
    `case $(command -v ${program} >/dev/null && ${program} --help 2>&1) in '' | *'xz -d'*) printf %s ${program} ;; esac`,
    "printf '\\0'",
    LOOK,
    lookingSettings({ follow: true }),
    section(args),
    ...path.map((one) => expanded(one, 'section')),
    "printf '\\0'",
    ...exclude_path.map((one) => expanded(one, 'named')),
    "printf '\\0'",
    // What cannot be read is as good as not there: it is packed anew.
    'if [ ! -f "$a" ] || [ ! -r "$a" ]; then echo none; exit 0; fi',
    ...(mayBeCompressed(args) ? [compared(path[0]!, program)] : []),
    held(format),
  ].join('\n')
}

/** A zip holds what links lead to. */
function below({ format }: Args): Looking {
  return { follow: format === 'zip' }
}

const section = (args: Args) => `section() {
  printf '%s\\0' "$1"
  look "$1"; links "$1"; regular "$1"
  if [ -d "$1" ]; then (cd "$1" && find . ! -name . -exec sh -c ${quote([LOOK, lookingSettings(below(args)), BATCH].join('\n'))} sh '' {} +) || exit; fi
  printf '\\0'
}
named() { printf '%s\\0' "$1"; }`

/** Sh that calls a function with each path that a pattern means; what is no pattern means itself, there or not. */
function expanded(path: string, call: string): string {
  if (!isPattern(path)) return `${call} ${quotePath(path)}`
  return `set -- ${pathPattern(path)}\nfor q; do if [ -e "$q" ] || [ -h "$q" ]; then ${call} "$q"; fi; done`
}

function compared(path: string, program: string): string {
  return [
    `q=${quotePath(path)}`,
    'if [ -f "$q" ]; then',
    `  echo digests; sha256sum <"$q" || exit; ${program} -dc <"$a" 2>/dev/null | sha256sum; exit 0`,
    'fi',
  ].join('\n')
}

function held(format: Args['format']): string {
  const list = format === 'zip' ? ZIP : TAR
  return [KIND, `if [ $k ${format === 'zip' ? '=' : '!='} zip ]; then`, list, 'else echo none; fi'].join('\n')
}

const ZIP = `n=$(($(wc -c <"$a")))
[ $n -le ${ZIP_END} ] || n=${ZIP_END}
echo zip; tail -c $n <"$a"`

const TAR = `${tarFunctions({ exclude: [], include: [], extra: [] })}
if list=$(unpacked $k <"$a" 2>/dev/null | list_tar 2>/dev/null && echo .); then echo $k; printf %s "\${list%.}"; else echo none; fi`

export function parse(output: ProbeOutput, args: Args): State {
  const [dest, folder] = output.of(looks(args))
  const own = new Output(output.bytes)
  const lack = own.field()
  const sources: Source[] = []
  for (let path = own.field(); path !== ''; path = own.field())
    sources.push(readSource(own, path, below(args)))
  const excluded: string[] = []
  for (let path = own.field(); path !== ''; path = own.field()) excluded.push(path)
  return { dest, folder, ids: readIds(output, args), lack, sources, excluded, ...readHeld(own) }
}

function readSource(output: Output, path: string, looking: Looking): Source {
  const [file] = readFiles(output, 1, { follow: true })
  const inside: [string, FileState][] = []
  for (let some = readBatch(output, looking); some.length > 0; some = readBatch(output, looking))
    inside.push(...some)
  return { path, file, below: inside }
}

function readHeld(output: Output): Pick<State, 'members' | 'digests'> {
  const kind = output.line()
  if (kind === 'none') return {}
  if (kind === 'digests') return { digests: [readDigest(output.line()), readDigest(output.line())] }
  const bytes = output.rest()
  try {
    const members = readMembers({ kind: kind as ArchiveKind, bytes }, { exclude: [], include: [], extra: [] })
    return { members }
  } catch {
    // Whatever it is, it is replaced.
    return {}
  }
}
