import { Random, type Seed } from '../../python/random/random.ts'
import { text } from '../given.ts'

/** A MAC address that begins as given, its other bytes by chance; with a seed the same every time. */
export function randomMac(value: unknown, seed: unknown): string {
  const prefix = text(value).toLowerCase()
  const bytes = prefix.split(':')
  if (bytes.length > 5) throw new Error(`"${prefix}" leaves no byte open: a MAC address has 6`)
  const wrong = bytes.find((byte) => !/^[a-f0-9]{2}/.test(byte))
  if (wrong !== undefined) throw new Error(`"${wrong}" in "${prefix}" is no byte of two hexadecimal digits`)
  const digits = new Random(seed as Seed | null).range(68719476736n, 1099511627776n).toString(16)
  return prefix + digits.slice(0, 2 * (6 - bytes.length)).replace(/../g, ':$&')
}
