import { type Change, defineModule } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { isMap, type Value } from '../../values/value.ts'
import {
  concludeIp,
  type IpPlan,
  interfaceProblems,
  ip,
  ipOptions,
  ipProbe,
  netnsProblems,
  nothing,
  planOfIp,
  type Row,
  rowsOf,
  text,
} from './iproute2.ts'
import { failure } from './link/plan.ts'

const portOptions = options({
  name: { type: 'str', required: true, aliases: ['dev'], help: 'Interface that is a port of a bridge.' },
  ...ipOptions,
  cost: { type: 'int', help: 'Cost of the path through this port, 1 to 65535.' },
  priority: { type: 'int', help: 'In the choice of ports of the spanning tree, 0 to 63.' },
  learning: { type: 'bool', help: 'Learn addresses from what comes in.' },
  flood: { type: 'bool', help: 'Send what goes to unknown addresses here too.' },
  mcast_flood: { type: 'bool', help: 'Send multicast for unknown members here too.' },
  bcast_flood: { type: 'bool', help: 'Send broadcasts here too.' },
  hairpin: { type: 'bool', help: 'Send back what came in by this port.' },
  isolated: { type: 'bool', help: 'Exchange frames only with ports that are not isolated.' },
  guard: { type: 'bool', help: 'Block the port when it receives packets of the spanning tree (BPDU guard).' },
  root_block: { type: 'bool', help: 'Never take this port for the way to the root.' },
  fastleave: { type: 'bool', help: 'Believe at once that nobody is left when one leaves a multicast group.' },
  mcast_router: {
    type: 'int',
    help: '0 never, 1 found out, 2 always, 3 for a while a multicast router port.',
  },
  mcast_to_unicast: { type: 'bool', help: 'Send multicast to each member by itself.' },
  proxy_arp: { type: 'bool', help: 'Answer ARP for others.' },
  proxy_arp_wifi: { type: 'bool', help: 'The same, as IEEE 802.11 demands.' },
  neigh_suppress: {
    type: 'bool',
    help: 'Answer ARP and neighbor discovery for others and send neither here.',
  },
  vlan_tunnel: { type: 'bool', help: 'Map VLANs to numbers of a tunnel.' },
  locked: { type: 'bool', help: 'Take frames only from addresses that are in the table of this port.' },
  group_fwd_mask: { type: 'int', help: 'Which link-local groups are forwarded, a bit each.' },
  backup_port: { type: 'str', help: 'Port that takes over when this one has no carrier; "" for none.' },
})

type PortArgs = ArgsOf<typeof portOptions>

/** How an interface is a port of its bridge, as ip-link(8) sets it (type bridge_slave). */
export const bridge_port = defineModule({
  name: 'bridge_port',
  summary: 'Set how an interface is a port of its bridge (ip link set type bridge_slave).',
  options: portOptions,
  validate: (args) => [
    ...interfaceProblems('name', args.name),
    ...(args.backup_port === '' ? [] : interfaceProblems('backup_port', args.backup_port)),
    ...netnsProblems('netns', args.netns),
    ...Object.entries(RANGES).flatMap(([name, [least, most]]) => {
      const value = args[name as keyof typeof RANGES]
      const isRight = value === undefined || (value >= least && value <= most)
      return isRight ? [] : [`${name}: ${value} is out of range: ${least} to ${most}`]
    }),
  ],
  probe: (args) => [lookOf(args)],
  parse: (output, args, view) =>
    rowsOf(output.of(lookOf(args))[0]!, nothing(view, /does not exist|Cannot find device/)),
  plan(args, rows, { check }) {
    const row = rows.find(({ ifname }) => ifname === args.name)
    return planOfIp(planPort(args, row, check), { port: row ?? null })
  },
  interpret: (outcomes) => concludeIp(outcomes),
})

const RANGES = {
  cost: [1, 65535],
  priority: [0, 63],
  mcast_router: [0, 3],
  group_fwd_mask: [0, 65535],
} as const

function lookOf({ name, netns }: PortArgs) {
  return ipProbe(netns, 'link', 'show', 'dev', name)
}

/** As ip shows an option, where it has another name for it. */
const SHOWN: Readonly<Record<string, string>> = { mcast_router: 'multicast_router' }

function planPort(args: PortArgs, row: Row | undefined, check: boolean): IpPlan {
  const { name, netns, ...settings } = args
  const port = portOf(row)
  // An earlier task may make the link, or put it into a bridge.
  if (port === undefined && !check) {
    return failure(
      row === undefined
        ? `there is no link ${name}`
        : `${name} is no port of a bridge: give it one, "master" of link`,
    )
  }
  const changes = Object.entries(settings).flatMap(([option, after]): Change[] => {
    const before = port === undefined ? null : shownOf(port, option, after as Value)
    return after === undefined || before === after ? [] : [{ what: option, before, after }]
  })
  const said = changes.flatMap(({ what, after }) => wordsOf(what, after))
  return { changes, commands: [ip(netns, 'link', 'set', 'dev', name, 'type', 'bridge_slave', ...said)] }
}

function portOf(row: Row | undefined): Row | undefined {
  const info = row?.linkinfo
  if (!isMap(info) || info.info_slave_kind !== 'bridge') return undefined
  return isMap(info.info_slave_data) ? info.info_slave_data : undefined
}

function shownOf(port: Row, option: string, asked: Value): Value {
  const value = port[SHOWN[option] ?? option]
  if (option === 'backup_port') return text(port, option) ?? ''
  return typeof asked === 'number' && value !== undefined ? Number(value) : (value ?? null)
}

function wordsOf(option: string, value: Value): string[] {
  if (typeof value === 'boolean') return [option, value ? 'on' : 'off']
  return value === '' ? ['nobackup_port'] : [option, String(value)]
}
