import { itemsOf } from '../python/sequence.ts'
import { filter } from './define.ts'
import { integer, tuple } from './given.ts'

/** Of longer lists the run would have no memory. */
const MOST = 1_000_000

/** Items of several lists put together. */
export const productFilters = [
  filter(
    'zip',
    ['*lists'],
    'The first items of all lists, the second ones, and so on.',
    (value: unknown, lists: unknown[]) => {
      const columns = [value, ...lists].map(itemsOf)
      const length = Math.min(...columns.map((column) => column.length))
      return Array.from({ length }, (_, row) => tuple(columns.map((column) => column[row])))
    },
  ),
  filter(
    'zip_longest',
    ['*lists', { fillvalue: null }],
    'The same up to the end of the longest list, with a value where one has ended.',
    (value: unknown, lists: unknown[], filling: unknown) => {
      const columns = [value, ...lists].map(itemsOf)
      const length = Math.max(...columns.map((column) => column.length))
      const rowOf = (row: number) => columns.map((column) => (row < column.length ? column[row] : filling))
      return Array.from({ length }, (_, row) => tuple(rowOf(row)))
    },
  ),
  filter(
    'product',
    ['*lists', { repeat: 1 }],
    'Every way to take one item of each list; the lists may be repeated.',
    (value: unknown, lists: unknown[], repeat: unknown) => {
      const times = Number(integer(repeat))
      if (times < 0) throw new Error('repeat must be at least 0')
      const once = [value, ...lists].map(itemsOf)
      const columns = Array.from({ length: times }, () => once).flat()
      limited(columns.reduce((count, column) => count * column.length, 1))
      const start: unknown[][] = [[]]
      const rows = columns.reduce<unknown[][]>(
        (found, column) => found.flatMap((row) => column.map((item) => [...row, item])),
        start,
      )
      return rows.map(tuple)
    },
  ),
  filter(
    'permutations',
    [{ r: null }],
    'Every way to put so many of the items in a row.',
    (value: unknown, r: unknown) => {
      const items = itemsOf(value)
      const length = lengthOf(r ?? items.length)
      limited(
        Array.from({ length }, (_, index) => items.length - index).reduce(
          (count, left) => count * Math.max(0, left),
          1,
        ),
      )
      return choices(items.length, length, (chosen, index) => !chosen.includes(index)).map((row) =>
        tuple(row.map((index) => items[index])),
      )
    },
  ),
  filter('combinations', ['r'], 'Every way to choose so many of the items.', (value: unknown, r: unknown) => {
    const items = itemsOf(value)
    const length = lengthOf(r)
    limited(
      Array.from({ length }, (_, index) => (items.length - index) / (index + 1)).reduce(
        (count, left) => count * Math.max(0, left),
        1,
      ),
    )
    return choices(
      items.length,
      length,
      (chosen, index) => chosen.length === 0 || index > chosen.at(-1)!,
    ).map((row) => tuple(row.map((index) => items[index])))
  }),
]

function lengthOf(r: unknown): number {
  const length = Number(integer(r))
  if (length < 0) throw new Error('the number of items must be at least 0')
  return length
}

/** Rows of so many indexes, in order, each of which may stand behind those before it. */
function choices(
  count: number,
  length: number,
  fits: (chosen: readonly number[], index: number) => boolean,
): number[][] {
  const indexes = Array.from({ length: count }, (_, index) => index)
  let rows: number[][] = [[]]
  for (let place = 0; place < length && rows.length > 0; place += 1) {
    rows = rows.flatMap((row) => indexes.filter((index) => fits(row, index)).map((index) => [...row, index]))
  }
  return rows
}

function limited(count: number): void {
  if (count > MOST) throw new Error(`a list of ${Math.round(count)} items is too long: there may be ${MOST}`)
}
