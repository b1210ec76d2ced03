import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ModuleRun, runModule } from '../../src/engine/task/run-module.ts'
import type { Channel, Transport } from '../../src/remote/channel.ts'
import { LocalTransport } from '../../src/remote/local.ts'
import { Session } from '../../src/remote/session.ts'
import { SessionPool } from '../../src/remote/session-pool.ts'
import { readArguments } from '../../src/sdk/arguments.ts'
import type { Module, ModuleContext } from '../../src/sdk/module.ts'
import { quote } from '../../src/shell/quote.ts'
import { startServer } from './server.ts'

export interface Host {
  readonly name: 'dash' | 'busybox'
  readonly session: Session
  close(): Promise<void>
}

/** Both userlands that a module must work with: Debian's behind a real OpenSSH server, and busybox. */
export async function hosts(): Promise<Host[]> {
  return [await dashHost(), await busyboxHost()]
}

/** This machine behind an OpenSSH server on loopback. */
export async function dashHost(): Promise<Host> {
  const server = await startServer()
  const pool = new SessionPool()
  const transport = await pool.connect(server.target())
  const session = new Session(transport)
  const close = async () => {
    await session.close()
    await pool.close()
    await server.stop()
  }
  return { name: 'dash', session, close }
}

/** This machine with busybox for its shell and first in its PATH. */
export async function busyboxHost(): Promise<Host> {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-busybox-'))
  const busybox = execFileSync('/bin/sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim()
  for (const applet of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n')) {
    if (!NOT_FROM_BUSYBOX.has(applet)) symlinkSync(busybox, join(folder, applet))
  }
  const session = new Session(new BusyboxTransport(folder))
  const close = async () => {
    await session.close()
    rmSync(folder, { recursive: true })
  }
  return { name: 'busybox', session, close }
}

// What the modules need of these, a host with busybox has from packages; and nothing here may halt a machine.
const NOT_FROM_BUSYBOX = new Set([
  ...['ip', 'dpkg', 'dpkg-deb', 'rpm', 'apt', 'busybox'],
  ...['init', 'halt', 'reboot', 'poweroff', 'ifup', 'ifdown'],
])

class BusyboxTransport implements Transport {
  readonly closed = false
  readonly #local = new LocalTransport()
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  open(command: string): Promise<Channel> {
    const sh = join(this.#folder, 'sh')
    return this.#local.open(`PATH=${quote(this.#folder)}:$PATH ${command.replace('/bin/sh', sh)}`)
  }

  async close(): Promise<void> {}
}

/** Runs a module with raw arguments: reads them, and performs it. Problems of the arguments are thrown as one Error. */
export async function applyModule(
  session: Session,
  module: Module,
  raw: Readonly<Record<string, unknown>>,
  view: ModuleContext = { check: false, diff: false },
  onLine: (line: string) => void = () => {},
): Promise<ModuleRun> {
  const { args, problems } = readArguments(module, raw)
  if (problems.length > 0) throw new Error(problems.map((problem) => problem.message).join('\n'))
  return runModule(module, args, session, { view, onLine })
}
