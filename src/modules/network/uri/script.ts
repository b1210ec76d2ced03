import { type Ids, idsProbe } from '../../../host/attributes.ts'
import { type FileState, files, isFolder, regularAt } from '../../../host/file-state.ts'
import { FETCH } from '../../../host/http/fetch.ts'
import { placeBody } from '../../../host/http/placing.ts'
import { askScript, headersOf, INFLATE, openUrl, type Request } from '../../../host/http/request.ts'
import { folderOf, trimmed } from '../../../host/paths.ts'
import { HOLD } from '../../../host/write.ts'
import type { Action } from '../../../sdk/module.ts'
import type { ArgsOf } from '../../../sdk/options.ts'
import type { Probe } from '../../../sdk/probe.ts'
import { type Content, contentOf } from '../../../shell/content.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import { SAFE_PATH } from '../../../shell/safe-path.ts'
import { type Body, type HostFile, withType } from './body.ts'
import type { declared } from './options.ts'

export type Args = ArgsOf<typeof declared>

export interface State {
  readonly creates: boolean
  readonly removes: boolean
  /** What is at dest, and the folder that it lies in. */
  readonly file: FileState | undefined
  readonly folder: FileState | undefined
  readonly ids: Ids
}

/** The files that decide whether something is asked, and those at dest. */
export function looks({ creates, removes, dest }: Args) {
  const paths = [creates, removes].filter((path) => path !== undefined)
  const at = dest === undefined ? [] : [trimmed(dest), folderOf(trimmed(dest))]
  return files([...paths, ...at], { follow: true })
}

export function probe(args: Args): Probe {
  return [looks(args), idsProbe(args)]
}

/** What is sent: texts and files of the host, or one file, from here or there. */
export type Sent = Body | { readonly content: Content } | HostFile

/** Asks, and puts what came in place if there is a dest. What it prints is read in result.ts. */
export function askAction(args: Args, state: State, body: Body | undefined, sent: Sent | undefined): Action {
  const { content, script } = dataOf(sent)
  const lines = [
    SAFE_PATH,
    `h=$PWD f=${args.dest === undefined ? '' : quotePath(args.dest)}`,
    'case $f in /* | "") ;; *) f=$PWD/$f ;; esac',
    askScript('ask', requestOf(args, body, sent !== undefined)),
    FETCH,
    stageFor(args, state),
    ...script,
    asked(args),
    report(args),
    ...(args.dest === undefined ? [] : placing(args, state)),
  ]
  const whole = lines.join('\n')
  return content === undefined
    ? { do: 'sh', script: whole, tells: true }
    : { do: 'send', script: whole, content }
}

function stageFor({ dest }: Args, { file }: State): string {
  const folder = dest === undefined ? `"\${TMPDIR:-/tmp}/x"` : isFolder(file) ? '"$f/x"' : '"$f"'
  return `enter ${folder}\nstage`
}

function requestOf(args: Args, body: Body | undefined, sendsData: boolean): Request {
  const all = { ...args, headers: withType(args.headers, body) }
  const method = args.method.toUpperCase()
  return {
    args: all,
    method,
    headers: headersOf(all),
    follows: isFollowed(args.follow_redirects, method),
    sendsData,
    ifNewer: args.dest !== undefined && !args.force,
  }
}

function isFollowed(which: Args['follow_redirects'], method: string): boolean {
  if (which === 'no' || which === 'none') return false
  const safe = method === 'GET' || method === 'HEAD'
  return safe || which === 'all' || which === 'yes' || (which === 'urllib2' && method === 'POST')
}

/** Sh that makes the file ./data, with what it reads from its stdin. */
function dataOf(sent: Sent | undefined): { content?: Content; script: string[] } {
  const fromStdin = ['cat >./data || exit', 'exec </dev/null']
  if (sent === undefined) return { script: [] }
  if ('content' in sent) return { content: sent.content, script: [...fromStdin, whole(sent.content)] }
  if ('path' in sent) return { script: [hostFile(sent, 'cat')] }
  const [only, ...others] = sent.parts
  if (typeof only === 'string' && others.length === 0) {
    const content = contentOf(only)
    return { content, script: [...fromStdin, whole(content)] }
  }
  return {
    script: sent.parts.map((part) =>
      typeof part === 'string' ? `printf %s ${quote(part)} >>./data || exit` : hostFile(part, 'base64'),
    ),
  }
}

