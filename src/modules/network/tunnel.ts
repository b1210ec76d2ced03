import { defineModule } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import {
  type IpPlan,
  interfaceProblems,
  ipOptions,
  ipProbe,
  netnsProblems,
  planOfIp,
  type Row,
  rowsOf,
} from './iproute2.ts'
import { kindOf, type Setting, TUNNELS } from './link/kinds.ts'
import { concludeLink, linkScript } from './link/lacks.ts'
import { cannotMake, type DesiredLink, failure, planLink, rival } from './link/plan.ts'
import { settingProblems } from './link/problems.ts'

type Mode = 'ipip' | 'gre' | 'sit' | 'vti' | 'ip6ip6' | 'ipip6' | 'any' | 'ip6gre' | 'vti6'

/** What ip-tunnel(8) calls a mode, in ip-link(8)'s words. */
const MODES: Readonly<Record<Mode, { readonly type: string; readonly mode?: string }>> = {
  ipip: { type: 'ipip' },
  gre: { type: 'gre' },
  sit: { type: 'sit' },
  vti: { type: 'vti' },
  ip6ip6: { type: 'ip6tnl', mode: 'ip6ip6' },
  ipip6: { type: 'ip6tnl', mode: 'ipip6' },
  any: { type: 'ip6tnl', mode: 'any' },
  ip6gre: { type: 'ip6gre' },
  vti6: { type: 'vti6' },
}

const tunnelOptions = options({
  name: { type: 'str', required: true, help: 'Name of the tunnel interface.' },
  mode: {
    type: 'str',
    choices: Object.keys(MODES) as Mode[],
    help: 'Kind of tunnel; needed unless the tunnel is there already.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent', 'up', 'down'],
    default: 'present',
    help: 'present says nothing of up or down.',
  },
  ...ipOptions,
  local: { type: 'str', help: 'Address of this end; "any" for none in particular.' },
  remote: { type: 'str', help: 'Address of the other end; "any" for none in particular.' },
  ttl: { type: 'str', help: 'Hop limit of the packets outside, 1 to 255, or inherit.' },
  tos: { type: 'str', help: 'Type of service of the packets outside, a number, or inherit.' },
  dev: { type: 'str', help: 'Device that the packets outside leave through.' },
  key: { type: 'str', help: 'gre and vti: key in both directions, a number or dotted quad; "" for none.' },
  ikey: { type: 'str', help: 'gre and vti: key of what comes in.' },
  okey: { type: 'str', help: 'gre and vti: key of what goes out.' },
  pmtudisc: { type: 'bool', help: 'Path MTU discovery for the packets outside.' },
  nopmtudisc: { type: 'bool', help: 'The contrary of pmtudisc.' },
  mtu: { type: 'int', help: 'Largest packet inside, in bytes.' },
  exclusive: {
    type: 'bool',
    default: false,
    help: 'Delete another tunnel with the same ends: the kernel allows one, whatever its name.',
  },
})

type TunnelArgs = ArgsOf<typeof tunnelOptions>

/**
 * A tunnel as ip-tunnel(8) makes it. What can change in place does; otherwise it is deleted and made again, by
 * which its addresses and routes go.
 */
export const tunnel = defineModule({
  name: 'tunnel',
  summary: 'Make, change and delete IP tunnels (ip tunnel).',
  options: tunnelOptions,
  validate(args, complete) {
    const kind = args.mode === undefined ? undefined : MODES[args.mode].type
    const settings = settingsIn(args)
    const cannot = kind === undefined || !complete ? undefined : cannotMake(kind, { settings })
    return [
      ...interfaceProblems('name', args.name),
      ...netnsProblems('netns', args.netns),
      ...settingProblems(kind, { ...settings, key: args.key, ikey: args.ikey, okey: args.okey }),
      ...(args.pmtudisc !== undefined && args.nopmtudisc !== undefined
        ? ['"pmtudisc" and "nopmtudisc" exclude each other']
        : []),
      ...(cannot === undefined ? [] : [cannot]),
    ]
  },
  // All links, since another tunnel can be in this one's way.
  probe: ({ netns }) => [ipProbe(netns, 'link', 'show')],
  parse: (output, { netns }) => rowsOf(output.of(ipProbe(netns, 'link', 'show'))[0]!),
  plan(args, rows) {
    const desired = desiredState(args)
    const tunnel = rows.find(({ ifname }) => ifname === args.name) ?? null
    return planOfIp(planTunnel(desired, args, rows), { tunnel }, (commands) =>
      linkScript(desired, rows, commands),
    )
  },
  interpret: (outcomes, { mode }) => concludeLink(outcomes, mode && MODES[mode].type),
})

function planTunnel(desired: DesiredLink, args: TunnelArgs, rows: readonly Row[]): IpPlan {
  const row = rows.find(({ ifname }) => ifname === args.name)
  const kind = row === undefined ? undefined : kindOf(row)
  if (row !== undefined && (kind === undefined || TUNNELS[kind] === undefined)) {
    const what = kind === undefined ? 'a device of the machine' : `of type ${kind}`
    return failure(`${args.name} is ${what}, not a tunnel: it is left alone`)
  }
  if (row === undefined && args.mode === undefined && args.state !== 'absent')
    return failure(`there is no tunnel ${args.name}; to have it made, give its mode`)
  const other =
    args.exclusive && args.state !== 'absent' ? rival(desired, desired.type ?? kind, rows) : undefined
  if (other === undefined) return planLink(desired, rows)
  const deletion = planLink({ ...desired, name: other, state: 'absent' }, rows)
  const rest = planLink(
    desired,
    rows.filter(({ ifname }) => ifname !== other),
  )
  const failed = deletion.failed ?? rest.failed
  if (failed !== undefined) return failure(failed)
  return {
    changes: [...deletion.changes, ...rest.changes],
    commands: [...deletion.commands, ...rest.commands],
  }
}

function desiredState(args: TunnelArgs): DesiredLink {
  const { name, mode, state, netns } = args
  const type = mode === undefined ? undefined : MODES[mode].type
  return { name, type, state, netns, recreate: true, settings: settingsIn(args) }
}

function settingsIn(args: Partial<TunnelArgs>): Readonly<Record<string, Setting | undefined>> {
  const { mode, key, dev, nopmtudisc, local, remote, ttl, tos, mtu } = args
  const both = key === undefined ? {} : { ikey: key, okey: key }
  return {
    ...{ local, remote, ttl, tos, mtu, link: dev, ikey: args.ikey, okey: args.okey },
    ...both,
    pmtudisc: nopmtudisc === undefined ? args.pmtudisc : !nopmtudisc,
    mode: mode === undefined ? undefined : MODES[mode].mode,
  }
}
