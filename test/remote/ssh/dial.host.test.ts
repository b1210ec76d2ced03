import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { dialTcp } from '../../../src/remote/ssh/dial.ts'
import { readSettings } from '../../../src/remote/ssh/settings.ts'

test('what is written in one turn goes out at once, and all of it before the end', async () => {
  const server = createServer().listen(0, '127.0.0.1').unref()
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const socket = await dialTcp({ ...readSettings('127.0.0.1', ''), port }, 10)
  const [peer] = await accepted
  const pieces: number[] = []
  const send = socket._writev!.bind(socket)
  socket._writev = (chunks, done) => {
    pieces.push(chunks.length)
    send(chunks, done)
  }
  for (const piece of ['a', 'b', 'c']) socket.write(piece)
  await once(peer, 'data')
  for (const piece of ['d', 'e']) socket.write(piece)
  socket.end('f')
  let rest = ''
  for await (const chunk of peer) rest += chunk
  server.close()
  assert.equal(pieces, [3, 3])
  assert.is(rest, 'def')
})

test.run()
