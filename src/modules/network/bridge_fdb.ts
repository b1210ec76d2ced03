import { type Change, defineModule } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { bridge, bridgeLook, NO_DEVICE } from './bridge.ts'
import {
  concludeIp,
  type IpPlan,
  interfaceProblems,
  ipOptions,
  macProblems,
  netnsProblems,
  nothing,
  planOfIp,
  type Row,
  rowsOf,
  text,
} from './iproute2.ts'
import { addressProblems, readAddress } from './prefix.ts'

const fdbOptions = options({
  address: { type: 'str', required: true, aliases: ['lladdr'], help: 'Ethernet address.' },
  dev: { type: 'str', required: true, help: 'Interface behind which the address is.' },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether it is to be there: present or absent.',
  },
  ...ipOptions,
  master: {
    type: 'bool',
    default: false,
    help: 'In the table of the bridge that the interface is a port of; otherwise in that of the interface (self).',
  },
  kind: {
    type: 'str',
    choices: ['local', 'static', 'dynamic'],
    help: 'Frames are for this host, go to the port for good, or until the entry is too old; local if not told.',
  },
  vlan: { type: 'int', help: 'VLAN of the entry.' },
  dst: {
    type: 'str',
    help: 'vxlan: address of the other end. An address of zeros or of a group has an entry for each end.',
  },
})

type FdbArgs = ArgsOf<typeof fdbOptions>

/** An entry of the forwarding table of a bridge or vxlan, as bridge(8) makes it. */
export const bridge_fdb = defineModule({
  name: 'bridge_fdb',
  summary: 'Make, change and delete forwarding entries of bridges and vxlan (bridge fdb).',
  options: fdbOptions,
  validate: (args) => [
    ...macProblems('address', args.address),
    ...interfaceProblems('dev', args.dev),
    ...netnsProblems('netns', args.netns),
    ...(args.dst === undefined ? [] : addressProblems('dst', args.dst)),
    ...(args.vlan !== undefined && (args.vlan < 1 || args.vlan > 4094)
      ? [`vlan: ${args.vlan} is out of range: 1 to 4094`]
      : []),
    ...(args.dst !== undefined && args.master === true
      ? ['dst: only the table of a vxlan itself has it: leave out "master"']
      : []),
  ],
  probe: ({ dev, netns }) => bridgeLook(netns, 'fdb', dev),
  parse: (output, _, view) => rowsOf(output.text, nothing(view, NO_DEVICE)),
  plan(args, rows) {
    const row = entryIn(args, rows)
    return planOfIp(planEntry(args, row), { entry: row ?? null })
  },
  interpret: (outcomes) => concludeIp(outcomes),
})

function entryIn(args: FdbArgs, rows: readonly Row[]): Row | undefined {
  const { address, master, vlan, dst } = args
  return rows.find(
    (row) =>
      text(row, 'mac')?.toLowerCase() === address.toLowerCase() &&
      isSelf(row) !== master &&
      (row.vlan ?? undefined) === vlan &&
      (!hasManyEnds(args) || dst === undefined || endOf(row) === readAddress(dst)),
  )
}

function isSelf({ flags }: Row): boolean {
  return Array.isArray(flags) && flags.includes('self')
}

function endOf(row: Row): string | undefined {
  return readAddress(text(row, 'dst') ?? '')
}

/** Of these the kernel keeps an entry for each end, of others one. */
function hasManyEnds({ address, dst }: FdbArgs): boolean {
  return dst !== undefined && (/^[0:]+$/.test(address) || /^.[13579bdf]/i.test(address))
}

function planEntry(args: FdbArgs, row: Row | undefined): IpPlan {
  const { address, dev, state, netns, master, kind = 'local', vlan, dst } = args
  const name = `fdb ${address.toLowerCase()} on ${dev}`
  const subject = [
    ...[address, 'dev', dev, master ? 'master' : 'self'],
    ...(vlan === undefined ? [] : ['vlan', String(vlan)]),
  ]
  const far = dst === undefined ? [] : ['dst', readAddress(dst)!]
  if (state === 'absent') {
    const changes = row === undefined ? [] : [{ what: name, before: described(row), after: null }]
    return { changes, commands: [bridge(netns, 'fdb', 'delete', ...subject, ...far)] }
  }
  const verb = row === undefined && hasManyEnds(args) ? 'append' : 'replace'
  return {
    changes:
      row === undefined
        ? [{ what: name, before: null, after: [kind, ...far].join(' ') }]
        : differing(args, row),
    commands: [bridge(netns, 'fdb', verb, ...subject, kind, ...far)],
  }
}

function differing({ address, dev, kind, dst }: FdbArgs, row: Row): Change[] {
  const name = `fdb ${address.toLowerCase()} on ${dev}`
  const end = dst === undefined ? undefined : readAddress(dst)
  return [
    ...(kind !== undefined && kindOf(row) !== kind
      ? [{ what: `${name} kind`, before: kindOf(row), after: kind }]
      : []),
    ...(end !== undefined && endOf(row) !== end
      ? [{ what: `${name} dst`, before: endOf(row) ?? '', after: end }]
      : []),
  ]
}

/** bridge shows no state for what goes by itself. */
function kindOf(row: Row): string {
  const state = text(row, 'state')
  return state === 'permanent' ? 'local' : state === 'static' ? 'static' : 'dynamic'
}

function described(row: Row): string {
  const end = endOf(row)
  return end === undefined ? kindOf(row) : `${kindOf(row)} dst ${end}`
}
