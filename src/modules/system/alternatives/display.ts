/** A program that goes under another name, and what goes with it. */
export interface Alternative {
  readonly priority: number
  readonly subcommands: readonly Subcommand[]
}

export interface Subcommand {
  readonly name: string
  /** Where it is found under its general name. */
  readonly link: string
  readonly path: string
}

/** What update-alternatives knows of a name. */
export interface Group {
  readonly mode: 'auto' | 'manual'
  /** The link that the name is found as. */
  readonly link: string | undefined
  /** What is behind it at present. */
  readonly current: string | undefined
  readonly alternatives: ReadonlyMap<string, Alternative>
}

/**
 * Reads what `update-alternatives --display` prints in the locale C, Debian's and Red Hat's. The latter does not tell
 * where links of subcommands are: `links` says it. Raises an Error for what makes no sense.
 */
export function readGroup(text: string, links: ReadonlyMap<string, string>): Group {
  const mode = /\s-\s(?:status\sis\s)?(auto|manual)(?:\smode|\.)$/m.exec(text)?.[1]
  if (mode !== 'auto' && mode !== 'manual')
    throw new Error('update-alternatives of the host does not say whether the name is set by hand')
  const told = new Map(
    [...text.matchAll(/^\s*(?:slave|follower) (\S+) is (.*)$/gm)].map(([, name, link]) => [name!, link!]),
  )
  const alternatives = new Map<string, Alternative>()
  let current: { priority: number; subcommands: Subcommand[] } | undefined
  for (const line of text.split('\n')) {
    const head = /^(\/.*)\s-\s(?:family\s\S+\s)?priority\s(-?\d+)$/.exec(line)
    if (head !== null) {
      current = { priority: Number(head[2]), subcommands: [] }
      alternatives.set(head[1]!, current)
      continue
    }
    const [, name, path] = /^\s+(?:slave|follower) (.*?): (.*)$/.exec(line) ?? []
    if (current === undefined || name === undefined || path === undefined || path === '(null)') continue
    current.subcommands.push({ name, path, link: told.get(name) ?? links.get(name) ?? '' })
  }
  return {
    mode,
    link: /^\s*link (?!best |currently )\S+ is (.*)$/m.exec(text)?.[1],
    current: /^\s*link currently points to (.*)$/m.exec(text)?.[1],
    alternatives,
  }
}
