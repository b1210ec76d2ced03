import {
  accountsOf,
  findGroup,
  type Group,
  groupFaults,
  nameFaults,
  parseGroups,
  parseUser,
  probeGroups,
  probeTools,
  type Shadow,
  type Tools,
  type User,
} from '../../../host/accounts.ts'
import { type Change, defineModule, type Outcome, type View } from '../../../sdk/module.ts'
import { type Look, scriptLook } from '../../../sdk/probe.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import type { Value, ValueMap } from '../../../values/value.ts'
import { applyUser } from './apply.ts'
import { isNowhere, type UserArgs, userOptions } from './options.ts'

/** What there is of a user. */
export interface UserState {
  readonly tools: Tools
  readonly user: User | undefined
  /** undefined: not to be read, or the user has no line there. */
  readonly shadow: Shadow | undefined
  readonly groups: readonly Group[]
  /** Whether the home folder, or something else in its place, is there: the wanted one if given, else the user's. */
  readonly hasHome: boolean
  /** Whether there is an SSH key where one is to be generated, and its public part. */
  readonly hasKey: boolean
  readonly publicKey: string | undefined
}

const HIDDEN = '(hidden)'

export const user = defineModule<typeof userOptions, UserState>({
  name: 'user',
  summary: 'Makes, changes or removes a user.',
  options: userOptions,
  faults: ({ name, append, group, groups, comment, home, shell, password, umask }) => [
    ...nameFaults('user', name),
    ...[...(group === undefined ? [] : [group]), ...(groups ?? [])].flatMap((one) =>
      groupFaults('user', one),
    ),
    ...(home === undefined || home.startsWith('/')
      ? []
      : [`user: home ${JSON.stringify(home)} must be a path from /`]),
    ...(umask === undefined || /^[0-7]{1,4}$/.test(umask)
      ? []
      : [`user: umask ${JSON.stringify(umask)} is no octal number such as "077"`]),
    ...(append && groups === undefined ? ['user: append means nothing without groups'] : []),
    ...Object.entries({ comment, home, shell, password })
      .filter(([, text]) => text !== undefined && /[:\n]/.test(text))
      .map(([option]) => `user: ${option} must not hold a colon or a newline`),
  ],
  probe,
  parse: (output, args) => parse(output.of(probe(args)[0])[0]!),
  plan(args, state, view) {
    const failed = impossible(args, state, view)
    if (failed !== undefined) return { changes: [], failed }
    return { changes: planChanges(args, state), result: resultOf(args, state) }
  },
  apply: (plan, args, state) => [
    {
      do: 'sh',
      script: `${applyUser(plan.changes, args, state)}\nset +e\n${accountsOf([args.name])}\n${lookScript(args)}`,
    },
  ],
  conclude: ([outcome], args) => conclude(outcome!, args),
})

function probe(args: UserArgs): [Look<string>] {
  return [scriptLook('users', lookScript(args), args.name, accountsOf)]
}

/** Sh that says what there is of a user; `accountsOf` comes before it. */
function lookScript(args: UserArgs): string {
  const { name, local, home, group, groups } = args
  const lookup = local ? ':' : `command -v getent >/dev/null && getent passwd ${quote(name)}`
  return [
    probeTools('useradd'),
    `pick ${quote(name)} "$passwd"`,
    `user=$line; [ -n "$user" ] || user=$(${lookup})`,
    'printf "%s\\n" "$user"',
    `if [ -r /etc/shadow ]; then pick ${quote(name)} "$shadow"; [ -z "$line" ] || printf '%s\\n' "$line"; echo; else echo unreadable; fi`,
    home === undefined ? `home=\${user%:*}; home=\${home##*:}` : `home=${quotePath(home)}`,
    'if [ -n "$home" ] && [ -e "$home" ]; then echo home; else echo no home; fi',
    args.generate_ssh_key ? probeKey(args) : 'echo',
    probeGroups([...(group === undefined ? [] : [group]), ...(groups ?? [])], local),
  ].join('\n')
}

