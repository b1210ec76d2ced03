/** A line of /proc/net/tcp or tcp6 (proc(5)). */
export interface Connection {
  readonly local: string
  readonly localPort: number
  readonly remote: string
  /** As ss and netstat call it: LISTEN, ESTABLISHED, ... */
  readonly state: string
}

/** By their numbers in the kernel (include/net/tcp_states.h), from 1. */
export const TCP_STATES = [
  ...['ESTABLISHED', 'SYN_SENT', 'SYN_RECV', 'FIN_WAIT1', 'FIN_WAIT2', 'TIME_WAIT'],
  ...['CLOSE', 'CLOSE_WAIT', 'LAST_ACK', 'LISTEN', 'CLOSING'],
]

/** sh that prints the lines of /proc/net/tcp and tcp6 that have to do with a port of this host. */
export function probePort(port: number): string {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  return `grep -hi '^ *[0-9]*: [0-9A-F]*:${hex} ' /proc/net/tcp /proc/net/tcp6 2>/dev/null`
}

export function parseConnections(text: string): Connection[] {
  return text.split('\n').flatMap((line) => {
    const [, local = '', remote = '', state = ''] = line.trim().split(/\s+/)
    const [address = '', port] = local.split(':')
    if (port === undefined) return []
    return [
      {
        local: addressOf(address),
        localPort: Number.parseInt(port, 16),
        remote: addressOf(remote.split(':')[0] ?? ''),
        state: TCP_STATES[Number.parseInt(state, 16) - 1] ?? state,
      },
    ]
  })
}

/** The address that the kernel's hexadecimal means: words of four bytes, each in the host's order (little endian). */
function addressOf(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse())
  if (bytes.length === 4) return bytes.map((byte) => Number.parseInt(byte, 16)).join('.')
  const text = bytes.join('')
  // An IPv4 address in an IPv6 socket (RFC 4291 section 2.5.5.2) is the IPv4 address.
  if (/^0{20}ffff/i.test(text)) return addressOf((text.slice(24).match(/../g) ?? []).reverse().join(''))
  return expanded((text.match(/..../g) ?? []).join(':'))
}

/** An IPv6 address with all eight groups, without leading zeros; an IPv4 address as it is. */
export function expanded(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.toLowerCase().split('::')
  const groups = (text: string) => (text === '' ? [] : text.split(':'))
  const before = groups(head)
  const after = tail === undefined ? [] : groups(tail)
  const zeros = tail === undefined ? [] : Array<string>(8 - before.length - after.length).fill('0')
  return [...before, ...zeros, ...after].map((group) => group.replace(/^0+(?=.)/, '')).join(':')
}

const ANY = ['0.0.0.0', '0:0:0:0:0:0:0:0']

/** Whether a socket at this local address takes connections to `host`, an address. */
export function serves(local: string, host: string): boolean {
  const wanted = host === 'localhost' ? ['127.0.0.1', '0:0:0:0:0:0:0:1'] : [expanded(host)]
  return wanted.includes(local) || ANY.includes(local) || wanted.some((address) => ANY.includes(address))
}
