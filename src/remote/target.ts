/** How a host is reached and as whom: Ansible's connection variables, read and checked. */
export interface Target {
  /** The inventory's name for it. */
  readonly name: string
  readonly connection: 'ssh' | 'local'
  /** ansible_host; the name if none. */
  readonly address: string
  /** ansible_port. */
  readonly port?: number | undefined
  /** ansible_user, or -u. */
  readonly user?: string | undefined
  /** ansible_ssh_private_key_file, or --private-key; absolute. */
  readonly privateKeyFile?: string | undefined
  /** ansible_password / ansible_ssh_pass, or what -k asked for. */
  readonly password?: string | undefined
  /** ansible_ssh_common_args and ansible_ssh_extra_args, split into words as sh would. */
  readonly sshArgs: readonly string[]
  /** ansible_ssh_host_key_checking / host_key_checking: false means StrictHostKeyChecking=no. */
  readonly hostKeyChecking?: boolean | undefined
  /** -T / ansible_timeout, seconds: for the connection and each login step. */
  readonly timeout: number
  /** Seconds that its login is kept for the next run; 0 or nothing: it ends with this one. */
  readonly persist?: number | undefined
  /** Nothing is told of how it is reached: the task that asks for it has no_log. */
  readonly isHidden?: true
}

export interface Become {
  /** ansible_become_user, default root. */
  readonly user: string
  readonly method: 'sudo' | 'su'
  readonly password?: string | undefined
  /** become_exe: the program in place of sudo or su. */
  readonly exe?: string | undefined
  /** become_flags: extra words for sudo. */
  readonly flags?: string | undefined
}
