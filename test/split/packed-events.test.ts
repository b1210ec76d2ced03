import { inspect } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Event, TaskInfo, TaskResult } from '../../src/protocol/event.ts'
import { EventPacker, tellEvents } from '../../src/split/packed-events.ts'
import { Float } from '../../src/values/float.ts'
import type { ValueMap } from '../../src/values/value.ts'
import { keepSecret } from '../../src/vault/secrets.ts'

const test = suite('packed events')

const location = { file: 'site.yml', line: 3, column: 5 }
const task: TaskInfo = { id: 7, play: 1, name: 'folder', action: 'file', location, handler: false }
const later: TaskInfo = { ...task, id: 8, name: 'line' }

const result = (values: TaskResult['values'], seconds: number): TaskResult => ({
  ...{ status: 'ok', changes: [], values, seconds },
})
const begins = (host: string, of = task): Event => ({ type: 'host-started', task: of, host })
const ends = (host: string, of: TaskResult, at = task): Event => ({
  type: 'host-finished',
  task: at,
  host,
  result: of,
})

function sent(events: readonly Event[]): { told: Event[]; text: string } {
  const packer = new EventPacker()
  for (const event of events) packer.add(event)
  const text = packer.take()
  const told: Event[] = []
  tellEvents(JSON.parse(text), (event) => told.push(event))
  return { told, text }
}

test('events come as they were, in their order', () => {
  const events: Event[] = [
    { type: 'play-started', play: { id: 1, name: 'all', location }, hosts: ['a', 'b'] },
    { type: 'task-started', task, hosts: ['a', 'b'] },
    begins('a'),
    { type: 'connecting', host: 'a' },
    begins('b'),
    { type: 'probed', task, host: 'a', probes: 3 },
    ends('a', result({ changed: false, size: new Float(1), none: null }, 0.25)),
    { type: 'warning', message: 'old' },
    { type: 'task-finished', task },
    begins('a', later),
    ends('a', result({ changed: false }, 0.5), later),
  ]
  assert.equal(sent(events).told, events)
})

test('what many hosts have in common is sent once', () => {
  const told = (host: string, seconds: number) => [
    begins(host),
    ends(host, result({ path: '/etc/motd' }, seconds)),
  ]
  const few = sent([...told('h1', 0.1), ...told('h2', 0.2)])
  const many = sent(Array.from({ length: 100 }, (_, at) => told(`h${at + 1}`, at / 10)).flat())
  assert.is(many.text.split('/etc/motd').length, 2)
  assert.ok(many.text.length < few.text.length + 98 * 25, String(many.text.length))
  const seconds = many.told.flatMap((event) => (event.type === 'host-finished' ? [event.result.seconds] : []))
  assert.equal(
    seconds,
    Array.from({ length: 100 }, (_, at) => at / 10),
  )
})

test('a host that begins and ends with nothing in between is told of so too', () => {
  const { told } = sent([begins('a'), begins('b'), ends('b', result({}, 1)), ends('a', result({}, 2))])
  assert.equal(
    told.map((event) => `${event.type} ${'host' in event ? event.host : ''}`),
    ['host-started a', 'host-finished a', 'host-started b', 'host-finished b'],
  )
})

const differing: [what: string, one: ValueMap, other: ValueMap][] = [
  ['a value', { path: '/a' }, { path: '/b' }],
  ['a value within', { stat: { mode: [1, 2] } }, { stat: { mode: [1, 3] } }],
  ['whether it is there', { path: '/a' }, {}],
  ['the order of keys', { a: 1, b: 2 }, { b: 2, a: 1 }],
  ['the kind of a number', { size: new Float(1) }, { size: 1 }],
  ['a float', { size: new Float(1) }, { size: new Float(2) }],
  ['a sign of zero', { size: 0 }, { size: -0 }],
]
for (const [what, one, other] of differing) {
  test(`results that differ by ${what} stay what they are`, () => {
    const { told } = sent([ends('a', result(one, 1)), ends('b', result(other, 1))])
    const values = told.map((event) => event.type === 'host-finished' && event.result.values)
    assert.equal(values, [one, other])
    assert.equal(
      values.map((map) => inspect(map)),
      [inspect(one), inspect(other)],
    )
    assert.equal(
      values.map((map) => Object.keys(map as object)),
      [Object.keys(one), Object.keys(other)],
    )
  })
}

test('items of a loop have seconds of their own', () => {
  const looped = (seconds: number): TaskResult => ({
    ...result({ results: [] }, seconds),
    items: [
      { ...result({ item: 'x' }, seconds + 1), label: 'x' },
      { ...result({ item: 'y' }, seconds + 2), label: 'y' },
    ],
  })
  const { told, text } = sent([ends('a', looped(1)), ends('b', looped(5))])
  assert.equal(told, [ends('a', looped(1)), ends('b', looped(5))])
  assert.is(text.split('"label":"y"').length, 2)
})

test('seconds come to the microsecond', () => {
  const { told } = sent([ends('a', result({}, 1.2345674)), ends('b', result({}, 5000))])
  assert.equal(told, [ends('a', result({}, 1.234567)), ends('b', result({}, 5000))])
})

test('each time it begins anew: who has not heard what was taken before understands the rest', () => {
  const packer = new EventPacker()
  packer.add(begins('a'))
  packer.take()
  packer.add(ends('a', result({ path: '/a' }, 1)))
  const told: Event[] = []
  tellEvents(JSON.parse(packer.take()), (event) => told.push(event))
  assert.equal(told, [ends('a', result({ path: '/a' }, 1))])
  assert.ok(packer.isEmpty)
})

test('what becomes a secret meanwhile is masked from then on', () => {
  const packer = new EventPacker()
  packer.add(ends('a', result({ msg: 'xyzzy-plugh' }, 1)))
  keepSecret('xyzzy-plugh')
  packer.add(ends('b', result({ msg: 'xyzzy-plugh' }, 1)))
  const told: string[] = []
  tellEvents(JSON.parse(packer.take()), (event) => told.push(JSON.stringify(event)))
  assert.match(told[0]!, /xyzzy-plugh/)
  assert.not.match(told[1]!, /xyzzy-plugh/)
  assert.match(told[1]!, /\*{8}/)
})

test.run()
