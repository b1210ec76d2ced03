import type { Location } from '../protocol/event.ts'
import type { ExplainedPlace, Explanation } from '../protocol/explanation.ts'
import { dumpJson } from '../python/json/dump.ts'
import type { Value } from '../values/value.ts'
import type { Theme } from './paint.ts'
import { locationName } from './result.ts'
import { beside, clean, cleanLines, count, fit, indent, names, pad, width } from './text.ts'

/** Longest value that stands on one line. */
const ONE_LINE = 60
const MOST_NAMES = 8

/** Why a variable has its value, for people; hosts of which the same is to be said are told together. */
export function formatExplanations(explanations: readonly Explanation[], look: Theme): string {
  const told = new Map<string, Explanation[]>()
  for (const one of explanations) {
    const key = bodyLines(one, look).join('\n')
    told.set(key, [...(told.get(key) ?? []), one])
  }
  return [...told].map(([body, [first, ...same]]) => `${heading(first!, same)}\n${body}\n`).join('\n')
}

function heading({ variable, host, play }: Explanation, same: readonly Explanation[]): string {
  const hosts = [...new Set([host, ...same.map((one) => one.host)])].map(clean)
  const whose = hosts.length === 1 ? hosts[0]! : `${count(hosts.length, 'host')}: ${names(hosts, MOST_NAMES)}`
  const where = play === undefined ? '' : `, play "${clean(play.name)}" (${placeText(play.location)})`
  return `${clean(variable)} on ${whose}${where}`
}

function bodyLines(one: Explanation, look: Theme): string[] {
  const { places, failure, madeOf } = one
  const widths = [
    places.map(({ at }) => width(placeText(at))),
    places.map((place) => width(levelText(place))),
  ]
  const [at, level] = widths.map((column) => Math.max(0, ...column)) as [number, number]
  return [
    ...valueLines(one, look),
    '',
    ...places.flatMap((place) => placeLines(place, at, level, look)),
    '',
    `  ${look.paint('hint', sentence(one.why))}`,
    ...(failure === undefined
      ? []
      : cleanLines(`It cannot be rendered: ${failure}`).map((line) => `  ${line}`)),
    ...madeOf.map(
      ({ name, value, at: place }) => `  made of ${clean(name)} = ${short(value)}  ${placeText(place)}`,
    ),
  ]
}

/** The value that comes out, whole where no place shows it so. */
function valueLines({ value, places }: Explanation, look: Theme): string[] {
  const winner = places.find(({ wins }) => wins)
  if (value === undefined) return winner === undefined ? ['  has no value before the run'] : []
  const line = dumpJson(value, { ensure_ascii: false })
  const isBelow = [winner?.written, winner?.value].some(
    (shown) => shown !== undefined && dumpJson(shown, { ensure_ascii: false }) === line,
  )
  const lines = isBelow ? [fit(clean(line), ONE_LINE)] : jsonLines(value)
  return beside(
    '  = ',
    lines.map((one) => look.paint('bold', one)),
    4,
  )
}

/** `> place  level  value`, and below what else is to be said. */
function placeLines(place: ExplainedPlace, at: number, level: number, look: Theme): string[] {
  const { written, value, wins, tasks, setBy } = place
  const mark = wins ? '> ' : '  '
  const head = `  ${mark}${pad(placeText(place.at), at)}  ${pad(levelText(place), level)}  `
  const lines = written === undefined ? [''] : jsonLines(written)
  const paint = (line: string) => (wins ? line : look.paint('dim', line))
  const told = [
    ...(lines.length === 1 ? [`${head}${lines[0]}`.trimEnd()] : [head.trimEnd(), ...indent(lines, 6)]),
    ...(value === undefined ? [] : beside('      = ', jsonLines(value), 8)),
    ...(tasks === undefined
      ? []
      : [`      for ${count(tasks.length, 'task')}: ${names(tasks.map(clean), 3)}`]),
    ...(setBy === undefined ? [] : [`      set in the run: ${clean(setBy)}`]),
  ]
  return told.map(paint)
}

function levelText({ level, levelName, owner }: ExplainedPlace): string {
  const number = level === undefined ? '--' : String(level).padStart(2)
  return `${number} ${levelName}${owner === undefined || levelName.endsWith('/all') ? '' : ` (${clean(owner)})`}`
}

function placeText(at: Location | string): string {
  return clean(typeof at === 'string' ? at : locationName(at))
}

function jsonLines(value: Value): string[] {
  const line = dumpJson(value, { ensure_ascii: false })
  return line.length <= ONE_LINE || typeof value !== 'object'
    ? [clean(line)]
    : cleanLines(dumpJson(value, { ensure_ascii: false, indent: 2 }))
}

function short(value: Value | undefined): string {
  return value === undefined ? '?' : fit(clean(dumpJson(value, { ensure_ascii: false })), ONE_LINE)
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`
}

/** The same as one document of JSON. */
export function explanationsDocument(explanations: readonly Explanation[]): string {
  return `${dumpJson(explanations.map(present), { indent: 4, ensure_ascii: false })}\n`
}

/** JSON has no word for what is not there. */
function present(part: object): object {
  const entries = Object.entries(part).filter(([, member]) => member !== undefined)
  return Object.fromEntries(
    entries.map(([name, member]) => [
      name,
      name === 'places' || name === 'madeOf' ? member.map(present) : member,
    ]),
  )
}

/** Every variable of a host on a line of its own: its value, and where that comes from. */
export function formatOverview(explanations: readonly Explanation[], look: Theme): string {
  const rows = new Map<string, Explanation[]>()
  for (const one of explanations) {
    const { host, play } = one
    const key = `${clean(host)}${play === undefined ? '' : `, play "${clean(play.name)}" (${placeText(play.location)})`}`
    rows.set(key, [...(rows.get(key) ?? []), one])
  }
  return [...rows].map(([head, own]) => `${head}\n${overviewLines(own, look).join('\n')}\n`).join('\n')
}

function overviewLines(rows: readonly Explanation[], look: Theme): string[] {
  const cells = rows.map((row) => {
    const place = row.places.find(({ wins }) => wins) ?? row.places[0]!
    const others = row.places.length - 1
    const value = row.value ?? (place.wins ? place.written : undefined)
    return [
      clean(row.variable),
      value === undefined ? (place.wins ? '?' : '(set in the run)') : short(value),
      placeText(place.at),
      `${levelText(place)}${others === 0 ? '' : ` and ${count(others, 'other')}`}`,
    ] as const
  })
  const widths = [0, 1, 2].map((at) => Math.max(0, ...cells.map((row) => width(row[at]!))))
  return cells.map(([name, value, at, level]) => {
    const [first, second, third] = [name, value, at].map((cell, index) => pad(cell, widths[index]!))
    return `  ${first}  ${second}  ${look.paint('place', third!)}  ${look.paint('dim', level)}`
  })
}
