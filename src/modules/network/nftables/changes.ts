import type { Change } from '../../../sdk/module.ts'
import type { Ruleset, Table } from './listing.ts'

/** What differs between what there is and what there shall be, a change for each table, chain, set and so on. */
export function changesBetween(live: Ruleset, wanted: Ruleset, isDiff: boolean): Change[] {
  const names = [...new Set([...live.keys(), ...wanted.keys()])]
  return names.flatMap((name): Change[] => {
    const [old, now] = [live.get(name), wanted.get(name)]
    if (old !== undefined && now !== undefined) return objectChanges(name, old, now, isDiff)
    const told = (table: Table | undefined) => (table === undefined ? null : 'present')
    const change = { what: `table ${name}`, before: told(old), after: told(now) }
    return [isDiff ? { ...change, text: { before: tableText(old), after: tableText(now) } } : change]
  })
}

function tableText(table: Table | undefined): string {
  return table === undefined ? '' : `${[...table.values()].join('\n')}\n`
}

function objectChanges(table: string, live: Table, wanted: Table, isDiff: boolean): Change[] {
  const names = [...new Set([...live.keys(), ...wanted.keys()])]
  return names
    .filter((name) => live.get(name) !== wanted.get(name))
    .map((name): Change => {
      const [before, after] = [live.get(name) ?? '', wanted.get(name) ?? '']
      const change = {
        what: `${table} ${name}`,
        before: ownLines(before, after),
        after: ownLines(after, before),
      }
      return isDiff ? { ...change, text: { before, after } } : change
    })
}

/** Lines that the other one has not; null for none at all. */
function ownLines(text: string, other: string): string | null {
  if (text === '') return null
  const others = new Set(other.split('\n'))
  const own = text.split('\n').filter((line) => !others.has(line))
  return own.length === 0 ? 'another order' : own.map((line) => line.trim()).join('\n')
}
