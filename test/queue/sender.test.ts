import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Seal } from '../../src/queue/key.ts'
import { Sender } from '../../src/queue/sender.ts'

const seal = new Seal(Buffer.alloc(32, 1))

const test = suite('chunks of events')

/** How long a sender keeps an event to itself whose run has lasted so long; in ms. */
function waited(lasted: number): Promise<number> {
  const emitted = performance.now()
  const run = { run: 'r', began: emitted - lasted }
  const about = { name: 'a', slice: '1.1.1', attempt: 1 }
  return new Promise((resolve) => {
    const sender = new Sender(seal, run, about, 'w', () => resolve(performance.now() - emitted))
    sender.emit({ type: 'warning', message: 'news' })
  })
}

test('news of a run that has just begun comes soon, and later within about a second', async () => {
  const order: string[] = []
  const [, , late] = await Promise.all([
    waited(0).then(() => order.push('first')),
    waited(400).then(() => order.push('then')),
    waited(3_600_000),
  ])
  assert.equal(order, ['first', 'then'])
  assert.ok(late >= 990, String(late))
})

test('what is made at once goes at once where it is much', async () => {
  const about = { name: 'a', slice: '1.1.1', attempt: 1 }
  const chunk = new Promise<number>((resolve) => {
    const sender = new Sender(seal, { run: 'r', began: 0 }, about, 'w', ({ bytes }) => resolve(bytes))
    sender.emit({ type: 'warning', message: 'x'.repeat(200_000) })
  })
  assert.ok((await chunk) >= 200_000)
})

test.run()
