import { dirname } from 'node:path/posix'
import { findGroup, type User } from '../../../host/accounts.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import { isNowhere, type UserArgs } from './options.ts'
import { chpasswd, dateFlag, expiryDay, passwordField } from './shadow.ts'
import type { UserState } from './state.ts'

/** Sh that removes a user. */
export function removal({ name, remove, force }: UserArgs, { tools }: UserState, user: User): string {
  const takesHome = remove && !isNowhere(user.home)
  if (tools === 'busybox') return `deluser ${takesHome ? '--remove-home ' : ''}-- ${quote(name)}`
  return `userdel ${force ? '-f ' : ''}${takesHome ? '-r ' : ''}-- ${quote(name)}`
}

/** Sh that makes a user with all that is wanted. */
export function creation(args: UserArgs, state: UserState): string {
  const { name, home, groups = [], password, password_lock } = args
  const lines: string[] = []
  if (home !== undefined && makesHome(args, state)) lines.push(`mkdir -p ${quotePath(dirname(home))}`)
  lines.push(state.tools === 'shadow' ? useradd(args, state) : adduser(args, state))
  if (state.tools === 'busybox')
    lines.push(
      ...groups.map((one) => `addgroup ${quote(name)} ${quote(findGroup(state.groups, one)?.name ?? one)}`),
    )
  if (password !== undefined || password_lock !== undefined)
    lines.push(chpasswd(name, passwordField(password ?? '', password_lock)))
  lines.push(...(state.tools === 'shadow' ? ageing(args) : ageingByHand(args)))
  return lines.join('\n')
}

/** Whether a new user gets a home folder: what is there is left as it is, which adduser would not do. */
function makesHome({ create_home, home }: UserArgs, { hasHome }: UserState): boolean {
  return create_home && !(home !== undefined && (hasHome || isNowhere(home)))
}

function useradd(args: UserArgs, state: UserState): string {
  const { name, uid, non_unique, group, groups = [], comment, home, shell, expires, skeleton, umask } = args
  const words = ['useradd']
  const option = (flag: string, value: string | number | undefined) => {
    if (value !== undefined) words.push(flag, quote(String(value)))
  }
  option('-u', uid)
  if (uid !== undefined && non_unique) words.push('-o')
  option('-g', group)
  // useradd refuses to make the user's own group when there is one of that name.
  if (group === undefined && state.groups.some((one) => one.name === name)) words.push('-N')
  option('-G', groups.length === 0 ? undefined : groups.join(','))
  option('-c', comment)
  option('-d', home)
  option('-s', shell)
  option('-e', expires === undefined ? undefined : dateFlag(expires))
  const makes = makesHome(args, state)
  words.push(makes ? '-m' : '-M')
  if (makes) option('-k', skeleton)
  if (makes && umask !== undefined) option('-K', `UMASK=${umask}`)
  if (args.system) words.push('-r')
  const line = [...words, '--', quote(name)]
  if (args.seuser === undefined) return line.join(' ')
  // Where SELinux is off, useradd refuses the option.
  return `set --\n[ ! -e /sys/fs/selinux/enforce ] || set -- -Z ${quote(args.seuser)}\n${['useradd', '"$@"', ...line.slice(1)].join(' ')}`
}

function adduser(args: UserArgs, state: UserState): string {
  const { name, uid, group, comment, home, shell, skeleton, system } = args
  const words = ['adduser', '-D']
  const option = (flag: string, value: string | number | undefined) => {
    if (value !== undefined) words.push(flag, quote(String(value)))
  }
  option('-u', uid)
  option('-G', group)
  option('-g', comment)
  option('-h', home)
  option('-s', shell)
  if (makesHome(args, state)) option('-k', skeleton)
  else words.push('-H')
  if (system) words.push('-S')
  return [...words, '--', quote(name)].join(' ')
}

function ageing({
  name,
  password_expire_min,
  password_expire_max,
  password_expire_warn,
}: UserArgs): string[] {
  const flags = [
    ['-m', password_expire_min],
    ['-M', password_expire_max],
    ['-W', password_expire_warn],
  ] as const
  const words = flags.flatMap(([flag, days]) => (days === undefined ? [] : [`${flag} ${days}`]))
  return words.length === 0 ? [] : [`chage ${words.join(' ')} -- ${quote(name)}`]
}

/** For a user just made: its line of /etc/shadow is known to the host only. */
function ageingByHand(args: UserArgs): string[] {
  const { password_expire_min, password_expire_max, password_expire_warn, expires } = args
  const day = expires === undefined ? undefined : expiryDay(expires)
  const wanted = [password_expire_min, password_expire_max, password_expire_warn, undefined, day, undefined]
  if (wanted.every((value) => value === undefined)) return []
  const line = ['$f1:$f2:$f3', ...wanted.map((value, index) => value ?? `$f${index + 4}`)].join(':')
  return [
    'cp -p /etc/shadow /etc/shadow+',
    'while IFS= read -r line; do',
    `  case $line in ${quote(args.name)}:*)`,
    '    IFS=: read -r f1 f2 f3 f4 f5 f6 f7 f8 f9 <<EOF',
    '$line',
    'EOF',
    `    line="${line}" ;;`,
    '  esac',
    `  printf '%s\\n' "$line"`,
    'done </etc/shadow >/etc/shadow+',
    'mv /etc/shadow+ /etc/shadow',
  ]
}
