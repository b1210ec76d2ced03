/** A statement that imports; what it imports from may be relative (`..module_utils.x`). */
interface Import {
  readonly from: string
  /** Names that may be modules in it. */
  readonly names: readonly string[]
}

const FROM = /^[ \t]*from[ \t]+([.\w]+)[ \t]+import[ \t]+(?:\(([^)]*)\)|((?:[^\n\\#]|\\\r?\n)*))/gm
const IMPORT = /^[ \t]*import[ \t]+((?:[^\n\\#;]|\\\r?\n)+)/gm

/** What a Python text imports, wherever in it that stands: in functions, and where it is tried whether it is there. */
export function importsOf(text: string): Import[] {
  const found: Import[] = []
  for (const [, from, inBrackets, onLine] of text.matchAll(FROM))
    found.push({ from: from!, names: namesIn(inBrackets ?? onLine ?? '') })
  for (const [, list] of text.matchAll(IMPORT))
    found.push(...namesIn(list!).map((from) => ({ from, names: [] })))
  return found
}

function namesIn(list: string): string[] {
  return list
    .replace(/#.*$/gm, '')
    .split(',')
    .map((part) => /^[\s\\]*([.\w]+)/.exec(part)?.[1] ?? '')
    .filter((name) => name !== '')
}

/** The absolute names of all that an import may mean, most exact first; `within` is the package that it stands in. */
export function meantBy({ from, names }: Import, within: readonly string[]): string[][] {
  const dots = /^\.*/.exec(from)![0].length
  const rest = from.slice(dots).split('.').filter(Boolean)
  const base = dots === 0 ? rest : [...within.slice(0, within.length - (dots - 1)), ...rest]
  return [...names.map((name) => [...base, ...name.split('.')]), base]
}
