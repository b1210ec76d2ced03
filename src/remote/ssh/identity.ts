import { createPrivateKey, sign } from 'node:crypto'
import { statSync } from 'node:fs'
import ssh2, { type ParsedKey } from 'ssh2'
import { quote } from '../../shell/quote.ts'
import { placedOrOwn } from '../../values/controller-files.ts'
import { onceForEach } from '../../values/once-for-each.ts'
import { Unreachable } from '../channel.ts'
import { Exhausted, exhausted } from '../exhausted.ts'
import { askSecret } from '../secret.ts'
import { fingerprint } from './known-hosts.ts'
import { ReadFiles } from './read-files.ts'
import type { SshSettings } from './ssh-settings.ts'

const { OpenSSHAgent, utils } = ssh2

export type Hash = 'sha1' | 'sha256' | 'sha512'

/** A key to log in with. Its private half is used only after the server has said that it takes the public one. */
export interface Identity {
  /** "key /root/.ssh/id_ed25519". */
  readonly name: string
  readonly publicKey: ParsedKey
  sign(data: Buffer, hash: Hash | undefined): Promise<Buffer>
}

/**
 * The keys to offer, in order. A key that the inventory names is the only one; otherwise ssh's own choice: files
 * that its configuration lists and the agent holds, the agent's other keys, the other files. As ssh does, it warns of a
 * listed file that others may read, and goes on without it.
 */
export async function identities(
  settings: SshSettings,
  privateKeyFile: string | undefined,
  warn: (message: string) => void = () => {},
): Promise<Identity[]> {
  if (!settings.publicKeys) return []
  const held = await agentIdentities(settings.agent)
  if (privateKeyFile !== undefined) return [await fileIdentity(privateKeyFile, held)]
  const found = await Promise.all(settings.identityFiles.map((file) => fileIfThere(file, held, warn)))
  const files = found.filter((identity) => identity !== undefined)
  const isHeld = (identity: Identity) => held.some((other) => sameKey(other, identity))
  const others = held.filter((other) => !files.some((identity) => sameKey(other, identity)))
  return [
    ...files.filter(isHeld),
    ...(settings.identitiesOnly ? [] : others),
    ...files.filter((identity) => !isHeld(identity)),
  ]
}

function sameKey(a: Pick<Identity, 'publicKey'>, b: Pick<Identity, 'publicKey'>): boolean {
  return a.publicKey.getPublicSSH().equals(b.publicKey.getPublicSSH())
}

async function fileIfThere(
  file: string,
  held: readonly Identity[],
  warn: (message: string) => void,
): Promise<Identity | undefined> {
  try {
    return await fileIdentity(file, held)
  } catch (error) {
    // Most of ssh's default files are not there, and some are of kinds that we cannot use.
    if (!(error instanceof Unreachable) || error instanceof Exhausted) throw error
    if (error instanceof TooOpen) warn(`${error.message}, and is not used: ${error.advice}`)
    return undefined
  }
}

/** The key in a file; signed with by the agent when it holds it. Raises Unreachable when there is no key in it. */
async function fileIdentity(file: string, held: readonly Identity[]): Promise<Identity> {
  const name = `key ${file}`
  const publicPart = readPublic(`${file}.pub`)
  const read = readKey(file)
  if (read instanceof Error) {
    const holder = publicPart && held.find((other) => other.publicKey.equals(publicPart))
    if (holder !== undefined) return { ...holder, name }
    throw new Unreachable(`the private key ${file} cannot be read: ${read.message}`)
  }
  const { text, key } = read
  const isPrivate = key instanceof Error ? isLocked(key) : key.isPrivateKey()
  const open = isPrivate ? openness(file) : undefined
  if (open !== undefined) {
    const known = key instanceof Error ? (publicOf(text) ?? publicPart) : key
    const holder = known && held.find((other) => sameKey(other, { publicKey: known }))
    if (holder !== undefined) return { ...holder, name }
    throw new TooOpen(file, open)
  }
  if (!(key instanceof Error) && key.isPrivateKey()) {
    return { name, publicKey: key, sign: async (data, hash) => signed(key, data, hash) }
  }
  const publicKey = key instanceof Error ? (publicOf(text) ?? publicPart) : key
  const holder = publicKey && held.find((other) => other.publicKey.equals(publicKey))
  if (holder !== undefined) return { ...holder, name }
  if (key instanceof Error && isLocked(key)) {
    const unlocked = () => unlock(file, text)
    return {
      name,
      // Old formats do not show their public half: then the passphrase is needed at once.
      publicKey: publicKey ?? (await unlocked()),
      sign: async (data, hash) => signed(await unlocked(), data, hash),
    }
  }
  throw new Unreachable(
    key instanceof Error
      ? `${file} is not a private key that can be used: ${key.message}`
      : `${file} is a public key, and no ssh-agent holds its private half`,
    key instanceof Error
      ? `ssh-keygen -p -f ${quote(file)} writes it anew in OpenSSH's own format`
      : `load it (ssh-add), or name the private key's file`,
  )
}

