import type { Topology } from '../../../sdk/topology.ts'

/** Where things stand in a picture, in its units; machines by their middle and size, bridges as bars. */
export interface Layout {
  readonly machines: ReadonlyMap<string, Box>
  readonly bridges: ReadonlyMap<string, Bar>
  readonly width: number
  readonly height: number
}

export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

interface Bar {
  readonly left: number
  readonly right: number
  readonly y: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** A machine or bridge in the tree that is drawn. */
interface Twig {
  readonly name: string
  readonly isBridge: boolean
  readonly depth: number
  readonly children: Twig[]
}

const GAP = 28
const LEVEL_GAP = 34
const LANE = 20
const LEAST_BAR = 110
const MARGIN = 16

/**
 * Bridges and the machines on them in turn, one row below the other, from the bridge in the middle on: each is in the
 * row next to all that it is connected to. `sizes` are those of the machines.
 */
export function layOut(topology: Topology, sizes: ReadonlyMap<string, Size>): Layout {
  const trees = treesOf(neighborsOf(topology))
  const rows = rowsOf(trees)
  const middles = placeAcross(trees, sizes)
  const heights = rows.map((row) =>
    Math.max(...row.map(({ name, isBridge }) => (isBridge ? LANE : sizes.get(name)!.height))),
  )
  const machines = new Map<string, Box>()
  const bridges = new Map<string, Bar>()
  let y = MARGIN
  for (const [number, row] of rows.entries()) {
    const lanes: Bar[][] = []
    const height = heights[number]!
    for (const { name, isBridge } of row) {
      if (!isBridge)
        machines.set(name, { ...sizes.get(name)!, x: middles.get(`machine ${name}`)!, y: y + height / 2 })
      else bridges.set(name, inLane(lanes, extentOf(topology, name, middles), y + LANE))
    }
    y += Math.max(height, lanes.length * LANE) + LEVEL_GAP
  }
  const right = Math.max(
    MARGIN,
    ...[...machines.values()].map(({ x, width }) => x + width / 2),
    ...[...bridges.values()].map((bar) => bar.right),
  )
  return { machines, bridges, width: right + MARGIN, height: y - LEVEL_GAP + MARGIN }
}

type Neighbors = ReadonlyMap<string, readonly string[]>

/** Who is connected to whom; keys say "bridge" or "machine" before the name. */
function neighborsOf({ bridges, machines }: Topology): Neighbors {
  const neighbors = new Map<string, string[]>(bridges.map(({ name }) => [`bridge ${name}`, []]))
  for (const { name, ports } of machines) {
    const own = [...new Set(ports.flatMap(({ bridge }) => (bridge === null ? [] : [`bridge ${bridge}`])))]
    neighbors.set(`machine ${name}`, own)
    for (const bridge of own) neighbors.set(bridge, [...(neighbors.get(bridge) ?? []), `machine ${name}`])
  }
  return neighbors
}

/** One tree for each part of the network that is connected, the bridge in its middle on top. */
function treesOf(neighbors: Neighbors): Twig[] {
  const left = new Set(neighbors.keys())
  const trees: Twig[] = []
  for (const key of neighbors.keys()) {
    if (!left.has(key)) continue
    const part = depthsFrom(key, neighbors)
    const bridges = [...part.keys()].filter((one) => one.startsWith('bridge '))
    const [root = key] = bridges.sort(
      (one, other) =>
        reach(one, neighbors) - reach(other, neighbors) ||
        neighbors.get(other)!.length - neighbors.get(one)!.length,
    )
    trees.push(treeFrom(root, neighbors))
    for (const one of part.keys()) left.delete(one)
  }
  return trees
}

/** How far away the last one is. */
function reach(key: string, neighbors: Neighbors): number {
  return Math.max(...depthsFrom(key, neighbors).values())
}

function depthsFrom(key: string, neighbors: Neighbors): Map<string, number> {
  const depths = new Map([[key, 0]])
  for (const [one, depth] of depths)
    for (const next of neighbors.get(one)!) if (!depths.has(next)) depths.set(next, depth + 1)
  return depths
}

function treeFrom(root: string, neighbors: Neighbors): Twig {
  const twig = (key: string, depth: number): Twig => ({
    name: key.replace(/^\w+ /, ''),
    isBridge: key.startsWith('bridge '),
    depth,
    children: [],
  })
  const twigs = new Map([[root, twig(root, 0)]])
  for (const [key, { depth, children }] of twigs)
    for (const next of neighbors.get(key)!) {
      if (twigs.has(next)) continue
      const child = twig(next, depth + 1)
      children.push(child)
      twigs.set(next, child)
    }
  return twigs.get(root)!
}

function rowsOf(trees: readonly Twig[]): Twig[][] {
  const rows: Twig[][] = []
  const add = (twig: Twig): void => {
    const row = rows[twig.depth] ?? []
    rows[twig.depth] = [...row, twig]
    twig.children.forEach(add)
  }
  trees.forEach(add)
  return rows
}

/** The middles of all: children side by side, what they hang on above their middle. */
function placeAcross(trees: readonly Twig[], sizes: ReadonlyMap<string, Size>): Map<string, number> {
  const middles = new Map<string, number>()
  const widthOf = (twig: Twig): number => {
    const own = twig.isBridge ? LEAST_BAR : sizes.get(twig.name)!.width
    const below = twig.children.reduce((sum, child) => sum + widthOf(child) + GAP, -GAP)
    return Math.max(own, below)
  }
  const place = (twig: Twig, left: number): void => {
    const width = widthOf(twig)
    middles.set(`${twig.isBridge ? 'bridge' : 'machine'} ${twig.name}`, left + width / 2)
    const below = twig.children.reduce((sum, child) => sum + widthOf(child) + GAP, -GAP)
    let from = left + (width - below) / 2
    for (const child of twig.children) {
      place(child, from)
      from += widthOf(child) + GAP
    }
  }
  let left = MARGIN
  for (const tree of trees) {
    place(tree, left)
    left += widthOf(tree) + GAP
  }
  return middles
}

/** From the first to the last machine on a bridge. */
function extentOf({ machines }: Topology, bridge: string, middles: ReadonlyMap<string, number>) {
  const on = machines
    .filter(({ ports }) => ports.some((port) => port.bridge === bridge))
    .map(({ name }) => middles.get(`machine ${name}`)!)
  const middle = middles.get(`bridge ${bridge}`)!
  return {
    left: Math.min(middle - LEAST_BAR / 2, ...on.map((x) => x - GAP)),
    right: Math.max(middle + LEAST_BAR / 2, ...on.map((x) => x + GAP)),
  }
}

/** Bars that would lie on each other lie below each other. */
function inLane(lanes: Bar[][], { left, right }: Omit<Bar, 'y'>, top: number): Bar {
  const isFree = (lane: readonly Bar[]) => lane.every((bar) => bar.right < left || bar.left > right)
  const free = lanes.findIndex(isFree)
  const number = free === -1 ? lanes.push([]) - 1 : free
  const bar = { left, right, y: top + number * LANE }
  lanes[number]!.push(bar)
  return bar
}
