import { defineModule } from '../../../sdk/module.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'
import { isMap, type Value } from '../../../values/value.ts'
import {
  concludeIp,
  interfaceProblems,
  ipOptions,
  ipProbe,
  lookNames,
  namesOf,
  netnsProblems,
  nothing,
  planOfIp,
  protocolName,
  rowsOf,
} from '../iproute2.ts'
import { NO_MPLS, pushedProblems } from '../mpls.ts'
import { addressProblems, familyOf, readAddress } from '../prefix.ts'
import { currentOf, groupText, memberOf, type Nexthop, planNexthop } from './plan.ts'

const nexthopOptions = options({
  id: { type: 'int', required: true, help: 'Its number, by which routes ("nhid") and groups name it.' },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether it is to be there. Routes that use it go with it.',
  },
  ...ipOptions,
  force: {
    type: 'bool',
    default: false,
    help: 'Delete it and make it again, where that is the only way; routes that use it go with it.',
  },
  family: {
    type: 'str',
    choices: ['inet', 'inet6'],
    help: 'Where no address says it, whether it is for routes of IPv4 or of IPv6; IPv4 if not told.',
  },
  via: {
    type: 'str',
    aliases: ['gateway'],
    help: 'Address of the next router. Without it, "dev" alone is the way.',
  },
  dev: { type: 'str', help: 'Interface that packets leave through.' },
  onlink: { type: 'bool', help: 'The next router is on the link, though no address of the link says so.' },
  labels: {
    type: 'strings',
    help: 'MPLS labels that packets get, the outermost first (0 to 1048575, but 3).',
  },
  blackhole: { type: 'bool', help: 'What is sent there is dropped.' },
  group: {
    type: 'list',
    help: 'Several nexthops in parallel: their numbers, or maps with id and weight (1 to 256).',
  },
  type: {
    type: 'str',
    choices: ['mpath', 'resilient'],
    help: 'group: how flows are kept on their ways; mpath if not told.',
  },
  buckets: { type: 'int', help: 'A resilient group: number of its buckets.' },
  idle_timer: { type: 'int', help: 'A resilient group: seconds after which a quiet bucket may move.' },
  unbalanced_timer: { type: 'int', help: 'A resilient group: seconds for which it may be out of balance.' },
  fdb: { type: 'bool', default: false, help: 'For entries of a vxlan, not for routes.' },
  proto: { type: 'str', aliases: ['protocol'], help: 'Who made it: static, boot, ... or a number.' },
})

type NexthopArgs = ArgsOf<typeof nexthopOptions>

/** A nexthop object as ip-nexthop(8) makes it. One of the same number that is otherwise is replaced, in place. */
export const nexthop = defineModule({
  name: 'nexthop',
  summary: 'Make, replace and delete nexthops and groups of them, which routes share (ip nexthop).',
  options: nexthopOptions,
  validate: (args, complete) => [
    ...rangeProblems('id', args.id, 1, 2 ** 32 - 1),
    ...addressProblems('via', args.via),
    ...interfaceProblems('dev', args.dev),
    ...netnsProblems('netns', args.netns),
    ...(args.group ?? []).flatMap(memberProblems),
    ...(args.group?.length === 0 ? ['group: the list is empty'] : []),
    ...(args.labels ?? []).flatMap((label) => pushedProblems('labels', label)),
    ...rangeProblems('buckets', args.buckets, 1, 65535),
    ...(['idle_timer', 'unbalanced_timer'] as const).flatMap((name) =>
      rangeProblems(name, args[name], 0, 2 ** 32 / 100),
    ),
    ...familyProblems(args),
    ...wayProblems(args, complete),
  ],
  probe: (args) => [lookOf(args), sixLook(args), args.proto === undefined ? '' : lookNames('rt_protos')],
  parse: (output, args, view) => {
    const [row] = rowsOf(output.of(lookOf(args))[0]!, nothing(view, NO_NEXTHOP))
    const six = rowsOf(output.of(sixLook(args))[0]!, nothing(view))
    return {
      // Of one with an encapsulation, ip also shows the number of that as "id".
      row: row === undefined ? undefined : { ...row, id: args.id },
      isSix: six.some(({ id }) => id === args.id),
      protocols: namesOf(output.text, 'rt_protos'),
    }
  },
  plan(args, { row, isSix, protocols }) {
    const wanted = wantedOf(args, protocols)
    const is = row === undefined ? undefined : currentOf(row, isSix)
    return planOfIp(planNexthop(args, wanted, is), { nexthop: row ?? null })
  },
  interpret: (outcomes) =>
    concludeIp(outcomes, [
      [/Nexthop id does not exist|Nexthop Id/i, 'make the nexthops of a group before it'],
      [/[Dd]evice (for nexthop )?is not up/, 'set the interface up first; a blackhole needs lo to be up'],
      [/encapsulation type not supported/, NO_MPLS],
      [/Operation not supported/, 'this kernel has no nexthop objects of this kind: 5.3 or newer is needed'],
    ]),
})

