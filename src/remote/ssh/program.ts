import { constants } from 'node:os'
import { Writable } from 'node:stream'
import type { ClientChannel } from 'ssh2'
import { type Channel, Unreachable } from '../channel.ts'
import { onAbort } from './on-abort.ts'

/** A program that runs on an ssh2 channel, as a Channel. `connectionEnd` is aborted when the connection below it ends. */
export function programOn(channel: ClientChannel, connectionEnd: AbortSignal): Channel {
  const stdin = stdinOf(channel)
  const exited = new Promise<number>((resolve, reject) => {
    // The status comes with 'exit'; 'close' waits for children in the background that hold stdout open.
    channel.once('exit', (code: number | null, signal?: string) => resolve(code ?? 128 + numberOf(signal)))
    channel.once('close', () => {
      leave()
      stdin.destroy(new Error('the program no longer reads'))
      reject(new Unreachable('the server ended a program without its exit status'))
    })
    const leave = onAbort(connectionEnd, (reason) => {
      stdin.destroy(reason)
      reject(reason)
    })
  })
  // Whoever waits sees the failure; nobody waiting is no reason to end the process.
  exited.catch(() => {})
  channel.on('error', () => {})
  channel.stderr.on('error', () => {})
  const close = () => {
    channel.close()
    // The server says nothing of it as long as the program runs on.
    channel.emit('close')
  }
  return { stdin, stdout: channel, stderr: channel.stderr, exited, close }
}

function numberOf(signal = ''): number {
  return signal in constants.signals ? constants.signals[signal as NodeJS.Signals] : 0
}

/** What is written to a channel. ssh2 never answers a write to a channel that is closed: this stream is destroyed then. */
function stdinOf(channel: ClientChannel): Writable {
  const stdin = new Writable({
    write(chunk: Buffer, _encoding, done) {
      channel.write(chunk, done)
    },
    final(done) {
      channel.end()
      done()
    },
  })
  stdin.on('error', () => {})
  return stdin
}
