/** Before every key in Redis. */
export const PREFIX = 'playssh'

/** Of what coordinator and workers say to each other: who has another number is not understood. */
export const PROTOCOL = 3

/** How long keys of a run stay whose coordinator does not renew them, in seconds. */
export const KEPT = 86_400

/** How long a lease on hosts holds, how often it is renewed, and how long before its end nothing is begun, in ms. */
export const LEASE = 7_000
export const RENEWAL = 1_500
export const MARGIN = 1_500

/** How long a worker or a coordinator is taken to be there that does not say so anew, and how often it does, in ms. */
export const PRESENCE = 10_000
export const HEARTBEAT = 2_500

const run = (id: string, what: string) => `${PREFIX}:run:${id}:${what}`

/** What lies where in Redis. `run` is the id of a run. */
export const places = {
  /** Workers by when they were last heard of, and what one says of itself. */
  workers: `${PREFIX}:workers`,
  worker: (id: string) => `${PREFIX}:worker:${id}`,
  /** Runs by when they began. */
  runs: `${PREFIX}:runs`,
  request: (id: string) => run(id, 'request'),
  coordinator: (id: string) => run(id, 'coordinator'),
  /** "stop" or "cut", once the user has pressed Ctrl-C. */
  signal: (id: string) => run(id, 'signal'),
  /** What the coordinator remembers. */
  kept: (id: string) => run(id, 'kept'),
  /** The hosts that the run has, and no other run. */
  claims: (id: string) => run(id, 'claims'),
  /** Which attempt has each host. */
  hosts: (id: string) => run(id, 'hosts'),
  lease: (id: string, attempt: string) => run(id, `lease:${attempt}`),
  meeting: (id: string) => run(id, 'meet'),
  ended: (id: string) => run(id, 'ended'),
  /** A channel on which it is said that something of the run is new. */
  bell: (id: string) => run(id, 'bell'),
  /** Pieces of files that somebody waits for, and the channel on which that is said. */
  wanted: (id: string) => run(id, 'wanted'),
  /** A piece, who waits for it, and the channel on which it is said that it is there. */
  piece: (id: string, piece: string) => run(id, `piece:${piece}`),
  takers: (id: string, piece: string) => run(id, `takers:${piece}`),
  pieces: (id: string) => run(id, 'pieces'),
  /** A bundle. */
  content: (name: string) => `${PREFIX}:content:${name}`,
  logins: (name: string) => `${PREFIX}:logins:${name}`,
}

/** Names of queues of BullMQ: slices for those who serve a pattern, and what happens in a run. */
export const queues = {
  // BullMQ names a dozen keys in each of its scripts: short names are half of what goes through Redis for a small run.
  slices: (pattern: string) => `s-${pattern.slice(0, 12)}`,
  events: (id: string) => `e-${id}`,
}

/** The job of a slice; the same whenever the run is taken up again. */
export function jobId(run: string, slice: string): string {
  return `${run}-${slice}`
}
