import { homedir, hostname, userInfo } from 'node:os'
import { mapOfRun } from '../../values/of-run.ts'
import { Unreachable } from '../channel.ts'
import type { Target } from '../target.ts'
import { askSsh } from './config.ts'
import type { SshSettings } from './ssh-settings.ts'

/** Settings of ssh that would change whom we talk to or how we log in, and that we cannot follow. */
const NOT_FOLLOWED: Readonly<Record<string, RegExp>> = {
  proxyusefdpass: /^yes$/,
  knownhostscommand: /^(?!none$)/,
  revokedhostkeys: /^(?!none$)/,
  pkcs11provider: /^(?!none$)/,
}

const asked = mapOfRun<string, Promise<SshSettings>>()

/** What ssh itself would use for a target, as `ssh -G` prints it; asked once a process. Raises Unreachable. */
export function sshSettings(target: Target): Promise<SshSettings> {
  const words = sshWords(target)
  const key = JSON.stringify([words, target.address])
  let answer = asked.get(key)
  if (answer === undefined) {
    answer = askSsh(words, target.address).then((printed) => readSettings(target.address, printed))
    asked.set(key, answer)
  }
  return answer
}

/** As in Ansible, variables come before arguments: ssh takes the first value it sees. */
function sshWords({ port, user, hostKeyChecking, sshArgs }: Target): string[] {
  return [
    '-T',
    '-G',
    ...(hostKeyChecking === false ? ['-o', 'StrictHostKeyChecking=no'] : []),
    ...(port === undefined ? [] : ['-o', `Port=${port}`]),
    ...(user === undefined ? [] : ['-o', `User=${user}`]),
    ...sshArgs,
  ]
}

/** Reads what `ssh -G` prints: `keyword value`, one a line (ssh_config(5)). */
export function readSettings(alias: string, printed: string): SshSettings {
  const values = new Map<string, string[]>()
  for (const line of printed.split('\n')) {
    const [, keyword, value] = /^(\S+) (.*)$/.exec(line) ?? []
    if (keyword !== undefined) values.set(keyword, [...(values.get(keyword) ?? []), value!])
  }
  const all = (keyword: string) => values.get(keyword) ?? []
  const one = (keyword: string) => (all(keyword)[0] === undefined ? undefined : copied(all(keyword)[0]!))
  const some = (keyword: string) => (one(keyword) === 'none' ? undefined : one(keyword))
  const yes = (keyword: string) => /^(yes|true)$/.test(one(keyword) ?? 'no')
  const list = (keyword: string, separator: string) =>
    shared((some(keyword) ?? '').split(separator).filter((word) => word !== ''))
  // ssh prints paths without quotes: a space that no path begins behind belongs to one.
  const paths = (keyword: string) => (some(keyword) ?? '').split(/ (?=[/~%])/).filter((word) => word !== '')

  for (const [keyword, matters] of Object.entries(NOT_FOLLOWED)) {
    const value = one(keyword)
    if (value !== undefined && matters.test(value)) {
      const advice = `take it out of the ssh arguments or ~/.ssh/config for ${alias}`
      throw new Unreachable(`the ssh option ${keyword} (${value}) cannot be followed`, advice)
    }
  }

  const host = one('hostname') ?? alias
  const port = Number(one('port') ?? 22)
  const user = one('user') ?? userInfo().username
  const hostKeyAlias = some('hostkeyalias')
  const expand = (text: string) => expandTokens(text, { alias, host, port, user, hostKeyAlias })
  const command = (text: string) => {
    for (const [token, value] of Object.entries({ h: host, n: alias, r: user, k: hostKeyAlias ?? alias }))
      if (text.includes(`%${token}`)) checkWord(value, token)
    return expand(text)
  }
  const path = (text: string) => expand(text.replace(/^~(?=\/)/, homedir()))
  return {
    alias,
    host,
    port,
    user,
    family: one('addressfamily') === 'inet' ? 4 : one('addressfamily') === 'inet6' ? 6 : 0,
    bindAddress: some('bindaddress'),
    identityFiles: shared(
      all('identityfile')
        .filter((file) => file !== 'none')
        .map(path),
    ),
    identitiesOnly: yes('identitiesonly'),
    agent: agentSocket(one('identityagent'), path),
    publicKeys: one('pubkeyauthentication') !== 'no' && one('pubkeyauthentication') !== 'false',
    certificates: all('certificatefile').some((file) => file !== 'none'),
    strict: strictness(one('stricthostkeychecking')),
    userKnownHosts: shared(paths('userknownhostsfile').map(path)),
    globalKnownHosts: shared(paths('globalknownhostsfile').map(path)),
    hostKeyAlias,
    hashKnownHosts: yes('hashknownhosts'),
    jumps: list('proxyjump', ','),
    proxyCommand: some('proxycommand') === undefined ? undefined : command(some('proxycommand')!),
    connectTimeout: some('connecttimeout') === undefined ? undefined : Number(some('connecttimeout')),
    aliveInterval: Number(one('serveraliveinterval') ?? 0),
    aliveCount: Number(one('serveralivecountmax') ?? 3),
    persist: persistence(one('controlpersist')),
    algorithms: {
      kex: list('kexalgorithms', ','),
      ciphers: list('ciphers', ','),
      macs: list('macs', ','),
      hostKeys: list('hostkeyalgorithms', ','),
    },
  }
}

