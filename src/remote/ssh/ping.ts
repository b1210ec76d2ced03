import type { Client } from 'ssh2'

/** The part of ssh2's client that is not public and that we need. */
interface Inner {
  readonly _callbacks: (() => void)[]
  readonly _protocol: {
    /** Asks for an answer that says nothing. */
    ping(): void
  }
}

/** Asks the server for a sign of life (RFC 4254, section 4), and calls `answered` when it comes. */
export function ping(client: Client, answered: () => void = () => {}): void {
  const { _protocol: protocol, _callbacks: callbacks } = client as unknown as Inner
  callbacks.push(answered)
  protocol.ping()
}
