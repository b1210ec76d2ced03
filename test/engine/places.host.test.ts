import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Server as NetServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'
import { type Server, startServer } from '../support/server.ts'

/** A peer on loopback of which nothing is heard. */
interface Silent {
  readonly port: number
  /** Who waits for it is refused soon. */
  stop(): Promise<void>
}

async function acceptsAndSaysNothing(): Promise<Silent> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => sockets.add(socket.on('error', () => {})))
  const port = await listening(server)
  const stop = async () => {
    server.close()
    for (const socket of sockets) socket.destroy()
  }
  return { port, stop }
}

/** The kernel drops the SYN of those that do not fit into the queue of a server that never accepts. */
async function dropsSyn(): Promise<Silent> {
  const worker = new Worker(
    `const { createServer } = require('node:net')
     const server = createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
       require('node:worker_threads').parentPort.postMessage(server.address().port)
       Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
     })`,
    // This process may have been told to take what it evaluates for a module.
    { eval: true, execArgv: [] },
  )
  const port = await new Promise<number>((resolve) => worker.once('message', resolve))
  const fillers = [0, 1, 2].map(() => connect(port, '127.0.0.1').on('error', () => {}))
  await Promise.all(
    fillers.slice(0, 2).map((socket) => new Promise((resolve) => socket.once('connect', resolve))),
  )
  const stop = async () => {
    for (const socket of fillers) socket.destroy()
    await worker.terminate()
  }
  return { port, stop }
}

async function listening(server: NetServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** Lines of an inventory: hosts that are reached by SSH, each at a port of loopback. */
function inventory(server: Server, ports: Readonly<Record<string, number>>): string {
  return Object.entries(ports)
    .map(
      ([name, port]) =>
        `${name} ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=${port} ansible_ssh_private_key_file=${server.keyFile} ansible_ssh_common_args='-F none -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null'`,
    )
    .join('\n')
}

const args = (forks: number) => ['-i', 'HERE/hosts', '-f', String(forks), '-T', '60']

for (const [kind, start] of Object.entries({ acceptsAndSaysNothing, dropsSyn })) {
  test(`silent hosts do not keep the places of others under free: ${kind}`, async () => {
    const [server, silent] = await Promise.all([startServer(), start()])
    const hosts = inventory(server, { dead1: silent.port, dead2: silent.port, alive: server.port })
    try {
      const { order } = await runText(
        '- {hosts: all, strategy: free, tasks: [{name: a, command: "true"}, {name: b, command: "true"}]}',
        {
          files: { hosts },
          args: args(2),
          onEvent(event) {
            if (event.type === 'host-finished' && event.task.name === 'b') void silent.stop()
          },
        },
      )
      assert.equal(order.slice(0, 2), ['a alive changed', 'b alive changed'])
      assert.equal([...order.slice(2)].sort(), ['a dead1 unreachable', 'a dead2 unreachable'])
    } finally {
      await Promise.all([silent.stop(), server.stop()])
    }
  })

  test(`silent hosts delay a task's end under linear, not its beginning on others, nor by throttle: ${kind}`, async () => {
    const [server, silent] = await Promise.all([startServer(), start()])
    const hosts = inventory(server, { dead1: silent.port, dead2: silent.port, alive: server.port })
    try {
      const { order } = await runText(
        '- {hosts: all, tasks: [{name: a, command: "true", throttle: 2}, {name: b, command: "true"}]}',
        {
          files: { hosts },
          args: args(10),
          onEvent(event) {
            if (event.type === 'host-finished' && event.host === 'alive') void silent.stop()
          },
        },
      )
      assert.is(order[0], 'a alive changed')
      assert.equal([...order.slice(1, 3)].sort(), ['a dead1 unreachable', 'a dead2 unreachable'])
      assert.equal(order.slice(3), ['b alive changed'])
    } finally {
      await Promise.all([silent.stop(), server.stop()])
    }
  })
}

test('hosts that wait for a silent one that they share do not keep the places of others', async () => {
  const [server, silent] = await Promise.all([startServer(), acceptsAndSaysNothing()])
  const ports = { a1: server.port, a2: server.port, a3: server.port, alive: server.port, dead: silent.port }
  try {
    const { order } = await runText(
      `
- hosts: "a1:a2:a3:alive"
  tasks: [{name: a, command: "true", delegate_to: '{{#if (eq inventory_hostname "alive")}}alive{{else}}dead{{/if}}'}]
`,
      {
        files: { hosts: inventory(server, ports) },
        args: args(2),
        onEvent(event) {
          if (event.type === 'host-finished' && event.host === 'alive') void silent.stop()
        },
      },
    )
    assert.is(order[0], 'a alive changed')
    const others = ['a a1 unreachable', 'a a2 unreachable', 'a a3 unreachable']
    assert.equal([...order.slice(1)].sort(), others)
  } finally {
    await Promise.all([silent.stop(), server.stop()])
  }
})

test('a host that is heard of late takes a place before it goes on', async () => {
  const server = await startServer()
  const folder = mkdtempSync(join(tmpdir(), 'late-'))
  const waiting: Socket[] = []
  let isAwake = false
  const pass = (socket: Socket) => {
    const there = connect(server.port, '127.0.0.1').on('error', () => {})
    socket.pipe(there).pipe(socket)
    socket.once('close', () => there.destroy())
  }
  const late = createServer((socket) => {
    socket.on('error', () => {})
    if (isAwake) pass(socket)
    else waiting.push(socket)
  })
  const ports = { late: await listening(late), alive: server.port }
  const log = join(folder, 'log')
  // It ends only some time after the other has been connected to.
  const untilSeen = `while [ ! -e ${folder}/seen ]; do sleep 0.05; done; sleep 0.5`
  try {
    await runText(
      `
- hosts: all
  strategy: free
  tasks:
    - name: a
      shell: echo begins >>${log}; [ {{inventory_hostname}} = late ] || { ${untilSeen}; }; echo ends >>${log}
`,
      {
        files: { hosts: inventory(server, ports) },
        args: args(1),
        onEvent(event) {
          if (event.type === 'host-started' && event.host === 'alive') {
            isAwake = true
            for (const socket of waiting) pass(socket)
          }
          if (event.type === 'connected' && event.host === 'late') writeFileSync(join(folder, 'seen'), '')
        },
      },
    )
    assert.is(readFileSync(log, 'utf8'), 'begins\nends\nbegins\nends\n')
  } finally {
    for (const socket of waiting) socket.destroy()
    late.close()
    rmSync(folder, { recursive: true })
    await server.stop()
  }
})

test.run()
