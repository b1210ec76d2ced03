import type { Algorithms, CipherAlgorithm, KexAlgorithm, MacAlgorithm, ServerHostKeyAlgorithm } from 'ssh2'
import { Unreachable } from '../channel.ts'
import type { SshSettings } from './ssh-settings.ts'

// What ssh2 can do, the quickest first: group exchange keeps the event loop busy for seconds, and chacha20 is not
// done in hardware.
const KEX: readonly KexAlgorithm[] = [
  'curve25519-sha256',
  'curve25519-sha256@libssh.org',
  'ecdh-sha2-nistp256',
  'ecdh-sha2-nistp384',
  'ecdh-sha2-nistp521',
  'diffie-hellman-group14-sha256',
  'diffie-hellman-group15-sha512',
  'diffie-hellman-group16-sha512',
  'diffie-hellman-group17-sha512',
  'diffie-hellman-group18-sha512',
  'diffie-hellman-group14-sha1',
  'diffie-hellman-group-exchange-sha256',
  'diffie-hellman-group-exchange-sha1',
  'diffie-hellman-group1-sha1',
]
const CIPHERS: readonly CipherAlgorithm[] = [
  'aes128-gcm@openssh.com',
  'aes256-gcm@openssh.com',
  'aes128-ctr',
  'aes192-ctr',
  'aes256-ctr',
  'chacha20-poly1305@openssh.com',
  'aes256-cbc',
  'aes192-cbc',
  'aes128-cbc',
  '3des-cbc',
]
const MACS: readonly MacAlgorithm[] = [
  'hmac-sha2-256-etm@openssh.com',
  'hmac-sha2-512-etm@openssh.com',
  'hmac-sha1-etm@openssh.com',
  'hmac-sha2-256',
  'hmac-sha2-512',
  'hmac-sha1',
  'hmac-sha1-96',
  'hmac-md5',
]
const HOST_KEYS: readonly ServerHostKeyAlgorithm[] = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
  'ssh-rsa',
  'ssh-dss',
]

/**
 * The algorithms to offer: those that ssh's configuration allows. A host that is known is asked for a key of the
 * type it is known by, or it would look changed. Raises Unreachable when nothing is left to offer.
 */
export function algorithmsFor({ alias, algorithms }: SshSettings, knownTypes: readonly string[]): Algorithms {
  const pick = <Name extends string>(
    supported: readonly Name[],
    allowed: readonly string[],
    option: string,
  ) => {
    const picked = supported.filter((name) => allowed.includes(name))
    if (picked.length > 0) return picked
    throw new Unreachable(
      `none of the ${option} that ssh's configuration allows for ${alias} is supported: ${allowed.join(', ')}`,
      `supported are ${supported.join(', ')}`,
    )
  }
  const hostKeys = pick(HOST_KEYS, algorithms.hostKeys, 'HostKeyAlgorithms')
  const isKnown = (name: string) => knownTypes.includes(name.startsWith('rsa-') ? 'ssh-rsa' : name)
  return {
    kex: pick(KEX, algorithms.kex, 'KexAlgorithms'),
    cipher: pick(CIPHERS, algorithms.ciphers, 'Ciphers'),
    hmac: pick(MACS, algorithms.macs, 'MACs'),
    serverHostKey: [...hostKeys.filter(isKnown), ...hostKeys.filter((name) => !isKnown(name))],
  }
}
