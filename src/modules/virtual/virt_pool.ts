import { defineModule, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, NOTHING } from '../../sdk/plans.ts'
import type { ValueMap } from '../../values/value.ts'
import {
  type Entry,
  type EntryState,
  entriesIn,
  entryProbe,
  entryProblems,
  type Kind,
  planEntry,
  removed,
  stateOf,
  step,
} from './entries.ts'
import { concludeVirsh, virsh, virshOptions } from './virsh.ts'
import { elementAt } from './xml.ts'

const declared = options({
  name: { type: 'str', aliases: ['pool'], help: 'Name of the storage pool.' },
  state: {
    type: 'str',
    choices: ['active', 'inactive', 'present', 'absent', 'undefined', 'deleted'],
    help: 'present defines it by "xml" if it is not there; absent and undefined stop it too, and deleted deletes what it stands on besides.',
  },
  command: {
    type: 'str',
    choices: [
      'define',
      'build',
      'create',
      'start',
      'stop',
      'destroy',
      'delete',
      'undefine',
      'get_xml',
      'list_pools',
      'facts',
      'info',
      'status',
      'refresh',
    ],
    help: 'What to do once. It says whether it changed something, and does nothing where that is done already; build and delete are done each time.',
  },
  autostart: {
    type: 'bool',
    help: 'Whether it starts with its host; also together with a state or a command that makes or starts it.',
  },
  mode: {
    type: 'str',
    choices: ['new', 'no_overwrite', 'overwrite', 'normal'],
    help: 'How build treats what is there already; the repair, resize and zeroed of Ansible are not among the commands of virsh.',
  },
  ...virshOptions,
  xml: { type: 'str', help: 'Its description for define and present, as text.' },
})

type Args = ArgsOf<typeof declared>

const POOL: Kind = {
  noun: 'storage pool',
  prefix: 'pool',
  option: '--pool',
  lists: ['list_pools', 'facts', 'info'],
  more: (uri) => `ask ${virsh(uri, 'vol-list')} --pool="$name"`,
}

/** Storage pools of libvirt, by virsh(1). Semantics: community.libvirt.virt_pool. */
export const virt_pool = defineModule<typeof declared, EntryState>({
  name: 'virt_pool',
  summary: 'Defines, builds, starts and stops storage pools of libvirt, and tells of them.',
  options: declared,
  returnsFacts: ({ command }) =>
    command === undefined || command === 'facts' ? ['ansible_libvirt_pools'] : [],
  validate: (args, complete) => entryProblems(POOL, args, complete),
  probe: (args) => entryProbe(POOL, args),
  parse: ({ text }, args) => entriesIn(POOL, text, args),
  plan(args, state, view) {
    const common = planEntry(POOL, args, state, view)
    if (common !== undefined) return common
    if (args.command === 'info' || args.command === 'facts') return told(args, state)
    if (state.entry === undefined && args.state === 'deleted') return NOTHING
    if (state.entry === undefined && !view.check) return failure(`storage pool ${args.name} not found`)
    return planOwn(args, state.entry)
  },
  interpret: concludeVirsh,
})

/** What networks have not. */
function planOwn(args: Args, entry: Entry | undefined): Plan {
  if (args.state === 'deleted') return { ...removed(POOL, args, entry!, ['pool-delete']), result: { msg: 0 } }
  switch (args.command) {
    case 'build': {
      const flag = args.mode === 'overwrite' || args.mode === 'no_overwrite' ? [args.mode] : []
      const flags = flag.map((mode) => `--${mode.replace('_', '-')}`)
      return { ...step(POOL, args, entry, 'built', ['pool-build', ...flags]), result: { build: 0 } }
    }
    case 'delete':
      return { ...step(POOL, args, entry, 'deleted', ['pool-delete']), result: { delete: 0 } }
    default:
      // libvirt looks again at what is there: nothing of the pool becomes another.
      return {
        ...step(POOL, args, entry, 'refreshed', ['pool-refresh']),
        silent: true,
        result: { refresh: 0 },
      }
  }
}

function told({ command }: Args, { all }: EntryState): Plan {
  const pools = Object.fromEntries(all.map(([name, one]) => [name, factsOf(one)]))
  const result: ValueMap =
    command === 'info' ? { pools } : { ansible_facts: { ansible_libvirt_pools: pools } }
  return { ...NOTHING, result }
}

function factsOf(entry: Entry): ValueMap {
  const { lines, xml, active, persistent, autostart } = entry
  const source = (name: string, attribute: string) => elementAt(xml, 'source', name)?.attributes[attribute]
  const devices = (elementAt(xml, 'source')?.children ?? [])
    .filter(({ name }) => name === 'device')
    .map((device) => device.attributes.path ?? '')
  const path = elementAt(xml, 'target', 'path')?.text
  const known = {
    path,
    host: source('host', 'name'),
    source_path: source('dir', 'path'),
    format: source('format', 'type'),
  }
  return {
    status: lines.get('State') ?? 'unknown',
    size_total: lines.get('Capacity') ?? '0',
    size_used: lines.get('Allocation') ?? '0',
    size_available: lines.get('Available') ?? '0',
    autostart: autostart ? 'yes' : 'no',
    persistent: persistent ? 'yes' : 'no',
    state: stateOf(entry),
    type: xml.attributes.type ?? '',
    uuid: lines.get('UUID') ?? '',
    ...(active ? volumesOf(entry) : { volume_count: -1 }),
    ...Object.fromEntries(
      Object.entries(known).filter((one): one is [string, string] => one[1] !== undefined),
    ),
    ...(devices.length > 0 && { devices }),
  }
}

/** Rows: name and path, with two spaces at least between. */
function volumesOf({ more }: Entry): ValueMap {
  const volumes = [...more.matchAll(/^ (\S.*?) {2,}\S.*$/gm)].map(([, name]) => name!)
  return { volume_count: volumes.length, volumes }
}
