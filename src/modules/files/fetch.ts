import { createHash } from 'node:crypto'
import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { failureOf } from '../../host/edit.ts'
import { behindLinks, type FileState, readFiles } from '../../host/file-state.ts'
import { filesProbe } from '../../host/look.ts'
import {
  type Action,
  type Change,
  defineModule,
  type ModuleContext,
  type ModuleResult,
  type Outcome,
  type Plan,
} from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { TEXT_AT_MOST, textOf } from '../../shell/content.ts'
import { Output } from '../../shell/output.ts'
import { quotePath } from '../../shell/quote.ts'
import type { ValueMap } from '../../values/value.ts'

const declared = options({
  src: { type: 'path', required: true, help: 'The file on the host.' },
  dest: {
    type: 'str',
    required: true,
    help: 'The folder here in which it becomes HOST/SRC; with flat, the file, or its folder if it ends in "/".',
  },
  flat: {
    type: 'bool',
    default: false,
    help: 'Whether dest is the file itself, without the host in its path.',
  },
  fail_on_missing: { type: 'bool', default: true, help: 'Whether a file that cannot be read is a failure.' },
  validate_checksum: { type: 'bool', default: true, help: 'Whether what has come is compared once more.' },
})

type Args = ArgsOf<typeof declared>

/** What a file may hold that says it is empty, in bytes. */
const OF_THE_KERNEL = 64 * 1024 * 1024

interface State {
  /** The path on the host, with the home folder that the host says `~` stands for. */
  readonly src: string
  /** Behind symbolic links. */
  readonly file: FileState | undefined
  /** Hexadecimal SHA-256 of a file that can be read. */
  readonly sha256: string
  /** For a diff, when it is not too long. */
  readonly content: Buffer
}

/** Brings files from hosts to the controller. Semantics: ansible.builtin.fetch, but check mode reports what would be. */
export const fetch = defineModule<typeof declared, State>({
  name: 'fetch',
  writesHere: true,
  summary: 'Brings a file from the host to this machine.',
  options: declared,
  probe,
  parse: ({ bytes }, { src }) => parse(new Output(bytes), src),
  plan: planOf,
  interpret: conclude,
})

function probe({ src }: Args, { diff }: ModuleContext): string {
  const path = quotePath(src)
  return [
    `printf '%s\\0' ${path}`,
    filesProbe([src], { follow: true }),
    `if [ -f ${path} ] && [ -r ${path} ]; then sha256sum <${path} || exit; else echo; fi`,
    ...(diff ? [`[ ! -f ${path} ] || head -c ${TEXT_AT_MOST + 1} ${path} 2>/dev/null || :`] : []),
  ].join('\n')
}

function parse(output: Output, path: string): State {
  const src = withHome(path, output.field())
  const [itself] = readFiles(output, 1, { follow: true })
  const sha256 = output.line().split(' ')[0]!
  return { src, file: behindLinks(path, itself).file, sha256, content: output.rest() }
}

/** The path that was asked for; of what the host says it is, no more is taken than a home folder for its `~`. */
function withHome(path: string, told: string): string {
  const rest = /^~[^/]*(.*)$/s.exec(path)?.[1]
  if (rest === undefined || !told.endsWith(rest)) return path
  const home = told.slice(0, told.length - rest.length)
  return /^\/[^\0-\x1f\x7f]*$/.test(home) && !home.split('/').includes('..') ? told : path
}

function planOf(args: Args, state: State, view: ModuleContext): Plan {
  const { src, file, sha256, content } = state
  const missing = problemOf(state)
  if (missing !== undefined) {
    if (args.fail_on_missing) return { changes: [], failed: missing, result: { file: src } }
    return { changes: [], result: { file: src, msg: `${missing}, not transferring, ignored` } }
  }
  const dest = destination(args, src, view)
  if (typeof dest === 'object') return { changes: [], ...dest }
  const local = digestsOfLocal(dest)
  if (local?.sha256 === sha256) {
    return { changes: [], result: { file: src, dest, checksum: local.sha1, md5sum: local.md5 } }
  }
  const change: Change = {
    what: 'content',
    before: local === undefined ? null : summary(local.size, local.sha256),
    after: summary(file!.size, sha256),
  }
  const texts = view.diff ? [local === undefined ? '' : textOfLocal(dest), textOf(content)] : []
  const [before, after] = texts
  const withText =
    before === undefined || after === undefined ? change : { ...change, text: { before, after } }
  const made = local === undefined ? [{ what: 'state', before: 'absent', after: 'file' }] : []
  return { changes: [...made, withText], actions: [receive(args, file!, dest)], result: { file: src, dest } }
}

