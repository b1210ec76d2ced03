import { connect, type Socket } from 'node:net'
import { Duplex } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { Unreachable } from '../channel.ts'
import { exhausted, started } from '../exhausted.ts'
import type { SshSettings } from './ssh-settings.ts'

/** A TCP connection to the server itself. Raises Unreachable. */
export function dialTcp(settings: SshSettings, seconds: number): Promise<Socket> {
  const where = `${settings.host} port ${settings.port}`
  return new Promise((resolve, reject) => {
    const socket = connect({
      host: settings.host,
      port: settings.port,
      family: settings.family,
      localAddress: settings.bindAddress,
      // Without it every answer waits for the delayed acknowledgement of the one before.
      noDelay: true,
      // For names with several addresses; Node's own quarter of a second is too short for a distant host.
      autoSelectFamilyAttemptTimeout: 2500,
    })
    const late = setTimeout(() => {
      socket.destroy()
      reject(
        new Unreachable(
          `${where} did not answer within ${seconds} s`,
          'is the machine up, and does a firewall drop connections to it? -T sets the time to wait',
        ),
      )
    }, seconds * 1000)
    socket.once('connect', () => {
      clearTimeout(late)
      resolve(gathering(socket))
    })
    // For life: an error that nobody listens to ends the process.
    socket.on('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(late)
      reject(dialFailure(error, settings))
    })
  })
}

/** Makes a socket send all that is written in one turn at once: ssh2 writes each packet in three pieces. */
export function gathering(socket: Socket): Socket {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean
  socket.write = (...args: unknown[]) => {
    if (socket.writableCorked === 0) {
      socket.cork()
      process.nextTick(() => socket.uncork())
    }
    return write(...args)
  }
  return socket
}

const FAILURES: Readonly<Record<string, readonly [what: string, advice: string]>> = {
  ECONNREFUSED: [
    'refused the connection',
    'is an SSH server running there, and on this port (ansible_port)?',
  ],
  ETIMEDOUT: ['did not answer', 'is the machine up, and does a firewall drop connections to it?'],
  EHOSTUNREACH: [
    'cannot be reached: no route to host',
    'is the machine up, and is there a route to its network?',
  ],
  ENETUNREACH: [
    'cannot be reached: no route to its network',
    'look at the routes here, or go through a jump host',
  ],
  ENOTFOUND: [
    'cannot be reached: this name has no address',
    'set ansible_host to an address or to a name that has one',
  ],
  EAI_AGAIN: [
    'cannot be reached: its name was not answered for',
    'is the name server reachable? or set ansible_host',
  ],
  ECONNRESET: ['reset the connection', 'is an SSH server listening on this port?'],
  EINVAL: [
    'cannot be reached: the address is not usable here',
    'a link-local address needs its interface: fe80::1%eth0',
  ],
}

function dialFailure(error: NodeJS.ErrnoException, settings: SshSettings): Unreachable {
  // Several addresses were tried: the first one's failure speaks for all.
  const first = error instanceof AggregateError ? (error.errors[0] as NodeJS.ErrnoException) : error
  const ours = exhausted(first)
  if (ours !== undefined) return ours
  const [what, advice] = FAILURES[first.code ?? ''] ?? [`cannot be reached: ${first.message}`, undefined]
  return new Unreachable(`${settings.host} port ${settings.port} ${what}`, advice)
}

/** The stream that a ProxyCommand gives; `said` is what it has written to its stderr, once it has ended. */
export async function dialCommand(
  command: string,
  environment?: NodeJS.ProcessEnv,
): Promise<{ stream: Duplex; said: () => Promise<string> }> {
  const child = await started('/bin/sh', ['-c', `exec ${command}`], environment)
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk).slice(-2000)
  })
  const closed = new Promise((resolve) => child.once('close', resolve))
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin })
  stream.on('error', () => {})
  child.once('error', (error) => stream.destroy(error))
  stream.once('close', () => child.kill())
  const said = async () => {
    await Promise.race([closed, sleep(LAST_WORDS, undefined, { ref: false })])
    return stderr.trim()
  }
  return { stream, said }
}

/** How long a ProxyCommand may take to end once its stream has, in ms. */
const LAST_WORDS = 1000
