/** What a function makes of an object that is not changed any more: made once for all who ask of the same one. */
export function onceForEach<Key extends object, Made>(make: (key: Key) => Made): (key: Key) => Made {
  const known = new WeakMap<Key, { readonly made: Made }>()
  return (key) => {
    const there = known.get(key)
    if (there !== undefined) return there.made
    const made = make(key)
    known.set(key, { made })
    return made
  }
}