function receive({ src }: Args, file: FileState, to: string): Action {
  // Of a file that grows, what was probed; files of the kernel say that they are empty.
  const size = file.size || OF_THE_KERNEL
  return { do: 'receive', script: `head -c ${size} <${quotePath(src)}`, to, size }
}

/** Why the file cannot be fetched; undefined when it can. */
function problemOf({ file, sha256 }: State): string | undefined {
  if (file === undefined) return 'the remote file does not exist'
  if (file.type === 'directory') return 'remote file is a directory, fetch cannot work on directories'
  if (file.type !== 'file') return `remote file is a ${file.type}, fetch works on files only`
  return sha256 === '' ? 'the remote file is not readable' : undefined
}

/** The path here that a file of the host gets. */
function destination(args: Args, src: string, { host = 'localhost', folder = '.' }: ModuleContext) {
  const { dest, flat } = args
  const root = resolve(folder, dest.replace(/^~(?=\/|$)/, homedir()))
  const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory()
  if (flat) {
    const path = dest.endsWith('/') ? join(root, basename(args.src)) : root
    return isFolder(path)
      ? { failed: `${path} is a folder; with a "/" at its end, dest says that the file goes into it` }
      : path
  }
  const own = join(root, host)
  if (dirname(own) !== root)
    return { failed: `${JSON.stringify(host)} is not a name of a folder in ${root}; "flat" needs none` }
  const path = join(own, src)
  if (!path.startsWith(own + sep)) return { failed: `${src} leads out of ${own}; write it without ".."` }
  return isFolder(path) ? { failed: `${path} is a folder, and the file is to be there` } : path
}

interface Digests {
  readonly size: number
  readonly sha256: string
  readonly sha1: string
  readonly md5: string
}

/** Size and digests of a local file; undefined without one. Not held in memory, for it may be large. */
function digestsOfLocal(path: string): Digests | undefined {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined
  const hashes = [createHash('sha256'), createHash('sha1'), createHash('md5')] as const
  const chunk = Buffer.alloc(1024 * 1024)
  const file = openSync(path, 'r')
  let size = 0
  try {
    for (let count = -1; count !== 0; size += count) {
      count = readSync(file, chunk)
      for (const hash of hashes) hash.update(chunk.subarray(0, count))
    }
  } finally {
    closeSync(file)
  }
  const [sha256, sha1, md5] = hashes
  return { size, sha256: sha256.digest('hex'), sha1: sha1.digest('hex'), md5: md5.digest('hex') }
}

function textOfLocal(path: string): string | undefined {
  return statSync(path).size > TEXT_AT_MOST ? undefined : textOf(readFileSync(path))
}

function summary(size: number, sha256: string): string {
  return `${size} bytes, ${sha256.slice(0, 12)}`
}

function conclude(outcomes: Outcome[], args: Args, { src, sha256 }: State, plan: Plan): ModuleResult {
  const failed = failureOf(outcomes)
  if (failed !== undefined) return failed
  const dest = String(plan.result?.dest)
  const local = digestsOfLocal(dest)!
  const result: ValueMap = { checksum: local.sha1, md5sum: local.md5, remote_md5sum: null }
  if (local.sha256 === sha256) return { result: { ...result, remote_checksum: local.sha1 } }
  if (!args.validate_checksum) return { result }
  const message = `checksum mismatch: ${src} has changed on the host while it was fetched`
  return { failed: `${message}; "validate_checksum: false" takes it as it came`, result }
}
