import type { Source } from '../values/source.ts'
import { renamed } from './renamed.ts'

/** What comments of a file say: `# noqa: rule`. */
export class Noqa {
  /** The rules by the line of the comment, from 1. */
  readonly #byLine = new Map<number, ReadonlySet<string>>()

  constructor({ text }: Source) {
    if (!text.includes('noqa')) return
    text.split('\n').forEach((line, index) => {
      const said = /# noqa\b[ :]*(.*)$/.exec(line)?.[1]
      if (said === undefined) return
      this.#byLine.set(
        index + 1,
        new Set(
          said
            .split(/[\s,]+/)
            .filter(Boolean)
            .map(renamed),
        ),
      )
    })
  }

  get isEmpty(): boolean {
    return this.#byLine.size === 0
  }

  /** Whether a comment on one of the lines skips a rule, by its id or the name of its part. */
  skips(id: string, tag: string, first: number, last = first): boolean {
    for (const [line, rules] of this.#byLine)
      if (line >= first && line <= last && (rules.has(id) || rules.has(tag))) return true
    return false
  }
}
