import { defineModule } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import type { BatchedProbe } from '../../sdk/probe.ts'
import { words } from '../../shell/quote.ts'
import {
  concludeIp,
  type IpPlan,
  ip,
  ipProbe,
  netnsProblems,
  planOfIp,
  type Row,
  rowsOf,
} from './iproute2.ts'
import { failure } from './link/plan.ts'

const netnsOptions = options({
  name: { type: 'str', required: true, help: 'Name of the network namespace (ip netns).' },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether it is to be there: present or absent. One that is deleted lives on for the processes that are in it.',
  },
  id: {
    type: 'int',
    aliases: ['nsid'],
    help: 'Number by which links in the namespace of the connection show it (link-netnsid); the kernel gives one when it needs it.',
  },
})

type NetnsArgs = ArgsOf<typeof netnsOptions>

/** The row of the name, and whether a namespace is behind it; no row if there is no such name. */
interface State {
  readonly row: Row | undefined
  readonly lives: boolean
}

/** A named network namespace, as ip-netns(8) makes it. Semantics: community.general.ip_netns. */
export const netns = defineModule<typeof netnsOptions, State>({
  name: 'netns',
  summary: 'Make and delete named network namespaces (ip netns).',
  options: netnsOptions,
  validate: ({ name, id, state }) => [
    ...netnsProblems('name', name),
    ...(name?.startsWith('-') ? [`name: ${JSON.stringify(name)} is not a name of a network namespace`] : []),
    ...(id !== undefined && (id < 0 || id > 2 ** 31 - 1)
      ? [`id: ${id} is out of range: 0 to ${2 ** 31 - 1}`]
      : []),
    ...(id !== undefined && state === 'absent' ? ['"id" is for a namespace that is to be there'] : []),
  ],
  probe: (args) => [LIST, behind(args)],
  parse(output, args) {
    const row = rowsOf(output.of(LIST)[0]!).find(({ name }) => name === args.name)
    return { row, lives: output.of(behind(args))[0]! }
  },
  plan: (args, state) => planOfIp(planNetns(args, state), { netns: state.row ?? null }),
  interpret: (outcomes) =>
    concludeIp(outcomes, [
      [/Permission denied/, 'making and deleting network namespaces takes root: say become: true'],
      [/File exists|nsid is already used/, 'another namespace has this name or number'],
    ]),
})

const LIST = ipProbe(undefined, 'netns', 'list')

/** A name is a file on which the namespace is mounted (nsfs). */
function behind({ name }: NetnsArgs): BatchedProbe<boolean> {
  return {
    kind: 'netns behind',
    items: [name],
    script: (names) =>
      names
        .map((one) => `stat -f -c %t ${words(`/var/run/netns/${one}`)} 2>/dev/null || echo none`)
        .join('\n'),
    read: (output, names) => names.map(() => output.line() === '6e736673'),
  }
}

function planNetns({ name, state, id }: NetnsArgs, { row, lives }: State): IpPlan {
  const what = `network namespace ${name}`
  const numbered = id === undefined ? [] : [ip(undefined, 'netns', 'set', name, String(id))]
  if (state === 'absent')
    return row === undefined
      ? { changes: [], commands: [] }
      : {
          changes: [{ what, before: 'present', after: null }],
          commands: [ip(undefined, 'netns', 'delete', name)],
        }
  if (row === undefined) {
    // What was made is deleted again when it cannot have its number.
    const undone = numbered.map(
      (set) => `{ ${set} || { ${ip(undefined, 'netns', 'delete', name)}; false; }; }`,
    )
    return {
      changes: [{ what, before: null, after: id === undefined ? 'present' : { id } }],
      commands: [ip(undefined, 'netns', 'add', name), ...undone],
    }
  }
  if (!lives)
    return failure(
      `there is a file /var/run/netns/${name}, and no network namespace is behind it: a program left it behind, or has mounted it where this session does not see it; "state: absent" removes it`,
    )
  const before = row.id ?? null
  if (id === undefined || before === id) return { changes: [], commands: [] }
  if (before !== null)
    return failure(`${name} has the number ${before}, and the kernel lets it have no other: delete it before`)
  return { changes: [{ what: `${what} id`, before, after: id }], commands: numbered }
}
