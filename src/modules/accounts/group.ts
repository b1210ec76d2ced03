import {
  type Group,
  nameProblems,
  parseGroups,
  probeGroups,
  probeTools,
  READ_GROUPS,
  replaceLine,
  type Tools,
} from '../../host/accounts.ts'
import { defineModule } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { type ScriptedChange, scripted } from '../../sdk/plans.ts'
import { type BatchedProbe, scriptProbe } from '../../sdk/probe.ts'
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
  validate: ({ name, gid, non_unique }, complete) => [
    ...nameProblems('group', name),
    ...(complete && non_unique && gid === undefined ? ['group: non_unique means nothing without gid'] : []),
  ],
  probe,
  parse(output, args) {
    const [text] = output.of(probe(args)[0])
    const { name } = args
    const [tools, ...lines] = text!.split('\n')
    return { tools: tools as Tools, group: parseGroups(lines).find((known) => known.name === name) }
  },
  plan(args, state) {
    const { name, gid, system } = args
    const isPresent = args.state === 'present'
    const result = {
      name,
      state: args.state,
      ...(isPresent && { system, gid: gid ?? state.group?.gid ?? null }),
    }
    const look = isPresent ? 'cat /etc/group' : ':'
    const steps = isPresent ? present(args, state) : absent(args, state)
    return { ...scripted(steps, (parts) => ['set -e', ...parts, look].join('\n')), result }
  },
  footprint: {
    of({ name, gid }, { group }, { changes }) {
      const names = [`groups/${name}`]
      return {
        reads: { names: gid === undefined ? names : [...names, 'groups'] },
        writes: changes.length === 0 ? {} : group === undefined ? { names } : 'anything',
      }
    },
  },
  interpret([outcome], args) {
    if (outcome!.code !== 0) return { failed: outcome!.stderr.trim() || `exit status ${outcome!.code}` }
    const made = parseGroups(outcome!.stdout.split('\n')).find(({ name }) => name === args.name)
    return made === undefined ? {} : { result: { gid: made.gid } }
  },
})

function probe({ name, local }: GroupArgs): [BatchedProbe<string>] {
  const script = `${probeTools('groupadd')}\n${probeGroups([name], local)}`
  return [scriptProbe('groups', script, '', () => READ_GROUPS)]
}

function absent({ name, force }: GroupArgs, { tools, group }: State): ScriptedChange[] {
  if (group === undefined) return []
  const program = tools === 'busybox' ? 'delgroup' : `groupdel${force ? ' -f' : ''}`
  const change = { what: `group ${name}`, before: { gid: group.gid }, after: null }
  return [{ changes: [change], sh: `${program} -- ${quote(name)}` }]
}

function present({ name, gid, system, non_unique }: GroupArgs, { tools, group }: State): ScriptedChange[] {
  const busybox = tools === 'busybox'
  if (group === undefined) {
    const change = { what: `group ${name}`, before: null, after: gid === undefined ? 'present' : { gid } }
    const id = gid === undefined ? '' : ` -g ${gid}`
    const add = busybox
      ? `addgroup${system ? ' -S' : ''}${id}`
      : `groupadd${system ? ' -r' : ''}${id}${non_unique ? ' -o' : ''}`
    return [{ changes: [change], sh: `${add} -- ${quote(name)}` }]
  }
  if (gid === undefined || gid === group.gid) return []
  const line = [name, group.password, gid, group.members.join(',')].join(':')
  return [
    {
      changes: [{ what: 'gid', before: group.gid, after: gid }],
      sh: busybox
        ? replaceLine('/etc/group', name, line)
        : `groupmod -g ${gid}${non_unique ? ' -o' : ''} -- ${quote(name)}`,
    },
  ]
}
