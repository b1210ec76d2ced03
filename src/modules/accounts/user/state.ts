import {
  accountsOf,
  type Group,
  parseGroups,
  parseUser,
  probeGroups,
  probeTools,
  type Shadow,
  type Tools,
  type User,
} from '../../../host/accounts.ts'
import { type BatchedProbe, scriptProbe } from '../../../sdk/probe.ts'
import { quote, quotePath } from '../../../shell/quote.ts'
import type { UserArgs } from './options.ts'

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

export function probe(args: UserArgs): [BatchedProbe<string>] {
  return [scriptProbe('users', lookScript(args), args.name, accountsOf)]
}

/** Sh that says what there is of a user; `accountsOf` comes before it. */
export function lookScript(args: UserArgs): string {
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

/** What `lookScript` printed. */
export function parse(text: string): UserState {
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