function probeKey(args: UserArgs): string {
  const path = keyPath(args)
  return [
    `(cd "$home" 2>/dev/null || cd /`,
    // The file is the user's, who may write or link there what he likes: one line, however long.
    `k=${quotePath(`${path}.pub`)}`,
    `if [ -e ${quotePath(path)} ]; then echo "key $([ ! -f "$k" ] || head -c 16384 "$k" 2>/dev/null | head -n 1)"; else echo; fi)`,
  ].join('\n')
}

/** Where the SSH key is; a relative path is below the home folder. */
export function keyPath({ ssh_key_file, ssh_key_type }: UserArgs): string {
  return ssh_key_file ?? `.ssh/id_${ssh_key_type}`
}

/** A line of authorized_keys (sshd(8)) without options: no other file that a link leads to has such a line. */
const PUBLIC_KEY = /^(ssh|ecdsa|sk-ssh|sk-ecdsa)-[\w.@-]+ [A-Za-z0-9+/]+=*( .*)?$/

function parse(text: string): UserState {
  const lines = text.split('\n')
  const [tools, passwd = '', shadow = ''] = lines
  // The shadow line is followed by an empty one, unless there is none.
  const rest = lines.slice(shadow.includes(':') ? 4 : 3)
  const [home, key = '', ...groups] = rest
  return {
    tools: tools === 'shadow' ? 'shadow' : 'busybox',
    user: parseUser(passwd),
    shadow: shadow.includes(':') ? shadow.split(':') : undefined,
    groups: parseGroups(groups),
    hasHome: home === 'home',
    hasKey: key.startsWith('key '),
    publicKey: PUBLIC_KEY.exec(key.slice(4))?.[0],
  }
}

function impossible(args: UserArgs, { user, shadow, groups }: UserState, view: View): string | undefined {
  if (args.state === 'absent') return undefined
  // Under check, an earlier task may only have planned to make the group.
  const named = [...(args.group === undefined ? [] : [args.group]), ...(args.groups ?? [])]
  const missing = named.find((name) => findGroup(groups, name) === undefined)
  if (missing !== undefined && !view.check)
    return `group ${missing} does not exist; make it with the module "group" first`
  if (user === undefined) return undefined
  const { password, password_lock, expires, password_expire_max, password_expire_min, password_expire_warn } =
    args
  const secret = [
    password,
    password_lock,
    expires,
    password_expire_max,
    password_expire_min,
    password_expire_warn,
  ]
  if (shadow === undefined && secret.some((value) => value !== undefined)) {
    return `/etc/shadow has no readable line for ${args.name}; reading and changing it needs root (become: yes)`
  }
  if (password_lock === false && password === undefined && /^!+\*?$/.test(shadow?.[1] ?? '')) {
    return `${args.name} has no password that could be unlocked; give one with password`
  }
  return undefined
}

function planChanges(args: UserArgs, state: UserState): Change[] {
  const { user } = state
  const what = `user ${args.name}`
  if (args.state === 'absent') {
    return user === undefined ? [] : [{ what, before: { uid: user.uid, home: user.home }, after: null }]
  }
  if (user === undefined) return [{ what, before: null, after: declared(args) }, ...keyChange(args, state)]
  return [
    ...differences(args, user, state),
    ...(makesHome(args, user) && !state.hasHome && !(args.move_home && differs(args.home, user.home))
      ? [{ what: 'home folder', before: null, after: args.home ?? user.home }]
      : []),
    ...keyChange(args, state),
  ]
}

function makesHome({ create_home, home }: UserArgs, user: User): boolean {
  return create_home && !isNowhere(home ?? user.home)
}

function differs(wanted: Value | undefined, current: Value): boolean {
  return wanted !== undefined && wanted !== current
}

