import { quote } from '../shell/quote.ts'
import type { BatchedProbe } from './probe.ts'

/** Where a folder is in the end, links followed. */
export interface Place {
  /** The nearest folder that is there: its path without links, and its device and inode. */
  readonly real: string
  readonly id: string
  /** What is missing of the path from there on: "", or "/a/b". */
  readonly rest: string
}

const FOUND = `place() {
  r=
  while [ ! -d "$p" ]; do
    # A link to nowhere, or a file: nobody knows where it leads once that has changed.
    if [ -h "$p" ] || [ -e "$p" ]; then return 1; fi
    r=/\${p##*/}$r p=\${p%/*}
    [ -n "$p" ] || p=/
  done
  cd -P -- "$p" 2>/dev/null
}`

/** A batched probe of where folders are, absolute paths; undefined for one of which that cannot be said. */
export function places(folders: readonly string[]): BatchedProbe<Place | undefined> {
  return {
    kind: 'places',
    items: folders,
    script: (items) => `${FOUND}
w=$PWD
set --
for p in ${items.map(quote).join(' ')}; do
  if place; then printf '1%s\\0%s\\0' "$PWD" "$r"; set -- "$@" "$PWD"; else printf 0; fi
  cd "$w" || exit
done
[ $# -eq 0 ] || stat -c %d:%i -- "$@"`,
    read(output, items) {
      const found = items.map(() =>
        output.take(1).toString() === '1' ? { real: output.field(), rest: output.field() } : undefined,
      )
      return found.map((place) => place && { ...place, id: output.line() })
    },
  }
}
