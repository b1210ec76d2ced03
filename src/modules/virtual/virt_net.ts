import { defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, inSteps, NOTHING } from '../../sdk/plans.ts'
import { contentOf } from '../../shell/content.ts'
import type { ValueMap } from '../../values/value.ts'
import {
  type Entry,
  type EntryState,
  entriesIn,
  entryProbe,
  entryProblems,
  type Kind,
  planEntry,
  stateOf,
} from './entries.ts'
import { concludeVirsh, fromStdin, virsh, virshOptions } from './virsh.ts'
import { elementAt, type XmlElement, xmlOf } from './xml.ts'

const declared = options({
  name: { type: 'str', aliases: ['network'], help: 'Name of the network.' },
  state: {
    type: 'str',
    choices: ['active', 'inactive', 'present', 'absent'],
    help: 'present defines it by "xml" if it is not there; absent stops it too.',
  },
  command: {
    type: 'str',
    choices: [
      'define',
      'create',
      'start',
      'stop',
      'destroy',
      'undefine',
      'get_xml',
      'list_nets',
      'facts',
      'info',
      'status',
      'modify',
    ],
    help: 'What to do once. It says whether it changed something, and does nothing where that is done already; modify adds or changes a <host> of DHCP.',
  },
  autostart: {
    type: 'bool',
    help: 'Whether it starts with its host; also together with a state or a command that makes or starts it.',
  },
  ...virshOptions,
  xml: { type: 'str', help: 'Its description for define and present, as text; the <host> for modify.' },
})

type Args = ArgsOf<typeof declared>

const NETWORK: Kind = {
  noun: 'network',
  prefix: 'net',
  option: '--network',
  lists: ['list_nets', 'facts', 'info'],
  more: (uri) => `ask env TZ=UTC ${virsh(uri, 'net-dhcp-leases')} --network="$name"`,
}

/** Networks of libvirt, by virsh(1). Semantics: community.libvirt.virt_net. */
export const virt_net = defineModule<typeof declared, EntryState>({
  name: 'virt_net',
  summary: 'Defines, starts and stops networks of libvirt, and tells of them.',
  options: declared,
  returnsFacts: ({ command }) =>
    command === undefined || command === 'facts' ? ['ansible_libvirt_networks'] : [],
  validate: (args, complete) => [
    ...entryProblems(NETWORK, args, complete),
    ...(args.command === 'modify' && args.xml !== undefined ? hostProblems(args.xml) : []),
  ],
  probe: (args) => entryProbe(NETWORK, args),
  parse: ({ text }, args) => entriesIn(NETWORK, text, args),
  plan(args, state, view) {
    const { command } = args
    if (command === 'modify') return planModify(args, state, view)
    const common = planEntry(NETWORK, args, state, view)
    if (common !== undefined) return common
    const all = state.all.filter(([name]) => command === 'info' || (args.name ?? name) === name)
    const networks = Object.fromEntries(all.map(([name, one]) => [name, factsOf(one)]))
    const result: ValueMap =
      command === 'info' ? { networks } : { ansible_facts: { ansible_libvirt_networks: networks } }
    return { ...NOTHING, result }
  },
  interpret: concludeVirsh,
})

function hostProblems(xml: string): string[] {
  try {
    const host = xmlOf(xml)
    return host.name !== 'host' || host.attributes.mac !== undefined
      ? []
      : ['xml: the <host> to modify needs a mac']
  } catch {
    return []
  }
}

/** A host of DHCP, which is one by its Ethernet address. */
function planModify({ name, uri, xml }: Args, { entry }: EntryState, view: ModuleContext): Plan {
  if (entry === undefined && !view.check) return failure(`network ${name} not found`)
  const wanted = xmlOf(xml!).attributes
  const mac = wanted.mac!.toLowerCase()
  const hosts = entry === undefined ? [] : hostsOf(entry.xml)
  const is = hosts.find((host) => host.attributes.mac?.toLowerCase() === mac)?.attributes
  if (is !== undefined && is.name === wanted.name && is.ip === wanted.ip)
    return { ...NOTHING, result: { modified: name! } }
  const told = ({ name: host = '', ip = '' }: Readonly<Record<string, string>>) => `${host} ${ip}`.trim()
  const change = {
    what: `host ${mac} of network ${name}`,
    before: is === undefined ? null : told(is),
    after: told(wanted),
  }
  const where = ['--config', ...(entry?.active ? ['--live'] : [])]
  const verb = is === undefined ? 'add-last' : 'modify'
  const update = virsh(uri, 'net-update', `--network=${name}`, verb, 'ip-dhcp-host', '/dev/stdin', ...where)
  const content = contentOf(Buffer.from(xml!))
  return {
    ...inSteps([[change, { do: 'send', script: fromStdin(update), content }]]),
    result: { modified: name! },
  }
}

function hostsOf(network: XmlElement): XmlElement[] {
  return network.children
    .filter(({ name }) => name === 'ip')
    .flatMap((ip) => elementAt(ip, 'dhcp')?.children ?? [])
    .filter(({ name }) => name === 'host')
}

function factsOf(entry: Entry): ValueMap {
  const { lines, xml, persistent, autostart } = entry
  const of = (name: string, attribute: string) => elementAt(xml, name)?.attributes[attribute]
  const bridge = lines.get('Bridge') ?? ''
  const known = {
    forward_mode: of('forward', 'mode'),
    domain: of('domain', 'name'),
    macaddress: of('mac', 'address'),
  }
  return {
    autostart: yesNo(autostart),
    persistent: yesNo(persistent),
    state: stateOf(entry),
    bridge,
    uuid: lines.get('UUID') ?? '',
    dhcp_leases: leasesIn(entry.more, bridge),
    ...Object.fromEntries(
      Object.entries(known).filter((one): one is [string, string] => one[1] !== undefined),
    ),
  }
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no'
}

const LEASE = /^ *(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d) +(\S+) +(ipv[46]) +(\S+)\/(\d+) +(\S+) +(\S.*?) *$/gm

/** Rows: when it ends, address of Ethernet, protocol, address, name, id of the client; "-" for none. */
function leasesIn(table: string, iface: string): ValueMap[] {
  const orNull = (text: string) => (text === '-' ? null : text)
  return [...table.matchAll(LEASE)].map(([, day, time, mac, protocol, ipaddr, prefix, hostname, client]) => ({
    iface,
    expirytime: Date.parse(`${day}T${time}Z`) / 1000,
    type: protocol === 'ipv4' ? 0 : 1,
    mac: mac!,
    iaid: null,
    ipaddr: ipaddr!,
    prefix: Number(prefix),
    hostname: orNull(hostname!),
    clientid: orNull(client!),
  }))
}
