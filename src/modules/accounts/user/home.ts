import type { User } from '../../../host/accounts.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import { SAFE_PATH } from '../../../shell/safe-path.ts'
import type { UserArgs } from './options.ts'
import { keyPath } from './state.ts'

/** Sh that makes the home folder of a user who has none, as useradd would: it is theirs, and in its place, only as a whole. */
export function homeFolder(args: UserArgs, user: User): string {
  const skeleton = quotePath(args.skeleton ?? '/etc/skel')
  const gid = args.group ?? user.gid
  const mode =
    args.umask === undefined
      ? "$(sed -n 's/^HOME_MODE[[:space:]]*//p' /etc/login.defs 2>/dev/null)"
      : (0o777 & ~Number.parseInt(args.umask, 8)).toString(8)
  return [
    '(',
    SAFE_PATH,
    `enter_made ${quotePath(args.home ?? user.home)}`,
    'stage',
    `(umask 022; if [ -d ${skeleton} ]; then cp -R ${skeleton} "./$n"; else mkdir "./$n"; fi)`,
    `mode=${mode}`,
    `chmod "\${mode:-0755}" "./$n"`,
    `chown -hR ${args.uid ?? user.uid}:${quote(String(gid))} "./$n"`,
    'put',
    ')',
  ].join('\n')
}

/** Sh that makes a key in the user's home folder, where they may swap what they like meanwhile. */
export function sshKey(args: UserArgs): string {
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
