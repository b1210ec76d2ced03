/*
 * V8 compiles an expression when it is first used, looks then from each choice at what may come within the next eight
 * characters, by every way that leads there, and cannot be stopped: (|) twenty-four times takes four seconds, each
 * further one doubles them. So the ways are counted before.
 */

/** How far V8 looks ahead (kMaxLookaheadForBoyerMoore in its regexp-compiler.h), in characters. */
const AHEAD = 8

type Part =
  | { readonly kind: 'character' | 'nothing' }
  | { readonly kind: 'group'; readonly alternatives: Part[][]; readonly isAside: boolean }
  | { readonly kind: 'optional'; readonly part: Part }

/**
 * What lies ahead of a point of an expression: by how many ways V8 comes there, when it looks so many characters ahead (the
 * index), and the least number of characters that there are.
 */
interface Ahead {
  readonly ways: readonly number[]
  readonly least: number
}

const END: Ahead = { ways: [0, ...Array<number>(AHEAD).fill(1)], least: 0 }

// In this order: what uses no character, what uses one, groups and their ends, alternatives, repetitions, all else.
const PIECE =
  /(\\(?:[bB]|k<\w+>|[1-9])|[$^])|\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|\((?:\?(?::|([=!]|<[=!])|<\w+>))?|(\))|(\|)|([*+?]|\{\d+(?:,\d*)?\})\??|[\s\S]/g

/** The most ways by which V8 looks ahead from one point of an expression (JavaScript's source of it). */
export function waysAhead(source: string): number {
  let most = 0
  const seen = (ahead: Ahead): Ahead => {
    most = Math.max(most, ahead.ways[Math.min(ahead.least, AHEAD)]!)
    return ahead
  }
  const before = (part: Part, after: Ahead): Ahead => {
    switch (part.kind) {
      case 'character':
        return seen({ ways: [0, ...after.ways.slice(0, -1).map((ways) => ways + 1)], least: after.least + 1 })
      case 'nothing':
        return after
      case 'optional':
        return seen(either([after, before(part.part, after)]))
      case 'group': {
        const choices = part.alternatives.map((parts) =>
          parts.reduceRight((to, one) => before(one, to), part.isAside ? END : after),
        )
        return part.isAside ? after : seen(either(choices))
      }
    }
  }
  before({ kind: 'group', alternatives: alternativesOf(source), isAside: false }, END)
  return most
}

function either(choices: readonly Ahead[]): Ahead {
  return {
    ways: END.ways.map((_, length) => choices.reduce((sum, { ways }) => sum + ways[length]!, 0)),
    least: Math.min(...choices.map(({ least }) => least)),
  }
}

function alternativesOf(source: string): Part[][] {
  const open: { alternatives: Part[][]; isAside: boolean }[] = [{ alternatives: [[]], isAside: false }]
  for (const [piece, nothing, aside, end, or, repetition] of source.matchAll(PIECE)) {
    const { alternatives } = open.at(-1)!
    const parts = alternatives.at(-1)!
    if (nothing !== undefined) parts.push({ kind: 'nothing' })
    else if (piece.startsWith('(')) open.push({ alternatives: [[]], isAside: aside !== undefined })
    else if (end !== undefined && open.length > 1) {
      const group = open.pop()!
      open
        .at(-1)!
        .alternatives.at(-1)!
        .push({ kind: 'group', ...group })
    } else if (or !== undefined) alternatives.push([])
    else if (repetition === undefined) parts.push({ kind: 'character' })
    else if (/^([*?]|\{0+(,|\}))/.test(repetition) && parts.length > 0)
      parts.push({ kind: 'optional', part: parts.pop()! })
  }
  return open[0]!.alternatives
}
