import { quote } from '../shell/quote.ts'

/** A line of /etc/passwd (passwd(5)). */
export interface User {
  readonly name: string
  readonly password: string
  readonly uid: number
  readonly gid: number
  readonly comment: string
  readonly home: string
  readonly shell: string
}

/** A line of /etc/group (group(5)). */
export interface Group {
  readonly name: string
  readonly password: string
  readonly gid: number
  readonly members: readonly string[]
}

/** A line of /etc/shadow (shadow(5)), as its nine fields; an empty one means "not set". */
export type Shadow = readonly string[]

/** Which programs change accounts: shadow's (useradd, usermod) or busybox's (adduser, addgroup). */
export type Tools = 'shadow' | 'busybox'

/** sh that prints "shadow" or "busybox", by whether `program` is there. */
export function probeTools(program: string): string {
  return `if command -v ${program} >/dev/null; then echo shadow; else echo busybox; fi`
}

/** sh that reads /etc/group into `$groups`, for `probeGroups`. */
export const READ_GROUPS = 'groups=$(cat /etc/group)'

/**
 * sh that reads the lines of some users into `$passwd` and, as far as it may, `$shadow`; with `pick NAME LINES`, which
 * puts the line of one of them into `$line`; and does `READ_GROUPS`.
 */
export function accountsOf(users: readonly string[]): string {
  const some = users.map((name) => `-e ${quote(`^${literally(name)}:`)}`).join(' ')
  // One process for all three; what has four fields is a group.
  return `all=$(grep -s ${some} -e '^[^:]*:[^:]*:[^:]*:[^:]*$' /etc/passwd /etc/shadow /etc/group)
nl='
'
IFS=$nl; set -f; passwd=; shadow=; groups=
for line in $all; do
  case $line in
    /etc/passwd:*) passwd=$passwd$nl\${line#*:} ;;
    /etc/shadow:*) shadow=$shadow$nl\${line#*:} ;;
    *) groups=$groups\${groups:+$nl}\${line#*:} ;;
  esac
done
unset IFS; set +f
pick() {
  IFS=$nl
  set -f
  for line in $2; do
    case $line in "$1":*) break ;; esac
    line=
  done
  [ -n "$2" ] || line=
  unset IFS
  set +f
}`
}

/**
 * sh that prints `$groups`, and the groups among `names` that only another name service knows (LDAP, sssd);
 * with `local` the file alone counts.
 */
export function probeGroups(names: readonly string[], local: boolean): string {
  const all = 'printf "%s\\n" "$groups"'
  if (local || names.length === 0) return all
  const elsewhere = names.map((name) => {
    const known = /^\d+$/.test(name) ? `*:${name}:*` : `*"\n"${quote(name)}:*`
    return `case "\n$groups" in ${known}) ;; *) getent group ${quote(name)} ;; esac`
  })
  return `${all}\nif command -v getent >/dev/null; then\n${elsewhere.join('\n')}\nfi\n:`
}

/** A basic regular expression that matches a text and nothing else, for sed and grep. */
export function literally(text: string): string {
  return text.replace(/[\\.*[\]^$/]/g, '\\$&')
}

export function parseUser(line: string): User | undefined {
  const fields = line.split(':')
  if (fields.length !== 7) return undefined
  const [name = '', password = '', uid, gid, comment = '', home = '', shell = ''] = fields
  return { name, password, uid: Number(uid), gid: Number(gid), comment, home, shell }
}

export function parseGroups(lines: readonly string[]): Group[] {
  return lines.flatMap((line) => {
    const [name, password, gid, members] = line.split(':')
    if (name === undefined || password === undefined || gid === undefined || members === undefined) return []
    return [{ name, password, gid: Number(gid), members: members === '' ? [] : members.split(',') }]
  })
}

/** The group that a name or number means. */
export function findGroup(groups: readonly Group[], nameOrId: string): Group | undefined {
  const named = groups.find((group) => group.name === nameOrId)
  if (named !== undefined || !/^\d+$/.test(nameOrId)) return named
  return groups.find((group) => group.gid === Number(nameOrId))
}

/** What is wrong with a name of a user or group: a sentence, or none. Debian's useradd(8) has the rules. */
export function nameProblems(module: string, name: string | undefined): string[] {
  if (name === undefined) return []
  if (/^\d+$/.test(name))
    return [
      `${module}: ${JSON.stringify(name)} is a number, which programs take for an id; give a name with a letter`,
    ]
  if (!/^[-+~]|[:,/\s\0]|^\.{0,2}$/.test(name)) return []
  return [
    `${module}: ${JSON.stringify(name)} is not a name; it must not be empty, begin with - + or ~, or hold a colon, comma, slash or white space`,
  ]
}

/** The same for a group given by its name or its number. */
export function groupProblems(module: string, name: string): string[] {
  return /^\d+$/.test(name) ? [] : nameProblems(module, name)
}

/**
 * sh that puts another line for an account into /etc/passwd, /etc/group or /etc/shadow where there is no program
 * for it: written beside the file and renamed into its place.
 */
export function replaceLine(file: string, name: string, line: string): string {
  return [
    `cp -p ${file} ${file}+`,
    'while IFS= read -r line; do',
    `  case $line in ${quote(name)}:*) line=${quote(line)} ;; esac`,
    `  printf '%s\\n' "$line"`,
    `done <${file} >${file}+`,
    `mv ${file}+ ${file}`,
  ].join('\n')
}
