import { connect, createServer, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { DelayingProxy } from './proxy.ts'

const test = suite('delaying proxy')

/** Talks through a proxy to a server that greets and answers every line with the same one, `pieces` times. */
async function through(
  delay: number,
  talk: (socket: Socket, said: (text: string) => Promise<void>) => Promise<void>,
  pieces = 1,
): Promise<{ roundTrips: number; ms: number }> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.write('hello\n')
    socket.on('error', () => {})
    socket.on('data', async (chunk) => {
      for (let piece = 0; piece < pieces; piece += 1) {
        if (piece > 0) await sleep(1)
        socket.write(chunk)
      }
    })
  })
  const port = await new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port))
  })
  const proxy = new DelayingProxy(delay, (host) => ({ host, port }))
  const began = performance.now()
  const socket = connect({ host: '127.0.0.1', port: await proxy.listen(0, '127.0.0.1'), noDelay: true })
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
    socket.emit('heard')
  })
  const said = async (wanted: string) => {
    while (!text.includes(wanted)) await new Promise((resolve) => socket.once('heard', resolve))
  }
  await talk(socket, said)
  const ms = performance.now() - began
  socket.destroy()
  const roundTrips = await proxy.takeMost()
  await proxy.close()
  await new Promise((resolve) => server.close(resolve))
  return { roundTrips, ms }
}

test('opening a connection is a round trip, and so is the greeting', async () => {
  const { roundTrips, ms } = await through(40, (_, said) => said('hello'))
  assert.is(roundTrips, 2)
  assert.ok(ms >= 79, `${ms} ms`)
})

test('a question that waits for the answer before is one more', async () => {
  const { roundTrips, ms } = await through(40, async (socket, said) => {
    await said('hello')
    for (const word of ['one', 'two', 'three']) {
      socket.write(`${word}\n`)
      await said(word)
    }
  })
  assert.is(roundTrips, 5)
  assert.ok(ms >= 199, `${ms} ms`)
})

test('what is sent together, or with the connection, waits for nothing', async () => {
  const { roundTrips } = await through(200, async (socket, said) => {
    for (const word of ['one', 'two', 'three']) socket.write(`${word}\n`)
    await said('three')
  })
  assert.is(roundTrips, 2)
})

test('an answer in pieces is one, though the client says something at each', async () => {
  const { roundTrips } = await through(
    400,
    async (socket, said) => {
      await said('hello')
      socket.write('one\n')
      socket.on('data', () => socket.write('noise\n'))
      await said('one\none\none\n')
    },
    3,
  )
  assert.is(roundTrips, 3)
})

test('order is kept', async () => {
  const lines = Array.from({ length: 200 }, (_, index) => `${index}\n`)
  await through(10, async (socket, said) => {
    for (const line of lines) {
      socket.write(line)
      if (Number(line) % 20 === 0) await sleep(1)
    }
    await said(lines.join(''))
  })
})

test('a server that nobody listens for ends the connection', async () => {
  const proxy = new DelayingProxy(10, (host) => ({ host, port: 1 }))
  const socket = connect({ host: '127.0.0.1', port: await proxy.listen(0, '127.0.0.1') })
  socket.on('error', () => {})
  socket.resume()
  await new Promise((resolve) => socket.once('close', resolve))
  assert.is(await proxy.takeMost(), 1)
  await proxy.close()
})

test.run()
