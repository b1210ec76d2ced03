import { findGroup, type Group, replaceLine, type Shadow, type User } from '../../../host/accounts.ts'
import type { Change } from '../../../sdk/module.ts'
import type { ScriptedChange } from '../../../sdk/plans.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import type { Value } from '../../../values/value.ts'
import { isNowhere, type UserArgs } from './options.ts'
import { chpasswd, dateFlag, dateOf, expiryDay, passwordField, withoutLock } from './shadow.ts'
import type { UserState } from './state.ts'

/** In what a user differs, and what sets it right. */
interface Difference extends Means {
  readonly changes: ScriptedChange['changes']
}

interface Means {
  /** With shadow's programs: words for one of them; chpasswd has a line of its own. */
  readonly by: readonly [program: 'usermod' | 'chpasswd' | 'chage', words: string]
  /** Without them: fields of passwd(5), or of shadow(5) by their index, and busybox for groups. */
  readonly byHand:
    | { readonly passwd: Partial<Record<keyof User, string | number>>; readonly sh?: readonly string[] }
    | { readonly shadow: Readonly<Record<number, string | number>> }
    | { readonly sh: readonly string[] }
}

/** What makes of a user who is there the one that is wanted, but for home folder and key. */
export function modification(args: UserArgs, user: User, state: UserState): ScriptedChange[] {
  const differences = [
    ...inPasswd(args, user, state.groups),
    ...inGroups(args, user, state.groups),
    ...(state.shadow === undefined ? [] : inShadow(args, state.shadow)),
  ]
  const [first, ...others] = differences.flatMap(({ changes }) => changes)
  if (first === undefined) return []
  const lines =
    state.tools === 'shadow'
      ? byPrograms(args.name, differences)
      : byHand(args.name, user, state, differences)
  return [{ changes: [first, ...others], sh: lines.join('\n') }]
}

function byPrograms(name: string, differences: readonly Difference[]): string[] {
  const wordsFor = (program: Means['by'][0]) =>
    differences.flatMap(({ by: [one, words] }) => (one === program ? [words] : []))
  const line = (program: 'usermod' | 'chage') => {
    const words = wordsFor(program)
    return words.length === 0 ? [] : [`${program} ${words.join(' ')} -- ${quote(name)}`]
  }
  return [...line('usermod'), ...wordsFor('chpasswd'), ...line('chage')]
}

function byHand(name: string, user: User, { shadow = [] }: UserState, differences: readonly Difference[]) {
  const means = differences.map((one) => one.byHand)
  const passwd = means.flatMap((one) => ('passwd' in one ? [one.passwd] : []))
  const fields = means.flatMap((one) => ('shadow' in one ? [one.shadow] : []))
  const lines: string[] = []
  if (passwd.length > 0) {
    const changed: Record<keyof User, unknown> = Object.assign({ ...user }, ...passwd)
    const { password, uid, gid, comment, home, shell } = changed
    const line = [name, password, uid, gid, comment, home, shell].join(':')
    lines.push(replaceLine('/etc/passwd', name, line))
  }
  lines.push(...means.flatMap((one) => ('sh' in one ? (one.sh ?? []) : [])))
  if (fields.length > 0) {
    const line = Object.assign(Array.from({ length: 9 }), shadow.slice(0, 9), ...fields).join(':')
    lines.push(replaceLine('/etc/shadow', name, line))
  }
  return lines
}

function difference<T extends Value>(
  what: string,
  before: Value,
  after: T | undefined,
  means: (wanted: T) => Means,
): Difference[] {
  if (after === undefined || after === before) return []
  return [{ changes: [{ what, before, after }], ...means(after) }]
}

