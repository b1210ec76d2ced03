import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { ip_batch } from '../../../src/modules/network/ip_batch.ts'
import { printed } from '../../support/ip.ts'
import { CHECK, planOf, problemsOf, rows } from '../../support/plan.ts'

const HOA = '10.0.0.20'
const ROUTE = { route: { to: `${HOA}/32`, dev: 'tun0' } }
const PROXY = { neighbor: { address: HOA, dev: 'eth0', proxy: true } }
const PORT = { link: { name: 'v0', master: 'br1', replug: true } }

const NONE = printed([])
const ROUTED = printed([{ dst: HOA, dev: 'tun0', protocol: 'boot', scope: 'link', flags: [] }])
const ELSEWHERE = printed([{ dst: HOA, dev: 'tun1', protocol: 'boot', scope: 'link', flags: [] }])
const PROXIED = printed([{ dst: HOA, proxy: null }])
const port = (master: string) =>
  printed([
    { ifname: 'br0', flags: ['UP'], linkinfo: { info_kind: 'bridge' } },
    { ifname: 'br1', flags: ['UP'], linkinfo: { info_kind: 'bridge' } },
    { ifname: 'v0', link: 'v1', flags: ['UP'], master, linkinfo: { info_kind: 'veth' } },
  ])

const plans = suite('ip_batch: plan')

for (const [steps, found, expected] of [
  [
    [ROUTE, PROXY],
    [NONE, NONE],
    [
      [`route ${HOA}`, null, `${HOA} dev tun0`],
      [`proxy ${HOA} on eth0`, null, 'proxy'],
    ],
  ],
  [[ROUTE, PROXY], [ROUTED, NONE], [[`proxy ${HOA} on eth0`, null, 'proxy']]],
  [[ROUTE, PROXY], [ELSEWHERE, PROXIED], [[`route ${HOA}`, 'dev tun1', 'dev tun0']]],
  [[ROUTE, PROXY], [ROUTED, PROXIED], []],
  [[PORT], [port('br0')], [['link v0 master', 'br0', 'br1']]],
  [[PORT], [port('br1')], []],
  [[], [], []],
] as const) {
  plans(`${JSON.stringify(steps)} plans just what differs from ${found.join('').slice(0, 70)}`, () => {
    const plan = planOf(ip_batch, { steps }, [...found, ''])
    assert.is(plan.failed, undefined)
    assert.equal(rows(plan), expected)
    assert.equal(rows(planOf(ip_batch, { steps }, [...found, ''], CHECK)), expected)
  })
}

const scriptOf = (steps: readonly object[], found: readonly string[]) => {
  const [action, ...others] = planOf(ip_batch, { steps }, [...found, '']).actions!
  assert.is(others.length, 0)
  return (action as { script: string }).script
}

plans('commands that follow each other are one process, in their order', () => {
  assert.is(
    scriptOf([ROUTE, PROXY], [NONE, NONE]),
    `ip -4 -batch - <<'END'\nroute add ${HOA} dev tun0\nneighbour replace proxy ${HOA} dev eth0\nEND`,
  )
  assert.is(scriptOf([ROUTE, PROXY], [NONE, PROXIED]), `ip -4 route add ${HOA} dev tun0`)
})

plans('what is no such command stands where it stood, and is run if all before it did its work', () => {
  const announced = { neighbor: { ...PROXY.neighbor, announce: true } }
  const lines = scriptOf(
    [ROUTE, announced, { route: { to: '10.0.0.21/32', dev: 'tun0' } }],
    [NONE, NONE, NONE],
  )
  assert.match(
    lines,
    /^ip -4 -batch - <<'END' &&\nroute .*\nneighbour .*\nEND\n\{ arping .*\} >\/dev\/null 2>&1 &&\nip -4 route add 10\.0\.0\.21 dev tun0$/,
  )
})

plans('an address family and a namespace are a process of their own', () => {
  const six = { route: { to: 'fd00::1/128', dev: 'tun0' } }
  const apart = { route: { ...ROUTE.route, netns: 'blue' } }
  const lines = scriptOf([ROUTE, six, apart], [NONE, NONE, NONE]).split(' &&\n')
  assert.equal(
    lines.map((line) => line.split(' route')[0]),
    ['ip -4', 'ip -6', 'ip -n blue -4'],
  )
})

plans('what one step cannot do fails all, and nothing is done', () => {
  const plan = planOf(
    ip_batch,
    { steps: [ROUTE, { link: { name: 'v9', mtu: 1400 } }] },
    [NONE, NONE, ''],
    CHECK,
  )
  assert.match(plan.failed!, /there is no link v9/)
})

plans('it returns what each step has found, and whether it changes', () => {
  const { result } = planOf(ip_batch, { steps: [ROUTE, PROXY] }, [ROUTED, NONE, ''])
  assert.equal(
    (result!.steps as { changed: boolean }[]).map(({ changed }) => changed),
    [false, true],
  )
})

plans.run()

const problems = suite('ip_batch: problems')

for (const [raw, expected] of [
  [{}, /missing required arguments: steps/],
  [{ steps: ['route'] }, /steps\[0\] is not a map of one key, which is one of link, address, route/],
  [{ steps: [ROUTE, { ...ROUTE, ...PROXY }] }, /steps\[1\] is not a map of one key/],
  [{ steps: [{ rout: {} }] }, /steps\[0\] is not a map of one key/],
  [{ steps: [{ constructor: {} }] }, /steps\[0\] is not a map of one key/],
  [{ steps: [{ route: 'default' }] }, /steps\[0\]: route takes a map of arguments/],
  [{ steps: [{ route: { dev: 'tun0' } }] }, /steps\[0\]: route: missing required arguments: to/],
  [
    { steps: [{ route: { to: HOA, dve: 'tun0' } }] },
    /steps\[0\]: route: .*no argument "dve" \(it takes to, /,
  ],
] as const) {
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(ip_batch, raw).join('\n'), expected),
  )
}

problems.run()
