import { defineModule } from '../../sdk/module.ts'
import { options } from '../../sdk/options.ts'
import type { Value } from '../../values/value.ts'
import {
  concludeIp,
  interfaceProblems,
  ipOptions,
  netnsProblems,
  planOfIp,
  type Row,
  text,
} from './iproute2.ts'
import { planSlave, slaveIn, slaveLook } from './slave.ts'

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

/** How an interface is a port of its bridge, as ip-link(8) sets it (type bridge_slave). */
export const bridge_port = defineModule<typeof portOptions, Row | undefined>({
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
  probe: (args) => [slaveLook(args)],
  parse: (output, args, view) => slaveIn(output.of(slaveLook(args))[0]!, args.name, view),
  plan(args, row, { check }) {
    const { name, netns, ...settings } = args
    const wanted = { name, netns, kind: 'bridge', settings, shown, words } as const
    return planOfIp(planSlave(wanted, row, check), { port: row ?? null })
  },
  interpret: (outcomes) => concludeIp(outcomes),
})

const RANGES = {
  cost: [1, 65535],
  priority: [0, 63],
  mcast_router: [0, 3],
  group_fwd_mask: [0, 65535],
} as const

/** As ip shows an option, where it has another name for it. */
const SHOWN: Readonly<Record<string, string>> = { mcast_router: 'multicast_router' }

function shown(port: Row, option: string, asked: Value): Value {
  const value = port[SHOWN[option] ?? option]
  if (option === 'backup_port') return text(port, option) ?? ''
  return typeof asked === 'number' && value !== undefined ? Number(value) : (value ?? null)
}

function words(option: string, value: Value): string[] {
  if (typeof value === 'boolean') return [option, value ? 'on' : 'off']
  return value === '' ? ['nobackup_port'] : [option, String(value)]
}
