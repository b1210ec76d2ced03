import { defineModule } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import type { BatchedProbe } from '../../sdk/probe.ts'
import { words } from '../../shell/quote.ts'
import type { ValueMap } from '../../values/value.ts'
import { ipOptions, ipProbe, type Row, rowsOf, text } from './iproute2.ts'

const declared = options({ ...ipOptions })

type Args = ArgsOf<typeof declared>

/** Parameters net.ipv4.conf.NAME and net.ipv4.neigh.NAME by NAME, which is an interface, all or default (for new ones). */
interface Parameters {
  readonly forwarding: ReadonlyMap<string, number>
  readonly proxy_arp: ReadonlyMap<string, number>
  /** How long an answer waits at most for that of another, in hundredths of a second. */
  readonly proxy_delay: ReadonlyMap<string, number>
  readonly rp_filter: ReadonlyMap<string, number>
}

/** What `ip` and the kernel's parameters say. */
interface State {
  readonly links: readonly Row[]
  readonly addresses: readonly Row[]
  readonly routes: readonly Row[]
  readonly rules: readonly Row[]
  readonly proxies: readonly Row[]
  readonly parameters: Parameters
}

/**
 * What a home agent or proxy mobility agent (RFC 5944, RFC 5563) has of mobility bindings, and for which mobile nodes:
 * what several of them use must stay until the last one goes.
 */
export const mobility_facts = defineModule<typeof declared, State>({
  name: 'mobility_facts',
  summary:
    'Returns tunnels, host routes, tables, rules and proxy entries of mobility bindings, each with its mobile nodes, and interfaces and the main table.',
  options: declared,
  probe: (args) => [...Object.values(looksOf(args)), parametersProbe(args)],
  parse(output, args) {
    const { links, addresses, routes, rules, proxies } = looksOf(args)
    return {
      links: rowsOf(output.of(links)[0]!),
      addresses: rowsOf(output.of(addresses)[0]!),
      routes: rowsOf(output.of(routes)[0]!, /FIB table does not exist/),
      rules: rowsOf(output.of(rules)[0]!),
      proxies: rowsOf(output.of(proxies)[0]!),
      parameters: output.of(parametersProbe(args))[0]!,
    }
  },
  plan: (_, state) => ({ changes: [], result: factsOf(state) }),
})

function looksOf({ netns }: Args) {
  return {
    links: ipProbe(netns, 'link', 'show'),
    addresses: ipProbe(netns, 'address', 'show'),
    routes: ipProbe(netns, '-4', 'route', 'show', 'table', 'all'),
    rules: ipProbe(netns, '-4', 'rule', 'show'),
    proxies: ipProbe(netns, '-4', 'neighbour', 'show', 'proxy'),
  }
}

const PARAMETERS = ['conf/*/forwarding', 'conf/*/proxy_arp', 'neigh/*/proxy_delay', 'conf/*/rp_filter']

function parametersProbe({ netns }: Args): BatchedProbe<Parameters> {
  const enter = netns === undefined ? '' : words('ip', 'netns', 'exec', netns)
  return {
    kind: `net.ipv4 ${netns ?? ''}`,
    items: ['all'],
    script: () =>
      `${enter} grep -s '' ${PARAMETERS.map((name) => `/proc/sys/net/ipv4/${name}`).join(' ')} || :`,
    read(output) {
      const lines = [
        ...output
          .rest()
          .toString()
          .matchAll(/ipv4\/\w+\/([^/\n]+)\/(\w+):(\d+)$/gm),
      ]
      const valuesOf = (parameter: string) =>
        new Map(lines.flatMap(([, name, of, value]) => (of === parameter ? [[name!, Number(value)]] : [])))
      return [
        {
          forwarding: valuesOf('forwarding'),
          proxy_arp: valuesOf('proxy_arp'),
          proxy_delay: valuesOf('proxy_delay'),
          rp_filter: valuesOf('rp_filter'),
        },
      ]
    },
  }
}

const OWN_TABLES = ['local', 'main', 'default']

