import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { layOut } from '../../../../src/report/documents/topology/layout.ts'
import type { Topology } from '../../../../src/sdk/topology.ts'

const test = suite('where things stand in a picture of a network')

/** Machines with the bridges that they are on. */
function network(machines: Readonly<Record<string, readonly string[]>>): Topology {
  const bridges = [...new Set(Object.values(machines).flat())]
  return {
    bridges: bridges.map((name) => ({ name, drift: [] })),
    machines: Object.entries(machines).map(([name, on]) => ({
      name,
      role: '',
      ports: on.map((bridge, number) => ({ name: `eth${number}`, addresses: [], bridge })),
      drift: [],
      isFound: true,
    })),
    tunnels: [],
    paths: [],
  }
}

const SIZE = { width: 100, height: 40 }

const placed = (machines: Readonly<Record<string, readonly string[]>>) =>
  layOut(network(machines), new Map(Object.keys(machines).map((name) => [name, SIZE])))

test('the bridge in the middle is on top, what hangs on it below, side by side', () => {
  const { machines, bridges } = placed({
    a: ['left'],
    b: ['left', 'middle'],
    c: ['middle', 'right'],
    d: ['right'],
  })
  const rows = [bridges.get('middle')!.y, machines.get('b')!.y, bridges.get('left')!.y, machines.get('a')!.y]
  assert.equal(
    rows.toSorted((one, other) => one - other),
    rows,
  )
  assert.is(machines.get('b')!.y, machines.get('c')!.y)
  assert.ok(machines.get('b')!.x < machines.get('c')!.x)
})

test('a machine on no bridge, a bridge that is not among the bridges, and nothing at all', () => {
  const { machines, width } = placed({ a: [], b: ['x'] })
  assert.ok(machines.get('a')!.x !== machines.get('b')!.x)
  assert.ok(width > 200)
  const { bridges } = layOut({ ...network({ a: ['x'] }), bridges: [] }, new Map([['a', SIZE]]))
  assert.ok(bridges.has('x'))
  assert.ok(placed({}).width >= 0)
})

test('no box lies on another, each bar reaches its machines, and all of it is in the picture', () => {
  const shape = fc.dictionary(
    fc.string({ minLength: 1, maxLength: 3 }),
    fc.uniqueArray(fc.constantFrom('b0', 'b1', 'b2', 'b3', 'b4', 'b5'), { maxLength: 4 }),
    { maxKeys: 12 },
  )
  fc.assert(
    fc.property(shape, (machines) => {
      const { machines: boxes, bridges, width, height } = placed(machines)
      const all = [...boxes.values()]
      for (const [number, one] of all.entries()) {
        assert.ok(one.x - 50 >= 0 && one.x + 50 <= width && one.y - 20 >= 0 && one.y + 20 <= height)
        for (const other of all.slice(number + 1))
          assert.ok(Math.abs(one.x - other.x) >= 100 || Math.abs(one.y - other.y) >= 40)
      }
      for (const [name, on] of Object.entries(machines))
        for (const bridge of on) {
          const { left, right } = bridges.get(bridge)!
          assert.ok(left <= boxes.get(name)!.x && boxes.get(name)!.x <= right)
        }
    }),
  )
})

test.run()
