import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Upstream {
  readonly host: string
  readonly port: number
}

/**
 * A TCP proxy that is as far from the servers behind it as `delay`, the milliseconds of a round trip, says: what
 * either end sends arrives half of it later, and so does a connection that is opened, in order and undropped.
 *
 * It counts round trips as the longest chain in which every link waited for the one before: a byte from the server
 * that left after one from the client had reached it, which left after one from the server had reached it, and so
 * on. Opening the connection is the first. Messages that overlap on the way, such as SSH's window adjustments or an
 * answer in many packets, make no chain longer; what the client did not stay to hear is not counted.
 */
export class DelayingProxy {
  readonly #server: Server
  readonly #conversations = new Set<Conversation>()
  #most = 0

  /** `upstream` says who is meant by the address that the client has connected to. */
  constructor(delay: number, upstream: (address: string) => Upstream) {
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
      const conversation = new Conversation(client, upstream(client.localAddress!), delay / 2)
      this.#conversations.add(conversation)
      client.once('close', () => {
        this.#conversations.delete(conversation)
        this.#most = Math.max(this.#most, conversation.roundTrips)
      })
    })
  }

  /** Gives the port. */
  listen(port: number, address: string): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, address, 4096, () =>
        resolve((this.#server.address() as { port: number }).port),
      )
    })
  }

  /** The round trips of the connection that had the most of them since this was last asked; closed ones only. */
  async takeMost(): Promise<number> {
    while (this.#conversations.size > 0) await sleep(5)
    const most = this.#most
    this.#most = 0
    return most
  }

  /** Once nothing is under way any more, round trips count from here: those of connections that are open too. */
  async forget(): Promise<void> {
    await sleep(QUIET)
    this.#most = 0
    for (const conversation of this.#conversations) conversation.forget()
  }

  /** The round trips of the connection that had the most of them since `forget`. */
  get most(): number {
    return Math.max(this.#most, ...[...this.#conversations].map(({ roundTrips }) => roundTrips))
  }

  close(): Promise<void> {
    for (const conversation of this.#conversations) conversation.destroy()
    return new Promise((resolve) => this.#server.close(() => resolve()))
  }
}

/** In ms: longer than what is under way takes. */
const QUIET = 2000

class Conversation {
  readonly #client: Socket
  readonly #half: number
  readonly #upstream: Upstream
  #server: Socket | undefined
  /** How long the chain is that has reached either end. */
  #atClient = 1
  #atServer = 1
  /** What the client has sent before the connection was open at the other end. */
  #early: (() => void)[] = []

  constructor(client: Socket, upstream: Upstream, half: number) {
    this.#client = client
    this.#upstream = upstream
    this.#half = half
    client.on('error', () => {})
    client.on('data', (chunk: Buffer) => {
      const chain = this.#atClient
      this.#toServer((server) => {
        this.#atServer = Math.max(this.#atServer, chain)
        server.write(chunk)
      })
    })
    client.on('end', () => this.#toServer((server) => server.end()))
    client.on('close', () => this.#later(() => this.#server?.destroy()))
    // There and back for the client to know of the connection, and once more until the server hears that it does.
    setTimeout(() => this.#dial(), 3 * half)
  }

  get roundTrips(): number {
    return this.#atClient
  }

  forget(): void {
    this.#atClient = 0
    this.#atServer = 0
  }

  destroy(): void {
    this.#client.destroy()
    this.#server?.destroy()
  }

  #dial(): void {
    if (this.#client.destroyed) return
    const server = connect({ ...this.#upstream, noDelay: true, allowHalfOpen: true })
    this.#server = server
    server.on('error', () => {})
    server.on('data', (chunk: Buffer) => {
      const chain = this.#atServer + 1
      this.#later(() => {
        if (!this.#client.readableEnded) this.#atClient = Math.max(this.#atClient, chain)
        this.#client.write(chunk)
      })
    })
    server.on('end', () => this.#later(() => this.#client.end()))
    server.on('close', () => this.#later(() => this.#client.destroy()))
    for (const send of this.#early) send()
  }

  #toServer(send: (server: Socket) => void): void {
    this.#later(() => {
      if (this.#server === undefined) this.#early.push(() => send(this.#server!))
      else send(this.#server)
    })
  }

  // Timers of one length end in the order in which they began.
  #later(act: () => void): void {
    setTimeout(act, this.#half)
  }
}