function whole({ size }: Content): string {
  return `[ "$(($(wc -c <./data)))" -eq ${size} ] || fail "not all of the body came; nothing was asked"`
}

/** Who could swap the file cannot have another one sent: it is held first. */
function hostFile({ path }: HostFile, program: 'cat' | 'base64'): string {
  const lack = quote(`Unable to open source file ${path}`)
  return [
    `[ -f ${quotePath(path)} ] || (cd "$h" && [ -f ${quotePath(path)} ]) || fail ${lack}`,
    `( s= d= beside=; cd "$h" && enter_through ${quotePath(path)} || exit\n${HOLD}\n${program} <&8 ) >>./data || exit`,
  ].join('\n')
}

/** Sh that asks; then the body is ./body, and `$code`, `$type` and `$given` are of the last answer. */
function asked(args: Args): string {
  return [
    'fetch ./body',
    'rm -f ./data',
    ...(args.method.toUpperCase() === 'HEAD' ? [': >./body'] : []),
    `code= goes= given= type= at=${quote(openUrl(args))}`,
    READ_LOG,
    INFLATE,
  ].join('\n')
}

const READ_LOG = `while IFS= read -r l; do
  l=\${l%"$cr"} l=\${l#  }
  case $l in
    HTTP/*) at=\${goes:-$at} goes= given= type= code=\${l#* } code=\${code%% *} ;;
    [Ll]ocation:*) goes=\${l#*:} goes=\${goes# } ;;
    [Cc]ontent-[Tt]ype:*) type=$l ;;
    [Cc]ontent-[Dd]isposition:*filename=*) given=\${l#*filename=} given=\${given%%;*} given=\${given#\\"} given=\${given%%\\"*} given=\${given##*/} ;;
  esac
done <<END
$log
END`

/** Sh that prints what was answered: exit status, log, seconds, and the body in base64 if anybody wants it. */
function report({ status_code, return_content }: Args): string {
  return [
    `good=; case $code in ${status_code.join(' | ')}) good=1 ;; esac`,
    'case $code:$ended in 2*:0) ;; 2*) good= ;; esac',
    `want=${return_content ? 1 : ''}; case $type in *[Jj][Ss][Oo][Nn]* | *[Jj]ava[Ss]cript*) want=1 ;; esac`,
    '[ -z "$want" ] || command -v base64 >/dev/null || fail "base64 is needed on the host to return what came"',
    `printf '%s\\0' "$ended" "$log" "$t"`,
    '[ -z "$want" ] || base64 <./body || exit',
    "printf '\\0'",
    '[ "$good" ] || fail "the server did not answer as it was to"',
  ].join('\n')
}

function placing(args: Args, { file, ids }: State): string[] {
  const into = isFolder(file)
  return [
    '[ "$code" != 304 ] || exit 0',
    ...(into ? [NAMED] : []),
    placeBody({
      wanted: args,
      ids,
      ...(!into && { probed: { file, old: regularAt(args.dest!, file)?.file } }),
    }),
    `printf '%s\\0' "\${w%/}/$n" "$changed"`,
    `printf '1%s\\n0' "$now"`,
  ]
}

const NAMED = `unquoted() {
  r= x=$1
  while :; do
    y=\${x%%\\%[0-9A-Fa-f][0-9A-Fa-f]*} r=$r$y
    [ "$y" != "$x" ] || break
    x=\${x#"$y"?} y=\${x#??}
    r=$r$(printf "\\\\$(printf %03o "0x\${x%"$y"}")") x=$y
  done
}
n=$given
if [ -z "$n" ]; then
  n=\${at%%[?#]*} n=\${n#*://}
  case $n in */*) n=\${n#*/} ;; *) n= ;; esac
  while [ "$n" != "\${n%/}" ]; do n=\${n%/}; done
  unquoted "\${n##*/}"
  n=\${r##*/}
fi
case $n in '' | . | ..) n=index.html ;; esac`
