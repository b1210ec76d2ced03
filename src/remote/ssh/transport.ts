import { setMaxListeners } from 'node:events'
import type { Duplex } from 'node:stream'
import type { Client, ClientChannel } from 'ssh2'
import { type Channel, Crowded, Unreachable, type Way } from '../channel.ts'
import { type Handed, handOver } from './handed.ts'
import { onAbort } from './on-abort.ts'
import { ping } from './ping.ts'
import { programOn } from './program.ts'
import type { SshSettings } from './ssh-settings.ts'

/** How long a connection may take to say goodbye, in ms; a frozen peer would never take it. */
const GOODBYE = 500
/** Command lines that are remembered: there are few, but for who becomes many users. */
const COMMANDS_AT_MOST = 4

/** One SSH connection to a host, logged in. */
export class SshTransport implements Way {
  readonly #client: Client
  readonly #stream: Duplex
  readonly #settings: SshSettings
  readonly #patience: number
  /** Aborted, with the reason, when the connection ends. */
  readonly #end = new AbortController()
  readonly #queue: (() => void)[] = []
  /** Is called when the server allows no more programs at a time: somebody may have one to spare. */
  onFull: () => void = () => {}
  /** Takes the connection, and command lines whose programs it had, when a run that is over has no more use for it. */
  heir: ((handed: Handed, commands: readonly string[]) => void) | undefined
  /** Those that run and those that are being started. */
  #programs = 0
  /** Command lines that it was asked for. */
  readonly #commands = new Set<string>()
  #forwards = 0
  #closing = false

  /** `patience`, in seconds, is how long the server may take to start a program or a forward. */
  constructor(client: Client, stream: Duplex, settings: SshSettings, patience: number) {
    this.#client = client
    this.#stream = stream
    this.#settings = settings
    this.#patience = patience
    // Every program and every forward that is being opened listens.
    setMaxListeners(0, this.#end.signal)
    const cut = (error?: Error) => {
      this.#end.abort(this.#reason(error))
      stream.destroy()
    }
    client.once('error', cut)
    client.once('end', () => cut())
    client.once('close', () => cut())
    stream.once('close', () => cut())
  }

  get closed(): boolean {
    return this.#closing || this.#end.signal.aborted
  }

  /** Whether other hosts are reached through this one. */
  get forwards(): boolean {
    return this.#forwards > 0
  }

  /** Resolves with the reason when the connection has ended. */
  get ended(): Promise<Error> {
    return new Promise((resolve) => onAbort(this.#end.signal, resolve))
  }

  /** Whether the server answers within so many ms. */
  answers(patience: number): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.closed) return resolve(false)
      const settle = (there: boolean) => {
        clearTimeout(late)
        leave()
        resolve(there)
      }
      const late = setTimeout(settle, patience, false)
      const leave = onAbort(this.#end.signal, () => settle(false))
      ping(this.#client, () => settle(true))
    })
  }

  /** Where the server allows no more programs at a time, one is waited for, so many seconds at most; raises Crowded then. */
  async open(command: string, patience = this.#patience): Promise<Channel> {
    if (this.#commands.size < COMMANDS_AT_MOST) this.#commands.add(command)
    for (;;) {
      this.#programs += 1
      const channel = await this.#exec(command).catch((error: Error) => {
        this.#programs -= 1
        throw error
      })
      if (channel !== undefined) return channel
      this.#programs -= 1
      this.onFull()
      await this.#untilOneEnds(patience)
    }
  }

