import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { qdisc } from '../../../src/modules/network/qdisc/index.ts'
import { complained, printed } from '../../support/ip.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'

const root = (kind: string, options: object, handle = '8001:') => ({
  kind,
  handle,
  root: true,
  refcnt: 2,
  options,
})
const DEFAULT = root('noqueue', {}, '0:')
const TROUBLE = {
  limit: 1000,
  delay: { delay: 0.1, jitter: 0.01, correlation: 0.25 },
  'loss-random': { loss: 0.001, correlation: 0 },
  ecn: false,
  gap: 0,
}
const NETEM = root('netem', TROUBLE)
const HTB = root('htb', { r2q: 10, default: '0x30', direct_packets_stat: 0, direct_qlen: 1000 }, '1:')
const TBF = root('tbf', { rate: 125000, burst: 10240, burst_raw: '138800', lat: 50000, limit: 16490 })
const LEAF = { kind: 'pfifo', handle: '20:', parent: '1:a', options: { limit: 100 } }
const CODEL = root('fq_codel', {
  limit: 10240,
  flows: 1024,
  quantum: 1514,
  target: 4999,
  interval: 99999,
  memory_limit: 33554432,
  ecn: true,
  drop_batch: 64,
})
const PRIO = root('prio', {
  bands: 3,
  priomap: [1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1],
  multiqueue: false,
})
const FQ = root('fq', {
  limit: 10000,
  flow_limit: 100,
  buckets: 1024,
  quantum: 3028,
  initial_quantum: 15140,
  low_rate_threshold: 68750,
  horizon: 10000000,
})
const CLSACT = { kind: 'clsact', handle: 'ffff:', parent: 'ffff:fff1', options: {} }
const NO_DEVICE = complained('Cannot find device "eth0"')
const ON = 'qdisc root on eth0'
const ALL = 'delay 0us 0us 0% duplicate 0% 0% corrupt 0% 0% reorder 0% 0% rate 0bit 0 0 0'

const plans = suite('qdisc: plan')

