import { createHash } from 'node:crypto'
import { isFolder } from '../../host/file-state.ts'
import { defineMarkedModule } from '../../host/marked-module.ts'
import { trimmed } from '../../host/paths.ts'
import { validateProblems } from '../../host/write.ts'
import type { ModuleContext, Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure } from '../../sdk/plans.ts'
import type { Probe, ProbeOutput } from '../../sdk/probe.ts'
import { type Content, contentOf, type LocalFile } from '../../shell/content.ts'
import { Output } from '../../shell/output.ts'
import { quotePath } from '../../shell/quote.ts'
import { SAFE_PATH } from '../../shell/safe-path.ts'
import { ESCAPE_LETTERS } from '../../values/escapes.ts'
import { matching } from '../../values/matching.ts'
import { pythonRegExp, regexpProblems } from '../../values/regexp.ts'
import { toBoolean } from '../../values/truth.ts'
import { type CopyArgs, type State as CopyState, copying, placeOptions } from './copy.ts'

const { force: _, ...placed } = placeOptions
const declared = options({
  ...placed,
  src: {
    type: 'file',
    required: true,
    help: 'The folder whose files are put together, in the order of their names.',
  },
  remote_src: {
    type: 'bool',
    default: true,
    help: 'Whether src is on the host; if not, it is on the controller.',
  },
  delimiter: {
    type: 'str',
    help: "What stands between two files, on a line of its own; Python's escapes are read.",
  },
  regexp: {
    type: 'str',
    help: 'Python regular expression; only files whose names it matches somewhere are taken.',
  },
  ignore_hidden: { type: 'bool', default: false, help: 'Whether files that begin with a dot are left out.' },
  decrypt: {
    type: 'bool',
    default: true,
    help: 'Whether what is encrypted with ansible-vault in src on the controller is decrypted.',
  },
})

type Args = ArgsOf<typeof declared>

/** One of the files that are put together. */
interface Fragment {
  readonly name: string
  /** undefined for a file that may not be read. */
  readonly bytes: Buffer | undefined
}

interface State extends CopyState {
  /** In no order; a sentence if there is no such folder. */
  readonly fragments: readonly Fragment[] | string
}

/** Puts a file together from the files of a folder. Semantics: ansible.builtin.assemble. */
export const assemble = defineMarkedModule<typeof declared, State>(
  {
    name: 'assemble',
    summary: 'Makes one file of the files of a folder on the host or the controller.',
    options: declared,
    remoteSource: ({ remote_src }) => remote_src === undefined || toBoolean(String(remote_src)) === true,
    validate: problems,
    probe,
    parse,
    plan,
    interpret: (outcomes, args, state) => copying.conclude(outcomes, asCopy(args, NONE), state),
  },
  {
    paths: (args) => copying.marks.paths(asCopy(args, NONE)),
    places: (args, state) => copying.marks.places(asCopy(args, NONE), state),
  },
)

const NONE = contentOf('')

function problems({ validate, regexp, dest }: Partial<Args>): string[] {
  const found = validateProblems(validate)
  if (dest?.endsWith('/')) found.push('assemble needs the path of a file as dest; this one ends in "/"')
  return [...found, ...regexpProblems([['regexp', regexp]])]
}

/** The copy that puts what was made in place. */
function asCopy(args: Args, content: Content): CopyArgs {
  const path = typeof args.src === 'string' ? args.src : args.src.path
  return {
    ...args,
    src: { path: trimmed(path), mode: 0o644, content },
    content: undefined,
    remote_src: false,
    force: true,
    directory_mode: undefined,
    local_follow: undefined,
    checksum: undefined,
  }
}

function probe(args: Args, view: ModuleContext): Probe {
  const { src } = args
  const looks = copying.probe(asCopy(args, NONE), view)
  if (typeof src === 'object') return looks
  return [...(Array.isArray(looks) ? looks : [looks]), fragmentsProbe(src, args.ignore_hidden)]
}

/**
 * Sh that prints the files of a folder: names, sizes and bytes. In a folder where others can swap them, what was opened
 * has to be what stands there, and no link.
 */
