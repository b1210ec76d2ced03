/** What words of a line may be, besides settings. */
export interface Known {
  /** Names of modules. */
  readonly modules: readonly string[]
  /** Options of a module, and the choices of an option. */
  optionsOf(module: string): Readonly<Record<string, readonly string[]>>
  /** Hosts and groups. */
  readonly patterns: readonly string[]
  /** Variables of the hosts at hand; there may be many. */
  variables(): readonly string[]
  /** The console's own commands with what may stand behind them. */
  readonly commands: Readonly<Record<string, readonly string[]>>
}

/**
 * What the last word of a line may become, and what of the line it takes the place of; as node's readline asks for it.
 * Behind `{{` it is a variable, behind a module its arguments, behind `cd` hosts and groups.
 */
export function complete(line: string, known: Known): [candidates: string[], replaced: string] {
  const variable = /\{\{-?\s*(\w*)$/.exec(line)
  if (variable !== null) return beginning(known.variables(), variable[1]!)
  const word = /\S*$/.exec(line)![0]
  const [first = '', ...others] = line.trimStart().split(/\s+/)
  if (others.length === 0) return beginning([...Object.keys(known.commands), ...known.modules], word, ' ')
  if (first === 'cd') return inPattern(word, known.patterns)
  if (first === 'help') return beginning([...Object.keys(known.commands), ...known.modules], word)
  const own = known.commands[first]
  if (own !== undefined) return beginning(own, word)
  return argument(word, known.optionsOf(first))
}

/** A pattern is made of names behind colons, commas and signs. */
function inPattern(word: string, patterns: readonly string[]): [string[], string] {
  return beginning(patterns, /[^:,!&]*$/.exec(word)![0])
}

function argument(word: string, options: Readonly<Record<string, readonly string[]>>): [string[], string] {
  const [, name = '', value] = /^(\w*)(?:=(.*))?$/.exec(word) ?? []
  if (value !== undefined) return beginning(options[name] ?? [], value, ' ')
  return beginning(Object.keys(options), name, '=')
}

function beginning(names: readonly string[], word: string, end = ''): [string[], string] {
  const found = [...new Set(names)].filter((name) => name.startsWith(word)).sort()
  return [found.map((name) => `${name}${end}`), word]
}
