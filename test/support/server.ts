import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import type { Target } from '../../src/remote/target.ts'

export interface Server {
  readonly port: number
  /** A folder for this server's keys and files; gone after stop(). */
  readonly folder: string
  readonly keyFile: string
  readonly hostKeyFile: string
  readonly knownHostsFile: string
  /** The server's own process; its children serve the connections. */
  readonly process: ChildProcess
  /** What the server has written to its log so far. */
  log(): string
  target(changes?: Partial<Target>): Target
  stop(): Promise<void>
}

/** Starts an OpenSSH server on a free loopback port, with keys of its own; `config` are more lines for sshd_config. */
export async function startServer(config: readonly string[] = [], address = '127.0.0.1'): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-test-'))
  const at = (name: string) => join(folder, name)
  generateKey(at('host_key'))
  generateKey(at('id'))
  copyFileSync(at('id.pub'), at('authorized_keys'))
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const port = await freePort(address)
  const settings = [
    ...config,
    `Port ${port}`,
    `ListenAddress ${address}`,
    `HostKey ${at('host_key')}`,
    `AuthorizedKeysFile ${at('authorized_keys')}`,
    'StrictModes no',
    'PidFile none',
    'UsePAM no',
    'PermitRootLogin yes',
    'PasswordAuthentication no',
    'PrintMotd no',
    'LogLevel VERBOSE',
    // For bash this is a shell below another: it leaves aside the .bashrc of whoever runs the tests.
    `Match User ${userInfo().username}`,
    'SetEnv SHLVL=1',
  ]
  writeFileSync(at('sshd_config'), `${settings.join('\n')}\n`)
  const publicKey = readFileSync(at('host_key.pub'), 'utf8')
  writeFileSync(at('known_hosts'), `[${address}]:${port} ${publicKey}`)
  const process = spawn(sshd(), ['-D', '-e', '-f', at('sshd_config')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const kill = () => process.kill()
  globalThis.process.once('exit', kill)
  let log = ''
  await new Promise<void>((resolve, reject) => {
    process.stderr.on('data', (chunk: Buffer) => {
      log += chunk
      if (/Server listening on .* port \d+/.test(log)) resolve()
    })
    process.once('exit', () => reject(new Error(`sshd did not start: ${log}`)))
  })
  const target = (changes: Partial<Target> = {}): Target => ({
    name: 'testhost',
    connection: 'ssh',
    address,
    port,
    user: userInfo().username,
    privateKeyFile: at('id'),
    sshArgs: ['-F', 'none', '-o', `UserKnownHostsFile=${at('known_hosts')}`],
    // A machine that is busy with other tests takes its time.
    timeout: 60,
    ...changes,
  })
  const stop = async () => {
    globalThis.process.off('exit', kill)
    if (process.exitCode === null && process.signalCode === null) {
      const gone = new Promise((resolve) => process.once('exit', resolve))
      process.kill()
      await gone
    }
    rmSync(folder, { recursive: true, force: true })
  }
  return {
    port,
    folder,
    keyFile: at('id'),
    hostKeyFile: at('host_key'),
    knownHostsFile: at('known_hosts'),
    process,
    log: () => log,
    target,
    stop,
  }
}

/** A new ed25519 key, and `.pub` beside it. */
export function generateKey(path: string, passphrase = '', type = 'ed25519'): void {
  execFileSync('ssh-keygen', ['-q', '-t', type, '-N', passphrase, '-C', 'test', '-f', path])
}

/** A port that nobody listens on. */
export async function freePort(address = '127.0.0.1'): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, address, resolve))
  const bound = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (bound === null || typeof bound === 'string') throw new Error('no port')
  return bound.port
}

function sshd(): string {
  const folders = `${process.env.PATH}:/usr/local/sbin:/usr/sbin:/sbin`.split(':')
  const found = folders.map((folder) => join(folder, 'sshd')).find((path) => existsSync(path))
  if (found === undefined) throw new Error('sshd is not installed')
  return found
}
