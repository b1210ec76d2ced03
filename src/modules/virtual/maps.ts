import { isMap, type Value, type ValueMap } from '../../values/value.ts'

/** What is wrong with a list of maps whose keys have values of some shapes, a sentence each. */
export function mapProblems(
  option: string,
  noun: string,
  shapes: Readonly<Record<string, RegExp>>,
  list: readonly Value[] | undefined,
  more: (map: ValueMap) => readonly string[],
): string[] {
  const known = Object.keys(shapes)
    .join(', ')
    .replace(/, ([^,]*)$/, ' and $1')
  return (list ?? []).flatMap((map, index) => {
    const name = `${option}: ${noun} ${index}`
    if (!isMap(map)) return [`${name} is a map with ${known}`]
    const wrong = Object.entries(map).flatMap(([key, value]) => {
      if (!Object.hasOwn(shapes, key)) return [`${name} has no "${key}": ${known} are known`]
      return value === null || shapes[key]!.test(String(value))
        ? []
        : [`${name}: ${JSON.stringify(value)} cannot be a ${key}`]
    })
    return [...wrong, ...more(map).map((problem) => `${name} ${problem}`)]
  })
}

/** A value of such a map as text; undefined for none. */
export function textIn(map: ValueMap, key: string): string | undefined {
  return (map[key] ?? null) === null ? undefined : String(map[key])
}