function differences(args: UserArgs, user: User, { shadow, groups }: UserState): Change[] {
  const primary = args.group === undefined ? undefined : findGroup(groups, args.group)
  const gid = args.group === undefined ? undefined : (primary?.gid ?? args.group)
  const compared: [what: string, before: Value, after: Value | undefined][] = [
    ['uid', user.uid, args.uid],
    ['comment', user.comment, args.comment],
    ['home', user.home, args.home],
    ['shell', user.shell, args.shell],
  ]
  if (gid !== user.gid) {
    compared.push(['group', nameOf(groups, user.gid), primary?.name ?? args.group])
  }
  const wantedGroups = membership(args, user, groups)
  if (wantedGroups !== undefined) compared.push(['groups', wantedGroups.before, wantedGroups.after])
  if (shadow !== undefined) compared.push(...shadowDifferences(args, shadow))
  return compared.flatMap(([what, before, after]) =>
    after === undefined || after === before ? [] : [{ what, before, after }],
  )
}

function nameOf(groups: readonly Group[], gid: number): Value {
  return groups.find((group) => group.gid === gid)?.name ?? gid
}

/** The supplementary groups as they are and as they shall be, or undefined when they need no change. */
function membership(
  { groups: wanted, append, group }: UserArgs,
  user: User,
  groups: readonly Group[],
): { before: string[]; after: string[] } | undefined {
  if (wanted === undefined) return undefined
  const before = groups.filter(({ members }) => members.includes(user.name)).map(({ name }) => name)
  const main = group === undefined ? user.gid : findGroup(groups, group)?.gid
  // The main group need not be listed, and may be.
  const named = [...new Set(wanted)].map((name) => findGroup(groups, name) ?? { name, gid: undefined })
  const needed = named
    .filter(({ name, gid }) => gid !== main || before.includes(name))
    .map(({ name }) => name)
  const after = append ? [...new Set([...before, ...needed])] : needed
  const same = after.length === before.length && after.every((name) => before.includes(name))
  return same ? undefined : { before: before.sort(), after: after.sort() }
}

function shadowDifferences(args: UserArgs, shadow: Shadow): [string, Value, Value | undefined][] {
  const [, current = '', , min, max, warn, , expires = ''] = shadow
  const bare = (password: string) => password.replace(/^!+/, '')
  const found: [string, Value, Value | undefined][] = [
    ['password_expire_min', numberOf(min), args.password_expire_min],
    ['password_expire_max', numberOf(max), args.password_expire_max],
    ['password_expire_warn', numberOf(warn), args.password_expire_warn],
  ]
  if (
    args.password !== undefined &&
    args.update_password === 'always' &&
    bare(args.password) !== bare(current)
  ) {
    found.push(['password', HIDDEN, `${HIDDEN}, another`])
  }
  found.push(['password_lock', current.startsWith('!'), args.password_lock])
  if (args.expires !== undefined) found.push(['expires', dateOf(expires), dateOf(expiryDay(args.expires))])
  return found
}

function numberOf(field: string | undefined): number | null {
  return field === undefined || field === '' ? null : Number(field)
}

/** The field of shadow(5) for a time in seconds since 1970: its day, or "" (never) when negative. */
export function expiryDay(seconds: number): string {
  return seconds < 0 ? '' : String(Math.floor(seconds / 86_400))
}

/** "never", or the date that a day since 1970 is. */
export function dateOf(day: string): string {
  if (day === '' || Number(day) < 0) return 'never'
  const date = new Date(Number(day) * 86_400_000)
  return Number.isNaN(date.getTime()) ? `day ${day}` : date.toISOString().slice(0, 10)
}

function declared(args: UserArgs): ValueMap {
  const { uid, group, groups, comment, home, shell, password, password_lock, expires } = args
  const { password_expire_min, password_expire_max, password_expire_warn } = args
  const given = {
    ...{ uid, group, groups, comment, home, shell },
    password: password === undefined ? undefined : HIDDEN,
    password_lock,
    expires: expires === undefined ? undefined : dateOf(expiryDay(expires)),
    ...{ password_expire_min, password_expire_max, password_expire_warn },
    create_home: args.create_home,
    system: args.system || undefined,
  }
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  )
}

function keyChange(args: UserArgs, { hasKey }: UserState): Change[] {
  if (!args.generate_ssh_key || (hasKey && !args.force)) return []
  const path = keyPath(args)
  return [{ what: 'SSH key', before: hasKey ? path : null, after: hasKey ? `${path}, a new one` : path }]
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
