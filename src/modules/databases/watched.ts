/** What a script has come to. */
export interface Ended {
  readonly code: number
  readonly printed: string
  readonly said: string
}

/** Sh of a probe: prints what the script prints, a NUL, its status, a NUL, and what it says. */
export function watched(script: string): string {
  return `{ e=$( (\n${script}\n) 2>&1 >&3) && x=0 || x=$?; } 3>&1\nprintf '\\0%s\\0%s' "$x" "$e"`
}

/** What a script has come to that is `watched`. */
export function endedOf(bytes: Buffer): Ended {
  const { printed, status, said } = watchedParts(bytes)
  return { printed, code: Number(status), said }
}

/** What is printed, the status as text, and what is said: two NULs stand between them. */
export function watchedParts(bytes: Buffer): { printed: string; status: string; said: string } {
  // What is printed may hold any sign.
  const end = bytes.lastIndexOf(0)
  const start = bytes.lastIndexOf(0, end - 1)
  if (start === -1 || end === start) throw new Error('the host answered less than was asked for')
  return {
    printed: bytes.toString('utf8', 0, start),
    status: bytes.toString('utf8', start + 1, end),
    said: bytes.toString('utf8', end + 1),
  }
}
