import { constants } from 'node:os'
import type { Channel, Transport } from './channel.ts'
import { started } from './exhausted.ts'

/** This machine as a host: `ansible_connection: local`. */
export class LocalTransport implements Transport {
  readonly closed = false

  async open(command: string): Promise<Channel> {
    const child = await started('/bin/sh', ['-c', command])
    const exited = new Promise<number>((resolve, reject) => {
      child.once('error', reject)
      child.once('exit', (code, signal) =>
        resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
      )
    })
    // Whoever waits sees the failure; nobody waiting is no reason to end the process.
    exited.catch(() => {})
    child.stdin.on('error', () => {})
    const close = () => {
      child.stdin.destroy()
      child.stdout.destroy()
      child.stderr.destroy()
    }
    return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, exited, close }
  }

  async close(): Promise<void> {}
}
