import { accountsOf, groupProblems, nameProblems, type User } from '../../../host/accounts.ts'
import type { Footprint } from '../../../sdk/footprint.ts'
import { defineModule, type Outcome, type Plan } from '../../../sdk/module.ts'
import { failure, scripted } from '../../../sdk/plans.ts'
import type { ValueMap } from '../../../values/value.ts'
import { type UserArgs, userOptions } from './options.ts'
import { looksPlain, PLAIN_PASSWORD } from './password.ts'
import { impossible, planUser } from './plan.ts'
import { keyPath, lookScript, parse, probe, type UserState } from './state.ts'

export const user = defineModule<typeof userOptions, UserState>({
  name: 'user',
  summary: 'Makes, changes or removes a user.',
  options: userOptions,
  validate: ({ name, group, groups, comment, home, shell, password, umask, local, seuser }) => [
    ...nameProblems('user', name),
    ...(seuser === undefined || /^\w[\w.]*$/.test(seuser)
      ? []
      : [`user: seuser ${JSON.stringify(seuser)} is not a name such as "staff_u"`]),
    ...[...(group === undefined ? [] : [group]), ...(groups ?? [])].flatMap((one) =>
      groupProblems('user', one),
    ),
    ...(home === undefined || home.startsWith('/')
      ? []
      : [`user: home ${JSON.stringify(home)} must be a path from /`]),
    ...(umask === undefined || /^[0-7]{1,4}$/.test(umask)
      ? []
      : [`user: umask ${JSON.stringify(umask)} is not an octal number such as "077"`]),
    ...(local && umask !== undefined ? ["'umask' can not be used with 'local'"] : []),
    ...Object.entries({ comment, home, shell, password })
      .filter(([, text]) => text !== undefined && /[:\n]/.test(text))
      .map(([option]) => `user: ${option} must not hold a colon or a newline`),
  ],
  probe,
  parse: (output, args) => parse(output.of(probe(args)[0])[0]!),
  plan(args, state, view) {
    const failed = impossible(args, state, view)
    if (failed !== undefined) return failure(failed)
    const steps = planUser(args, state)
    const plan = scripted(steps, (parts) =>
      ['set -e', ...parts, 'set +e', accountsOf([args.name]), lookScript(args)].join('\n'),
    )
    return { ...plan, result: resultOf(args, state), warnings: warningsOf(args, state) }
  },
  footprint: { paths: footprintPaths, of: footprint },
  interpret: ([outcome], args) => conclude(outcome!, args),
})

/** What useradd may make or change for a user, besides the files of accounts. */
function besides(name: string): string[] {
  return [`/var/mail/${name}`, `/var/spool/mail/${name}`, '/var/log/lastlog', '/var/log/faillog']
}

/** Homes of those who are there already lie there most often. */
function footprintPaths({ name, home = `/home/${name}` }: UserArgs): string[] {
  return [...besides(name), home]
}

/** A new user with no home, or with one whose place is said, is apart from all others. */
function footprint(args: UserArgs, { user }: UserState, plan: Plan): Footprint | undefined {
  const { name, uid, group, groups = [], create_home, generate_ssh_key, seuser } = args
  const home = args.home ?? (user?.home || undefined)
  if (home !== undefined && !footprintPaths(args).includes(home)) return undefined
  const others = [...(group === undefined ? [] : [group]), ...groups]
  const names = [`users/${name}`, `groups/${name}`, ...others.map(groupTrace)]
  const isPlain =
    user === undefined && seuser === undefined && !generate_ssh_key && (!create_home || home !== undefined)
  const made = { names, paths: [...besides(name), ...(home === undefined ? [] : [home])] }
  return {
    reads: {
      names: uid === undefined ? names : [...names, 'users'],
      paths: home === undefined ? [] : [home],
    },
    writes: plan.changes.length === 0 ? {} : isPlain ? made : 'anything',
  }
}

function groupTrace(group: string): string {
  return /^\d+$/.test(group) ? 'groups' : `groups/${group}`
}

/** In Ansible's words. */
function warningsOf({ name, append, groups, local, password }: UserArgs, { user }: UserState): string[] {
  const warnings: string[] = []
  if (append && groups === undefined)
    warnings.push("'append' is set, but no 'groups' are specified. Use 'groups' for appending new groups.")
  if (local && user === undefined)
    warnings.push(
      `'local: true' specified and user '${name}' was not found in /etc/passwd. The local user account may already exist if the local account database exists somewhere other than /etc/passwd.`,
    )
  if (password && looksPlain(password)) warnings.push(PLAIN_PASSWORD)
  return warnings
}

function resultOf(args: UserArgs, { user, publicKey }: UserState): ValueMap {
  const { name, state, append, move_home, groups, password } = args
  if (state === 'absent')
    return user === undefined ? { name, state } : { name, state, force: args.force, remove: args.remove }
  const result: ValueMap = { name, state }
  if (user === undefined) Object.assign(result, { system: args.system, create_home: args.create_home })
  else Object.assign(result, { append, move_home }, accountOf(user))
  if (groups !== undefined) result.groups = groups.join(',')
  if (password !== undefined) result.password = 'NOT_LOGGING_PASSWORD'
  if (args.generate_ssh_key) {
    result.ssh_key_file = absoluteKey(args, user)
    result.ssh_public_key = publicKey ?? null
  }
  return result
}

function accountOf({ uid, gid, comment, home, shell }: User): ValueMap {
  return { uid, group: gid, comment, home, shell }
}

function absoluteKey(args: UserArgs, user: User | undefined): string {
  const path = keyPath(args)
  const home = args.home ?? user?.home
  return path.startsWith('/') || home === undefined ? path : `${home}/${path}`
}

function conclude({ code, stdout, stderr }: Outcome, args: UserArgs) {
  if (code !== 0) return { failed: stderr.trim() || `exit status ${code}` }
  return { result: resultOf(args, parse(stdout)) }
}
