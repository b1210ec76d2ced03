import { fromBytes, linesOf } from '../../../host/edit.ts'
import type { ValueMap } from '../../../values/value.ts'

/** A line of interfaces(5), as it is written, and what it says; texts have a character a byte. */
export interface Line {
  readonly text: string
  /** The interface that it is about. */
  readonly iface?: string
  readonly family?: string | undefined
  /** Of the line that an interface begins with. */
  readonly method?: string | undefined
  /** Of any other line about it. */
  readonly option?: string
  readonly value?: string
}

const ALONE = new Set(['source', 'source-dir', 'source-directory', 'auto', 'no-auto-down', 'no-scripts'])
/** Options that an interface may have several of. */
const SEVERAL: readonly string[] = ['pre-up', 'up', 'down', 'post-up']

/** Reads a file of interfaces. Raises an Error for an option that stands nowhere. */
export function readLines(bytes: string): Line[] {
  let place: Pick<Line, 'iface' | 'family'> | 'other' | undefined
  return linesOf(bytes).map((text, index) => {
    const words = text.split(/\s+/).filter(Boolean)
    const [first = '', iface = '', family, method] = words
    if (first === '' || first.startsWith('#')) return { text }
    if (first === 'iface') {
      place = { iface, family }
      return { text, iface, family, method }
    }
    if (first === 'mapping' || ALONE.has(first) || first.startsWith('allow-')) {
      place = 'other'
      return { text }
    }
    if (place === undefined) throw new Error(`misplaced option ${fromBytes(text)} in line ${index + 1}`)
    if (place === 'other') return { text }
    return { text, ...place, option: first, value: text.trim().slice(first.length).trim() }
  })
}

/** What Ansible tells of the interfaces. */
export function describe(lines: readonly Line[]): ValueMap {
  const found: Record<string, Record<string, string | string[] | null>> = {}
  for (const { iface, family, method, option, value } of lines) {
    if (iface === undefined) continue
    const name = fromBytes(iface)
    if (option === undefined) {
      const own = Object.fromEntries(SEVERAL.map((one): [string, string[]] => [one, []]))
      found[name] = { ...own, address_family: family ?? null, method: method ?? null }
      continue
    }
    const known = found[name]!
    if (SEVERAL.includes(option)) known[option] = [...(known[option] as string[]), fromBytes(value!)]
    else known[fromBytes(option)] = fromBytes(value!)
  }
  return found
}

/** A setting that is wanted; texts have a character a byte. */
export interface Wish {
  readonly state: 'present' | 'absent'
  readonly iface: string
  readonly family: string | undefined
  readonly option: string
  readonly value: string | undefined
}

/** The lines as they are to be. Raises an Error when there is no such interface. */
export function edited(lines: readonly Line[], wish: Wish): string {
  const own = lines.filter(
    ({ iface, family }) => iface === wish.iface && (wish.family === undefined || family === wish.family),
  )
  if (own.length === 0) throw new Error(`Error: interface ${fromBytes(wish.iface)} not found`)
  const targets = own.filter(({ option }) => option === wish.option)
  return (wish.state === 'present' ? present(lines, own, targets, wish) : absent(lines, targets, wish)).join(
    '',
  )
}

function absent(lines: readonly Line[], targets: readonly Line[], { option, value }: Wish): string[] {
  const onlyThis = SEVERAL.includes(option) && value !== undefined
  const gone = onlyThis ? targets.filter((one) => one.value === value) : targets
  return lines.filter((line) => !gone.includes(line)).map(({ text }) => text)
}

function present(
  lines: readonly Line[],
  own: readonly Line[],
  targets: readonly Line[],
  wish: Wish,
): string[] {
  const { option, value = '' } = wish
  if (option === 'method')
    return lines.map((line) => (own.includes(line) ? withMethod(line, value) : line.text))
  const last = targets.at(-1)
  if (last === undefined) return added(lines, own, own.at(-1)!, wish)
  if (SEVERAL.includes(option)) {
    const isThere = targets.some((one) => one.value === value)
    return isThere ? lines.map(({ text }) => text) : added(lines, own, last, wish)
  }
  return lines.map((line) => (line === last && line.value !== value ? withValue(line, value) : line.text))
}

function withMethod({ text, option, method }: Line, value: string): string {
  if (option !== undefined || method === value) return text
  const [, before, end] = /^(.*?)(\s*)$/s.exec(text)!
  const start = method === undefined ? `${before} ` : before!.slice(0, before!.length - method.length)
  return `${start}${value}${end}`
}

/** Keeps what stands before the value and behind it. */
function withValue({ text, option }: Line, value: string): string {
  const [, before, between, end] = /^(\s*)\S+(\s*).*?(\s*)$/s.exec(text)!
  return `${before}${option}${between!.includes('\n') || between === '' ? ' ' : between}${value}${end || ''}`
}

/** A new line is written as the one it comes behind. */
function added(
  lines: readonly Line[],
  own: readonly Line[],
  behind: Line,
  { option, value }: Wish,
): string[] {
  const indent =
    /^[ \t]*/.exec(behind.text)![0] + (own.some((line) => line.option !== undefined) ? '' : '    ')
  const end = /\s*$/.exec(behind.text)![0] || '\n'
  return lines.flatMap((line) => {
    if (line !== behind) return [line.text]
    const ended = line.text.endsWith('\n') ? line.text : `${line.text}\n`
    return [ended, `${indent}${option} ${value ?? ''}${end}`]
  })
}
