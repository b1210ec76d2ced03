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
