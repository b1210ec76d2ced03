import { isFolder } from '../../../host/file-state.ts'
import { FETCH } from '../../../host/http/fetch.ts'
import { placeBody } from '../../../host/http/placing.ts'
import { askScript, INFLATE, openUrl } from '../../../host/http/request.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import { SAFE_PATH } from '../../../shell/safe-path.ts'
import { type Args, questionOf, type State } from './probe.ts'

/**
 * Sh that fetches and puts in place. It prints fields: none (nothing has come, or it is not to be taken), wrong (another
 * checksum) or placed; exit status and log of the request, seconds; then for wrong the digest, for placed what
 * `concludeDownload` reads. `settle` is sh that gives owner and permissions to the file that is there already, where the
 * server has nothing newer.
 */
export function downloadScript(args: Args, state: State, settle: readonly string[]): string {
  const { file, digest, program, ids, old } = state
  const into = isFolder(file)
  const place = into ? 'enter "$f/x"' : 'enter "$f"'
  return [
    SAFE_PATH,
    `h=$PWD f=${quotePath(args.dest)}`,
    'case $f in /*) ;; *) f=$PWD/$f ;; esac',
    askScript('ask', questionOf(args, { ifNewer: !into && args.checksum === '' })),
    FETCH,
    ...(args.tmp_dest === undefined
      ? [place, 'stage', asked(args, settle)]
      : [
          inFolder(args.tmp_dest),
          asked(args, settle),
          'exec 8<./body',
          'rm -f ./body',
          'leave',
          place,
          'stage',
          'cat <&8 >./body || exit',
          'exec 8<&-',
        ]),
    ...(into ? [NAMED] : []),
    ...(digest === undefined ? [] : [rightDigest(program!, digest)]),
    'md5=$(md5sum <./body 2>/dev/null)',
    placeBody({
      wanted: args,
      ids,
      ...(!into && { probed: { file, old: old?.file } }),
      backup: args.backup,
    }),
    `printf '%s\\0' placed "$ended" "$log" "$t" "$src" "\${w%/}/$n" "$changed" "$before" "$after" "\${md5%% *}" "$b"`,
    `printf '1%s\\n0' "$now"`,
  ].join('\n')
}

function inFolder(folder: string): string {
  return [
    `x=${quotePath(folder)}`,
    'case $x in /*) ;; *) x=$h/$x ;; esac',
    `[ -d "$x" ] || { [ -e "$x" ] && fail "$x is a file but should be a directory."; fail "$x directory does not exist."; }`,
    'enter "$x/x"',
    'stage',
  ].join('\n')
}

/** Sh that asks; behind it the body is ./body, `$at` the URL that it came from, and `$given` the name the server gives it. */
function asked(args: Args, settle: readonly string[]): string {
  return [
    `src=\${w%/}/\${s#./}/body`,
    'fetch ./body',
    `code= goes= given= at=${quote(openUrl(args))}`,
    READ_LOG,
    `case $code:$ended in`,
    '200:0 | :0) ;;',
    '*)',
    `  printf '%s\\0' none "$ended" "$log" "$t"`,
    ...(settle.length === 0
      ? []
      : [
          '  if [ "$code" = 304 ]; then',
          ...settle.map((one) => `(cd "$h" || exit\n${one}\n) || exit`),
          '  fi',
        ]),
    '  [ "$code" = 304 ] || fail "the file was not fetched"',
    '  exit 0 ;;',
    'esac',
    INFLATE,
  ].join('\n')
}

const READ_LOG = `while IFS= read -r l; do
  l=\${l%"$cr"} l=\${l#  }
  case $l in
    HTTP/*) at=\${goes:-$at} goes= given= code=\${l#* } code=\${code%% *} ;;
    [Ll]ocation:*) goes=\${l#*:} goes=\${goes# } ;;
    [Cc]ontent-[Dd]isposition:*attachment\\;*filename=*) given=\${l#*filename=} given=\${given#\\"} given=\${given%%\\"*} given=\${given##*/} ;;
  esac
done <<END
$log
END`

// A file is called as the server says, else as the end of the URL's path.
const NAMED = `n=$given
if [ -z "$n" ]; then
  n=\${at%%[?#]*} n=\${n#*://}
  case $n in */*) n=\${n##*/} ;; *) n= ;; esac
fi
case $n in '' | . | ..) n=index.html ;; esac`

function rightDigest(program: string, digest: string): string {
  return [
    `x=$(${program} <./body) || exit`,
    `x=\${x%% *}`,
    `[ "$x" = ${quote(digest)} ] || { printf '%s\\0' wrong "$ended" "$log" "$t" "$x"; fail "what came has another checksum"; }`,
  ].join('\n')
}
