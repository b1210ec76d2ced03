import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { hostname } from '../../../src/modules/system/hostname.ts'
import { planOf, problemsOf, rows } from '../../support/plan.ts'

const plans = suite('hostname: plan')

for (const [output, expected] of [
  ['a\nfiles\n=a\n', []],
  ['b\nfiles\n=a\n', [['hostname', 'b', 'a']]],
  ['a\nsystemd\n=b\n', [['/etc/hostname', 'b', 'a']]],
  [
    'b\nfiles\n',
    [
      ['hostname', 'b', 'a'],
      ['/etc/hostname', null, 'a'],
    ],
  ],
  ['a\nfiles\n=\n', [['/etc/hostname', '', 'a']]],
  ['\nfiles\n=a\n', [['hostname', '', 'a']]],
  ['A\nfiles\n=a\n', [['hostname', 'A', 'a']]],
] as const) {
  plans(`${JSON.stringify(output)} plans just what differs`, () =>
    assert.equal(rows(planOf(hostname, { name: 'a' }, output)), expected),
  )
}

plans('the facts follow the new name', () => {
  assert.equal(planOf(hostname, { name: 'a.b.c' }, 'a\nfiles\n').result?.ansible_facts, {
    ansible_hostname: 'a',
    ansible_nodename: 'a.b.c',
    ansible_fqdn: 'a.b.c',
    ansible_domain: 'b.c',
  })
})

plans('names that no host can have are refused', () => {
  for (const name of [
    '',
    'a b',
    "a'b",
    'a\nb',
    '-a',
    'x'.repeat(65),
    'a;b',
    '.',
    'a..b',
    '.a',
    'a.',
    'a%b',
    'a=b',
    '~',
  ])
    assert.match(problemsOf(hostname, { name })[0]!, /is not a host name/)
})

plans('under systemd, hostnamectl sets the names', () => {
  const scripts = (use: string | undefined) =>
    planOf(hostname, { name: 'a', use }, 'b\nsystemd\n').actions?.map((action) =>
      action.do === 'sh' ? action.script : action.do,
    )
  assert.equal(scripts(undefined), [
    'hostnamectl --transient set-hostname a',
    'hostnamectl --static set-hostname a',
  ])
  assert.equal(scripts('debian'), ['hostname a', 'send'])
})

plans.run()
