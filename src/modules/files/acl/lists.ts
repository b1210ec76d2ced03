import { type FileState, files } from '../../../host/file-state.ts'
import { LOOK, lookingSettings } from '../../../host/look.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import { BATCH, readBatch } from '../remote-source.ts'
import { type Args, entryOf, written } from './entry.ts'

/** A file or folder, and what setfacl would make of its list. */
interface Listed {
  /** Relative to the path of the task; "" is that itself. */
  readonly path: string
  readonly file: FileState | undefined
  /** Entries with commas between them. */
  readonly before: string
  /** The same if nothing is to change. */
  readonly after: string
}

export interface State {
  readonly file: FileState | undefined
  /** A program that the host lacks. */
  readonly lack: string
  /** There is something that has a list. */
  readonly isThere: boolean
  /** What getfacl prints, as lines. */
  readonly acl: readonly string[]
  /** Why the entry cannot be set. */
  readonly refusal: string
  readonly all: readonly Listed[]
}

export function look({ path }: Args) {
  return files([path], { follow: true })
}

/** The arguments of setfacl for the wanted entry. */
export function setting(args: Args): string {
  const entry = entryOf(args)!
  const mask = { default: '', mask: ' --mask', no_mask: ' --no-mask' }[args.recalculate_mask]
  const flag = args.state === 'present' ? '-m' : '-x'
  // The tool takes a backslash for the begin of a sign's number.
  const text = written({ ...entry, entity: entry.entity.replaceAll('\\', '\\134') }, args.state)
  return `${entry.isDefault ? '-d ' : ''}${flag} ${quote(text)}${mask}`
}

function isDefault(args: Args): boolean {
  return entryOf(args)?.isDefault ?? args.default
}

/** Sh that prints the list as Ansible returns it. */
export function listing(args: Args): string {
  const flags = `${isDefault(args) ? ' -d' : ''}${args.recursive ? ' -R' : ''}${args.follow ? '' : ' -P'}`
  return `LC_ALL=C getfacl --omit-header --absolute-names${flags} -- ${quotePath(args.path)}`
}

/** Sh that prints what is lacking; 1 and the list if there is something; what setfacl would make of it, and of what is below. */
export function script(args: Args): string {
  const lines = [
    `for x in getfacl setfacl; do command -v $x >/dev/null || { printf '%s\\0' $x; exit 0; }; done`,
    `printf '\\0'`,
    `f=${quotePath(args.path)}`,
    '[ -e "$f" ] || exit 0',
    'printf 1',
    `${listing(args)} || exit`,
    `printf '\\0'`,
  ]
  if (args.state === 'query') return lines.join('\n')
  // A link itself has no list.
  if (!args.follow) lines.push('[ ! -h "$f" ] || exit 0')
  lines.push(trial(args), `printf '%s\\0' "$f"`, 'trial "$f"')
  if (args.recursive) {
    const batch = [LOOK, lookingSettings({}), BATCH, trial(args), 'trial "$@"'].join('\n')
    const find = `find . ! -name . ! -type l -exec sh -c ${quote(batch)} sh '' {} +`
    lines.push(`if [ -d "$f" ]; then (cd "$f" && ${find}) || exit; fi`)
  }
  return lines.join('\n')
}

/** Sh with a function: the lists of files; then 0 and what setfacl would make of them, or 1 and why it would not. */
function trial(args: Args): string {
  return `trial() {
  LC_ALL=C getfacl --absolute-names${isDefault(args) ? ' -d' : ''} -- "$@" || exit
  printf '\\0'
  if t=$(LC_ALL=C setfacl --test ${setting(args)} -- "$@" 2>&1); then printf '0\\0'; else printf '1\\0'; fi
  printf '%s\\0' "$t"
}`
}

export function parse(found: ProbeOutput, args: Args): State {
  const [file] = found.of(look(args))
  const output = new Output(found.bytes)
  const lack = output.field()
  const nothing = { file, lack, isThere: false, acl: [], refusal: '', all: [] }
  if (output.done) return nothing
  output.take(1)
  const acl = aclLines(output.field())
  if (output.done) return { ...nothing, isThere: true, acl }
  const root = readTrial(output, [[output.field(), '', undefined]])
  const batches = [root]
  while (!output.done) {
    const entries = readBatch(output, {})
    batches.push(
      readTrial(
        output,
        entries.map(([name, state]) => [`./${name}`, name, state]),
      ),
    )
  }
  const refusal = batches.find((batch) => batch.refusal !== '')?.refusal ?? ''
  return { file, lack, isThere: true, acl, refusal, all: batches.flatMap(({ all }) => all) }
}

/** Lines of getfacl, as Ansible returns them. */
export function aclLines(text: string): string[] {
  const lines = text
    .replace(/\n$/, '')
    .split('\n')
    .map((line) => line.trim())
  return text === '' ? [] : lines.at(-1) === '' ? lines.slice(0, -1) : lines
}

/** Files by their name for setfacl, their path, and what is known of them. */
type Names = readonly (readonly [name: string, path: string, file: FileState | undefined])[]

function readTrial(output: Output, names: Names): { all: Listed[]; refusal: string } {
  const lists = output.field().split('\n\n').slice(0, -1)
  const isRefused = output.field() === '1'
  const said = output.field()
  if (lists.length !== names.length)
    throw new Error('getfacl on the host answered for other files than was asked')
  if (isRefused) {
    const refusal = said.trim() || 'setfacl fails on the host'
    return { all: [{ path: '', file: undefined, before: shortList(lists[0]!), after: '' }], refusal }
  }
  let rest = `${said}\n`
  const all = names.map(([name, path, file], index): Listed => {
    const before = shortList(lists[index]!)
    const line = rest.startsWith(`${name}: `) ? /^[^\n]*\n/.exec(rest.slice(name.length + 2)) : null
    const after = line === null ? undefined : readAfter(line[0].trimEnd())
    if (after === undefined) throw new Error(`setfacl on the host answered "${said}", which makes no sense`)
    rest = rest.slice(name.length + 2 + line![0].length)
    return { path, file, before, after: after ?? before }
  })
  if (rest !== '') throw new Error(`setfacl on the host answered "${said}", which makes no sense`)
  return { all, refusal: '' }
}

const ENTRY = '(?:d:)?[ugmo]:[^:,]*:[rwx-]{3}'
const AFTER = new RegExp(`^(\\*|(?:${ENTRY}(?:,(?=[ugmo])|(?=,)))*),(\\*|(?:${ENTRY}(?:,|$))*)$`)
const LETTERS: Readonly<Record<string, string>> = { u: 'user', g: 'group', m: 'mask', o: 'other' }

/** The list that changes, null if none does, undefined if it makes no sense. */
function readAfter(text: string): string | null | undefined {
  const [, access, byDefault] = AFTER.exec(text) ?? []
  if (access === undefined || byDefault === undefined) return undefined
  const list = access === '*' ? byDefault : access
  if (list === '*') return null
  return list.replace(/(^|,)(?:d:)?([ugmo]):/g, (_, comma, letter) => `${comma}${LETTERS[letter]}:`)
}

function shortList(block: string): string {
  const lines = block.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return lines.map((line) => line.replace(/\s*#effective.*$/, '')).join(',')
}
