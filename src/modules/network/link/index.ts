import { defineModule } from '../../../sdk/module.ts'
import type { ArgsOf } from '../../../sdk/options.ts'
import { interfaceProblems, ipProbe, netnsProblems, planOfIp, rowsOf } from '../iproute2.ts'
import { kindIn, type Setting, TUNNELS } from './kinds.ts'
import { concludeLink, linkScript } from './lacks.ts'
import { linkOptions } from './options.ts'
import { cannotMake, type DesiredLink, planLink } from './plan.ts'
import { settingProblems } from './problems.ts'

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
      ...settingProblems(type, args as Readonly<Record<string, Setting>>),
      ...(name !== undefined && name === peer ? ['the two ends of a veth need two names'] : []),
      ...(complete && peer_netns !== undefined && peer === undefined ? ['"peer_netns" needs "peer"'] : []),
      ...(cannot === undefined ? [] : [cannot]),
    ]
  },
  probe: (args) => [lookOf(args)],
  parse: (output, args) => rowsOf(output.of(lookOf(args))[0]!, NO_LINK),
  plan(args, rows) {
    const desired = desiredState(args)
    const link = rows.find(({ ifname }) => ifname === args.name) ?? null
    return planOfIp(planLink(desired, rows), { link }, (commands) => linkScript(desired, rows, commands))
  },
  interpret: (outcomes, { name, type }, rows) => concludeLink(outcomes, type ?? kindIn(rows, name)),
})

function lookOf({ name, type, netns, local, remote, key, ikey }: LinkArgs) {
  // For a tunnel all links, since another one can be in its way.
  const all = [local, remote, key, ikey, type && TUNNELS[type]].some((given) => given !== undefined)
  return ipProbe(netns, 'link', 'show', ...(all ? [] : ['dev', name]))
}

const NO_LINK = /does not exist|Cannot find device/

function desiredState(args: LinkArgs): DesiredLink {
  const { name, type, state, netns, peer_netns, force } = args
  return { name, type, state, netns, peerNetns: peer_netns, recreate: force, settings: settingsIn(args) }
}

function settingsIn(args: Partial<LinkArgs>): Readonly<Record<string, Setting | undefined>> {
  const { name, type, state, netns, force, peer_netns, key, ...settings } = args
  return key === undefined ? settings : { ...settings, ikey: key, okey: key }
}
