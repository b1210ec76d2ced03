import { itemsOf } from '../../python/sequence.ts'
import { str } from '../../python/text.ts'
import { type Callable, test } from '../define.ts'
import { isText } from '../given.ts'
import { isLoopback, isMulticast, isNotGlobal } from './kinds.ts'
import { firstOf, isWithin, type Network, readAddress, readNetwork } from './network.ts'

/** The tests of ansible.utils for IP and MAC addresses. */
export const addressTests: readonly Callable[] = [
  test('ip', [], 'It is an IP address or a network.', (value: unknown) => network(value) !== undefined),
  test('ip_address', [], 'It is an IP address.', (value: unknown) => address(value) !== undefined),
  test('ipv4', [], 'It is an IPv4 address or network.', (value: unknown) => network(value)?.bits === 32),
  test('ipv4_address', [], 'It is an IPv4 address.', (value: unknown) => address(value)?.bits === 32),
  test('ipv6', [], 'It is an IPv6 address or network.', (value: unknown) => network(value)?.bits === 128),
  test('ipv6_address', [], 'It is an IPv6 address.', (value: unknown) => address(value)?.bits === 128),
  test('loopback', [], 'It is the address of the host itself.', (value: unknown) => is(value, isLoopback)),
  test('multicast', [], 'It is a multicast address.', (value: unknown) => is(value, isMulticast)),
  test('private', [], 'It is an address of private networks.', (value: unknown) => is(value, isNotGlobal)),
  test('unspecified', [], 'It is the address of no host.', (value: unknown) => address(value)?.number === 0n),
  test('in_network', ['network'], 'It lies in a network.', isIn),
  test(
    'in_any_network',
    ['networks'],
    'It lies in one of several networks.',
    (value: unknown, networks: unknown) => itemsOf(networks).some((outer) => isIn(value, outer)),
  ),
  test(
    'in_one_network',
    ['networks'],
    'It lies in exactly one of several networks.',
    (value: unknown, networks: unknown) =>
      itemsOf(networks).filter((outer) => isIn(value, outer)).length === 1,
  ),
  test('subnet_of', ['network_b'], 'It is a part of a network.', isIn),
  test('supernet_of', ['network_b'], 'A network is a part of it.', (value: unknown, inner: unknown) =>
    isIn(inner, value),
  ),
  test('mac', [], 'It is a MAC address.', (value: unknown) =>
    /^(?:(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}|[0-9a-f]{4}\.[0-9a-f]{4}\.[0-9a-f]{4}|[0-9a-f]{12})$/i.test(
      str(value),
    ),
  ),
]

function address(value: unknown): Network | undefined {
  const found = isText(value) ? readAddress(value) : undefined
  return found && { bits: found.bits, number: found.number, prefix: found.bits }
}

/** A network as Python's ipaddress takes it: nothing but zeros behind its prefix. */
function network(value: unknown): Network | undefined {
  if (!isText(value) || readAddress(value.split('/')[0]!) === undefined) return undefined
  const found = readNetwork(value)
  return found !== undefined && firstOf(found) === found.number ? found : undefined
}

function is(value: unknown, kind: (network: Network) => boolean): boolean {
  const found = address(value)
  return found !== undefined && kind(found)
}

function isIn(inner: unknown, outer: unknown): boolean {
  const [one, other] = [network(inner), network(outer)]
  return one !== undefined && other !== undefined && isWithin(one, other)
}
