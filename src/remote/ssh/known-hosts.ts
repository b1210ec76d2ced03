import { createHash, createHmac, randomBytes } from 'node:crypto'
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { quote } from '../../shell/quote.ts'
import { spread } from '../../values/wildcard.ts'
import { Unreachable } from '../channel.ts'
import { exhausted } from '../exhausted.ts'
import { ReadFiles } from './read-files.ts'
import type { SshSettings } from './ssh-settings.ts'

/** One line of a known_hosts file (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). */
export interface KnownHost {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly marker: 'revoked' | 'cert-authority' | undefined
  /** Patterns separated by commas, or one hashed name. */
  readonly names: string
  readonly type: string
  readonly key: Buffer
}

const files = new ReadFiles((bytes, file) => new KnownHostsFile(bytes.toString(), file))

/** The lines of some files that mean a host; `name` as in namesMatch. A file that is not there has none. */
function knownAs(name: string, paths: readonly string[]): KnownHost[] {
  return paths.flatMap((path) => {
    try {
      return files.get(path).linesOf(name)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
      throw (
        exhausted(error) ??
        new Unreachable(`the known hosts in ${path} cannot be read: ${(error as Error).message}`)
      )
    }
  })
}

/** One file's lines; those with plain names are found without reading the others. */
class KnownHostsFile {
  readonly #plain = new Map<string, KnownHost[]>()
  readonly #patterns: KnownHost[] = []
  #hashed: KnownHost[] = []

  constructor(text: string, file: string) {
    for (const [index, lineText] of text.split('\n').entries()) {
      const line = parseLine(lineText, file, index + 1)
      if (line === undefined) continue
      if (isHashed(line.names)) this.#hashed.push(line)
      else if (/[*?!]/.test(line.names)) this.#patterns.push(line)
      else for (const name of new Set(line.names.toLowerCase().split(','))) this.#keep(name, line)
    }
  }

  /** In their order in the file. */
  linesOf(name: string): KnownHost[] {
    // A hash stands for one name, and is dear to compare: once found, it is as good as plain.
    const hashed = this.#hashed.filter((line) => namesMatch(line.names, name))
    if (hashed.length > 0) this.#hashed = this.#hashed.filter((line) => !hashed.includes(line))
    for (const line of hashed) this.#keep(name, line)
    const patterns = this.#patterns.filter((line) => namesMatch(line.names, name))
    return [...(this.#plain.get(name) ?? []), ...patterns].sort((a, b) => a.line - b.line)
  }

  #keep(name: string, line: KnownHost): void {
    const lines = this.#plain.get(name)
    if (lines === undefined) this.#plain.set(name, [line])
    else lines.push(line)
  }
}

function isHashed(names: string): boolean {
  return names.startsWith('|1|')
}

function parseLine(text: string, file: string, line: number): KnownHost | undefined {
  const words = text.trim().split(/\s+/)
  if (words[0] === '' || words[0]!.startsWith('#')) return undefined
  const marker = /^@(revoked|cert-authority)$/.exec(words[0]!)?.[1] as KnownHost['marker']
  const [names, type, key] = marker === undefined ? words : words.slice(1)
  if (names === undefined || type === undefined || key === undefined) return undefined
  return { file, line, marker, names, type, key: Buffer.from(key, 'base64') }
}

/** Characters of a host's name, as for ssh. */
const NAME_AT_MOST = 1025

/** Whether a line's names mean this host; `name` is lower case, `[name]:port` when the port is not 22. */
export function namesMatch(names: string, name: string): boolean {
  if (isHashed(names)) {
    const [, , salt, hash] = names.split('|')
    return hashedName(name, Buffer.from(salt ?? '', 'base64')) === hash
  }
  const patterns = names.toLowerCase().split(',')
  const negated = patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1))
  const matches = (pattern: string) => pattern.length <= NAME_AT_MOST && wildcard(pattern).test(name)
  return patterns.some(matches) && !negated.some(matches)
}

function hashedName(name: string, salt: Buffer): string {
  return createHmac('sha1', salt).update(name).digest('base64')
}

/** A pattern of ssh's, in which * and ? stand for others, as an expression for a whole name. */
export function wildcard(pattern: string): RegExp {
  const pieces = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('?', '.')
    .split('*')
  return new RegExp(spread(pieces, '.'))
}

/** `SHA256:...` as ssh-keygen -l shows it. */
export function fingerprint(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
}

/** The first field of a key in wire format (RFC 4253, section 6.6). */
export function keyType(key: Buffer): string {
  return key.subarray(4, 4 + key.readUInt32BE(0)).toString('latin1')
}

/** What a host is called in known_hosts, the name looked for first in front. */
function knownNames({ host, port, hostKeyAlias }: SshSettings): readonly [string, ...string[]] {
  if (hostKeyAlias !== undefined) return [hostKeyAlias.toLowerCase()]
  const name = host.toLowerCase()
  return port === 22 ? [name] : [`[${name}]:${port}`, name]
}

