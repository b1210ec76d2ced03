import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { hostname } from '../../../src/modules/system/hostname.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, faultsOf, planOf, rows } from '../../support/plan.ts'

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
    assert.match(faultsOf(hostname, { name })[0]!, /is no host name/)
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

const real = suite<{ hosts: ApartHost[] }>('hostname: on hosts')

real.before(async (context) => {
  context.hosts = await apartHosts()
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

real('apply, then plan finds nothing', async ({ hosts }) => {
  for (const { session, run } of hosts) {
    const raw = { name: 'crouter.example' }
    assert.is((await applyModule(session, hostname, raw, CHECK)).plan.changes.length, 2)
    await applyModule(session, hostname, raw)
    assert.equal((await applyModule(session, hostname, raw)).plan.changes, [])
    assert.is(
      run('hostname; cat /etc/hostname; stat -c "%a %u" /etc/hostname'),
      'crouter.example\ncrouter.example\n644 0\n',
    )
    run('printf "# comment\\n\\nother\\n" >/etc/hostname')
    assert.equal(rows((await applyModule(session, hostname, raw)).plan), [
      ['/etc/hostname', 'other', 'crouter.example'],
    ])
    run('hostname x; rm /etc/hostname')
    assert.is((await applyModule(session, hostname, raw)).plan.changes.length, 2)
    assert.equal((await applyModule(session, hostname, raw)).plan.changes, [])
  }
})

real.run()
