import { defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { type PlannedChange, sh } from '../../sdk/plans.ts'
import { words } from '../../shell/quote.ts'
import { type Listed, listing, planListed, readListed, selinuxNameProblems } from './semanage.ts'

/** What semanage calls the kinds of files, by the letters for them. */
const KINDS = {
  a: 'all files',
  b: 'block device',
  c: 'character device',
  d: 'directory',
  f: 'regular file',
  l: 'symbolic link',
  p: 'named pipe',
  s: 'socket',
} as const

const declared = options({
  target: {
    type: 'str',
    required: true,
    aliases: ['path'],
    help: 'The files: a path, as a regular expression, "/srv/www(/.*)?".',
  },
  ftype: {
    type: 'str',
    choices: ['a', 'b', 'c', 'd', 'f', 'l', 'p', 's'],
    default: 'a',
    help: 'Which of them: all, block devices, character devices, folders, regular files, links, pipes, sockets.',
  },
  setype: { type: 'str', help: 'The type that they get, such as httpd_sys_content_t.' },
  substitute: {
    type: 'str',
    aliases: ['equal'],
    help: 'In place of a type: the path whose files those below target are as.',
  },
  seuser: { type: 'str', help: 'The user of SELinux that they get; system_u for new ones if not given.' },
  selevel: { type: 'str', aliases: ['serange'], help: 'Their level or range; s0 for new ones if not given.' },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether the rule is to be there; absent without setype and substitute takes both kinds of it away.',
  },
  reload: {
    type: 'bool',
    default: true,
    help: 'Load the policy into the kernel at once. Files that are there stay as they are.',
  },
  ignore_selinux_state: {
    type: 'bool',
    default: false,
    help: 'Go on where SELinux does not run, as in a chroot.',
  },
})

type Args = ArgsOf<typeof declared>

/** Which labels files get from SELinux. Semantics: community.general.sefcontext. */
export const sefcontext = defineModule<typeof declared, Listed>({
  name: 'sefcontext',
  summary: 'Keeps rules of SELinux for the labels of files (semanage fcontext).',
  options: declared,
  validate: ({ target, setype, substitute, seuser, selevel, state = 'present' }, complete) => [
    ...pathProblems('target', target),
    ...pathProblems('substitute', substitute),
    ...selinuxNameProblems('setype', setype),
    ...selinuxNameProblems('seuser', seuser),
    ...selinuxNameProblems('selevel', selevel),
    ...(setype !== undefined && substitute !== undefined
      ? ['parameters are mutually exclusive: setype|substitute']
      : []),
    ...(substitute !== undefined && (seuser !== undefined || selevel !== undefined)
      ? ['substitute excludes seuser and selevel: the files are as others are']
      : []),
    ...(complete && state === 'present' && setype === undefined && substitute === undefined
      ? ['state is present but any of the following are missing: setype, substitute']
      : []),
  ],
  probe: () => listing('semanage fcontext -l -n || exit'),
  parse: ({ text }) => readListed(text),
  plan,
})

function pathProblems(option: string, path: string | undefined): string[] {
  if (path === undefined || (path.startsWith('/') && !/[\n\0]/.test(path))) return []
  return [`${option}: ${JSON.stringify(path)} does not begin at the root, as a path of a rule does`]
}

interface Context {
  readonly user: string
  readonly role: string
  readonly type: string
  readonly level: string
}

function plan(args: Args, listed: Listed, view: ModuleContext): Plan {
  const { target, setype, substitute, state } = args
  const context = contextIn(listed.lines, args)
  const equal = equalIn(listed.lines, target)
  const steps =
    state === 'absent'
      ? removals(args, context, equal)
      : substitute === undefined
        ? rule(args, setype!, context)
        : equalTo(args, substitute, equal)
  const { seuser = null, selevel: serange = null, ftype } = args
  return planListed(
    listed,
    args,
    steps,
    { target, ftype, setype: setype ?? null, state, seuser, serange },
    view,
  )
}

function rule(args: Args, type: string, before: Context | undefined): PlannedChange[] {
  const { target, ftype } = args
  const user = args.seuser ?? before?.user ?? 'system_u'
  const level = args.selevel ?? before?.level ?? 's0'
  const after: Context = { user, role: before?.role ?? 'object_r', type, level }
  if (before !== undefined && shown(before) === shown(after)) return []
  const change = {
    what: `${target} (${KINDS[ftype]})`,
    before: before === undefined ? null : shown(before),
    after: shown(after),
  }
  const action = before === undefined ? '-a' : '-m'
  const told = ['-t', type, '-s', user, '-r', level, '-f', ftype]
  return [[change, sh(semanage(args, action, ...told, target))]]
}

function equalTo(args: Args, substitute: string, before: string | undefined): PlannedChange[] {
  if (before === substitute) return []
  const change = { what: `${args.target} is as`, before: before ?? null, after: substitute }
  return [[change, sh(semanage(args, before === undefined ? '-a' : '-m', '-e', substitute, args.target))]]
}

function removals(args: Args, context: Context | undefined, equal: string | undefined): PlannedChange[] {
  const { target, ftype, setype, substitute } = args
  const steps: PlannedChange[] = []
  if (context !== undefined && substitute === undefined)
    steps.push([
      { what: `${target} (${KINDS[ftype]})`, before: shown(context), after: null },
      sh(semanage(args, '-d', '-f', ftype, target)),
    ])
  if (equal !== undefined && setype === undefined && (substitute ?? equal) === equal)
    steps.push([
      { what: `${target} is as`, before: equal, after: null },
      sh(semanage(args, '-d', '-e', equal, target)),
    ])
  return steps
}

function semanage({ reload }: Args, action: string, ...more: string[]): string {
  return words('semanage', 'fcontext', action, ...(reload ? [] : ['-N']), ...more)
}

function shown({ user, role, type, level }: Context): string {
  return [user, role, type, level].join(':')
}

/** "/srv/www(/.*)?   all files   system_u:object_r:httpd_sys_content_t:s0"; the last one of a path counts. */
function contextIn(lines: readonly string[], { target, ftype }: Args): Context | undefined {
  const ends = new RegExp(`^ +${KINDS[ftype]} +(\\S+) *$`)
  const found = lines.findLast(
    (line) => line.startsWith(`${target} `) && ends.test(line.slice(target.length)),
  )
  const [user, role, type, ...level] =
    found === undefined ? [] : ends.exec(found.slice(target.length))![1]!.split(':')
  return type === undefined ? undefined : { user: user!, role: role!, type, level: level.join(':') || 's0' }
}

/** "/srv/www = /var/www": one that was set here comes last. */
function equalIn(lines: readonly string[], target: string): string | undefined {
  const start = `${target} = `
  return lines
    .findLast((line) => line.startsWith(start))
    ?.slice(start.length)
    .trim()
}
