import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { hostname } from '../../../src/modules/system/hostname.ts'
import { faultsOf, planOf, rows } from '../../support/plan.ts'

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
  plans(JSON.stringify(output), () => assert.equal(rows(planOf(hostname, { name: 'a' }, output)), expected))
}

plans('facts', () => {
  assert.equal(planOf(hostname, { name: 'a.b.c' }, 'a\nfiles\n').result?.ansible_facts, {
    ansible_hostname: 'a',
    ansible_nodename: 'a.b.c',
    ansible_fqdn: 'a.b.c',
    ansible_domain: 'b.c',
  })
})

plans('faults', () => {
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
    assert.match(faultsOf(hostname, { name })[0]!, /is not a host name/)
})

plans('systemd', () => {
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
