import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { service } from '../../../src/modules/services/service.ts'
import { CHECK, planOf, problemsOf, rows } from '../../support/plan.ts'

const plans = suite('service: plan')

for (const [output, raw, expected] of [
  ['sysv\nscript /etc/init.d/x\nrunning\nenabled\n', { state: 'started', enabled: true }, []],
  ['sysv\nscript /etc/init.d/x\n', { state: 'stopped', enabled: false }, []],
  [
    'sysv\nscript /etc/init.d/x\n',
    { state: 'started', enabled: true },
    [
      ['enabled', false, true],
      ['state', 'stopped', 'started'],
    ],
  ],
  [
    'openrc\nscript x\nrunning\nenabled\n',
    { state: 'stopped', enabled: false },
    [
      ['enabled', true, false],
      ['state', 'started', 'stopped'],
    ],
  ],
  ['sysv\nscript /etc/init.d/x\nrunning\n', { state: 'restarted' }, [['state', 'started', 'restarted']]],
  ['sysv\nscript /etc/init.d/x\nrunning\n', { state: 'reloaded' }, [['state', 'started', 'reloaded']]],
  ['sysv\nscript /etc/init.d/x\n', { state: 'reloaded' }, [['state', 'stopped', 'reloaded']]],
  [
    'systemd\nrunning\nLoadState=loaded\nActiveState=inactive\nUnitFileState=disabled\n',
    { state: 'started', enabled: false },
    [['state', 'inactive', 'started']],
  ],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs from ${JSON.stringify(output)}`, () => {
    assert.equal(rows(planOf(service, { name: 'x', ...raw }, output)), expected)
  })
}

plans('systemd minds what its own module takes', () => {
  const unit =
    'systemd\nrunning\nLoadState=masked\nActiveState=inactive\nUnitFileState=masked\nNeedDaemonReload=yes\n'
  const raw = { name: 'x', daemon_reload: true, masked: false, no_block: true }
  assert.equal(rows(planOf(service, raw, unit)), [
    ['daemon-reload', null, 'done'],
    ['masked', true, false],
  ])
  assert.match(JSON.stringify(planOf(service, raw, unit).actions), /systemctl --no-block unmask/)
})

plans('systemd itself has no name', () => {
  assert.equal(rows(planOf(service, { daemon_reload: true }, 'systemd\n')), [['daemon-reload', null, 'done']])
  assert.match(planOf(service, { daemon_reload: true }, 'sysv\n').failed!, /systemd does not run/)
  for (const raw of [{}, { state: 'started' }, { daemon_reload: true, enabled: true }])
    assert.match(problemsOf(service, raw)[0]!, /service needs "name"/)
})

plans('what cannot be', () => {
  assert.match(planOf(service, { name: 'x', state: 'started' }, 'sysv\n').failed!, /requested service x .*init\.d/)
  assert.match(planOf(service, { name: 'x', enabled: true }, 'openrc\n').failed!, /requested service x .*OpenRC/)
  assert.equal(rows(planOf(service, { name: 'x', enabled: true }, 'sysv\n', CHECK)), [
    ['enabled', false, true],
  ])
  assert.match(planOf(service, { name: 'x' }, 'sysv\n').failed!, /nothing to do/)
  for (const name of ['', 'a*', 'a/b', 'a\nb', '-a'])
    assert.match(problemsOf(service, { name })[0]!, /is not a name/)
  assert.match(problemsOf(service, { name: 'x', runlevel: '-a' })[0]!, /not a name of a runlevel/)
  assert.match(problemsOf(service, { name: 'x', arguments: "'a" })[0]!, /arguments: /)
})

plans.run()
