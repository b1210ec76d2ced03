import { type Change, defineModule } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { isMap } from '../../values/value.ts'
import {
  concludeIp,
  type IpPlan,
  interfaceProblems,
  ip,
  ipOptions,
  ipProbe,
  lookNames,
  namesOf,
  netnsProblems,
  nothing,
  planOfIp,
  protocolName,
  type Row,
  rowsOf,
  text,
} from './iproute2.ts'
import { labelProblems, NO_MPLS, pushedProblems } from './mpls.ts'
import { addressProblems, familyOf, readAddress } from './prefix.ts'

const mplsOptions = options({
  label: {
    type: 'str',
    required: true,
    aliases: ['to', 'dst'],
    help: 'Label of the packets that are meant, 16 to 1048575.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether it is to be there: present or absent.',
  },
  ...ipOptions,
  as: { type: 'strings', help: 'Labels that take its place, the outermost first; without, it is taken off.' },
  via: { type: 'str', aliases: ['gateway'], help: 'Address of the next router.' },
  dev: { type: 'str', help: 'Interface that packets leave through.' },
  proto: { type: 'str', aliases: ['protocol'], help: 'Who made the route: static, boot, ... or a number.' },
})

type MplsArgs = ArgsOf<typeof mplsOptions>

/** A route for packets with an MPLS label, as ip-route(8) makes it. There is one for a label: another one is replaced. */
export const mpls_route = defineModule({
  name: 'mpls_route',
  summary: 'Make, replace and delete routes of MPLS labels (ip -f mpls route).',
  options: mplsOptions,
  validate: (args, complete) => [
    ...(args.label === undefined ? [] : labelProblems('label', args.label)),
    ...(args.as ?? []).flatMap((label) => pushedProblems('as', label)),
    ...addressProblems('via', args.via),
    ...interfaceProblems('dev', args.dev),
    ...netnsProblems('netns', args.netns),
    ...(complete && args.state !== 'absent' && (args.via ?? args.dev) === undefined
      ? ['a route needs a way: "via" or "dev"']
      : []),
  ],
  probe: (args) => [lookOf(args), args.proto === undefined ? '' : lookNames('rt_protos')],
  parse: (output, args, view) => ({
    row: rowsOf(output.of(lookOf(args))[0]!, nothing(view)).find((row) => text(row, 'dst') === args.label),
    protocols: namesOf(output.text, 'rt_protos'),
  }),
  plan: (args, { row, protocols }) => planOfIp(planRoute(args, row, protocols), { route: row ?? null }),
  interpret: (outcomes) =>
    concludeIp(outcomes, [
      [/not supported|Invalid argument/, `${NO_MPLS}; the interface takes part by net.mpls.conf.NAME.input`],
    ]),
})

function lookOf({ netns }: MplsArgs) {
  return ipProbe(netns, '-M', 'route', 'show')
}

/** The way and the labels of a route, in the form in which they are compared. */
interface Route {
  readonly as: string
  readonly via: string
  readonly dev: string
  readonly proto: string
}

function currentOf(row: Row): Route {
  const via = isMap(row.via) ? text(row.via, 'host') : text(row, 'gateway')
  return {
    as: text(row, 'to') ?? '',
    via: readAddress(via ?? '') ?? '',
    // Several ways in parallel, which this module does not make.
    dev: Array.isArray(row.nexthops) ? 'several' : (text(row, 'dev') ?? ''),
    proto: text(row, 'protocol') ?? 'boot',
  }
}

function planRoute(args: MplsArgs, row: Row | undefined, protocols: ReadonlyMap<string, number>): IpPlan {
  const { label, state, netns, as, via, dev, proto } = args
  const what = `mpls route ${label}`
  const is = row === undefined ? undefined : currentOf(row)
  const wanted = {
    as: as?.join('/') ?? '',
    via: readAddress(via ?? '') ?? '',
    // The kernel finds the interface of a router by itself.
    dev: dev ?? (via === undefined ? '' : (is?.dev ?? '')),
    proto: proto === undefined ? (is?.proto ?? 'boot') : protocolName(proto, protocols),
  }
  const command = (verb: string, words: readonly string[]) => ip(netns, '-M', 'route', verb, label, ...words)
  if (state === 'absent') {
    if (is === undefined) return { changes: [], commands: [] }
    return {
      changes: [{ what, before: words(is).join(' '), after: null }],
      commands: [command('delete', [])],
    }
  }
  if (is === undefined)
    return {
      changes: [{ what, before: null, after: words(wanted).join(' ') }],
      commands: [command('add', words(wanted))],
    }
  const changes = (['as', 'via', 'dev', 'proto'] as const).flatMap((name): Change[] =>
    is[name] === wanted[name] ? [] : [{ what: `${what} ${name}`, before: is[name], after: wanted[name] }],
  )
  // Another router may lie behind another interface.
  const said = is.via === wanted.via ? wanted : { ...wanted, dev: dev ?? '' }
  return { changes, commands: changes.length === 0 ? [] : [command('replace', words(said))] }
}

function words({ as, via, dev, proto }: Route): string[] {
  return [
    ...(as === '' ? [] : ['as', as]),
    ...(via === '' ? [] : ['via', familyOf(via), via]),
    ...(dev === '' ? [] : ['dev', dev]),
    ...(proto === 'boot' ? [] : ['proto', proto]),
  ]
}