function factsOf({ links, addresses, routes, rules, proxies, parameters }: State): ValueMap {
  const tunnelRows = links.filter((row) => tunnelOf(row) !== undefined)
  const hostRoutes = routes
    .filter((row) => typeOf(row) === 'unicast' && tableOf(row) === 'main' && row.gateway === undefined)
    .filter((row) => /^[\d.]+$/.test(text(row, 'dst') ?? ''))
    .map((row) => ({ to: text(row, 'dst')!, dev: text(row, 'dev') ?? '' }))
  const ownRules = rules
    .filter((row) => isHost(row) && !OWN_TABLES.includes(text(row, 'table') ?? 'main'))
    .map((row) => ({
      priority: Number(row.priority ?? 0),
      from: text(row, 'src')!,
      table: text(row, 'table')!,
    }))
  const tables = tablesOf(routes).map(({ table, dev, others }) => ({
    table,
    dev,
    others,
    used_by: unique(ownRules.filter((rule) => rule.table === table).map(({ from }) => from)),
  }))
  const tunnels = tunnelRows.map((row) => {
    const name = text(row, 'ifname')!
    const throughTables = tables.filter(({ dev }) => dev === name).flatMap(({ used_by }) => used_by)
    const direct = hostRoutes.filter(({ dev }) => dev === name).map(({ to }) => to)
    return { name, ...tunnelOf(row)!, up: isUp(row), used_by: unique([...direct, ...throughTables]) }
  })
  const proxied = proxies.map((row) => ({ address: text(row, 'dst')!, dev: text(row, 'dev') ?? '' }))
  const answering = [...parameters.proxy_arp]
    .filter(([dev, value]) => value === 1 && links.some((row) => text(row, 'ifname') === dev))
    .map(([dev]) => ({
      dev,
      used_by: unique(hostRoutes.filter((route) => route.dev === dev).map(({ to }) => to)),
    }))
  return {
    interfaces: links.map((row) => ({
      name: text(row, 'ifname')!,
      addresses: addressesOn(text(row, 'ifname')!, addresses),
      up: isUp(row),
      master: text(row, 'master') ?? null,
    })),
    main: routes
      .filter((row) => typeOf(row) === 'unicast' && tableOf(row) === 'main')
      .map((row) => ({
        to: text(row, 'dst') ?? 'default',
        via: text(row, 'gateway') ?? null,
        dev: text(row, 'dev') ?? '',
      })),
    tunnels,
    routes: hostRoutes,
    tables,
    rules: ownRules,
    proxies: proxied,
    proxy_arp: answering,
    proxy_delay: Object.fromEntries(parameters.proxy_delay),
    forwarding: Object.fromEntries(parameters.forwarding),
    rp_filter: Object.fromEntries(parameters.rp_filter),
    mobile_nodes: unique([
      ...tunnels.flatMap(({ used_by }) => used_by),
      ...answering.flatMap(({ used_by }) => used_by),
      ...proxied.map(({ address }) => address),
    ]),
  }
}

/** The ends of a tunnel; undefined for other links and for the kernel's own tunl0, which has none. */
function tunnelOf(row: Row): { local: string; remote: string } | undefined {
  const info = row.linkinfo as Row | undefined
  const data = (info?.info_data ?? {}) as Row
  const [local, remote] = [text(data, 'local'), text(data, 'remote')]
  return text(info ?? {}, 'info_kind') === 'ipip' && remote !== undefined && remote !== 'any'
    ? { local: local ?? 'any', remote }
    : undefined
}

function isUp({ flags }: Row): boolean {
  return Array.isArray(flags) && flags.includes('UP')
}

function addressesOn(name: string, rows: readonly Row[]): string[] {
  const infos = rows.find((row) => text(row, 'ifname') === name)?.addr_info
  return Array.isArray(infos)
    ? (infos as Row[])
        .filter((info) => text(info, 'family') !== 'inet6')
        .map((info) => `${text(info, 'local')}/${text(info, 'prefixlen')}`)
    : []
}

/** Tables besides the kernel's own: where their default route leads, and which other routes they have. */
function tablesOf(routes: readonly Row[]): { table: string; dev: string; others: string[] }[] {
  const rows = routes.filter((row) => !OWN_TABLES.includes(tableOf(row)))
  return unique(rows.map(tableOf)).map((table) => {
    const own = rows.filter((row) => tableOf(row) === table)
    const isDefault = (row: Row) => text(row, 'dst') === 'default'
    const ways = own.filter(isDefault)
    return {
      table,
      dev: text(ways[0] ?? {}, 'dev') ?? '',
      others: own.filter((row) => !isDefault(row)).map((row) => text(row, 'dst') ?? ''),
    }
  })
}

/** Whether a rule is for what comes from one address, and asks for nothing else. */
function isHost(row: Row): boolean {
  const isOne = row.srclen === undefined || row.srclen === 32
  return isOne && /^[\d.]+$/.test(text(row, 'src') ?? '') && row.table !== undefined
}

function typeOf(row: Row): string {
  return text(row, 'type') ?? 'unicast'
}

function tableOf(row: Row): string {
  return text(row, 'table') ?? 'main'
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)]
}