function fragmentsProbe(src: string, isHiddenLeftOut: boolean): string {
  return `p=${quotePath(trimmed(src))}
if [ ! -e "$p" ]; then echo missing; exit; fi
if [ ! -d "$p" ]; then echo other; exit; fi
echo folder
(
${SAFE_PATH}
enter "$p/."
[ -r . ] || fail "the folder $w may not be read"
alone && ours=1 || ours=
for p in *${isHiddenLeftOut ? '' : ' .[!.]* ..?*'}; do
  [ -f "./$p" ] || continue
  printf '%s\\0' "$p"
  if [ ! -r "./$p" ]; then printf 'x\\0'; continue; fi
  exec 8<"./$p"
  x=$(stat -L -c '%s:%d:%i' /proc/self/fd/0 <&8) || exit
  [ "$ours" ] || [ "\${x#*:}" = "$(stat -c '%d:%i' -- "./$p")" ] ||
    fail "$w/$p is a link in a folder in which others write; it is not followed"
  printf '%s\\0' "\${x%%:*}"
  head -c "\${x%%:*}" <&8 || exit
done
)`
}

function parse(output: ProbeOutput, args: Args, view: ModuleContext): State {
  const { src } = args
  const state = copying.parse(output, asCopy(args, NONE), view)
  if (typeof src === 'object') return { ...state, fragments: localFragments(src) }
  const printed = new Output(output.bytes)
  const found = printed.line()
  if (found === 'missing') return { ...state, fragments: `Source (${src}) does not exist` }
  if (found !== 'folder') return { ...state, fragments: notAFolder(src) }
  const fragments: Fragment[] = []
  while (!printed.done) {
    const name = printed.field()
    const size = printed.field()
    fragments.push({ name, bytes: size === 'x' ? undefined : printed.take(Number(size)) })
  }
  return { ...state, fragments }
}

const notAFolder = (path: string) => `Source (${path}) is not a directory`

function localFragments({ path, below }: LocalFile): Fragment[] | string {
  if (below === undefined) return notAFolder(path)
  return below.flatMap(({ path: name, content }) =>
    name.includes('/') || content === undefined ? [] : [{ name, bytes: content.bytes() }],
  )
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { src, dest } = args
  if (typeof state.fragments === 'string') return failure(state.fragments)
  if (isFolder(state.files.get(dest)))
    return failure(`${dest} is a folder; assemble needs the path of a file as dest`)
  const chosen = state.fragments.filter((fragment) => isMeant(args, fragment)).sort(byName)
  const denied = chosen.find(({ bytes }) => bytes === undefined)
  const from = typeof src === 'string' ? src : src.path
  if (denied !== undefined) return failure(`${trimmed(from)}/${denied.name} may not be read`)
  const made = joinedBytes(
    chosen.map(({ bytes }) => bytes!),
    delimiterOf(args),
  )
  const placed = copying.plan(asCopy(args, contentOf(made)), state, view)
  const md5sum = createHash('md5').update(made).digest('hex')
  return { ...placed, result: { ...placed.result, src: from, dest, md5sum, msg: 'OK' } }
}

function isMeant({ regexp, ignore_hidden }: Args, { name }: Fragment): boolean {
  if (ignore_hidden && name.startsWith('.')) return false
  if (regexp === undefined) return true
  const expression = pythonRegExp(regexp)
  return matching({ expression, written: regexp, text: name, name }, () => expression.test(name))
}

/** By code points, whatever the locale. */
function byName({ name: one }: Fragment, { name: other }: Fragment): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}

/** What stands between two files. Ansible looks for the line end only of what is put together on the host. */
function delimiterOf({ delimiter, src }: Args): Buffer {
  if (delimiter === undefined || delimiter === '') return Buffer.alloc(0)
  const bytes = unescaped(Buffer.from(delimiter).toString('latin1'))
  const isEnded = typeof src === 'string' && bytes.endsWith('\n')
  return Buffer.from(isEnded ? bytes : `${bytes}\n`, 'latin1')
}

const ESCAPE = /\\(?:\n|([0-7]{1,3})|x([\da-fA-F]{2})|([\\'"abfnrtv]))/g

/** Bytes as Python's `codecs.escape_decode` reads them; what it has no meaning for stays as it is. */
function unescaped(bytes: string): string {
  return bytes.replace(ESCAPE, (_, octal?: string, hexadecimal?: string, sign?: string) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8) & 0xff)
    if (hexadecimal !== undefined) return String.fromCharCode(Number.parseInt(hexadecimal, 16))
    return sign === undefined ? '' : (ESCAPE_LETTERS[sign] ?? sign)
  })
}

/** A file that ends without a line end gets one before the next. */
function joinedBytes(fragments: readonly Buffer[], delimiter: Buffer): Buffer {
  const pieces: Buffer[] = []
  for (const [index, bytes] of fragments.entries()) {
    if (index > 0) {
      const before = fragments[index - 1]!
      if (before.at(-1) !== 0x0a) pieces.push(LINE_END)
      pieces.push(delimiter)
    }
    pieces.push(bytes)
  }
  return Buffer.concat(pieces)
}

const LINE_END = Buffer.from('\n')