function inPasswd(args: UserArgs, user: User, groups: readonly Group[]): Difference[] {
  const moved = args.move_home && args.home !== undefined && !isNowhere(args.home)
  const primary = args.group === undefined ? undefined : findGroup(groups, args.group)
  const gid = primary?.gid ?? args.group
  return [
    ...difference('uid', user.uid, args.uid, (uid) => ({
      by: ['usermod', `-u ${uid}${args.non_unique ? ' -o' : ''}`],
      byHand: { passwd: { uid } },
    })),
    ...difference('comment', user.comment, args.comment, (comment) => ({
      by: ['usermod', `-c ${quote(comment)}`],
      byHand: { passwd: { comment } },
    })),
    ...difference('home', user.home, args.home, (home) => ({
      by: ['usermod', `-d ${quote(home)}${moved ? ' -m' : ''}`],
      byHand: { passwd: { home }, ...(moved && { sh: [moving(user.home, home)] }) },
    })),
    ...difference('shell', user.shell, args.shell, (shell) => ({
      by: ['usermod', `-s ${quote(shell)}`],
      byHand: { passwd: { shell } },
    })),
    ...difference(
      'group',
      groups.find((group) => group.gid === user.gid)?.name ?? user.gid,
      gid === user.gid ? undefined : (primary?.name ?? args.group),
      () => ({ by: ['usermod', `-g ${quote(String(gid))}`], byHand: { passwd: { gid: gid! } } }),
    ),
  ]
}

function moving(from: string, to: string): string {
  return `if [ -d ${quotePath(from)} ]; then mv ${quotePath(from)} ${quotePath(to)}; fi`
}

/** The supplementary groups. */
function inGroups(args: UserArgs, user: User, groups: readonly Group[]): Difference[] {
  const { groups: wanted, append, group } = args
  if (wanted === undefined) return []
  const before = groups.filter(({ members }) => members.includes(user.name)).map(({ name }) => name)
  const main = group === undefined ? user.gid : findGroup(groups, group)?.gid
  const named = wanted.map((name) => findGroup(groups, name) ?? { name, gid: undefined })
  // The main group need not be listed, and may be.
  const needed = named.filter(({ name, gid }) => gid !== main || before.includes(name))
  const after = [...new Set([...(append ? before : []), ...needed.map(({ name }) => name)])]
  const joined = after.filter((one) => !before.includes(one)).sort()
  const left = before.filter((one) => !after.includes(one)).sort()
  if (joined.length === 0 && left.length === 0) return []
  const list = named.map(({ name }) => name).join(',')
  return [
    {
      changes: [{ what: 'groups', before: before.toSorted(), after: after.toSorted() }],
      by: ['usermod', `${append ? '-a ' : ''}-G ${quote(list)}`],
      byHand: {
        sh: [
          ...joined.map((one) => `addgroup ${quote(user.name)} ${quote(one)}`),
          ...left.map((one) => `delgroup ${quote(user.name)} ${quote(one)}`),
        ],
      },
    },
  ]
}

function inShadow(args: UserArgs, shadow: Shadow): Difference[] {
  const days = (field: 3 | 4 | 5) => (shadow[field] ? Number(shadow[field]) : null)
  const ageing = (what: string, field: 3 | 4 | 5, flag: string, wanted: number | undefined) =>
    difference(what, days(field), wanted, (days) => ({
      by: ['chage', `${flag} ${days}`],
      byHand: { shadow: { [field]: days } },
    }))
  const { expires } = args
  return [
    ...ageing('password_expire_min', 3, '-m', args.password_expire_min),
    ...ageing('password_expire_max', 4, '-M', args.password_expire_max),
    ...ageing('password_expire_warn', 5, '-W', args.password_expire_warn),
    ...inPassword(args, shadow[1] ?? ''),
    ...(expires === undefined
      ? []
      : difference('expires', dateOf(shadow[7] ?? ''), dateOf(expiryDay(expires)), () => ({
          by: ['usermod', `-e ${quote(dateFlag(expires))}`],
          byHand: { shadow: { 7: expiryDay(expires) } },
        }))),
  ]
}

export const HIDDEN = '(hidden)'

function inPassword(args: UserArgs, current: string): Difference[] {
  const { name, password, password_lock, update_password } = args
  const field = (wanted: string) => passwordField(wanted, password_lock)
  const lock = difference('password_lock', current.startsWith('!'), password_lock, (isLocked) => ({
    by: ['usermod', isLocked ? '-L' : '-U'],
    byHand: { shadow: { 1: field(current) } },
  }))
  const isRight = password === undefined || withoutLock(password) === withoutLock(current)
  if (isRight || update_password !== 'always') return lock
  const change: Change = { what: 'password', before: HIDDEN, after: `${HIDDEN}, another` }
  return [
    {
      changes: [change, ...lock.flatMap(({ changes }) => changes)],
      by: ['chpasswd', chpasswd(name, field(password))],
      byHand: { shadow: { 1: field(password) } },
    },
  ]
}
