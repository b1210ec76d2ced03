import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Transport } from '../../src/remote/channel.ts'
import { LocalTransport } from '../../src/remote/local.ts'
import { Session } from '../../src/remote/session.ts'
import { quote } from '../../src/shell/quote.ts'
import { ACCOUNTS_LOCK } from './user.ts'

export interface ApartHost {
  readonly name: 'dash' | 'busybox'
  readonly session: Session
  /** First in the PATH: programs for the tests go here. */
  readonly bin: string
  /** Runs a command there and gives its stdout. */
  run(command: string): string
  close(): Promise<void>
}

/**
 * This machine with a host name, mounts and an /etc of its own, for what must not be changed for everybody:
 * once with dash, once with busybox for sh and for all that it has.
 */
export async function apartHosts(setup = ':', isServed = false, isWhole = false): Promise<ApartHost[]> {
  const host = (name: ApartHost['name']) => apartHost(name, setup, isServed, isWhole)
  return [await host('dash'), await host('busybox')]
}

/**
 * With `isServed` it has a network and a /run of its own, too, and what `setup` starts ends with it. With `isWhole` the
 * session is among those processes, for servers that look at who asks them.
 */
async function apartHost(
  name: ApartHost['name'],
  setup: string,
  isServed: boolean,
  isWhole: boolean,
): Promise<ApartHost> {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-apart-'))
  const bin = join(folder, 'bin')
  const script = [
    'set -e',
    'mount --make-rprivate /',
    `mkdir ${bin}; flock ${ACCOUNTS_LOCK} cp -a /etc ${folder}/etc`,
    `mount --bind ${folder}/etc /etc`,
    ...(isServed ? ['mount -t tmpfs tmpfs /run', 'ip link set lo up'] : []),
    ...(isWhole ? ['mount -t proc proc /proc'] : []),
    setup,
    ...(name === 'busybox' ? [`busybox --install -s ${bin}`, BUSYBOX_SH] : []),
    'echo ready',
    'exec sleep infinity',
  ].join('\n')
  const apart = ['--uts', '--mount', ...(isServed ? ['--net', '--pid', '--fork', '--kill-child'] : [])]
  const holder = spawn('unshare', [...apart, '/bin/sh', '-c', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await new Promise<void>((resolve, reject) => {
    holder.stdout.once('data', () => resolve())
    holder.once('exit', (code) => reject(new Error(`no namespaces: unshare ended with ${code}`)))
  })
  const processes = isWhole ? [`--pid=/proc/${holder.pid}/ns/pid_for_children`] : []
  const inside = (command: string) => [
    ...['nsenter', '-t', String(holder.pid), '-u', '-m', ...(isServed ? ['-n'] : []), ...processes, '--'],
    ...['/bin/sh', '-c', `PATH=${bin}:$PATH; export PATH; ${command}`],
  ]
  const local = new LocalTransport()
  const transport: Transport = {
    closed: false,
    open: (command) => local.open(inside(command).map(quote).join(' ')),
    close: async () => {},
  }
  const session = new Session(transport)
  return {
    name,
    session,
    bin,
    run: (command) => execFileSync('nsenter', inside(command).slice(1), { encoding: 'utf8' }),
    close: async () => {
      await session.close()
      const gone = new Promise((resolve) => holder.once('exit', resolve))
      holder.kill('SIGKILL')
      await gone
      rmSync(folder, { recursive: true })
    },
  }
}

const BUSYBOX_SH = 'mount --bind "$(command -v busybox)" "$(readlink -f /bin/sh)"'
