import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import * as assert from 'uvu/assert'
import type { Channel, Transport } from '../../src/remote/channel.ts'
import { LocalTransport } from '../../src/remote/local.ts'
import { Session } from '../../src/remote/session.ts'
import { SessionPool } from '../../src/remote/session-pool.ts'
import type { Module } from '../../src/sdk/module.ts'
import { quote } from '../../src/shell/quote.ts'
import { applyModule, type Host } from './host.ts'
import { rows } from './plan.ts'
import { startServer } from './server.ts'

export interface NetnsHost extends Host {
  /** Runs ip(8) in the host's network namespace and gives what it prints. */
  ip(...args: string[]): string
}

/** Hosts whose network is a namespace of their own: behind a real OpenSSH server, and with busybox for a shell. */
export async function netnsHosts(): Promise<NetnsHost[]> {
  const server = await startServer()
  const pool = new SessionPool()
  const transport = await pool.connect(server.target())
  const overSsh = host(
    'dash',
    (netns) => new NetnsTransport(transport, netns, '/bin/sh'),
    async () => {
      await transport.close()
      await server.stop()
    },
  )
  const local = host('busybox', (netns) => new NetnsTransport(new LocalTransport(), netns, 'busybox sh'))
  return [overSsh, local]
}

function host(
  name: Host['name'],
  transport: (netns: string) => Transport,
  stop: () => Promise<void> = async () => {},
): NetnsHost {
  const netns = `test-${randomBytes(4).toString('hex')}`
  execFileSync('ip', ['netns', 'add', netns])
  const ip = (...args: string[]) => execFileSync('ip', ['-n', netns, ...args], { encoding: 'utf8' })
  ip('link', 'set', 'lo', 'up')
  const session = new Session(transport(netns))
  const close = async () => {
    await session.close()
    await stop()
    execFileSync('ip', ['netns', 'delete', netns])
  }
  return { name, session, ip, close }
}

class NetnsTransport implements Transport {
  readonly #inner: Transport
  readonly #netns: string
  readonly #shell: string

  constructor(inner: Transport, netns: string, shell: string) {
    this.#inner = inner
    this.#netns = netns
    this.#shell = shell
  }

  get closed(): boolean {
    return this.#inner.closed
  }

  open(command: string): Promise<Channel> {
    const inShell = command.replaceAll('/bin/sh', this.#shell)
    return this.#inner.open(
      `PATH=$PATH:/usr/sbin:/sbin; exec ip netns exec ${this.#netns} /bin/sh -c ${quote(inShell)}`,
    )
  }

  close(): Promise<void> {
    return this.#inner.close()
  }
}

/** Applies a module, sees that it changed as expected, and that a second look finds nothing to do. */
export async function settles(
  host: NetnsHost,
  module: Module,
  raw: Readonly<Record<string, unknown>>,
  changed: readonly string[],
): Promise<void> {
  const where = `${module.name} ${JSON.stringify(raw)} on ${host.name}`
  const { plan, result: conclusion } = await applyModule(host.session, module, raw)
  assert.is(plan.failed ?? conclusion.failed, undefined, where)
  assert.equal(
    plan.changes.map(({ what }) => what),
    changed,
    where,
  )
  const again = await applyModule(host.session, module, raw, { check: true, diff: true })
  assert.equal(rows(again.plan), [], where)
}

/** What a module says when it cannot do what it is asked. */
export async function failureOf(
  host: NetnsHost,
  module: Module,
  raw: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  const { plan, result: conclusion } = await applyModule(host.session, module, raw)
  return plan.failed ?? conclusion.failed
}
