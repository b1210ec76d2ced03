import { readFileSync, statSync } from 'node:fs'
import { placedOrOwn } from '../../values/controller-files.ts'

/** What was made of local files, kept until they change: hundreds of hosts want the same few. */
export class ReadFiles<T> {
  readonly #make: (bytes: Buffer, path: string) => T
  readonly #made = new Map<string, { stamp: string; value: T }>()

  constructor(make: (bytes: Buffer, path: string) => T) {
    this.#make = make
  }

  /** A path of the controller's, or of this machine. Raises what reading the file does. */
  get(name: string): T {
    const path = placedOrOwn(name)
    const stamp = stampOf(path)
    const known = this.#made.get(path)
    if (known !== undefined && known.stamp === stamp) return known.value
    const value = this.#make(readFileSync(path), path)
    // Its state is older than its content: whatever came between the two shows the next time.
    this.#made.set(path, { stamp, value })
    return value
  }
}

function stampOf(path: string): string {
  const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path)
  return [dev, ino, size, mtimeMs, ctimeMs].join(' ')
}
