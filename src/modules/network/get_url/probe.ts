import { type Ids, idsProbe, readIds } from '../../../host/attributes.ts'
import { type Existing, type FileState, files, readDigest, regularAt } from '../../../host/file-state.ts'
import { type Answer, readAnswer } from '../../../host/http/answer.ts'
import { askScript, headersOf, NO_PROGRAM, type Request } from '../../../host/http/request.ts'
import { folderOf, trimmed } from '../../../host/paths.ts'
import type { ModuleContext } from '../../../sdk/module.ts'
import type { ArgsOf } from '../../../sdk/options.ts'
import type { Probe, ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import { digestIn, nameInUrl, readChecksum } from './checksum.ts'
import type { declared } from './options.ts'

export type Args = ArgsOf<typeof declared>

export interface State {
  /** What is at dest itself. */
  readonly file: FileState | undefined
  /** The regular file there, or to which a link there leads. */
  readonly old: Existing | undefined
  readonly folder: FileState | undefined
  readonly ids: Ids
  /** The digest that what is fetched must have, and the program that prints such ones. */
  readonly program?: string
  readonly digest?: string | undefined
  /** The file that is there has that digest. */
  readonly isRight: boolean
  /** Why nothing can be fetched. */
  readonly failed?: string | undefined
  /** Under check, what the server says of the URL, if it could be asked. */
  readonly answer?: Answer | undefined
}

function filesLook({ dest }: Args) {
  const path = trimmed(dest)
  return files([path, folderOf(path)], { follow: true })
}

/** Digests may be on a server, and under check the server is asked for what is there. */
export function probe(args: Args, { check }: ModuleContext): Probe {
  const wanted = readChecksum(args.checksum)
  const f = `f=${quotePath(args.dest)} h=$PWD`
  const parts = [
    ...(wanted === undefined ? [] : [digestOf(wanted.program)]),
    ...(check ? [asking(args)] : []),
    ...(wanted?.url === undefined ? [] : [askingForSums(args, wanted.url)]),
  ]
  return [filesLook(args), idsProbe(args), parts.length === 0 ? '' : [f, ...parts].join('\n')]
}

function digestOf(program: string): string {
  const lack = `${program} is needed on the host for this checksum, and is not there`
  return [
    `command -v ${program} >/dev/null || { echo ${quote(lack)} >&2; exit 1; }`,
    `if [ -f "$f" ]; then ${program} <"$f" || exit; else echo; fi`,
  ].join('\n')
}

function asking(args: Args): string {
  const question = questionOf(args, { method: 'HEAD', ifNewer: args.checksum === '' })
  return [askScript('ask', question), `log=$(exec 2>&1; ask >/dev/null)\nprintf '%s\\0%s\\0' $? "$log"`].join(
    '\n',
  )
}

// What is in the file of digests comes first, for it need not be kept; then how it came.
function askingForSums(args: Args, url: string): string {
  const ask = askScript('ask_sums', questionOf({ ...args, url }))
  return `${ask}\n{ log=$(ask_sums 2>&1 >&3); c=$?; } 3>&1\nprintf '\\0%s\\0%s' $c "$log"`
}

export function questionOf(args: Args, more: Partial<Request> = {}): Request {
  return {
    args,
    method: 'GET',
    headers: headersOf(args),
    follows: true,
    ...more,
    ifNewer: more.ifNewer === true && !args.force,
  }
}

export function parse(output: ProbeOutput, args: Args, { check }: ModuleContext): State {
  const [file, folder] = output.of(filesLook(args))
  const ids = readIds(output, args)
  const own = new Output(output.bytes)
  const wanted = readChecksum(args.checksum)
  const found = wanted === undefined ? '' : readFound(own.line())
  const answer = check ? readHead(own, args.url) : undefined
  const base = { file, old: regularAt(args.dest, file), folder, ids, answer }
  if (wanted === undefined) return { ...base, isRight: false }
  const { digest, failed }: Sums =
    wanted.url === undefined ? { digest: wanted.digest! } : readSums(own.rest(), args.url, wanted.url)
  return {
    ...base,
    program: wanted.program,
    digest,
    failed,
    isRight: digest !== undefined && digest === found,
  }
}

function readFound(line: string): string {
  return line === '' ? '' : readDigest(line)
}

function readHead(output: Output, url: string): Answer | undefined {
  const code = Number(output.field())
  const log = output.field()
  return code === NO_PROGRAM ? undefined : readAnswer(log, code, url)
}

/** The digest in a file of digests, or why there is none. */
interface Sums {
  readonly digest?: string
  readonly failed?: string
}

function readSums(bytes: Buffer, url: string, of: string): Sums {
  const text = bytes.toString()
  const [, sums, code, log] = /^(.*)\0(\d+)\0([^\0]*)$/s.exec(text) ?? []
  if (log === undefined) throw new Error('the host answered something else than a file of checksums')
  const answer = readAnswer(log, Number(code), of)
  if (!answer.isWhole || (answer.status ?? 200) !== 200) return { failed: `${answer.msg} (${of})` }
  try {
    return { digest: digestIn(sums!, nameInUrl(url), of) }
  } catch (error) {
    return { failed: (error as Error).message }
  }
}
