import { createHash } from 'node:crypto'
import { type Address, formatAddress, networkOf, parseAddress } from '../../values/address.ts'
import { helper } from './define.ts'

/** IPv4 and IPv6 addresses, with or without their prefix length, and MAC addresses. */
export const addressHelpers = [
  helper('ip', ['address:text'], 'The address of "a.b.c.d/n".', (address) =>
    formatAddress(parseAddress(address)),
  ),
  helper('ips', ['addresses:list'], 'The addresses of a list of "a.b.c.d/n".', (addresses) =>
    addresses.map((address) => formatAddress(parseAddress(String(address)))),
  ),
  helper(
    'prefix',
    ['address:text'],
    'The prefix length of "a.b.c.d/n".',
    (address) => prefixed(address).prefix,
  ),
  helper('network', ['address:text'], 'The network of "a.b.c.d/n", as "a.b.c.0/n".', (address) => {
    const found = prefixed(address)
    return `${formatAddress(networkOf(found))}/${found.prefix}`
  }),
  helper('netmask', ['address:text'], 'The netmask of "a.b.c.d/n".', (address) => {
    const found = prefixed(address)
    return formatAddress(networkOf({ ...found, number: (1n << BigInt(found.bits)) - 1n }))
  }),
  helper('broadcast', ['address:text'], 'The broadcast address of the network of "a.b.c.d/n".', (address) => {
    const found = prefixed(address)
    if (found.bits !== 32) throw new Error('IPv6 has no broadcast addresses')
    return formatAddress({
      ...found,
      number: networkOf(found).number | ((1n << BigInt(32 - found.prefix)) - 1n),
    })
  }),
  helper(
    'in_network',
    ['address:text', 'network:text'],
    'Whether an address belongs to a network "a.b.c.0/n".',
    (address, network) => {
      const [one, other] = [parseAddress(address), prefixed(network)]
      const same = networkOf({ ...one, prefix: other.prefix }).number === networkOf(other).number
      return one.bits === other.bits && same
    },
  ),
  helper(
    'mac',
    ['text:text'],
    'A MAC address 00:16:3e:xx:xx:xx made from a text, the same one every time.',
    (text) => {
      const [first, ...rest] = createHash('sha256').update(text).digest().subarray(0, 3)
      // Xen keeps the upper half of its range for itself.
      return ['00', '16', '3e', ...[first! & 0x7f, ...rest].map(hexByte)].join(':')
    },
  ),
  helper(
    'link_local',
    ['mac:text'],
    'The IPv6 link-local address of a MAC address (EUI-64, RFC 4291 appendix A).',
    (mac) => {
      if (!/^([0-9a-f]{2}[:-]){5}[0-9a-f]{2}$/i.test(mac)) throw new Error(`"${mac}" is not a MAC address`)
      const bytes = mac.split(/[:-]/).map((byte) => Number.parseInt(byte, 16))
      const identifier = [bytes[0]! ^ 2, bytes[1]!, bytes[2]!, 0xff, 0xfe, ...bytes.slice(3)]
      const number = identifier.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
      return formatAddress({ bits: 128, number: (0xfe80n << 112n) | number })
    },
  ),
]

function prefixed(text: string): Address & { prefix: number } {
  const address = parseAddress(text)
  const { prefix } = address
  if (prefix === undefined) throw new Error(`"${text}" has no prefix length; write it as in ${text}/24`)
  return { ...address, prefix }
}

function hexByte(byte: number): string {
  return byte.toString(16).padStart(2, '0')
}
