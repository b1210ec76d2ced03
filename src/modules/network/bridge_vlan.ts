import { type Change, defineModule } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { isMap } from '../../values/value.ts'
import { bridge, bridgeLook, NO_DEVICE } from './bridge.ts'
import {
  concludeIp,
  type IpPlan,
  interfaceProblems,
  ipOptions,
  netnsProblems,
  nothing,
  planOfIp,
  type Row,
  rowsOf,
} from './iproute2.ts'

const vlanOptions = options({
  dev: { type: 'str', required: true, help: 'Port of a bridge, or with self the bridge.' },
  vid: { type: 'str', required: true, help: 'Number of the VLAN, or a range, 10-20.' },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether it is to be there: present or absent.',
  },
  ...ipOptions,
  pvid: { type: 'bool', default: false, help: 'What comes in without a tag belongs to this VLAN.' },
  untagged: { type: 'bool', default: false, help: 'What goes out has no tag.' },
  self: { type: 'bool', default: false, help: 'The interface is the bridge itself, or filters by itself.' },
})

type VlanArgs = ArgsOf<typeof vlanOptions>

/** A VLAN of a port of a bridge that filters, as bridge(8) makes it. */
export const bridge_vlan = defineModule({
  name: 'bridge_vlan',
  summary: 'Make, change and delete VLANs of ports of bridges (bridge vlan).',
  options: vlanOptions,
  validate: (args) => [
    ...interfaceProblems('dev', args.dev),
    ...netnsProblems('netns', args.netns),
    ...(args.vid === undefined ? [] : vidProblems(args.vid, args.pvid)),
  ],
  probe: ({ dev, netns }) => bridgeLook(netns, 'vlan', dev),
  parse: (output, _, view) => rowsOf(output.text, nothing(view, NO_DEVICE)),
  plan: (args, rows) => planOfIp(planVlans(args, rows), { vlans: rows }),
  interpret: (outcomes) => concludeIp(outcomes, ADVICE),
})

const ADVICE = [
  [
    /not supported/,
    'the interface is no port of a bridge, or this kernel was built without VLANs of bridges',
  ],
] as const

function rangeOf(vid: string): readonly [number, number] | undefined {
  const [, first, last = first] = /^(\d{1,4})(?:-(\d{1,4}))?$/.exec(vid) ?? []
  return first === undefined ? undefined : [Number(first), Number(last)]
}

function vidProblems(vid: string, pvid: boolean | undefined): string[] {
  const [first, last] = rangeOf(vid) ?? [0, 0]
  if (first < 1 || last > 4094 || last < first)
    return [`vid: "${vid}" is neither a number from 1 to 4094 nor a range of them, 10-20`]
  return pvid === true && first !== last
    ? ['pvid: only one VLAN takes what has no tag: "vid" is a range']
    : []
}

/** By number what bridge shows of each VLAN. */
function vlansOf(rows: readonly Row[]): Map<number, string> {
  const shown = rows.flatMap(({ vlans }) => (Array.isArray(vlans) ? vlans.filter(isMap) : []))
  return new Map(
    shown.flatMap(({ vlan, vlanEnd, flags }) => {
      const marks = Array.isArray(flags) ? flags : []
      const manner = mannerOf(marks.includes('PVID'), marks.includes('Egress Untagged'))
      return numbers(Number(vlan), Math.min(Number(vlanEnd ?? vlan), 4094)).map(
        (number): [number, string] => [number, manner],
      )
    }),
  )
}

function numbers(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index)
}

function mannerOf(pvid: boolean, untagged: boolean): string {
  return [pvid ? ['pvid'] : [], untagged ? ['untagged'] : ['tagged']].flat().join(' ')
}

function planVlans(args: VlanArgs, rows: readonly Row[]): IpPlan {
  const { dev, vid, state, netns, pvid, untagged, self } = args
  const there = vlansOf(rows)
  const all = numbers(...rangeOf(vid)!)
  const after = state === 'absent' ? null : mannerOf(pvid, untagged)
  const differing = all.filter((number) => (there.get(number) ?? null) !== after)
  if (differing.length === 0) return { changes: [], commands: [] }
  const before = [...new Set(differing.map((number) => there.get(number) ?? 'none'))].join(', ')
  const change: Change = {
    what: `vlan ${vid} on ${dev}`,
    before: before === 'none' ? null : before,
    after,
  }
  const said = [
    ...[...['vid', vid], 'dev', dev],
    ...(state === 'present' && pvid ? ['pvid'] : []),
    ...(state === 'present' && untagged ? ['untagged'] : []),
    ...(self ? ['self'] : []),
  ]
  return {
    changes: [change],
    commands: [bridge(netns, 'vlan', state === 'absent' ? 'delete' : 'add', ...said)],
  }
}