/** As long as a login is kept at most, in seconds: a day. To ssh, "yes" and 0 mean for ever. */
const PERSIST_AT_MOST = 86_400

function persistence(value = 'no'): number | undefined {
  if (value === 'no' || value === 'false') return undefined
  return Math.min(Number(value) || PERSIST_AT_MOST, PERSIST_AT_MOST)
}

const lists = mapOfRun<string, readonly string[]>()

/** One list for all targets for which it is the same: settings of thousands of them stay in memory. */
function shared(list: readonly string[]): readonly string[] {
  const key = list.join('\n')
  const known = lists.get(key) ?? list.map(copied)
  lists.set(key, known)
  return known
}

/** The same text, which does not hold in memory what it was cut out of. */
function copied(text: string): string {
  return Buffer.from(text).toString()
}

/** There is nobody to ask in the middle of a run: "ask" is "yes". */
function strictness(value: string | undefined): SshSettings['strict'] {
  if (value === 'accept-new') return 'accept-new'
  return value === 'no' || value === 'false' || value === 'off' ? 'no' : 'yes'
}

function agentSocket(value: string | undefined, path: (text: string) => string): string | undefined {
  if (value === 'none') return undefined
  if (value === undefined || value === 'SSH_AUTH_SOCK') return process.env.SSH_AUTH_SOCK || undefined
  return value.startsWith('$') ? process.env[value.slice(1)] : path(value)
}

/** A name that goes into a ProxyCommand must stay one word of sh, as ssh itself sees to with names it is given. */
function checkWord(value: string, token: string): void {
  if (!/^-|[\s\p{Cc}'"`$;&<>|(){}*?]|\\$/u.test(value)) return
  throw new Unreachable(
    `${JSON.stringify(value)} cannot stand for %${token} in a ProxyCommand: sh would read more into it than a name`,
    'use plain names of hosts and users, or write them into the ProxyCommand',
  )
}

/** ssh_config(5), TOKENS. */
function expandTokens(
  text: string,
  about: { alias: string; host: string; port: number; user: string; hostKeyAlias: string | undefined },
): string {
  const tokens: Readonly<Record<string, () => string>> = {
    '%': () => '%',
    h: () => about.host,
    n: () => about.alias,
    p: () => String(about.port),
    r: () => about.user,
    k: () => about.hostKeyAlias ?? about.alias,
    u: () => userInfo().username,
    i: () => String(userInfo().uid),
    d: homedir,
    l: hostname,
    L: () => hostname().split('.')[0]!,
  }
  return text.replace(/%(.)/g, (whole, letter: string) => tokens[letter]?.() ?? whole)
}

/** The settings' target for one word of ProxyJump: `[user@]host[:port]`, IPv6 in brackets when a port follows. */
export function jumpTarget(word: string, from: Target): Target {
  const [, user, bracketed, plain, port] =
    /^(?:ssh:\/\/)?(?:(.*)@)?(?:\[([^\]]*)\]|([^:[\]]*(?::[^:]*:.*)?))(?::(\d+))?\/?$/.exec(word) ?? []
  const address = bracketed ?? plain
  if (address === undefined || address === '') {
    throw new Unreachable(`"${word}" is not a jump host`, 'write [user@]host[:port]')
  }
  const at = from.sshArgs.findIndex((arg) => arg.startsWith('-F'))
  // As ssh does it: of our arguments only the configuration file counts for a jump host.
  const sshArgs =
    at === -1 ? [] : from.sshArgs[at] === '-F' ? from.sshArgs.slice(at, at + 2) : [from.sshArgs[at]!]
  return {
    name: word,
    connection: 'ssh',
    address,
    port: port === undefined ? undefined : Number(port),
    user,
    sshArgs,
    timeout: from.timeout,
  }
}
