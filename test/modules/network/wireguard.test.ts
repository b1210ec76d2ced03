import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { wireguard } from '../../../src/modules/network/wireguard/index.ts'
import { digestOf, publicKeyOf } from '../../../src/modules/network/wireguard/keys.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('wireguard: plan')

// A pair of RFC 7748, section 6.1 (Alice's), and keys that wg genkey made.
const PRIVATE = 'dwdtCnMYpX08FsFyUbJmRd9ML4frwJkqsXf7pR25LCo='
const PUBLIC = 'hSDwCYkwp1R0i33ctD73Wg2/Og0mOBr066SpjqqbTmo='
const A = 'Gn45JHFSzJ+7tEZtUO7IX6LMXzqKgsAXOJgXOZAaM0g='
const B = 'xTIBA5rboUvnH4htodjb6e697QjLERt1NAB4mZqp8Dg='
const SHARED = 'FpCyhws9cxwWoV4xELtfJvjJN+zQVRPISllRWgeopVE='

const head = (key: string, port: number, mark: string) =>
  `public-key ${key}\nlisten-port ${port}\nfwmark ${mark}\n`
const FRESH = `${head('(none)', 40000, 'off')}endpoints \nallowed-ips \npersistent-keepalive \n`
const FULL = `${head(PUBLIC, 51820, '0x10')}endpoints ${A}\t192.0.2.1:51820
endpoints ${B}\t(none)
allowed-ips ${A}\t10.9.0.0/24 2001:db8::/64
allowed-ips ${B}\t(none)
persistent-keepalive ${A}\t25
persistent-keepalive ${B}\toff
preshared-keys ${A} ${digestOf(SHARED)}  -
`
const peerA = {
  public_key: A,
  allowed_ips: ['2001:DB8::1/64', '10.9.0.7/24'],
  endpoint: '192.0.2.1:51820',
  persistent_keepalive: 25,
  preshared_key: SHARED,
}
const whole = { private_key: PRIVATE, listen_port: 51820, fwmark: '0x10', peers: [peerA, { public_key: B }] }

test('a public key is the one that wg finds for a private one', () => {
  assert.is(publicKeyOf(PRIVATE), PUBLIC)
})

for (const [raw, printed, expected] of [
  [whole, FULL, []],
  [{}, FULL, []],
  [
    whole,
    FRESH,
    [
      ['public key', null, PUBLIC],
      ['listen port', 40000, 51820],
      ['fwmark', null, 16],
      [`peer ${A}`, null, '10.9.0.0/24 2001:db8::/64 at 192.0.2.1:51820'],
      [`peer ${B}`, null, 'no networks'],
    ],
  ],
  [{ listen_port: 0, fwmark: 'off' }, FULL, [['fwmark', 16, null]]],
  [
    { peers: [{ public_key: B }] },
    FULL,
    [[`peer ${A}`, '10.9.0.0/24 2001:db8::/64 at 192.0.2.1:51820', null]],
  ],
  [{ peers: [{ public_key: B }], exclusive: false }, FULL, []],
  [{ peers: [] }, FRESH, []],
  [
    { peers: [{ ...peerA, allowed_ips: '10.9.0.0/24', persistent_keepalive: 0 }], exclusive: false },
    FULL,
    [
      [`keepalive of ${A}`, 25, 0],
      [`allowed ips of ${A}`, '10.9.0.0/24 2001:db8::/64', '10.9.0.0/24'],
    ],
  ],
  [
    { peers: [{ public_key: A, preshared_key: '' }], exclusive: false },
    FULL,
    [[`preshared key of ${A}`, '(hidden)', null]],
  ],
  [
    { peers: [{ public_key: B, preshared_key: SHARED, endpoint: '[2001:DB8::1]:7' }], exclusive: false },
    FULL,
    [
      [`endpoint of ${B}`, null, '[2001:db8::1]:7'],
      [`preshared key of ${B}`, null, '(hidden)'],
    ],
  ],
] as const)
  test(`${JSON.stringify(Object.keys(raw))} plans just what differs: ${JSON.stringify(expected)}`, () => {
    assert.equal(rows(planOf(wireguard, { name: 'wg0', ...(raw as Raw) }, printed)), expected)
  })

test('a key is given to wg over stdin, and stands in no script and no change', () => {
  const plan = planOf(wireguard, { name: 'wg0', ...whole }, FRESH)
  const scripts = plan.actions!.map((action) => ('script' in action ? action.script : '')).join('\n')
  for (const secret of [PRIVATE, SHARED]) {
    assert.not.ok(scripts.includes(secret))
    assert.not.ok(JSON.stringify([plan.changes, plan.result]).includes(secret))
  }
  assert.match(scripts, 'wg set wg0 private-key /dev/stdin')
  assert.is(plan.result?.public_key, PUBLIC)
})

test('an interface that is not there fails, and may still come under check', () => {
  const raw = { name: 'wg0', private_key: PRIVATE }
  assert.match(
    planOf(wireguard, raw, 'none\n').failed!,
    /^there is no interface wg0; make it in an earlier task/,
  )
  assert.equal(rows(planOf(wireguard, raw, 'none\n', CHECK)), [['public key', null, PUBLIC]])
})

test('an output that makes no sense is an error', () => {
  assert.throws(() => planOf(wireguard, { name: 'wg0' }, 'nonsense\n'), /^wg did not say what the /)
})

for (const [raw, problem] of [
  [{ private_key: 'abc' }, 'private_key: this is no key of WireGuard'],
  [{ listen_port: 70000 }, 'listen_port: 70000 is not a port'],
  [{ fwmark: 'x' }, 'fwmark: "x" is neither a number nor off'],
  [{ netns: '../a' }, 'netns: "../a" is not a name'],
  [{ peers: ['a'] }, 'peers: "a" is no map'],
  [{ peers: [{ public_key: '--' }] }, 'peers: public_key "--" is no key'],
  [{ peers: [{ public_key: A, alowed_ips: [] }] }, 'peers: "alowed_ips" is none of public_key'],
  [{ peers: [{ public_key: A }, { public_key: A }] }, `peers: ${A} stands there twice`],
  [{ peers: [{ public_key: A, allowed_ips: ['x'] }] }, 'peers: allowed_ips: "x" is no network'],
  [
    { peers: [{ public_key: A, endpoint: 'host:1' }] },
    'peers: endpoint "host:1" is not an address and a port',
  ],
  [
    { peers: [{ public_key: A, endpoint: '192.0.2.1:0' }] },
    'peers: endpoint "192.0.2.1:0" is not an address',
  ],
  [{ peers: [{ public_key: A, persistent_keepalive: 'off' }] }, 'persistent_keepalive "off" is no number'],
  [{ peers: [{ public_key: A, preshared_key: 'x' }] }, 'peers: a preshared_key is no key'],
] as const)
  test(`refused before connecting: ${problem}`, () => {
    assert.match(problemsOf(wireguard, { name: 'wg0', ...raw } as Raw).join('\n'), problem)
  })

test.run()
