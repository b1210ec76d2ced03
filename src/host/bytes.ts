import type { BatchedProbe } from '../sdk/probe.ts'
import type { Output } from '../shell/output.ts'
import { quotePath } from '../shell/quote.ts'
import { readDigest } from './file-state.ts'
import { LOOK, lookingSettings } from './look.ts'

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
      [LOOK, lookingSettings({ follow: true, digest: program }), ...inOneGo(items).map(digestsScript)].join(
        '\n',
      ),
    read: (output, items) => inOneGo(items).flatMap((some) => readDigests(output, some.length)),
  }
}

/** Names that one program is told, in bytes; every program that is started costs as much as many small files. */
const NAMES_AT_ONCE = 64 * 1024

function inOneGo(paths: readonly string[]): string[][] {
  const all: string[][] = []
  let length = NAMES_AT_ONCE
  for (const path of paths) {
    length += Buffer.byteLength(path) + 12
    if (length > NAMES_AT_ONCE) {
      all.push([])
      length = Buffer.byteLength(path) + 12
    }
    all.at(-1)!.push(path)
  }
  return all
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

/** From here on reading takes longer than starting another program. */
export const IS_LARGE = 8 * 1024 * 1024

export interface LargeFile {
  readonly path: string
  /** Of another size it is not read. */
  readonly size: number
}

/**
 * A batched probe of the SHA-256 of large files, links followed; undefined where there is none of the size. The
 * openssl of most hosts takes a quarter of the time of their sha256sum.
 */
export function largeDigestsOf(large: readonly LargeFile[]): BatchedProbe<string | undefined> {
  return {
    kind: 'sha256sum of large files',
    items: large.map(({ path, size }) => `${size} ${path}`),
    script: (items) => [LARGE, ...items.map(largeScript)].join('\n'),
    read: (output, items) =>
      items.map(() => {
        const line = output.line()
        return line === '' ? undefined : readDigest(line)
      }),
  }
}

const LARGE = `large() {
  [ -f "$1" ] && [ "$(stat -L -c %s -- "$1")" = "$2" ] || { echo; return; }
  if command -v openssl >/dev/null && x=$(openssl dgst -sha256 -r <"$1" 2>/dev/null); then printf '%s\\n' "$x"
  else sha256sum <"$1" || exit 1; fi
}`

function largeScript(item: string): string {
  const [, size = '', path = ''] = /^(\d+) (.*)$/s.exec(item) ?? []
  return `large ${quotePath(path)} ${size}`
}
