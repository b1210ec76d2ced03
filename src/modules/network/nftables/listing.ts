/** What a table holds: chains, sets and so on by kind and name, each as nft writes it. */
export type Table = ReadonlyMap<string, string>

/** Tables by family and name. */
export type Ruleset = ReadonlyMap<string, Table>

/**
 * What `nft -s list ruleset` printed, in one form: elements that come and go by themselves are left out. Raises an Error
 * for what nft does not print.
 */
export function readRuleset(text: string): Ruleset {
  const tables = new Map<string, Map<string, string>>()
  let table: Map<string, string> | undefined
  let object: { key: string; lines: string[] } | undefined
  for (const line of text.split('\n')) {
    if (object !== undefined) {
      object.lines.push(line)
      if (line !== '\t}') continue
      table!.set(object.key, objectText(object.lines))
      object = undefined
    } else if (table === undefined) {
      if (line === '' || line.startsWith('#')) continue
      const name = /^table (\S+ \S+) \{( #.*)?$/.exec(line)?.[1]
      if (name === undefined) throw unreadable(line)
      table = new Map()
      tables.set(name, table)
    } else if (line === '}') table = undefined
    else if (/^\t[a-z]+( [a-z]+)* \S+ \{$/.test(line)) object = { key: line.slice(1, -2), lines: [line] }
    else if (/^\t\S/.test(line)) table.set(line.slice(1), line)
    else if (line !== '') throw unreadable(line)
  }
  if (table !== undefined) throw new Error('the listing of nft ends in the middle of a table')
  return tables
}

function unreadable(line: string): Error {
  return new Error(`nft printed a line that is no part of a ruleset: ${JSON.stringify(line)}`)
}

/** A chain, set or other object; of sets and maps, the elements in an order of their own. */
function objectText(lines: readonly string[]): string {
  const start = lines.findIndex((line) => line.startsWith('\t\telements = {'))
  if (start === -1 || !/^\t(set|map) /.test(lines[0]!)) return lines.join('\n')
  const end = lines.findIndex((line, index) => index >= start && line.endsWith('}'))
  const list = lines
    .slice(start, end + 1)
    .join(' ')
    .replace('\t\telements = {', '')
    .slice(0, -1)
  const kept = elementsOf(list).filter((one) => stays(one, lines.slice(0, start)))
  const shown =
    kept.length === 0 ? [] : ['\t\telements = {', ...kept.sort().map((one) => `\t\t\t${one},`), '\t\t}']
  return [...lines.slice(0, start), ...shown, ...lines.slice(end + 1)].join('\n')
}

/** Elements between commas that stand neither in a text nor in braces. */
function elementsOf(list: string): string[] {
  const parts = list.match(/(?:"[^"]*"|\{[^{}]*\}|[^,"{}])+/g) ?? []
  return parts.map((part) => part.replaceAll(/\s+/g, ' ').trim()).filter((part) => part !== '')
}

/** What packets add, and what has its time, is nobody's declaration. */
function stays(element: string, settings: readonly string[]): boolean {
  const flags =
    settings
      .find((line) => line.startsWith('\t\tflags '))
      ?.trim()
      .split(/[ ,]+/) ?? []
  if (flags.includes('dynamic')) return false
  const hasTime = / timeout \S+/.test(element.replaceAll(/"[^"]*"/g, '""'))
  return !flags.includes('timeout') || !(hasTime || settings.some((line) => line.startsWith('\t\ttimeout ')))
}
