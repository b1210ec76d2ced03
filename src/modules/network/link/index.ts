import { defineModule } from '../../../sdk/module.ts'
import type { ArgsOf } from '../../../sdk/options.ts'
import {
  interfaceProblems,
  ipProbe,
  isNoNetns,
  netnsProblems,
  planOfIp,
  type Row,
  rowsOf,
} from '../iproute2.ts'
import type { Setting } from './attribute.ts'
import { planExclusive } from './exclusive.ts'
import { kindIn, TUNNELS } from './kinds.ts'
import { concludeLink, linkScript } from './lacks.ts'
import { linkOptions } from './options.ts'
import { cannotMake, planLink } from './plan.ts'
import { settingProblems } from './problems.ts'
import type { DesiredLink } from './settings.ts'

type LinkArgs = ArgsOf<typeof linkOptions>

/** A network interface, as ip-link(8) makes and sets it. */
export const link = defineModule({
  name: 'link',
  summary: 'Make, set and delete network interfaces (ip link).',
  options: linkOptions,
  validate(args, complete) {
    const { type, name, peer, peer_netns } = args
    const settings = settingsIn(args)
    const cannot =
      type === undefined || args.state === 'absent' || !complete ? undefined : cannotMake(type, { settings })
    return [
      ...interfaceProblems('name', name),
      ...netnsProblems('netns', args.netns),
      ...netnsProblems('peer_netns', peer_netns),
      ...settingProblems(type, { ...settings, key: args.key, ikey: args.ikey, okey: args.okey }),
      ...(name !== undefined && name === peer ? ['the two ends of a veth need two names'] : []),
      ...(complete && peer_netns !== undefined && peer === undefined ? ['"peer_netns" needs "peer"'] : []),
      ...(cannot === undefined ? [] : [cannot]),
    ]
  },
  probe: (args) => [lookOf(args)],
  parse(output, args, { check }) {
    const printed = output.of(lookOf(args))[0]!
    return check && isNoNetns(printed) ? FRESH : rowsOf(printed, NO_LINK)
  },
  plan(args, rows) {
    const desired = desiredState(args)
    const link = rows.find(({ ifname }) => ifname === args.name) ?? null
    const plan = args.exclusive ? planExclusive(desired, rows) : planLink(desired, rows)
    return planOfIp(plan, { link }, (commands) => linkScript(desired, rows, commands))
  },
  interpret: (outcomes, { name, type }, rows) => concludeLink(outcomes, type ?? kindIn(rows, name)),
})

function lookOf({ name, type, netns, local, remote, key, ikey, master, exclusive }: LinkArgs) {
  // For a tunnel all links, since another one can be in its way; for a port its master too.
  const all =
    exclusive ||
    (master !== undefined && master !== '' && master !== 'nomaster') ||
    [local, remote, key, ikey, type && TUNNELS[type]].some((given) => given !== undefined)
  return ipProbe(netns, 'link', 'show', ...(all ? [] : ['dev', name]))
}

/** The links of a namespace that an earlier task makes. */
const FRESH: readonly Row[] = [{ ifname: 'lo', link_type: 'loopback', flags: ['LOOPBACK'] }]

const NO_LINK = /does not exist|Cannot find device/

function desiredState(args: LinkArgs): DesiredLink {
  const { name, type, state, netns, peer_netns, force, replug } = args
  const settings = settingsIn(args)
  return { name, type, state, netns, peerNetns: peer_netns, recreate: force, replug, settings }
}

function settingsIn(args: Partial<LinkArgs>): Readonly<Record<string, Setting | undefined>> {
  const { name, type, state, netns, force, exclusive, replug, peer_netns, key, ...given } = args
  const settings = Object.fromEntries(
    Object.entries(given).map(([option, value]) => [option, Array.isArray(value) ? value.join(' ') : value]),
  )
  return key === undefined ? settings : { ...settings, ikey: key, okey: key }
}
