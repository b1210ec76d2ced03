import { type Change, defineModule } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { words } from '../../shell/quote.ts'
import {
  concludeIp,
  interfaceProblems,
  ip,
  ipOptions,
  ipProbe,
  macProblems,
  netnsProblems,
  nothing,
  planOfIp,
  type Row,
  rowsOf,
  text,
} from './iproute2.ts'
import { addressProblems, familyOf, readAddress } from './prefix.ts'

const neighborOptions = options({
  address: { type: 'str', required: true, aliases: ['to'], help: 'IPv4 or IPv6 address of the neighbor.' },
  dev: { type: 'str', required: true, help: 'Interface that it is behind.' },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether it is to be there: present or absent.',
  },
  ...ipOptions,
  proxy: {
    type: 'bool',
    default: false,
    help: 'Answer on the interface for this address, which is elsewhere (proxy ARP, proxy NDP).',
  },
  announce: {
    type: 'bool',
    default: false,
    help: 'Once a proxy entry for an IPv4 address is made, say so to all on the link by gratuitous ARP (RFC 5944, section 4.6), with the program arping where it is installed.',
  },
  lladdr: { type: 'str', help: 'Ethernet address of the neighbor.' },
  nud: {
    type: 'str',
    choices: ['permanent', 'noarp', 'reachable', 'stale'],
    help: 'State of the entry; permanent if not told. The kernel itself soon changes reachable to stale.',
  },
})

type NeighborArgs = ArgsOf<typeof neighborOptions>

/** An entry of the neighbor table (ARP, NDP), or a proxy entry, as ip-neighbour(8) makes it. */
export const neighbor = defineModule({
  name: 'neighbor',
  summary: 'Make, change and delete neighbor and proxy ARP entries (ip neighbour).',
  options: neighborOptions,
  validate: (args, complete) => [
    ...addressProblems('address', args.address),
    ...interfaceProblems('dev', args.dev),
    ...netnsProblems('netns', args.netns),
    ...macProblems('lladdr', args.lladdr),
    ...(args.proxy ? proxyProblems(args) : []),
    ...(args.announce ? announceProblems(args, complete) : []),
    ...(complete && !args.proxy && args.state !== 'absent' && args.lladdr === undefined
      ? ['neighbor needs "lladdr", the Ethernet address; or proxy: true']
      : []),
  ],
  probe: (args) => [lookOf(args)],
  parse: (output, args, view) => rowsOf(output.of(lookOf(args))[0]!, nothing(view, /Cannot find device/)),
  plan(args, rows) {
    const row = entryIn(args, rows)
    const said = args.announce ? [announcement(args)] : []
    const commands = [command(args), ...said]
    return planOfIp({ changes: changesOf(args, row), commands }, { neighbor: row ?? null })
  },
  interpret: (outcomes) => concludeIp(outcomes),
})

function lookOf({ address, dev, proxy, netns }: NeighborArgs) {
  const subject = ['to', readAddress(address)!, 'dev', dev]
  return ipProbe(netns, 'neighbour', 'show', ...(proxy ? ['proxy', ...subject] : [...subject, 'nud', 'all']))
}

/** States in which the kernel only remembers that it asked in vain. */
const NOBODY = ['FAILED', 'INCOMPLETE', 'NONE']

function entryIn({ address, proxy }: NeighborArgs, rows: readonly Row[]): Row | undefined {
  const wanted = readAddress(address)
  return rows.find(
    (row) => readAddress(text(row, 'dst') ?? '') === wanted && (proxy || !NOBODY.includes(nudOf(row))),
  )
}

function nudOf(row: Row): string {
  const [state] = Array.isArray(row.state) ? row.state : []
  return String(state ?? 'NONE')
}

function changesOf(args: NeighborArgs, row: Row | undefined): Change[] {
  const { proxy, lladdr, nud = 'permanent', state, dev } = args
  const what = `${proxy ? 'proxy' : 'neighbor'} ${readAddress(args.address)} on ${dev}`
  if (state === 'absent') {
    const isMeant =
      row !== undefined && (lladdr === undefined || text(row, 'lladdr') === lladdr.toLowerCase())
    return isMeant ? [{ what, before: shown(proxy, row), after: null }] : []
  }
  if (row === undefined)
    return [{ what, before: null, after: proxy ? 'proxy' : `${lladdr!.toLowerCase()} ${nud}` }]
  if (proxy) return []
  return [
    { what: `${what} lladdr`, before: text(row, 'lladdr') ?? '', after: lladdr!.toLowerCase() },
    { what: `${what} nud`, before: nudOf(row).toLowerCase(), after: nud },
  ].filter(({ before, after }) => before !== after)
}

function command({ address, dev, proxy, lladdr, nud = 'permanent', state, netns }: NeighborArgs): string {
  const verb = state === 'absent' ? 'delete' : 'replace'
  const subject = [...(proxy ? ['proxy'] : []), readAddress(address)!, 'dev', dev]
  const rest = proxy || state === 'absent' ? [] : ['lladdr', lladdr!, 'nud', nud]
  const family = familyOf(readAddress(address)!) === 'inet' ? '-4' : '-6'
  return ip(netns, family, 'neighbour', verb, ...subject, ...rest)
}

/**
 * Three times in quick succession, for a packet may be lost. There are two programs of this name: with the options of
 * Habets's that of iputils ends with status 2. That nobody answers is as it should be.
 */
function announcement({ address, dev, netns }: NeighborArgs): string {
  const within = netns === undefined ? [] : ['ip', 'netns', 'exec', netns]
  const subject = readAddress(address)!
  const habets = words(
    ...within,
    'arping',
    '-q',
    '-U',
    '-c',
    '3',
    '-W',
    '0.1',
    '-i',
    dev,
    '-S',
    subject,
    subject,
  )
  const iputils = words(
    ...within,
    'arping',
    '-q',
    '-U',
    '-c',
    '3',
    '-w',
    '2',
    '-I',
    dev,
    '-s',
    subject,
    subject,
  )
  return `{ ${habets} || [ "$?" != 2 ] || ${iputils} || :; } >/dev/null 2>&1`
}

function shown(proxy: boolean, row: Row): string {
  return proxy ? 'proxy' : `${text(row, 'lladdr') ?? ''} ${nudOf(row).toLowerCase()}`.trim()
}

function announceProblems({ address, proxy, state }: Partial<NeighborArgs>, complete: boolean): string[] {
  if (state === 'absent') return ['announce: an entry that goes is not announced']
  if (complete && !proxy) return ['announce: only a proxy entry is; it takes proxy: true']
  return address?.includes(':') ? [`announce: ${address} is an IPv6 address, and ARP is of IPv4`] : []
}

function proxyProblems({ address, lladdr, nud }: Partial<NeighborArgs>): string[] {
  const given = [lladdr === undefined ? [] : ['lladdr'], nud === undefined ? [] : ['nud']].flat()
  return given.map(
    (name) => `${name}: a proxy entry${address ? ` for ${address}` : ''} has none: the host answers itself`,
  )
}