/** Decides about one server's keys. Reads the files when made, and adds to them when it accepts a new key. */
export class HostKeys {
  readonly #settings: SshSettings
  /** The lines for each of the host's names, the name looked for first in front. */
  readonly #known: readonly (readonly KnownHost[])[]
  #accepted: Buffer | undefined

  constructor(settings: SshSettings) {
    this.#settings = settings
    const paths = [...settings.userKnownHosts, ...settings.globalKnownHosts]
    this.#known = knownNames(settings).map((name) => knownAs(name, paths))
  }

  /** The types of key that this host is known by: to be asked for first, or a known host would look changed. */
  get types(): string[] {
    return this.#lines(undefined).map(({ type }) => type)
  }

  /** Returns when the key may be trusted; otherwise raises Unreachable, which says why and what to do. */
  check(key: Buffer): void {
    if (this.#accepted !== undefined) {
      // It comes again whenever the session's keys are renewed.
      if (this.#accepted.equals(key)) return
      throw new Unreachable(`its host key changed while we were connected: it now shows ${this.#shown(key)}`)
    }
    const revoked = this.#lines('revoked').find((line) => line.key.equals(key))
    if (revoked !== undefined) throw this.#revoked(revoked, key)
    const known = this.#known[0]!.filter(({ marker }) => marker === undefined)
    if (!known.some((line) => line.key.equals(key))) {
      // As in ssh, a key known for the host's name alone vouches for another port, but does not contradict it.
      const vouched = this.#lines(undefined).some((line) => line.key.equals(key))
      if (known.length > 0) throw this.#changed(known, key)
      if (!vouched && this.#settings.strict === 'yes') throw this.#unknown(key)
      if (!vouched && this.#settings.strict === 'accept-new') this.#remember(key)
    }
    this.#accepted = key
  }

  #lines(marker: KnownHost['marker']): KnownHost[] {
    return this.#known.flat().filter((line) => line.marker === marker)
  }

  #remember(key: Buffer): void {
    const file = this.#settings.userKnownHosts[0]
    if (file === undefined) return
    const [name] = knownNames(this.#settings)
    const salt = randomBytes(20)
    const names = this.#settings.hashKnownHosts
      ? `|1|${salt.toString('base64')}|${hashedName(name, salt)}`
      : name
    try {
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
      const separator = lacksFinalNewline(file) ? '\n' : ''
      // One write to a file opened for appending: whole lines, whoever else writes.
      const line = `${separator}${names} ${keyType(key)} ${key.toString('base64')}\n`
      appendFileSync(file, line, { mode: 0o600 })
    } catch (error) {
      throw new Unreachable(`the new host key cannot be written to ${file}: ${(error as Error).message}`)
    }
  }

  #shown(key: Buffer): string {
    return `${keyType(key)} ${fingerprint(key)}`
  }

  #unknown(key: Buffer): Unreachable {
    const { host, port } = this.#settings
    const authority = this.#lines('cert-authority')[0]
    if (authority !== undefined) {
      return new Unreachable(
        `its host key ${this.#shown(key)} is vouched for by a certificate authority (${at(authority)}), which is not supported`,
        `add the key itself to ${this.#settings.userKnownHosts[0] ?? 'a known_hosts file'}`,
      )
    }
    const scan = `ssh-keyscan ${port === 22 ? '' : `-p ${port} `}${quote(host)}`
    return new Unreachable(
      `its host key is unknown: it shows ${this.#shown(key)}`,
      `compare this with what ${scan} shows from a place you trust, and add that line to ${
        this.#settings.userKnownHosts[0] ?? 'a known_hosts file'
      }; or set StrictHostKeyChecking=accept-new`,
    )
  }

  #changed(known: readonly KnownHost[], key: Buffer): Unreachable {
    const old = known.find(({ type }) => type === keyType(key)) ?? known[0]!
    const [name] = knownNames(this.#settings)
    return new Unreachable(
      `its host key has changed: it shows ${this.#shown(key)}, but ${at(old)} says ${this.#shown(old.key)}`,
      `somebody may be listening in; if the machine was set up anew: ssh-keygen -f ${quote(old.file)} -R ${quote(name)}`,
    )
  }

  #revoked(line: KnownHost, key: Buffer): Unreachable {
    return new Unreachable(
      `its host key ${this.#shown(key)} is revoked: ${at(line)}`,
      'give the machine a new host key (ssh-keygen -A on it, after removing the old one)',
    )
  }
}

/** Whether a file's last line is not ended. */
function lacksFinalNewline(file: string): boolean {
  try {
    const bytes = readFileSync(file)
    return bytes.length > 0 && bytes.at(-1) !== 0x0a
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

function at({ file, line }: KnownHost): string {
  return `${file} line ${line}`
}
