import type { HostStats } from '../../../protocol/event.ts'
import type { DrawnLeg, DrawnMachine, DrawnPath, Topology } from '../../../sdk/topology.ts'
import { clean } from '../../text.ts'
import { escapeMarkup } from '../markup.ts'
import { type Box, type Layout, layOut, type Size } from './layout.ts'

type Stats = Readonly<Record<string, HostStats>>
type Point = readonly [x: number, y: number]

const LINE = 16
const PADDING = 10
/** A letter's width at the most, in the fonts of the page. */
const LETTER = 6.9
/** How far the ways there and back are apart. */
const APART = 5
/** Colors of paths that page.css has. */
const COLORS = 4

/** A line of text in a machine's box, and how it is shown. */
interface Line {
  readonly text: string
  readonly kind: 'name' | 'dim' | 'plain' | 'changed' | 'failed' | 'unreachable'
}

/**
 * A network as SVG, to stand in a page that has the style: machines with their interfaces on their bridges, tunnels, the
 * ways of packets, and what differs or came of a run there.
 */
export function topologySvg(topology: Topology, stats: Stats): string {
  const lines = new Map(
    topology.machines.map((machine) => [machine.name, linesOf(machine, stats[machine.name])]),
  )
  const sizes = new Map([...lines].map(([name, texts]) => [name, sizeOf(texts)]))
  const layout = layOut(topology, sizes)
  const told = topology.paths.map(pathText)
  const width = Math.max(layout.width, ...told.map((text) => text.length * LETTER + 4 * PADDING))
  const height = layout.height + told.length * LINE + PADDING
  return `<svg class="topology" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" role="img" aria-label="Topology">
${[
  ...topology.bridges.map(({ name, drift }) => bridgeSvg(layout, name, drift)),
  ...topology.machines.flatMap((machine) => wires(layout, machine)),
  ...topology.paths.map((path, number) => pathSvg(layout, path, number)),
  ...topology.tunnels.map(({ from, to, name, isUp }) => tunnelSvg(layout, from, to, name, isUp)),
  ...topology.machines.map(({ name }) => boxSvg(layout.machines.get(name)!, lines.get(name)!)),
  ...topology.paths.map((path, number) => legend(path, number, layout.height + number * LINE)),
].join('\n')}
</svg>`
}

function linesOf({ name, role, ports, drift, isFound }: DrawnMachine, stats: HostStats | undefined): Line[] {
  const { changed = 0, failures = 0, unreachable = 0 } = stats ?? {}
  return [
    { text: name, kind: 'name' },
    ...(role === '' ? [] : [{ text: role, kind: 'dim' } as const]),
    ...ports.map((port): Line => ({ text: [port.name, ...port.addresses].join(' '), kind: 'plain' })),
    ...drift.map((text): Line => ({ text, kind: 'changed' })),
    ...(unreachable > 0 ? [{ text: 'unreachable', kind: 'unreachable' } as const] : []),
    ...(failures > 0 ? [{ text: `${failures} failed`, kind: 'failed' } as const] : []),
    ...(changed > 0 ? [{ text: `${changed} changed`, kind: 'changed' } as const] : []),
    ...(isFound || unreachable > 0 ? [] : [{ text: 'as declared, not looked at', kind: 'dim' } as const]),
  ]
}

function sizeOf(lines: readonly Line[]): Size {
  const longest = Math.max(...lines.map(({ text }) => text.length))
  return { width: Math.max(90, longest * LETTER + 2 * PADDING), height: lines.length * LINE + PADDING }
}

function boxSvg({ x, y, width, height }: Box, lines: readonly Line[]): string {
  const mark = (['failed', 'unreachable', 'changed'] as const).find((kind) =>
    lines.some((line) => line.kind === kind),
  )
  const [left, top] = [x - width / 2, y - height / 2]
  const texts = lines.map(
    ({ text, kind }, number) =>
      `<text class="${kind}" x="${round(x)}" y="${round(top + LINE * (number + 1))}" text-anchor="middle">${shown(text)}</text>`,
  )
  return `<g><rect class="box ${mark ?? ''}" x="${round(left)}" y="${round(top)}" width="${round(width)}" height="${round(height)}" rx="5"/>${texts.join('')}</g>`
}

