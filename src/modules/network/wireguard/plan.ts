import type { Action, Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, inSteps, joined, NOTHING, type PlannedChange, sh, together } from '../../../sdk/plans.ts'
import { contentOf } from '../../../shell/content.ts'
import type { Value } from '../../../values/value.ts'
import { digestOf, publicKeyOf } from './keys.ts'
import { peersOf, type WantedPeer, type WireguardArgs } from './options.ts'
import { type Interface, type Peer, type WireguardState, wg } from './state.ts'

const NOTHING_YET: Interface = { publicKey: undefined, port: 0, fwmark: 0, peers: new Map() }

export function planWireguard(args: WireguardArgs, { found }: WireguardState, view: ModuleContext): Plan {
  // Under check an earlier task has not made it yet.
  if (found === undefined && !view.check)
    return failure(
      `there is no interface ${args.name}; make it in an earlier task ("link" with "type: wireguard")`,
    )
  const state = found ?? NOTHING_YET
  const wanted = peersOf(args)
  const steps = [
    ...ofInterface(args, state),
    ...(args.exclusive && args.peers !== undefined ? removals(args, state, wanted) : []),
  ]
  const peers = wanted.map((peer) => planPeer(args, state.peers.get(peer.publicKey), peer))
  const publicKey = args.private_key === undefined ? state.publicKey : publicKeyOf(args.private_key)
  return { ...joined([inSteps(steps), ...peers]), result: { public_key: publicKey ?? null } }
}

function ofInterface(args: WireguardArgs, { publicKey, port, fwmark }: Interface): PlannedChange[] {
  const { name, private_key: key, listen_port: wantedPort, fwmark: wantedMark } = args
  const steps: PlannedChange[] = []
  if (key !== undefined && publicKeyOf(key) !== publicKey)
    steps.push([
      { what: 'public key', before: publicKey ?? null, after: publicKeyOf(key) },
      secretly(wg(args, 'set', name, 'private-key', '/dev/stdin'), key),
    ])
  // Of 0 nobody knows which port it becomes.
  if (wantedPort !== undefined && wantedPort !== 0 && wantedPort !== port)
    steps.push([
      { what: 'listen port', before: port || null, after: wantedPort },
      sh(wg(args, 'set', name, 'listen-port', String(wantedPort))),
    ])
  const mark = wantedMark === undefined || wantedMark === 'off' ? 0 : Number(wantedMark)
  if (wantedMark !== undefined && mark !== fwmark)
    steps.push([
      { what: 'fwmark', before: fwmark || null, after: mark || null },
      sh(wg(args, 'set', name, 'fwmark', String(mark))),
    ])
  return steps
}

function removals(args: WireguardArgs, { peers }: Interface, wanted: readonly WantedPeer[]): PlannedChange[] {
  const kept = new Set(wanted.map(({ publicKey }) => publicKey))
  return [...peers.keys()]
    .filter((peer) => !kept.has(peer))
    .map((peer) => [
      { what: `peer ${peer}`, before: told(peers.get(peer)!), after: null },
      sh(wg(args, 'set', args.name, 'peer', peer, 'remove')),
    ])
}

/** One command for each peer, for what it has belongs together. */
function planPeer(args: WireguardArgs, before: Peer | undefined, wanted: WantedPeer): Plan {
  const { publicKey, allowedIps, endpoint, keepalive, presharedKey } = wanted
  const words: string[] = []
  const changes: Change[] = []
  const differ = (what: string, old: Value, now: Value, ...command: string[]) => {
    if (JSON.stringify(old) === JSON.stringify(now)) return
    changes.push({ what: `${what} of ${publicKey}`, before: old, after: now })
    words.push(...command)
  }
  if (endpoint !== undefined) differ('endpoint', before?.endpoint ?? null, endpoint, 'endpoint', endpoint)
  if (keepalive !== undefined)
    differ('keepalive', before?.keepalive ?? 0, keepalive, 'persistent-keepalive', String(keepalive))
  if (allowedIps !== undefined)
    differ(
      'allowed ips',
      before?.allowedIps.join(' ') ?? '',
      allowedIps.join(' '),
      'allowed-ips',
      allowedIps.join(','),
    )
  const shared = presharedKey === undefined || presharedKey === '' ? undefined : digestOf(presharedKey)
  const isOther = presharedKey !== undefined && shared !== before?.presharedKey
  if (isOther) {
    const shown = (digest: string | undefined) => (digest === undefined ? null : '(hidden)')
    changes.push({
      what: `preshared key of ${publicKey}`,
      before: shown(before?.presharedKey),
      after: shown(shared),
    })
    words.push('preshared-key', shared === undefined ? '/dev/null' : '/dev/stdin')
  }
  if (before !== undefined && changes.length === 0) return NOTHING
  const command = wg(args, 'set', args.name, 'peer', publicKey, ...words)
  const action = isOther && shared !== undefined ? secretly(command, presharedKey!) : sh(command)
  const made = { what: `peer ${publicKey}`, before: null, after: toldWanted(wanted) }
  return together(before === undefined ? [made] : changes, action)
}

/** A key goes over stdin, where no list of processes shows it. */
function secretly(script: string, key: string): Action {
  return { do: 'send', script, content: contentOf(`${key}\n`), brief: true }
}

function told({ allowedIps, endpoint }: Peer): string {
  return [allowedIps.join(' ') || 'no networks', ...(endpoint === undefined ? [] : [`at ${endpoint}`])].join(
    ' ',
  )
}

function toldWanted({ allowedIps = [], endpoint }: WantedPeer): string {
  return told({ allowedIps, endpoint, keepalive: 0, presharedKey: undefined })
}