  /** A byte stream from this host to another: what a jump host is for. */
  async forward({ host, port }: { readonly host: string; readonly port: number }): Promise<Duplex> {
    const from = this.#settings.alias
    const where = `${host} port ${port}`
    const late = `the jump host ${from} did not reach ${where} within ${this.#patience} s`
    return this.#ask<ClientChannel, Duplex>(
      late,
      (resolve, reject) =>
        this.#client.forwardOut('127.0.0.1', 0, host, port, (error, opened) =>
          error ? reject(forwardFailure(error, from, where)) : resolve(opened),
        ),
      (channel) => {
        this.#forwards += 1
        channel.on('error', () => {})
        channel.once('close', () => {
          this.#forwards -= 1
          if (this.#closing && this.#forwards === 0) void this.#sayGoodbye()
        })
        return channel
      },
    )
  }

  /** Ends the connection, as soon as no other host is reached through it. */
  async close(): Promise<void> {
    this.#closing = true
    if (this.#forwards === 0) await this.#sayGoodbye()
  }

  /** Ends the connection now, or leaves it to its heir. */
  async end(): Promise<void> {
    const handed = this.heir && !this.closed && this.#forwards === 0 ? handOver(this.#client) : undefined
    if (handed === undefined) return this.#sayGoodbye()
    this.#closing = true
    this.heir?.(handed, [...this.#commands])
  }

  /** It waits for no answer. */
  async #sayGoodbye(): Promise<void> {
    this.#closing = true
    await new Promise<void>((resolve) => {
      const cut = () => this.#end.abort(this.#reason())
      const late = setTimeout(cut, GOODBYE)
      onAbort(this.#end.signal, () => {
        clearTimeout(late)
        this.#stream.destroy()
        resolve()
      })
      this.#stream.once('finish', cut)
      this.#client.end()
    })
  }

  /** undefined when the server allows no more programs at a time on this connection. */
  #exec(command: string): Promise<Channel | undefined> {
    const late = `${this.#settings.alias} did not start a program within ${this.#patience} s`
    return this.#ask<ClientChannel | undefined, Channel | undefined>(
      late,
      (resolve, reject) =>
        this.#client.exec(command, (error, channel) => {
          if (!error) resolve(channel)
          else if (isRefusedSession(error)) resolve(undefined)
          else reject(new Unreachable(`${this.#settings.alias} does not start programs: ${error.message}`))
        }),
      (channel) => {
        channel?.once('close', () => {
          this.#programs -= 1
          this.#queue.shift()?.()
        })
        return channel && programOn(channel, this.#end.signal)
      },
    )
  }

  #untilOneEnds(patience: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const refuse = () =>
        reject(
          new Crowded(
            `${this.#settings.alias} allows no more programs at a time on one connection`,
            'raise MaxSessions in its sshd_config',
          ),
        )
      if (this.#programs === 0) return refuse()
      const leave = onAbort(this.#end.signal, reject)
      const go = () => {
        clearTimeout(late)
        leave()
        resolve()
      }
      const late = setTimeout(() => {
        // Whoever has given up is not to be given a place that comes free: the next one is.
        this.#queue.splice(this.#queue.indexOf(go), 1)
        refuse()
      }, patience * 1000)
      this.#queue.push(go)
    })
  }

  /**
   * Asks the server for a channel, and gives what `use` makes of it; one that comes too late is closed again. `use` is
   * called as the channel opens: its end may be in the same packet.
   */
  #ask<T extends ClientChannel | undefined, U>(
    late: string,
    request: (resolve: (channel: T) => void, reject: (error: Error) => void) => void,
    use: (channel: T) => U,
  ): Promise<U> {
    return new Promise((resolve, reject) => {
      let over = false
      const settle = (then: () => void) => {
        if (over) return
        over = true
        clearTimeout(timer)
        leave()
        then()
      }
      const fail = (error: Error) => settle(() => reject(error))
      const timer = setTimeout(
        () => fail(new Unreachable(late, 'is the machine overloaded or frozen? -T sets the time to wait')),
        this.#patience * 1000,
      )
      const leave = onAbort(this.#end.signal, fail)
      const take = (channel: T) => {
        if (over) channel?.close()
        settle(() => resolve(use(channel)))
      }
      try {
        // When the connection dies, its own reason, which comes a little later, says more than a failed request.
        request(take, (error) => setImmediate(fail, error))
      } catch (error) {
        // ssh2 has noticed the end of the connection before its event came.
        fail(this.#reason(error as Error))
      }
    })
  }

  #reason(error?: Error & { level?: string }): Unreachable {
    const { alias } = this.#settings
    if (error?.level === 'client-timeout') {
      return new Unreachable(
        `${alias} has stopped answering: no sign of life came when asked for`,
        'is the machine frozen, rebooting or cut off? what was running there may have been done or not',
      )
    }
    if (this.#closing) return new Unreachable(`the connection to ${alias} has been closed`)
    return new Unreachable(
      `the connection to ${alias} was lost${error === undefined ? '' : `: ${error.message}`}`,
      'did the machine or its SSH server go down? what was running there may have been done or not',
    )
  }
}

/** OpenSSH answers so to a session beyond MaxSessions. */
function isRefusedSession(error: Error): boolean {
  return /Channel open failure: open failed/.test(error.message)
}

/** RFC 4254, section 5.1. */
const PROHIBITED = 1

function forwardFailure(error: Error & { reason?: unknown }, from: string, where: string): Unreachable {
  const said = error.message.replace(/^\(SSH\) Channel open failure: /, '')
  if (error.reason === PROHIBITED) {
    return new Unreachable(
      `the jump host ${from} does not let us through to ${where}: ${said}`,
      'its sshd_config must say AllowTcpForwarding yes, and PermitOpen must not forbid it',
    )
  }
  const advice = /refused/i.test(said)
    ? 'is an SSH server running there, and on this port (ansible_port)?'
    : 'is the machine up, and can the jump host reach it?'
  return new Unreachable(`${where} cannot be reached from the jump host ${from}: ${said}`, advice)
}
