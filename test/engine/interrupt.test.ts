import { getEventListeners, setMaxListeners } from 'node:events'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Interrupted, waitSeconds } from '../../src/engine/interrupt.ts'
import { withTimeout } from '../../src/engine/task/timeout.ts'

const test = suite('waits that an interrupt ends')

/** The signal of a run, and what stops it. */
function run() {
  const stop = new AbortController()
  setMaxListeners(0, stop.signal)
  return stop
}

const listeners = (stop: AbortController) => getEventListeners(stop.signal, 'abort').length

test('a thousand waits end at once when the run is stopped, and nobody listens any more', async () => {
  const stop = run()
  const waits = Array.from({ length: 1000 }, () => waitSeconds(60, stop.signal).catch((error) => error))
  setTimeout(() => stop.abort(), 20)
  const began = performance.now()
  for (const error of await Promise.all(waits)) assert.instance(error, Interrupted)
  assert.ok(performance.now() - began < 5_000)
  assert.is(listeners(stop), 0)
})

test('a wait that comes to its end leaves nothing at the signal', async () => {
  const stop = run()
  await waitSeconds(0.01, stop.signal)
  await withTimeout(60, stop.signal, () => waitSeconds(0.01, stop.signal), assert.unreachable)
  assert.is(listeners(stop), 0)
})

test('a wait longer than a timer counts is no shorter', async () => {
  const stop = run()
  setTimeout(() => stop.abort(), 50)
  const error = await waitSeconds(3_000_000, stop.signal).catch((error) => error)
  assert.instance(error, Interrupted)
})

test('a run that is stopped already begins no wait', async () => {
  const stop = run()
  stop.abort()
  for (const seconds of [0, 60]) {
    const error = await waitSeconds(seconds, stop.signal).catch((error) => error)
    assert.instance(error, Interrupted)
  }
})

test('work that is late is told to begin nothing more', async () => {
  const stop = run()
  let seen: AbortSignal | undefined
  const late = withTimeout(
    0.02,
    stop.signal,
    (signal) => {
      seen = signal
      return waitSeconds(60, signal)
    },
    () => {},
  )
  const error = await late.catch((error) => error)
  assert.is(error.message, 'timed out: the task took longer than 0.02 s')
  assert.ok(seen?.aborted)
  assert.not.ok(stop.signal.aborted)
})

test('work with a timeout is stopped with the run', async () => {
  const stop = run()
  setTimeout(() => stop.abort(), 20)
  const work = withTimeout(
    60,
    stop.signal,
    (signal) => waitSeconds(60, signal),
    () => assert.unreachable(),
  )
  assert.instance(await work.catch((error) => error), Interrupted)
})

test.run()
