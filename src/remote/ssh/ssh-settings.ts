/** What holds for one SSH connection, once ssh's configuration files and arguments have been heard. */
export interface SshSettings {
  /** What was asked for: an address, a name, or an alias of ~/.ssh/config. */
  readonly alias: string
  readonly host: string
  readonly port: number
  readonly user: string
  /** 0: either. */
  readonly family: 0 | 4 | 6
  readonly bindAddress: string | undefined
  readonly identityFiles: readonly string[]
  readonly identitiesOnly: boolean
  /** The socket of ssh-agent. */
  readonly agent: string | undefined
  readonly publicKeys: boolean
  readonly certificates: boolean
  readonly strict: 'yes' | 'accept-new' | 'no'
  readonly userKnownHosts: readonly string[]
  readonly globalKnownHosts: readonly string[]
  readonly hostKeyAlias: string | undefined
  readonly hashKnownHosts: boolean
  /** `[user@]host[:port]`, nearest first. */
  readonly jumps: readonly string[]
  /** For /bin/sh, its % tokens replaced. */
  readonly proxyCommand: string | undefined
  /** Seconds. */
  readonly connectTimeout: number | undefined
  /** Seconds; 0: not set. */
  readonly aliveInterval: number
  readonly aliveCount: number
  /** ControlPersist, in seconds; undefined where nothing is said, or "no". */
  readonly persist: number | undefined
  readonly algorithms: Readonly<Record<'kex' | 'ciphers' | 'macs' | 'hostKeys', readonly string[]>>
}