function bridgeSvg({ bridges }: Layout, name: string, drift: readonly string[]): string {
  const { left, right, y } = bridges.get(name)!
  const text = [name, ...drift].join(': ')
  const kind = drift.length === 0 ? 'dim' : 'changed'
  return `<g><line class="bridge ${kind}" x1="${round(left)}" x2="${round(right)}" y1="${round(y)}" y2="${round(y)}"/><text class="${kind}" x="${round(left + 4)}" y="${round(y - 6)}">${shown(text)}</text></g>`
}

/** From a machine to its bridges. */
function wires({ machines, bridges }: Layout, { name, ports }: DrawnMachine): string[] {
  const { x, y } = machines.get(name)!
  const on = new Set(ports.flatMap(({ bridge }) => (bridge === null ? [] : [bridge])))
  return [...on].map(
    (bridge) =>
      `<line class="wire" x1="${round(x)}" x2="${round(x)}" y1="${round(y)}" y2="${round(bridges.get(bridge)!.y)}"/>`,
  )
}

function tunnelSvg(layout: Layout, from: string, to: string, name: string, isUp: boolean): string {
  const [one, other] = [layout.machines.get(from), layout.machines.get(to)]
  if (one === undefined || other === undefined) return ''
  const { d, middle } = arc(one, other, 0)
  // Both ends have a tunnel, which is one: its names stand one below the other.
  const y = middle[1] + (one.x < other.x ? -9 : 18)
  return `<g><path class="tunnel ${isUp ? '' : 'failed'}" d="${d}"/><text class="dim" x="${round(middle[0])}" y="${round(y)}" text-anchor="middle">${shown(name)}</text></g>`
}

/** A curve below two boxes, from the left one to the right one. */
function arc(one: Box, other: Box, aside: number): { d: string; middle: Point } {
  const [left, right] = one.x < other.x ? [one, other] : [other, one]
  const from: Point = [left.x + left.width / 4, left.y + left.height / 2]
  const to: Point = [right.x - right.width / 4, right.y + right.height / 2]
  const deep = Math.max(from[1], to[1]) + 46 + aside
  const d = `M${point(from)} C${point([from[0], deep])} ${point([to[0], deep])} ${point(to)}`
  return { d, middle: [(from[0] + to[0]) / 2, (from[1] + to[1] + 6 * deep) / 8] }
}

/** The ways there and back lie side by side. */
function pathSvg(layout: Layout, { from, legs }: DrawnPath, number: number): string {
  const aside = number % 2 === 0 ? -APART / 2 : APART / 2
  let here = layout.machines.get(from)!
  const parts = legs.map((leg) => {
    const next = layout.machines.get(leg.to)!
    const d = legPath(layout, here, leg, next, aside)
    here = next
    return d
  })
  return `<path class="path color${colorOf(number)}" d="${parts.join(' ')}"/>`
}

function legPath({ bridges }: Layout, from: Box, leg: DrawnLeg, to: Box, aside: number): string {
  if (leg.isTunnel) return arc(from, to, aside).d
  const y = bridges.get(leg.over)!.y + aside
  const points: Point[] = [
    [from.x + aside, from.y],
    [from.x + aside, y],
    [to.x + aside, y],
    [to.x + aside, to.y],
  ]
  return `M${points.map(point).join(' L')}`
}

function legend(path: DrawnPath, number: number, y: number): string {
  const kind = path.broken === null ? 'plain' : 'failed'
  const at = round(y + LINE)
  return `<g><line class="path color${colorOf(number)}" x1="${PADDING}" x2="${3 * PADDING}" y1="${at - 4}" y2="${at - 4}"/><text class="${kind}" x="${4 * PADDING - 4}" y="${at}">${shown(pathText(path))}</text></g>`
}

function pathText({ from, to, legs, broken }: DrawnPath): string {
  const way = [from, ...legs.map((leg) => (leg.isTunnel ? `(${leg.over}) ${leg.to}` : leg.to))].join(' → ')
  return broken === null ? way : `${way} ✗ to ${to}: ${broken}`
}

function colorOf(number: number): number {
  return Math.floor(number / 2) % COLORS
}

function shown(text: string): string {
  return escapeMarkup(clean(text))
}

function point([x, y]: Point): string {
  return `${round(x)},${round(y)}`
}

function round(length: number): number {
  return Math.round(length * 10) / 10
}
