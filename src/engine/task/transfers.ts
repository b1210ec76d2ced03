/** Hears how many bytes of how many, if that is known, are there. */
export type OnBytes = (bytes: number, of?: number) => void

/** Less than this takes no time that is worth a word, in bytes. */
const LARGE = 1024 * 1024
/** How often there is news of a transfer, in milliseconds. */
const NEWS = 200

/** Tells of transfers, and not of each piece. */
export function transfers(tell: OnBytes): OnBytes {
  let told = Number.NEGATIVE_INFINITY
  return (bytes, of) => {
    const now = performance.now()
    if (bytes !== of && now - told < NEWS) return
    told = now
    tell(bytes, of)
  }
}

/** Hears the bytes of a content of that size, if there is anything to tell of it. */
export function ofLarge(of: number, tell: OnBytes): ((bytes: number) => void) | undefined {
  return of >= LARGE && Number.isFinite(of) ? (bytes) => tell(bytes, of) : undefined
}
