import { type Change, defineModule, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { sh, together } from '../../sdk/plans.ts'
import type { BatchedProbe } from '../../sdk/probe.ts'
import { words } from '../../shell/quote.ts'
import { isMap, type ValueMap } from '../../values/value.ts'
import {
  concludeIp,
  interfaceProblems,
  ip,
  ipProbe,
  type Row,
  rowsOf,
  script,
  text,
} from '../network/iproute2.ts'
import { kindOf } from '../network/link/kinds.ts'
import { type Domain, domainNamed, domainProblems, domainsProbe } from './domains.ts'

const declared = options({
  domain: { type: 'str', required: true, help: 'Name of the domain.' },
  devid: { type: 'int', default: 0, help: 'Which of its interfaces: 0 is the first of "vif" in xl.cfg(5).' },
  bridge: { type: 'str', required: true, help: 'Bridge of the host that the interface is on.' },
})

type VifArgs = ArgsOf<typeof declared>

interface State {
  readonly domain: Domain | undefined
  readonly links: readonly Row[]
  /** What the bridges of interfaces are in xenstore, by the path of their backend. */
  readonly stored: ReadonlyMap<string, string>
}

/** On which bridge an interface of a running domain is; moving it takes no restart, and the guest sees none of it. */
export const xen_vif = defineModule<typeof declared, State>({
  name: 'xen_vif',
  summary:
    'Puts an interface of a running domain of Xen on a bridge; what its configuration says stays as it is.',
  options: declared,
  validate: ({ domain, devid, bridge }) => [
    ...domainProblems('domain', domain),
    ...interfaceProblems('bridge', bridge),
    ...(devid !== undefined && devid < 0 ? ['devid: interfaces are counted from 0'] : []),
  ],
  probe: () => [domainsProbe, linksProbe, storeProbe],
  parse: (output, { domain }) => ({
    domain: domainNamed(domain, output.of(domainsProbe)[0]!),
    links: rowsOf(output.of(linksProbe)[0]!),
    stored: output.of(storeProbe)[0]!,
  }),
  plan: (args, state, view) => planVif(args, state, view.check),
  interpret: (outcomes) => concludeIp(outcomes),
})

const linksProbe = ipProbe(undefined, 'link', 'show')

const BACKENDS = '/local/domain/0/backend/vif'

const storeProbe: BatchedProbe<ReadonlyMap<string, string>> = {
  kind: 'xenstore vif',
  items: ['all'],
  script: () => `xenstore-ls -f ${BACKENDS} 2>/dev/null || :`,
  read(output) {
    const lines = output
      .rest()
      .toString()
      .matchAll(/^(\S+)\/bridge = "(.*)"$/gm)
    return [new Map([...lines].map(([, path, bridge]) => [path!, bridge!]))]
  },
}

function planVif(args: VifArgs, { domain, links, stored }: State, check: boolean): Plan {
  const { devid, bridge } = args
  const what = `bridge of vif ${devid} of ${args.domain}`
  const unreached = obstacle(args, domain, links)
  // Under check an earlier task would have started the domain, or made the bridge.
  if (unreached !== undefined && !check) return { changes: [], failed: unreached }
  const vif = domain && nameOf(args, domain)
  const result = { domain: args.domain, devid, bridge, interface: vif ?? null }
  // Under check only: what would move it has no name yet.
  if (domain === undefined || vif === undefined)
    return { changes: [{ what, before: null, after: bridge }], result }
  const backend = backendOf(args, domain)
  const master = text(links.find(({ ifname }) => ifname === vif) ?? {}, 'master') ?? null
  const told = stored.get(backend)
  // The script that takes the interface away fails when the bridge that xenstore names has gone.
  const isStale = told !== undefined && told !== bridge
  const changes: Change[] =
    master !== bridge
      ? [{ what, before: master, after: bridge }]
      : isStale
        ? [{ what: `${what} in xenstore`, before: told, after: bridge }]
        : []
  const move = [
    ip(undefined, 'link', 'set', 'dev', vif, 'master', bridge),
    words('xenstore-write', `${backend}/bridge`, bridge),
  ]
  return { ...together(changes, sh(script(move))), result }
}

/** Why the interface cannot be on the bridge: a sentence. */
function obstacle(args: VifArgs, domain: Domain | undefined, links: readonly Row[]): string | undefined {
  const { devid, bridge } = args
  if (domain === undefined)
    return `the domain ${args.domain} does not run on this host: start it first (xen_domain)`
  const vif = nameOf(args, domain)
  if (vif === undefined) {
    const there = vifsOf(domain).map((one) => one.devid)
    return `the domain ${args.domain} has no interface ${devid}: it has ${there.join(', ') || 'none'}`
  }
  if (!links.some(({ ifname }) => ifname === vif))
    return `there is no interface ${vif} on this host, though ${args.domain} should have it: is it shutting down?`
  const row = links.find(({ ifname }) => ifname === bridge)
  if (row === undefined)
    return `there is no bridge ${bridge} on this host: make it first (link with type: bridge)`
  return kindOf(row) === 'bridge' ? undefined : `${bridge} is not a bridge`
}

function vifsOf({ config }: Domain): ValueMap[] {
  return Array.isArray(config?.nics) ? config.nics.filter(isMap) : []
}

/** The interface's name on the host: the "vifname" of the configuration, or what Xen gives it. */
function nameOf({ devid }: VifArgs, domain: Domain): string | undefined {
  const vif = vifsOf(domain).find((one) => one.devid === devid)
  return vif && (text(vif, 'ifname') ?? `vif${domain.id}.${devid}`)
}

function backendOf({ devid }: VifArgs, { id }: Domain): string {
  return `${BACKENDS}/${id}/${devid}`
}