for (const [raw, is, changes, commands] of [
  // Not there.
  [
    { kind: 'pfifo', limit: 100 },
    printed([]),
    [[ON, null, 'pfifo limit 100']],
    'tc qdisc add dev eth0 root pfifo limit 100',
  ],
  [
    { kind: 'pfifo', netns: 'a', handle: '10' },
    NO_DEVICE,
    [[ON, null, 'pfifo']],
    'tc -n a qdisc add dev eth0 root handle 10: pfifo',
  ],
  [
    { kind: 'fq_codel', target: '5ms', ecn: false, memory_limit: '32mb', quantum: 300 },
    printed([DEFAULT]),
    [[ON, null, 'fq_codel target 5ms noecn quantum 300 memory_limit 32mb']],
    'tc qdisc add dev eth0 root fq_codel target 5ms noecn quantum 300 memory_limit 32mb',
  ],
  [
    { kind: 'netem', loss: '0.3%', loss_correlation: 25 },
    printed([]),
    [[ON, null, `netem limit 1000 ${ALL.replace(' dup', ' loss 0.3% 25% dup')}`]],
    `tc qdisc add dev eth0 root netem limit 1000 ${ALL.replace(' dup', ' loss 0.3% 25% dup')}`,
  ],
  [
    { kind: 'netem', delay: '100ms', reorder: 25, rate: '1mbit', loss_gemodel: ['1%', 10], ecn: true },
    printed([]),
    [
      [
        ON,
        null,
        'netem limit 1000 delay 100000us 0us 0% loss gemodel 1% 10% 100% 0% ecn duplicate 0% 0% corrupt 0% 0% reorder 25% 0% gap 1 rate 1000000bit 0 0 0',
      ],
    ],
    'tc qdisc add dev eth0 root netem limit 1000 delay 100000us 0us 0% loss gemodel 1% 10% 100% 0% ecn duplicate 0% 0% corrupt 0% 0% reorder 25% 0% gap 1 rate 1000000bit 0 0 0',
  ],
  [
    { kind: 'pfifo', parent: '1:0A', limit: 5 },
    printed([HTB]),
    [['qdisc 1:a on eth0', null, 'pfifo limit 5']],
    'tc qdisc add dev eth0 parent 1:a pfifo limit 5',
  ],
  [
    { kind: 'clsact' },
    printed([HTB]),
    [['qdisc ingress on eth0', null, 'clsact']],
    'tc qdisc add dev eth0 clsact',
  ],
  [{ state: 'absent' }, printed([DEFAULT]), [], undefined],
  [{ state: 'absent' }, NO_DEVICE, [], undefined],
  [{ state: 'absent', kind: 'netem', delay: '1ms' }, printed([HTB]), [], undefined],
  [{ state: 'absent', handle: '2:' }, printed([HTB]), [], undefined],
  [{ state: 'absent', kind: 'ingress' }, printed([CLSACT]), [], undefined],
  // In sync, whatever the units.
  [
    { kind: 'netem', delay: '.1s', jitter: '10000us', delay_correlation: '25%', loss: '0.1' },
    printed([NETEM]),
    [],
    undefined,
  ],
  [{ kind: 'tbf', rate: '1mbit', burst: '10kb', latency: '50ms' }, printed([TBF]), [], undefined],
  [{ kind: 'tbf', rate: '125kBps', burst: 10240, limit: '16490b' }, printed([TBF]), [], undefined],
  [{ kind: 'htb', default: 30, r2q: 10, handle: '1' }, printed([HTB]), [], undefined],
  [{ kind: 'htb', default: '0x30' }, printed([HTB]), [], undefined],
  [{ kind: 'fq_codel', target: '5ms', interval: '100ms', ecn: true }, printed([CODEL]), [], undefined],
  [{ kind: 'fq_codel', flows: 1024, memory_limit: '32mb' }, printed([CODEL]), [], undefined],
  [{ kind: 'fq', pacing: true, low_rate_threshold: '550kbit', horizon: '10s' }, printed([FQ]), [], undefined],
  [{ kind: 'prio', bands: 3 }, printed([PRIO]), [], undefined],
  [{ kind: 'pfifo', parent: '1:a' }, printed([HTB, LEAF]), [], undefined],
  [{ kind: 'clsact' }, printed([CLSACT]), [], undefined],
  // Changed in place.
  [
    { kind: 'netem', delay: '200ms' },
    printed([NETEM]),
    [
      [`${ON} delay`, '100ms', '200ms'],
      [`${ON} jitter`, '10ms', '0us'],
      [`${ON} delay_correlation`, '25%', '0%'],
      [`${ON} loss`, '0.1%', '0%'],
    ],
    `tc qdisc change dev eth0 root handle 8001: netem limit 1000 ${ALL.replace('0us', '200000us')}`,
  ],
  [
    { kind: 'tbf', rate: '2mbit', burst: '10kb', latency: '50ms' },
    printed([TBF]),
    [[`${ON} rate`, '1mbit', '2mbit']],
    'tc qdisc change dev eth0 root handle 8001: tbf rate 2000000bit burst 10kb latency 50ms overhead 0 linklayer ethernet',
  ],
  [
    { kind: 'prio', bands: 4 },
    printed([PRIO]),
    [[`${ON} bands`, 3, 4]],
    'tc qdisc change dev eth0 root handle 8001: prio bands 4 priomap 1 2 2 2 1 2 0 0 1 1 1 1 1 1 1 1',
  ],
  [
    { kind: 'fq', pacing: false, maxrate: '1gbit' },
    printed([FQ]),
    [
      [`${ON} maxrate`, null, '1gbit'],
      [`${ON} pacing`, true, false],
    ],
    'tc qdisc change dev eth0 root handle 8001: fq maxrate 1gbit nopacing',
  ],
  [
    { kind: 'pfifo', parent: '1:a', limit: 7 },
    printed([HTB, LEAF]),
    [['qdisc 1:a on eth0 limit', 100, 7]],
    'tc qdisc change dev eth0 parent 1:a handle 20: pfifo limit 7',
  ],
  // Made anew.
  [
    { kind: 'fq_codel', flows: 2048 },
    printed([CODEL]),
    [[`${ON} flows`, 1024, 2048]],
    ['fffe:', '8001:']
      .map(
        (handle) =>
          `tc qdisc replace dev eth0 root handle ${handle} fq_codel limit 10240 target 5ms interval 100ms ecn flows 2048 quantum 1514 memory_limit 32mb drop_batch 64`,
      )
      .join(' &&\n'),
  ],
  [
    { kind: 'pfifo', limit: 3 },
    printed([TBF]),
    [[ON, 'tbf rate 1mbit burst 10kb latency 50ms limit 16490b', 'pfifo limit 3']],
    'tc qdisc replace dev eth0 root pfifo limit 3',
  ],
  [
    { kind: 'tbf', rate: '1mbit', burst: '10kb', latency: '50ms', handle: 'A:' },
    printed([TBF]),
    [[`${ON} handle`, '8001:', 'a:']],
    'tc qdisc replace dev eth0 root handle a: tbf rate 1000000bit burst 10kb latency 50ms overhead 0 linklayer ethernet',
  ],
  [
    { kind: 'htb', default: 20, force: true },
    printed([HTB]),
    [[`${ON} default`, '30', '20']],
    ['fffe:', '1:']
      .map(
        (handle) => `tc qdisc replace dev eth0 root handle ${handle} htb default 20 r2q 10 direct_qlen 1000`,
      )
      .join(' &&\n'),
  ],
  [
    { kind: 'ingress', force: true },
    printed([CLSACT]),
    [['qdisc ingress on eth0', 'clsact', 'ingress']],
    'tc qdisc delete dev eth0 clsact &&\n{ tc qdisc add dev eth0 ingress || { tc qdisc add dev eth0 clsact; false; }; }',
  ],
  // Deleted.
  [
    { state: 'absent' },
    printed([NETEM]),
    [[ON, 'netem delay 100ms jitter 10ms delay_correlation 25% loss 0.1%', null]],
    'tc qdisc delete dev eth0 root',
  ],
  [
    { state: 'absent', parent: '1:a', kind: 'pfifo' },
    printed([HTB, LEAF]),
    [['qdisc 1:a on eth0', 'pfifo limit 100', null]],
    'tc qdisc delete dev eth0 parent 1:a',
  ],
  [
    { state: 'absent', kind: 'clsact' },
    printed([CLSACT]),
    [['qdisc ingress on eth0', 'clsact', null]],
    'tc qdisc delete dev eth0 clsact',
  ],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs from ${is.slice(0, 60)}`, () => {
    const plan = planOf(qdisc, { dev: 'eth0', ...raw }, is)
    assert.is(plan.failed, undefined)
    assert.equal(rows(plan), changes)
    assert.equal(
      plan.actions?.map((action) => (action.do === 'sh' ? action.script : '')),
      commands === undefined ? undefined : [commands],
    )
  })
}

plans('a qdisc with classes is replaced only by force', () => {
  for (const raw of [{ kind: 'pfifo' }, { kind: 'htb', default: 20 }, { kind: 'htb', handle: '2:' }]) {
    const { failed } = planOf(qdisc, { dev: 'eth0', ...raw }, printed([HTB]))
    assert.match(failed!, /the htb at root of eth0 cannot become .*"force: true" replaces it/)
  }
})

plans('a token bucket whose latency is below none shows its limit', () => {
  const small = root('tbf', { rate: 875000, burst: 1510, burst_raw: '6966', limit: 1200 })
  const asked = { dev: 'eth0', kind: 'tbf', rate: '7mbit', burst: 1511 }
  assert.equal(rows(planOf(qdisc, { ...asked, limit: 1200 }, printed([small]))), [])
  assert.equal(rows(planOf(qdisc, { ...asked, limit: 1201 }, printed([small]))), [
    [`${ON} limit`, '1200b', '1201b'],
  ])
})

plans('the burst of a token bucket over ATM is that of whole cells', () => {
  const atm = root('tbf', {
    rate: 875000,
    burst: 1695,
    burst_raw: '764d',
    lat: 32788,
    limit: 30386,
    overhead: 4,
    linklayer: 'atm',
  })
  const asked = { dev: 'eth0', kind: 'tbf', rate: '7mbit', burst: 1511, overhead: 4, linklayer: 'adsl' }
  assert.equal(rows(planOf(qdisc, { ...asked, latency: '33ms' }, printed([atm]))), [])
})

plans('what a host without tc, or with one of BusyBox, lacks is said', () => {
  for (const [said, expected] of [
    ['sh: 1: tc: not found', /this host has no tc: install iproute2/],
    ['BusyBox v1.35\nUsage: tc', /the tc of this host is BusyBox's/],
  ] as const)
    assert.throws(() => planOf(qdisc, { dev: 'eth0', kind: 'fq' }, complained(said, 127)), expected)
})

plans.run()

const problems = suite('qdisc: problems')

for (const [raw, expected] of [
  [{ kind: 'fq' }, /missing required arguments: dev/],
  [{ dev: 'eth0' }, /qdisc needs "kind"/],
  [{ dev: 'eth/0', kind: 'fq' }, /no spaces, slashes/],
  [{ dev: 'eth0', kind: 'fq', netns: '../a' }, /not a name of a network namespace/],
  [{ dev: 'eth0', kind: 'fq_code' }, /did you mean "fq_codel"/],
  [{ dev: 'eth0', kind: 'fq', parent: '1:' }, /parent: "1:" is neither root nor/],
  [{ dev: 'eth0', kind: 'fq', parent: '-1:1' }, /is neither root nor/],
  [{ dev: 'eth0', kind: 'fq', handle: '0:' }, /handle: "0:" is not/],
  [{ dev: 'eth0', kind: 'fq', handle: '1:1' }, /handle: "1:1" is not/],
  [{ dev: 'eth0', kind: 'clsact', parent: 'root' }, /clsact has a place of its own/],
  [{ dev: 'eth0', kind: 'ingress', handle: '1:' }, /always ffff:/],
  [{ dev: 'eth0', kind: 'fq', delay: '1ms' }, /kind fq has no "delay"/],
  [{ dev: 'eth0', kind: 'netem', delay: '100' }, /delay: "100" is not a time in whole micro/],
  [{ dev: 'eth0', kind: 'fq_codel', target: '1.5us' }, /is not a time in whole micro/],
  [{ dev: 'eth0', kind: 'netem', delay: '1.234567s' }, /at most six digits/],
  [{ dev: 'eth0', kind: 'netem', loss: '101%' }, /is not a percentage/],
  [{ dev: 'eth0', kind: 'netem', loss: '1.234567%' }, /at most six digits/],
  [{ dev: 'eth0', kind: 'netem', loss: 1, loss_state: [1] }, /say one of loss, loss_state/],
  [{ dev: 'eth0', kind: 'netem', loss_state: [1, 2, 3, 4, 5, 6] }, /a list of 5 percentages at most/],
  [{ dev: 'eth0', kind: 'netem', jitter: '1ms' }, /jitter: it needs "delay"/],
  [{ dev: 'eth0', kind: 'netem', reorder: 1 }, /reorder: it needs "delay"/],
  [{ dev: 'eth0', kind: 'netem', ecn: true }, /ecn: it needs "loss" or "loss_state"/],
  [{ dev: 'eth0', kind: 'tbf', rate: '1mbit' }, /kind tbf needs "burst"\n.*needs "latency" or "limit"/],
  [
    { dev: 'eth0', kind: 'tbf', rate: '1mbit', burst: 1500, latency: '1ms', limit: 1 },
    /"latency" and "limit" exclude/,
  ],
  [{ dev: 'eth0', kind: 'tbf', rate: '1 furlong', burst: 1500, latency: '1ms' }, /is not a rate/],
  [{ dev: 'eth0', kind: 'bfifo', limit: '1x' }, /is not a size in bytes/],
  [{ dev: 'eth0', kind: 'htb', default: '1:30' }, /in hexadecimal/],
  [{ dev: 'eth0', kind: 'prio', priomap: [1, 2] }, /a list of 16 bands/],
  [{ dev: 'eth0', kind: 'prio', bands: -1 }, /bands: "-1" is not a number/],
] as const) {
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(qdisc, raw).join('\n'), expected),
  )
}

problems.run()
