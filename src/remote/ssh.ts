import { readFile } from 'node:fs/promises'
import { connect as connectTcp } from 'node:net'
import { NodeSSH } from 'node-ssh'
import type { Client, PublicKeyAuthMethod } from 'ssh2'
import { type Channel, type Transport, Unreachable } from './channel.ts'
import { programOn } from './channels.ts'
import { LocalTransport } from './local.ts'
import type { Target } from './target.ts'

/** One SSH connection to a host. */
export class SshTransport implements Transport {
  readonly #client: Client
  readonly #died: Promise<never>
  #closed = false

  constructor(client: Client) {
    this.#client = client
    this.#died = new Promise((_, reject) => {
      client.once('close', () => {
        this.#closed = true
        reject(new Unreachable('the connection was lost while a command was running'))
      })
    })
    this.#died.catch(() => {})
  }

  get closed(): boolean {
    return this.#closed
  }

  open(command: string): Promise<Channel> {
    return new Promise((resolve, reject) => {
      this.#died.catch(reject)
      this.#client.exec(command, (error, channel) =>
        error === undefined ? resolve(programOn(channel, this.#died)) : reject(error),
      )
    })
  }

  async close(): Promise<void> {
    this.#client.end()
    await this.#died.catch(() => {})
  }
}

/** Connects to a target. Raises Unreachable. */
export async function connect(target: Target): Promise<Transport> {
  if (target.connection === 'local') return new LocalTransport()
  const key = target.privateKeyFile === undefined ? undefined : await readFile(target.privateKeyFile, 'utf8')
  const sock = connectTcp({ host: target.address, port: target.port ?? 22, noDelay: true })
  const ssh = new NodeSSH()
  const username = target.user ?? 'root'
  const method: PublicKeyAuthMethod = { type: 'publickey', username, key: key ?? '' }
  await ssh.connect({ sock, username, authHandler: [method] })
  const client = ssh.connection!
  client.on('error', () => {})
  return new SshTransport(client)
}
