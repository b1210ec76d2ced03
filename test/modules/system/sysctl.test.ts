import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pathOf, sysctl } from '../../../src/modules/system/sysctl.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'
import { filesText, statText } from '../../support/stat.ts'

const plans = suite('sysctl: plan')
const FORWARD = 'net.ipv4.ip_forward'
const LIVE = `sysctl ${FORWARD}`
const FILE = `${FORWARD} in /etc/sysctl.conf`

/** What the three looks print: at the kernel's value, and the file's state and bytes. */
function printed(live: string | undefined, file?: string, name = FORWARD): string[] {
  const values = live === undefined ? '0' : `1/proc/sys/${pathOf(name)}:${live || '\n'}`
  const bytes = file === undefined ? '0' : `1${file}`
  return [values, filesText(file === undefined ? undefined : statText()), bytes]
}

for (const [raw, output, expected] of [
  [{ value: 1 }, printed('1\n', 'net.ipv4.ip_forward=1\n'), []],
  [{ value: 1 }, printed('1\n', ' net/ipv4/ip_forward = 1 \n'), []],
  [{ value: 1 }, printed('0\n', 'net.ipv4.ip_forward=1\n'), [[LIVE, '0', '1']]],
  [
    { value: 0 },
    printed('1\n', 'net.ipv4.ip_forward=1\n'),
    [
      [LIVE, '1', '0'],
      [FILE, '1', '0'],
    ],
  ],
  [{ value: true }, printed('1\n', 'net.ipv4.ip_forward=1\n'), []],
  ...['yes', 'Yes', 'on', 'TRUE', 'y', 't'].map(
    (value) =>
      [
        { value },
        printed('0\n'),
        [
          [LIVE, '0', '1'],
          [FILE, null, '1'],
        ],
      ] as const,
  ),
  ...['no', 'off', ' false ', 'N', 'f'].map(
    (value) =>
      [
        { value },
        printed('1\n', 'net.ipv4.ip_forward=yes\n'),
        [
          [LIVE, '1', '0'],
          [FILE, 'yes', '0'],
        ],
      ] as const,
  ),
  [{ value: '0x10' }, printed('16\n', 'net.ipv4.ip_forward=0x10\n'), []],
  [{ value: '010 -1' }, printed('8\t-1\n', 'net.ipv4.ip_forward=010 -1\n'), []],
  [{ value: '0x10' }, printed('0x10\n', 'net.ipv4.ip_forward=0x10\n'), []],
  [{ value: '' }, printed('\n'), [[FILE, null, '']]],
  [{ value: 1 }, printed('1\n'), [[FILE, null, '1']]],
  [{ value: 1 }, printed('1\n', '# net.ipv4.ip_forward=1\n'), [[FILE, null, '1']]],
  [{ value: 1 }, printed('1\n', 'net.ipv4.ip_forward=0\nnet.ipv4.ip_forward=1\n'), [[FILE, '1', '1']]],
  [{ value: 1, reload: false }, printed('0\n', 'net.ipv4.ip_forward=1\n'), []],
  [
    { value: 1, reload: false, sysctl_set: true },
    printed('0\n', 'net.ipv4.ip_forward=1\n'),
    [[LIVE, '0', '1']],
  ],
  [{ value: 1, ignoreerrors: true }, printed(undefined), [[FILE, null, '1']]],
  [{ state: 'absent' }, printed('1\n', 'net.ipv4.ip_forward=1\n'), [[FILE, '1', null]]],
  [{ state: 'absent' }, printed('1\n'), []],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs from ${JSON.stringify(output)}`, () => {
    assert.equal(rows(planOf(sysctl, { name: FORWARD, ...raw }, output)), expected)
  })
}

plans('without a file, the live value only', () => {
  const [live] = printed('0\n')
  assert.equal(rows(planOf(sysctl, { name: FORWARD, value: 1, sysctl_file: '' }, [live!])), [
    [LIVE, '0', '1'],
  ])
  assert.equal(rows(planOf(sysctl, { name: FORWARD, value: 0, sysctl_file: '' }, [live!])), [])
})

plans('white space between parts means nothing', () => {
  const output = printed(
    ' 4096\t131072\t6291456\n',
    'net.ipv4.tcp_rmem = 4096 131072   6291456\n',
    'net.ipv4.tcp_rmem',
  )
  assert.equal(rows(planOf(sysctl, { name: 'net.ipv4.tcp_rmem', value: '4096 131072 6291456' }, output)), [])
})

plans('a parameter that the kernel does not know', () => {
  assert.match(
    planOf(sysctl, { name: 'net.ipv4.nope', value: 1 }, printed(undefined)).failed!,
    /no parameter net\.ipv4\.nope/,
  )
})

plans('wrong arguments are refused', () => {
  const odd = ['a b', '', '-net.ipv4.ip_forward', '#a', ';a', 'a=b', 'a\nb', '/etc/passwd', 'kernel/', '.']
  const outside = ['kernel/../../../etc/passwd', 'net/./x', '..', '../x', 'a..b', 'kernel.//..//etc']
  for (const name of [...odd, ...outside])
    assert.match(problemsOf(sysctl, { name, value: 1 })[0]!, /not a name of a kernel parameter/, name)
  assert.match(problemsOf(sysctl, { name: FORWARD })[0]!, /needs "value"/)
})

plans('names with dots or slashes are paths', () => {
  assert.is(pathOf('net.ipv4.conf.eth0/1.rp_filter'), 'net/ipv4/conf/eth0.1/rp_filter')
  assert.is(pathOf('net/ipv4/conf/eth0.1/rp_filter'), 'net/ipv4/conf/eth0.1/rp_filter')
  assert.is(pathOf('kernel.hostname'), 'kernel/hostname')
})

plans('an interface with dots in its name', () => {
  for (const [name, slashes] of [
    ['net.ipv4.conf.eth0.100.rp_filter', 'net/ipv4/conf/eth0.100/rp_filter'],
    ['net.ipv6.conf.br-a.b.c.disable_ipv6', 'net/ipv6/conf/br-a.b.c/disable_ipv6'],
    ['net.ipv4.neigh.eth0.100.gc_stale_time', 'net/ipv4/neigh/eth0.100/gc_stale_time'],
  ] as const) {
    const said = `${name}: every dot separates here, also those in the name of an interface; write ${slashes}`
    assert.equal(problemsOf(sysctl, { name, value: 1 }), [said])
    assert.equal(problemsOf(sysctl, { name: slashes, value: 1 }), [])
  }
  assert.equal(problemsOf(sysctl, { name: 'net.ipv4.conf.eth0/100.rp_filter', value: 1 }), [])
  assert.equal(problemsOf(sysctl, { name: 'net.ipv4.conf.all.rp_filter', value: 1 }), [])
  const name = 'net/ipv4/conf/eth0.100/rp_filter'
  assert.match(
    planOf(sysctl, { name, value: 1 }, printed(undefined, undefined, name)).failed!,
    /interface eth0\.100/,
  )
})

plans.run()
