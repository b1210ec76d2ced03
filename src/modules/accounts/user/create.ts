import { dirname } from 'node:path/posix'
import { findGroup, replaceLine } from '../../../host/accounts.ts'
import { SAFE_PATH } from '../../../host/safe-path.ts'
import type { Change } from '../../../sdk/module.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import { dateOf, expiryDay, keyPath, type UserState } from './index.ts'
import { isNowhere, type UserArgs } from './options.ts'

/** The script that carries out the changes planned for a user; it stops at the first that fails. */
export function applyUser(changes: readonly Change[], args: UserArgs, state: UserState): string {
  const planned = new Set(changes.map(({ what }) => what))
  const lines: string[] = []
  if (args.state === 'absent') lines.push(removal(args, state))
  else {
    if (state.user === undefined) lines.push(...creation(args, state))
    else if (state.tools === 'shadow') lines.push(...modification(planned, args, state))
    else lines.push(...rewriting(planned, changes, args, state))
    if (planned.has('home folder')) lines.push(homeFolder(args, state))
    if (planned.has('SSH key')) lines.push(sshKey(args))
  }
  return `set -e\n${lines.join('\n')}`
}

function removal({ name, remove, force }: UserArgs, { tools, user }: UserState): string {
  const takesHome = remove && !isNowhere(user!.home)
  if (tools === 'busybox') return `deluser ${takesHome ? '--remove-home ' : ''}-- ${quote(name)}`
  return `userdel ${force ? '-f ' : ''}${takesHome ? '-r ' : ''}-- ${quote(name)}`
}

