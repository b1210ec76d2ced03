/** A part of a template, of whatever kind. */
interface Part {
  readonly kind: string
}

/** All parts of a part of a template, itself among them, those around before those within. */
export function* partsOf(root: unknown): Generator<Part> {
  const waiting: unknown[] = [root]
  while (waiting.length > 0) {
    const part = waiting.pop()
    if (typeof part !== 'object' || part === null) continue
    if ('kind' in part) yield part as Part
    for (const inner of Object.values(part).reverse()) waiting.push(inner)
  }
}

/** How many levels of parts lie in each other. */
export function heightOf(root: unknown): number {
  let level: unknown[] = [root]
  let height = 0
  for (; level.length > 0; height += 1) {
    level = level.flatMap((part) => Object.values(part as object)).filter(isObject)
  }
  return height
}

function isObject(part: unknown): boolean {
  return typeof part === 'object' && part !== null
}
