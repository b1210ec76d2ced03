import { constants } from 'node:os'
import { Writable } from 'node:stream'
import type { ClientChannel } from 'ssh2'
import { type Channel, Unreachable } from './channel.ts'

const isSignal = (name: string): name is NodeJS.Signals => name in constants.signals

/** An ssh2 channel that runs a program, as a Channel. `died` rejects once the connection below is gone. */
export function programOn(channel: ClientChannel, died: Promise<never>): Channel {
  const exited = new Promise<number>((resolve, reject) => {
    // The status comes with 'exit'; 'close' waits for background children that hold stdout open.
    channel.once('exit', (code: number | null, signal?: string) => {
      const name = signal ?? ''
      resolve(code ?? 128 + (isSignal(name) ? constants.signals[name] : 0))
    })
    channel.once('close', () =>
      reject(new Unreachable('the connection was closed while a command was running')),
    )
    died.catch(reject)
  })
  // Whoever waits sees the failure; nobody waiting is no reason to end the process.
  exited.catch(() => {})
  channel.on('error', () => {})
  channel.stderr.on('error', () => {})
  return {
    stdin: stdinOf(channel, died),
    stdout: channel,
    stderr: channel.stderr,
    exited,
    kill() {
      channel.signal('TERM')
      channel.close()
    },
  }
}

/** What is written to a channel. A write to a closed ssh2 channel is never answered: here it fails. */
function stdinOf(channel: ClientChannel, died: Promise<never>): Writable {
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
  const broken = () => stdin.destroy(new Error('the program no longer reads'))
  channel.once('close', broken)
  died.catch(broken)
  return stdin
}
