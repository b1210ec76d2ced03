/** A network as it is drawn: plain JSON, `topology` in the result of the module of that name. */
export interface Topology {
  readonly bridges: readonly DrawnBridge[]
  readonly machines: readonly DrawnMachine[]
  readonly tunnels: readonly DrawnTunnel[]
  readonly paths: readonly DrawnPath[]
}

interface DrawnBridge {
  readonly name: string
  /** What differs from what is declared, a phrase each. */
  readonly drift: readonly string[]
}

export interface DrawnMachine {
  readonly name: string
  /** "home agent", or nothing. */
  readonly role: string
  readonly ports: readonly DrawnPort[]
  readonly drift: readonly string[]
  /** What it has was looked at; otherwise all of it is as declared. */
  readonly isFound: boolean
}

/** An interface: its addresses as a.b.c.d/n, and the bridge that it is on, as far as one is known. */
interface DrawnPort {
  readonly name: string
  readonly addresses: readonly string[]
  readonly bridge: string | null
}

/** An IP-in-IP tunnel (RFC 2003), by the machine that has it and the one at its other end. */
export interface DrawnTunnel {
  readonly name: string
  readonly from: string
  readonly to: string
  readonly isUp: boolean
}

/** The way of a packet from machine to machine, as far as it gets. */
export interface DrawnPath {
  readonly from: string
  readonly to: string
  readonly legs: readonly DrawnLeg[]
  /** Why it ends before it has arrived: a sentence without a full stop; null where it arrives. */
  readonly broken: string | null
}

/** Over a bridge, or through a tunnel, to the next machine. */
export interface DrawnLeg {
  readonly over: string
  readonly isTunnel: boolean
  readonly to: string
}