function isLocked({ message }: Error): boolean {
  return /passphrase/i.test(message)
}

/** A private key that others may read is none: ssh's rule, and its words. */
class TooOpen extends Unreachable {
  constructor(file: string, permissions: string) {
    super(`permissions ${permissions} of the private key ${file} are too open`, `chmod 600 ${quote(file)}`)
  }
}

/** The permissions of a file of ours that give others any right, "0644"; others' files are theirs to keep. */
function openness(file: string): string | undefined {
  const { mode, uid } = statSync(placedOrOwn(file))
  if (uid !== process.getuid?.() || (mode & 0o077) === 0) return undefined
  return (mode & 0o7777).toString(8).padStart(4, '0')
}

/** As ssh2 signs; but that it has OpenSSL read the key each time, which takes ten times as long. */
function signed(key: ParsedKey, data: Buffer, hash: Hash | undefined): Buffer {
  return sign(hash ?? hashFor(key), data, opened(key))
}

const opened = onceForEach((key: ParsedKey) => createPrivateKey(key.getPrivatePEM()))

/** What signatures of a kind of key are made over, where nothing else was agreed on; Ed25519 has it built in (RFC 8709). */
function hashFor({ type }: ParsedKey): string | null {
  switch (type) {
    case 'ssh-ed25519':
      return null
    case 'ecdsa-sha2-nistp256':
      return 'sha256'
    case 'ecdsa-sha2-nistp384':
      return 'sha384'
    case 'ecdsa-sha2-nistp521':
      return 'sha512'
    default:
      return 'sha1'
  }
}

const files = new ReadFiles((text) => ({ text, key: utils.parseKey(text) }))

function readKey(file: string): { text: Buffer; key: ParsedKey | Error } | Error {
  try {
    return files.get(file)
  } catch (error) {
    const ours = exhausted(error)
    if (ours !== undefined) throw ours
    return error as Error
  }
}

function readPublic(file: string): ParsedKey | undefined {
  const read = readKey(file)
  return read instanceof Error || read.key instanceof Error ? undefined : read.key
}

const MAGIC = 'openssh-key-v1\0'

/** The public half that OpenSSH's format shows even when the key is locked (its PROTOCOL.key). */
function publicOf(file: Buffer): ParsedKey | undefined {
  const base64 = /-BEGIN OPENSSH PRIVATE KEY-+([^-]+)-/.exec(file.toString('latin1'))?.[1]
  if (base64 === undefined) return undefined
  const bytes = Buffer.from(base64, 'base64')
  let at = MAGIC.length
  const next = () => {
    const start = at + 4
    at = start + bytes.readUInt32BE(at)
    return bytes.subarray(start, at)
  }
  // Cipher, its key derivation, that one's options, and how many keys follow.
  for (let skipped = 0; skipped < 3; skipped += 1) next()
  at += 4
  const key = utils.parseKey(next())
  return key instanceof Error ? undefined : key
}

const unlockedKeys = new Map<string, Promise<ParsedKey>>()

/** Asks for a key's passphrase, once a process. */
function unlock(file: string, text: Buffer): Promise<ParsedKey> {
  let key = unlockedKeys.get(file)
  if (key === undefined) {
    key = askAndParse(file, text)
    unlockedKeys.set(file, key)
  }
  return key
}

async function askAndParse(file: string, text: Buffer): Promise<ParsedKey> {
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const again = attempt === 1 ? '' : 'That was not it. '
    const passphrase = await askSecret(`${again}Passphrase for ${file}: `)
    if (passphrase === undefined || passphrase === '') break
    const key = utils.parseKey(text, passphrase)
    if (!(key instanceof Error)) return key
  }
  throw new Unreachable(
    `the private key ${file} is locked with a passphrase`,
    `load it into ssh-agent (ssh-add ${quote(file)}), or run at a terminal to be asked`,
  )
}

/** What an agent holds; nothing when there is none. */
async function agentIdentities(socket: string | undefined): Promise<Identity[]> {
  if (socket === undefined) return []
  const agent = new OpenSSHAgent(socket)
  const keys = await new Promise<readonly ParsedKey[]>((resolve) => {
    agent.getIdentities((_error, found) => resolve((found ?? []) as ParsedKey[]))
  })
  return keys.map((publicKey) => ({
    name: `the agent's key ${publicKey.comment || fingerprint(publicKey.getPublicSSH())}`,
    publicKey,
    sign: (data, hash) =>
      new Promise((resolve, reject) => {
        agent.sign(publicKey, data, hash === undefined ? {} : { hash }, (error, signature) =>
          signature === undefined
            ? reject(error ?? new Error('the agent gave no signature'))
            : resolve(signature),
        )
      }),
  }))
}
