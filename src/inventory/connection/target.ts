import { resolve } from 'node:path'
import type { ConnectionDefaults } from '../../protocol/request.ts'
import type { Become, Target } from '../../remote/target.ts'
import type { Value } from '../../values/value.ts'
import { ConnectionVariables, type Lookup } from './variables.ts'

/** The keywords of a play or task that bear on how a host is reached, rendered: remote_user, become_user, ... */
export type Keywords = Readonly<Record<string, Value | undefined>>

const CONNECTIONS = {
  ssh: 'ssh',
  smart: 'ssh',
  paramiko: 'ssh',
  paramiko_ssh: 'ssh',
  local: 'local',
} as const

/** What a timer can count, in seconds: 24 days. With more it would be over at once. */
const LONGEST_TIMEOUT = 2_147_483

const METHODS = { sudo: 'sudo', su: 'su' } as const

/**
 * How a host is reached: by its variables, else by the keywords remote_user, port and connection, else by the
 * defaults. Of the several names that Ansible has for a variable the ansible_ssh_ one wins, as it does there.
 * Relative paths begin at the current folder. Raises ConnectionError with a sentence that names host and variable.
 */
export function readTarget(
  host: string,
  get: Lookup,
  defaults: ConnectionDefaults,
  keywords: Keywords = {},
): Target {
  const read = new ConnectionVariables(host, get, keywords)
  const written = read.text('ansible_ssh_host', 'ansible_host') ?? read.ownName('ansible_host')
  const [, user, address = written] = /^([^@]+)@(.+)$/.exec(written) ?? []
  const key = read.path('ansible_ssh_private_key_file', 'ansible_private_key_file') ?? defaults.privateKeyFile
  return {
    name: host,
    connection: read.choice(CONNECTIONS, defaults.connection ?? 'ssh', 'ansible_connection', 'connection'),
    address,
    port: read.port('ansible_ssh_port', 'ansible_port', 'port') ?? defaults.port,
    user: read.text('ansible_ssh_user', 'ansible_user') ?? user ?? read.text('remote_user') ?? defaults.user,
    privateKeyFile: key === undefined ? undefined : resolve(key),
    password: read.text('ansible_ssh_password', 'ansible_ssh_pass', 'ansible_password') ?? defaults.password,
    sshArgs: [
      ...read.words(defaults.sshArgs, 'ansible_ssh_args'),
      ...read.words(defaults.sshCommonArgs, 'ansible_ssh_common_args'),
      ...read.words(defaults.sshExtraArgs, 'ansible_ssh_extra_args'),
    ],
    hostKeyChecking:
      read.truth('ansible_ssh_host_key_checking', 'ansible_host_key_checking') ?? defaults.hostKeyChecking,
    timeout: Math.min(
      read.seconds('ansible_ssh_timeout', 'ansible_timeout') ?? defaults.timeout,
      LONGEST_TIMEOUT,
    ),
    persist: read.period('ansible_ssh_persist') ?? defaults.persist,
  }
}

/** As whom a task is done when not as the user logged in: by variables, else by keywords, else by the defaults. */
export function readBecome(
  host: string,
  get: Lookup,
  defaults: ConnectionDefaults,
  keywords: Keywords = {},
): Become | undefined {
  const read = new ConnectionVariables(host, get, keywords)
  if (!(read.truth('ansible_become', 'become') ?? defaults.become)) return undefined
  const method = read.choice(METHODS, defaults.becomeMethod, 'ansible_become_method', 'become_method')
  return {
    method,
    user: read.text(`ansible_${method}_user`, 'ansible_become_user', 'become_user') ?? defaults.becomeUser,
    password:
      read.text(`ansible_${method}_pass`, 'ansible_become_pass', 'ansible_become_password') ??
      defaults.becomePassword,
    exe: read.text(`ansible_${method}_exe`, 'ansible_become_exe', 'become_exe') ?? defaults.becomeExe,
    flags:
      read.text(`ansible_${method}_flags`, 'ansible_become_flags', 'become_flags') ?? defaults.becomeFlags,
  }
}
