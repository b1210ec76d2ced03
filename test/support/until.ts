import { setTimeout as sleep } from 'node:timers/promises'

/** Waits, two minutes at most, until something is so; raises an Error that says `what` is not. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (let looks = 0; !holds(); looks += 1) {
    if (looks > 2400) throw new Error(`still not: ${what}`)
    await sleep(50)
  }
}