function creation(args: UserArgs, state: UserState): string[] {
  const { name, home, groups = [] } = args
  const lines: string[] = []
  if (home !== undefined && makesHome(args, state)) lines.push(`mkdir -p ${quotePath(dirname(home))}`)
  lines.push(state.tools === 'shadow' ? useradd(args, state) : adduser(args, state))
  if (state.tools === 'busybox')
    lines.push(...groups.map((group) => `addgroup ${quote(name)} ${quote(groupName(group, state))}`))
  const password = passwordField(args, '')
  if (password !== undefined) lines.push(chpasswd(name, password))
  if (state.tools === 'shadow') lines.push(...ageing(args))
  else if (hasAgeing(args)) lines.push(...ageingByHand(args))
  return lines
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
  return [...words, '--', quote(name)].join(' ')
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

function modification(planned: ReadonlySet<string>, args: UserArgs, state: UserState): string[] {
  const { name, group, groups = [] } = args
  const words: string[] = []
  const option = (what: string, flag: string, value: string | number | undefined) => {
    if (planned.has(what)) words.push(flag, quote(String(value)))
  }
  option('uid', '-u', args.uid)
  if (planned.has('uid') && args.non_unique) words.push('-o')
  option('group', '-g', group === undefined ? undefined : (findGroup(state.groups, group)?.gid ?? group))
  if (planned.has('groups') && args.append) words.push('-a')
  option('groups', '-G', groups.map((one) => groupName(one, state)).join(','))
  option('comment', '-c', args.comment)
  option('home', '-d', args.home)
  if (planned.has('home') && args.move_home && !isNowhere(args.home!)) words.push('-m')
  option('shell', '-s', args.shell)
  if (planned.has('expires')) option('expires', '-e', dateFlag(args.expires ?? -1))
  if (planned.has('password_lock') && !planned.has('password')) words.push(args.password_lock ? '-L' : '-U')
  const lines = words.length === 0 ? [] : [['usermod', ...words, '--', quote(name)].join(' ')]
  if (planned.has('password')) lines.push(chpasswd(name, passwordField(args, state.shadow?.[1] ?? '') ?? ''))
  return [...lines, ...ageing(args, planned)]
}

/** Where there is no usermod: the lines of the files themselves, and busybox for the groups. */
function rewriting(
  planned: ReadonlySet<string>,
  changes: readonly Change[],
  args: UserArgs,
  state: UserState,
): string[] {
  const { name, uid, group, comment, home, shell } = args
  const user = state.user!
  const lines: string[] = []
  if (['uid', 'group', 'comment', 'home', 'shell'].some((what) => planned.has(what))) {
    const gid = group === undefined ? user.gid : findGroup(state.groups, group)!.gid
    const fields = [
      name,
      user.password,
      uid ?? user.uid,
      gid,
      comment ?? user.comment,
      home ?? user.home,
      shell ?? user.shell,
    ]
    lines.push(replaceLine('/etc/passwd', name, fields.join(':')))
  }
  if (planned.has('home') && args.move_home && home !== undefined && !isNowhere(home)) {
    lines.push(`if [ -d ${quotePath(user.home)} ]; then mv ${quotePath(user.home)} ${quotePath(home)}; fi`)
  }
  const groups = changes.find(({ what }) => what === 'groups')
  if (groups !== undefined) {
    const [before, after] = [groups.before as string[], groups.after as string[]]
    const joined = after.filter((one) => !before.includes(one))
    const left = before.filter((one) => !after.includes(one))
    lines.push(...joined.map((one) => `addgroup ${quote(name)} ${quote(one)}`))
    lines.push(...left.map((one) => `delgroup ${quote(name)} ${quote(one)}`))
  }
  if (
    state.shadow !== undefined &&
    (planned.has('password') || planned.has('password_lock') || hasAgeing(args))
  ) {
    lines.push(replaceLine('/etc/shadow', name, shadowLine(planned, args, state.shadow)))
  }
  return lines
}

function shadowLine(
  planned: ReadonlySet<string>,
  args: UserArgs,
  [name, password, changed, min, max, warn, inactive, expires, last]: readonly (string | undefined)[],
): string {
  const differs = planned.has('password') || planned.has('password_lock')
  const fields = [
    name,
    differs
      ? passwordField(planned.has('password') ? args : { ...args, password: undefined }, password ?? '')
      : password,
    changed,
    args.password_expire_min ?? min,
    args.password_expire_max ?? max,
    args.password_expire_warn ?? warn,
    inactive,
    args.expires === undefined ? expires : expiryDay(args.expires),
    last,
  ]
  return fields.join(':')
}

/** The second field of shadow(5): the password wanted, behind "!" when it is locked; undefined to leave it. */
function passwordField({ password, password_lock }: UserArgs, current: string): string | undefined {
  if (password === undefined && password_lock === undefined) return undefined
  const base = password ?? current
  if (password_lock === undefined) return base
  return password_lock ? `!${base.replace(/^!+/, '')}` : base.replace(/^!+/, '')
}

// Over stdin: other users can read the arguments of a program.
function chpasswd(name: string, field: string): string {
  return `printf '%s\\n' ${quote(`${name}:${field}`)} | chpasswd -e`
}

function ageing(args: UserArgs, planned?: ReadonlySet<string>): string[] {
  const flags = [
    ['password_expire_min', '-m', args.password_expire_min],
    ['password_expire_max', '-M', args.password_expire_max],
    ['password_expire_warn', '-W', args.password_expire_warn],
  ] as const
  const wanted = flags.filter(([what, , days]) => days !== undefined && (planned?.has(what) ?? true))
  if (wanted.length === 0) return []
  return [`chage ${wanted.map(([, flag, days]) => `${flag} ${days}`).join(' ')} -- ${quote(args.name)}`]
}

function hasAgeing({
  password_expire_min,
  password_expire_max,
  password_expire_warn,
  expires,
}: UserArgs): boolean {
  return [password_expire_min, password_expire_max, password_expire_warn, expires].some(
    (value) => value !== undefined,
  )
}

/** For a user just made: its line of /etc/shadow is known to the host only. */
function ageingByHand(args: UserArgs): string[] {
  const field = (value: string | number | undefined, number: number) =>
    value === undefined ? `$f${number}` : String(value)
  const expires = args.expires === undefined ? undefined : expiryDay(args.expires)
  const line = [
    '$f1:$f2:$f3',
    field(args.password_expire_min, 4),
    field(args.password_expire_max, 5),
    field(args.password_expire_warn, 6),
    '$f7',
    field(expires, 8),
    '$f9',
  ].join(':')
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

function dateFlag(expires: number): string {
  const day = expiryDay(expires)
  return day === '' ? '' : dateOf(day)
}

function groupName(nameOrId: string, { groups }: UserState): string {
  return findGroup(groups, nameOrId)?.name ?? nameOrId
}

/** Makes the home folder of a user who has none, as useradd would: it is theirs, and in its place, only as a whole. */
function homeFolder(args: UserArgs, { user }: UserState): string {
  const skeleton = quotePath(args.skeleton ?? '/etc/skel')
  const gid = args.group ?? user!.gid
  const mode =
    args.umask === undefined
      ? "$(sed -n 's/^HOME_MODE[[:space:]]*//p' /etc/login.defs 2>/dev/null)"
      : (0o777 & ~Number.parseInt(args.umask, 8)).toString(8)
  return [
    '(',
    SAFE_PATH,
    `enter_made ${quotePath(args.home ?? user!.home)}`,
    'stage',
    `(umask 022; if [ -d ${skeleton} ]; then cp -R ${skeleton} "./$n"; else mkdir "./$n"; fi)`,
    `mode=${mode}`,
    `chmod "\${mode:-0755}" "./$n"`,
    `chown -hR ${args.uid ?? user!.uid}:${quote(String(gid))} "./$n"`,
    'put',
    ')',
  ].join('\n')
}

/** Makes a key in the user's home folder, where they may swap what they like meanwhile. */
function sshKey(args: UserArgs): string {
  const { name, ssh_key_type, ssh_key_bits, ssh_key_comment, ssh_key_passphrase = '', home } = args
  const comment =
    ssh_key_comment === undefined ? '"ansible-generated on $(uname -n)"' : quote(ssh_key_comment)
  const bits = ssh_key_bits === undefined || ssh_key_bits === 0 ? '' : ` -b ${ssh_key_bits}`
  return [
    '(',
    'command -v ssh-keygen >/dev/null || { echo "ssh-keygen is missing; install the SSH client" >&2; exit 1; }',
    `line=$(sed -n '/^'${quote(name)}':/p' /etc/passwd)`,
    'IFS=: read -r _ _ uid gid _ home _ <<EOF',
    '$line',
    'EOF',
    ...(home === undefined ? [] : [`home=${quotePath(home)}`]),
    SAFE_PATH,
    `f=${quotePath(keyPath(args))}`,
    'case $f in /*) ;; *) f=$home/$f ;; esac',
    `enter_made "\${f%/*}"`,
    'if [ ! -d "./$n" ]; then',
    '  alone || stage',
    `  mkdir -- "./$n" && chown -h "$uid:$gid" "./$n" || fail "\${w%/}/$n was not made"`,
    '  put',
    'fi',
    'enter "$f"',
    'stage',
    `ssh-keygen -q -t ${quote(ssh_key_type)}${bits} -C ${comment} -N ${quote(ssh_key_passphrase)} -f "./$n" </dev/null`,
    'chmod 644 "./$n.pub"',
    'chown "$uid:$gid" "./$n" "./$n.pub"',
    'mv -f -- "./$n" "./$n.pub" .. && leave',
    ')',
  ].join('\n')
}
