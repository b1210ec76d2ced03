import type { BatchedProbe } from '../sdk/probe.ts'
import type { Output } from '../shell/output.ts'
import { quotePath } from '../shell/quote.ts'
import { readDigest } from './file-state.ts'
import { chunks, LOOK, lookingSettings } from './look.ts'

/** A batched probe of what regular files hold, links followed; empty where there is no such file. */
export function bytesOf(paths: readonly string[]): BatchedProbe<Buffer> {
  return {
    kind: 'bytes',
    items: paths,
    script: (items) =>
      [
        `set -- ${items.map(quotePath).join(' ')}\nb=${items.length === 1 ? '' : BETWEEN}\nn=$# m=`,
        'for p; do',
        '  if [ ! -f "$p" ]; then m="$m"0; continue; fi',
        '  if [ ! -r "$p" ]; then echo "file is not readable: $p" >&2; exit 1; fi',
        '  m="$m"1; set -- "$@" "$p" $b',
        'done\nshift $n\nprintf %s "$m"\n[ $# -eq 0 ] || cat -- $b "$@" || exit 1',
      ].join('\n'),
    read(output, items) {
      const isThere = [...output.take(items.length).toString('latin1')].map((mark) => mark === '1')
      const count = isThere.filter(Boolean).length
      const held = (items.length === 1 ? [output.rest()] : cut(output.rest(), count)).values()
      return isThere.map((is) => (is ? held.next().value! : Buffer.alloc(0)))
    },
  }
}

/** Stands between files that one cat prints: their sizes would cost a process, and say nothing of the kernel's files. */
const BETWEEN = '/proc/sys/kernel/random/boot_id'

/** So many pieces between lines that are the same as the first. Raises an Error when one of them holds it too. */
function cut(bytes: Buffer, count: number): Buffer[] {
  const line = bytes.subarray(0, bytes.indexOf('\n') + 1)
  const pieces: Buffer[] = []
  let start = line.length
  while (pieces.length < count) {
    const end = bytes.indexOf(line, start)
    pieces.push(bytes.subarray(start, end))
    start = end + line.length
  }
  if (start !== bytes.length) throw new Error('the host answered something else than was asked for')
  return pieces
}

/** A batched probe of the digests of regular files, links followed, by a program such as `sha256sum`. */
export function digestsOf(paths: readonly string[], program: string): BatchedProbe<string | undefined> {
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
m=
for p; do if [ -f "$p" ]; then m=\${m}1; else m=\${m}0; fi; done
printf %s "$m"
regular "$@"`
}

function readDigests(output: Output, count: number): (string | undefined)[] {
  const marks = [...output.take(count).toString()]
  // That no content comes along.
  output.take(1)
  return marks.map((mark) => (mark === '1' ? readDigest(output.line()) : undefined))
}
