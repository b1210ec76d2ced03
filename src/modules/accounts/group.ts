import {
  type Group,
  nameFaults,
  parseGroups,
  probeGroups,
  probeTools,
  READ_GROUPS,
  replaceLine,
  type Tools,
} from '../../host/accounts.ts'
import { type Change, defineModule } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { type Look, scriptLook } from '../../sdk/probe.ts'
import { quote } from '../../shell/quote.ts'

const groupOptions = options({
  name: { type: 'str', help: 'The name of the group.', required: true },
  gid: { type: 'int', help: 'Its number.' },
  state: { type: 'str', help: 'Whether there is one.', choices: ['present', 'absent'], default: 'present' },
  system: {
    type: 'bool',
    help: 'Whether a new one gets a number of the range for the system.',
    default: false,
  },
  local: { type: 'bool', help: 'Whether only /etc/group counts, and no directory service.', default: false },
  non_unique: { type: 'bool', help: 'Whether the number may be that of another group too.', default: false },
  force: {
    type: 'bool',
    help: 'Whether to remove it even if it is the main group of a user.',
    default: false,
  },
})

type GroupArgs = ArgsOf<typeof groupOptions>

interface State {
  readonly tools: Tools
  readonly group: Group | undefined
}

export const group = defineModule<typeof groupOptions, State>({
  name: 'group',
  summary: 'Makes, changes or removes a group.',
  options: groupOptions,
  faults: ({ name, gid, non_unique }) => [
    ...nameFaults('group', name),
    ...(non_unique && gid === undefined ? ['group: non_unique means nothing without gid'] : []),
  ],
  probe,
  parse(output, args) {
    const [text] = output.of(probe(args)[0])
    const { name } = args
    const [tools, ...lines] = text!.split('\n')
    return { tools: tools as Tools, group: parseGroups(lines).find((known) => known.name === name) }
  },
  plan({ name, gid, state, system }, { group }) {
    const result = { name, state, ...(state === 'present' && { system, gid: gid ?? group?.gid ?? null }) }
    return { changes: planChanges(name, gid, state, group), result }
  },
  apply: (_plan, args, state) => [{ do: 'sh', script: `set -e\n${script(args, state)}\n${look(args)}` }],
  conclude([outcome], args) {
    if (outcome!.code !== 0) return { failed: outcome!.stderr.trim() || `exit status ${outcome!.code}` }
    const made = parseGroups(outcome!.stdout.split('\n')).find(({ name }) => name === args.name)
    return made === undefined ? {} : { result: { gid: made.gid } }
  },
})

function probe({ name, local }: GroupArgs): [Look<string>] {
  const script = `${probeTools('groupadd')}\n${probeGroups([name], local)}`
  return [scriptLook('groups', script, '', () => READ_GROUPS)]
}

function planChanges(
  name: string,
  gid: number | undefined,
  state: string,
  group: Group | undefined,
): Change[] {
  const what = `group ${name}`
  if (state === 'absent')
    return group === undefined ? [] : [{ what, before: { gid: group.gid }, after: null }]
  if (group === undefined) return [{ what, before: null, after: gid === undefined ? 'present' : { gid } }]
  return gid === undefined || gid === group.gid ? [] : [{ what: 'gid', before: group.gid, after: gid }]
}

function script(args: GroupArgs, { tools, group }: State): string {
  const name = `-- ${quote(args.name)}`
  const busybox = tools === 'busybox'
  if (args.state === 'absent')
    return busybox ? `delgroup ${name}` : `groupdel ${args.force ? '-f ' : ''}${name}`
  if (group === undefined) {
    const gid = args.gid === undefined ? '' : `-g ${args.gid} `
    if (busybox) return `addgroup ${args.system ? '-S ' : ''}${gid}${name}`
    return `groupadd ${args.system ? '-r ' : ''}${gid}${args.non_unique ? '-o ' : ''}${name}`
  }
  if (!busybox) return `groupmod -g ${args.gid} ${args.non_unique ? '-o ' : ''}${name}`
  return replaceLine(
    '/etc/group',
    args.name,
    [args.name, group.password, args.gid, group.members.join(',')].join(':'),
  )
}

function look({ state }: GroupArgs): string {
  return state === 'absent' ? ':' : 'cat /etc/group'
}
