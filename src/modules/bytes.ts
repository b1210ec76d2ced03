import { chunks, LOOK, lookingSettings, readDigest } from './files.ts'
import type { Look } from './look.ts'
import type { Output } from './output.ts'
import { quotePath } from './sh.ts'

/** A look at what regular files hold, links followed; empty where there is no such file. */
export function bytesOf(paths: readonly string[]): Look<Buffer> {
  return {
    kind: 'bytes',
    items: paths,
    script: (items) => `set -- ${items.map(quotePath).join(' ')}\n${SCRIPT}`,
    read: (output, items) => {
      const isThere = [...output.take(items.length).toString()].map((mark) => mark === '1')
      const sizes = isThere.map((is) => (is ? Number(output.line()) : 0))
      return items.length === 1 ? [output.rest()] : cut(output, sizes)
    },
  }
}

/** A look at the digests of regular files, links followed, by a program such as `sha256sum`; undefined without a file. */
export function digestsOf(paths: readonly string[], program: string): Look<string | undefined> {
  return {
    kind: program,
    items: paths,
    script: (items) =>
      [LOOK, lookingSettings({ follow: true, digest: program }), ...chunks(items).map(digestsScript)].join(
        '\n',
      ),
    read: (output, items) => chunks(items).flatMap((some) => readDigests(output, some.length)),
  }
}

function digestsScript(paths: readonly string[]): string {
  return `set -- ${paths.map(quotePath).join(' ')}
for p; do if [ -f "$p" ]; then printf 1; else printf 0; fi; done
regular "$@"`
}

function readDigests(output: Output, count: number): (string | undefined)[] {
  const marks = [...output.take(count).toString()]
  // That no content comes along.
  output.take(1)
  return marks.map((mark) => (mark === '1' ? readDigest(output.line()) : undefined))
}

const SCRIPT = `n=$#
for p; do
  if [ -f "$p" ]; then printf 1; set -- "$@" "$p"; else printf 0; fi
done
shift $n
[ $# -eq 0 ] || { stat -L -c %s -- "$@" && cat -- "$@"; } || exit 1`

/** One of many may have changed in between, or be a file of the kernel's, whose size says nothing: that is an Error. */
function cut(output: Output, sizes: readonly number[]): Buffer[] {
  const pieces = sizes.map((size) => output.take(size))
  if (!output.done) throw new Error('the host answered more than was asked for')
  return pieces
}
