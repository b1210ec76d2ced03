/** Less than this takes no time that is worth a word, in bytes. */
const LARGE = 1024 * 1024
/** How often there is news of a transfer, in milliseconds. */
const NEWS = 200

/** Tells of large transfers, and not of each piece. */
export function transfers(tell: (bytes: number, of: number) => void): (bytes: number, of: number) => void {
  let told = Number.NEGATIVE_INFINITY
  return (bytes, of) => {
    const now = performance.now()
    if (of < LARGE || !Number.isFinite(of) || now - told < NEWS) return
    told = now
    tell(bytes, of)
  }
}
