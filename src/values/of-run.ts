const ends: (() => void)[] = []

/** A map for what is worth to be known once a run, and may be otherwise in the next one of this process. */
export function mapOfRun<K, V>(): Map<K, V> {
  const map = new Map<K, V>()
  ends.push(() => map.clear())
  return map
}

/** The same for what has one value. */
export function onceARun<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  ends.push(() => {
    made = undefined
  })
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Forgets what earlier runs of this process have made of files that may have changed since. */
export function forgetRuns(): void {
  for (const end of ends) end()
}