const NO_NEXTHOP = /No such file or directory|does not exist/

function lookOf({ netns, id }: NexthopArgs) {
  return ipProbe(netns, 'nexthop', 'get', 'id', String(id))
}

/** Only by its being among these can one without an address be told to be for IPv6. */
function sixLook({ netns }: NexthopArgs) {
  return ipProbe(netns, '-6', 'nexthop', 'show')
}

function wantedOf(args: NexthopArgs, protocols: ReadonlyMap<string, number>): Nexthop {
  const { dev = '', blackhole = false, group, fdb, onlink, proto, type } = args
  const { buckets, idle_timer, unbalanced_timer } = args
  const via = readAddress(args.via ?? '') ?? ''
  return {
    ...{
      via,
      dev,
      blackhole,
      fdb,
      onlink,
      buckets,
      idle_timer,
      unbalanced_timer,
      encap: encapOf(args.labels),
    },
    family: group === undefined ? (via === '' ? (args.family ?? 'inet') : familyOf(via)) : '',
    group: groupText((group ?? []).map(memberOf)),
    type: group === undefined ? undefined : (type ?? 'mpath'),
    proto: proto === undefined ? undefined : protocolName(proto, protocols),
  }
}

function encapOf(labels: readonly string[] | undefined): string {
  return labels === undefined ? '' : `mpls ${labels.join('/')}`
}

function rangeProblems(name: string, value: number | undefined, least: number, most: number): string[] {
  if (value === undefined || (value >= least && value <= most)) return []
  return [`${name}: ${value} is out of range: ${least} to ${Math.floor(most)}`]
}

function memberProblems(member: Value): string[] {
  const unknown = isMap(member) ? Object.keys(member).filter((name) => !['id', 'weight'].includes(name)) : []
  const { id, weight } = memberOf(member)
  return [
    ...unknown.map((name) => `group: "${name}" is none of id, weight`),
    ...(Number.isInteger(id) && id >= 1 && id < 2 ** 32
      ? []
      : [`group: ${JSON.stringify(member)} is not the number of a nexthop, nor a map with id and weight`]),
    ...(Number.isInteger(weight) && weight >= 1 && weight <= 256
      ? []
      : [`group: weight: ${JSON.stringify(weight)} is not a number from 1 to 256`]),
  ]
}

function familyProblems({ via, family }: Partial<NexthopArgs>): string[] {
  const address = readAddress(via ?? '')
  return address === undefined || family === undefined || familyOf(address) === family
    ? []
    : [`family: "${via}" is not of the family ${family}`]
}

function wayProblems(args: Partial<NexthopArgs>, complete: boolean): string[] {
  const { via, dev, blackhole, group, onlink, fdb, state } = args
  const ways = [
    ...(via !== undefined || dev !== undefined ? ['"via" and "dev"'] : []),
    ...(blackhole === true ? ['"blackhole"'] : []),
    ...(group === undefined ? [] : ['"group"']),
  ]
  const resilient = ['buckets', 'idle_timer', 'unbalanced_timer'].filter(
    (name) => args[name as 'buckets'] !== undefined,
  )
  if (ways.length > 1) return [`${ways.join(' and ')} exclude each other`]
  if (!complete) return []
  return [
    ...(args.labels !== undefined && via === undefined ? ['labels: they take "via" and "dev"'] : []),
    ...(ways.length === 0 && state !== 'absent'
      ? ['a nexthop needs "via", "dev", "group" or blackhole: true']
      : []),
    ...(via !== undefined && dev === undefined && !fdb && state !== 'absent'
      ? ['via: it takes "dev" too, the interface that leads there']
      : []),
    ...(onlink === true && (via === undefined || dev === undefined)
      ? ['onlink: it takes both "via" and "dev"']
      : []),
    ...(args.type !== undefined && group === undefined ? ['type: only a group has one'] : []),
    ...(resilient.length > 0 && args.type !== 'resilient'
      ? [`${resilient.join(', ')}: only for a group with type: resilient`]
      : []),
  ]
}
