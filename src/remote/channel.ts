import type { Duplex, Readable, Writable } from 'node:stream'

/** A program running on a host: its three streams and its end. */
export interface Channel {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Exit status, 128 + n for signal n. Rejects with Unreachable when the connection died under it. */
  readonly exited: Promise<number>
  /** Closes the streams. A program that still runs gets no other sign than that. */
  close(): void
}

/** A way to start programs on one host: an SSH connection, or this machine itself. */
export interface Transport {
  /** Starts a command line under the login shell of the user who is logged in. */
  open(command: string): Promise<Channel>
  /** True once the connection is gone; a new one must be made. */
  readonly closed: boolean
  close(): Promise<void>
}

/** A connection to a host through which others can be reached. */
export interface Way extends Transport {
  /** A byte stream from this host to another. Raises Unreachable. */
  forward(to: { readonly host: string; readonly port: number }): Promise<Duplex>
  /** Whether others are reached through it. */
  readonly forwards: boolean
  /** Ends it at the end of a run, when nobody is reached through it any more. */
  end(): Promise<void>
}

/** The host cannot be reached, or no longer: why, and what to try. */
export class Unreachable extends Error {
  readonly advice: string | undefined

  constructor(message: string, advice?: string) {
    super(message)
    this.name = 'Unreachable'
    this.advice = advice
  }
}

/** The server allows no more programs at a time on this connection. */
export class Crowded extends Unreachable {}

/** The server hung up before its greeting, as it does when too many log in at once: worth another try. */
export class HungUp extends Unreachable {}
