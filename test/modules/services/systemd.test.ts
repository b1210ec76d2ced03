import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { service } from '../../../src/modules/services/service.ts'
import { systemd } from '../../../src/modules/services/systemd.ts'
import { CHECK, footprintOf, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

function unit(properties: Record<string, string>): string {
  const all = { LoadState: 'loaded', ActiveState: 'inactive', UnitFileState: 'disabled', ...properties }
  return `running\n${Object.entries(all)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`
}

const RUNS = { ActiveState: 'active', UnitFileState: 'enabled' }

const apart = suite('systemd: footprint')

apart('what is right goes by the units, if these are where no task writes together with others', () => {
  const of = (raw: Raw) => footprintOf(systemd, { name: 'x', state: 'started', ...raw }, unit(RUNS))
  assert.equal(of({}), { reads: { names: ['units'] }, writes: {} })
  assert.is(of({ state: 'restarted' })!.writes, 'anything')
  assert.is(of({ scope: 'user' }), undefined)
  assert.is(of({ daemon_reload: true }), undefined)
})

apart.run()

const plans = suite('systemd: plan')

for (const [properties, raw, expected] of [
  [RUNS, { state: 'started', enabled: true, masked: false }, []],
  [RUNS, { state: 'stopped' }, [['state', 'active', 'stopped']]],
  [RUNS, { state: 'restarted' }, [['state', 'active', 'restarted']]],
  [RUNS, { state: 'reloaded' }, [['state', 'active', 'reloaded']]],
  [RUNS, { enabled: false }, [['enabled', true, false]]],
  [RUNS, { masked: true }, [['masked', false, true]]],
  [{}, { state: 'stopped', enabled: false }, []],
  [
    {},
    { state: 'started', enabled: true },
    [
      ['enabled', false, true],
      ['state', 'inactive', 'started'],
    ],
  ],
  [{}, { state: 'restarted' }, [['state', 'inactive', 'restarted']]],
  [{ ActiveState: 'failed' }, { state: 'started' }, [['state', 'failed', 'started']]],
  [{ ActiveState: 'activating' }, { state: 'started' }, []],
  [{ ActiveState: 'deactivating' }, { state: 'stopped' }, [['state', 'deactivating', 'stopped']]],
  [{ UnitFileState: 'static' }, { enabled: true }, []],
  [{ UnitFileState: 'static' }, { enabled: false }, []],
  [{ UnitFileState: 'transient' }, { enabled: false }, []],
  [{ UnitFileState: 'linked' }, { enabled: true }, []],
  [{ UnitFileState: 'indirect' }, { enabled: true }, []],
  [{ UnitFileState: 'indirect' }, { enabled: false }, []],
  [{ UnitFileState: 'enabled-runtime' }, { enabled: true }, []],
  [{ UnitFileState: 'generated' }, { enabled: true }, []],
  [
    { UnitFileState: 'generated', SourcePath: '/etc/init.d/x' },
    { enabled: true },
    [['enabled', false, true]],
  ],
  [{ UnitFileState: '' }, { enabled: false }, []],
  [
    { LoadState: 'masked', UnitFileState: 'masked' },
    { masked: false, state: 'started' },
    [
      ['masked', true, false],
      ['state', 'inactive', 'started'],
    ],
  ],
  [RUNS, { daemon_reload: true }, []],
  [
    { ...RUNS, NeedDaemonReload: 'yes' },
    { daemon_reload: true, state: 'started' },
    [['daemon-reload', null, 'done']],
  ],
  [RUNS, { daemon_reexec: true }, [['daemon-reexec', null, 'done']]],
] as const) {
  plans(`${JSON.stringify(raw)} plans just what differs from ${JSON.stringify(properties)}`, () => {
    assert.equal(rows(planOf(systemd, { name: 'x', ...raw }, unit(properties))), expected)
  })
}

plans('an init script with links is enabled', () => {
  const output = `links\n${unit({ UnitFileState: 'generated' })}`
  assert.equal(planOf(systemd, { name: 'x', enabled: true }, output).changes, [])
  assert.equal(rows(planOf(systemd, { name: 'x', enabled: false }, output)), [['enabled', true, false]])
})

plans('what no unit can do is a failure', () => {
  const gone = unit({ LoadState: 'not-found', UnitFileState: '' })
  assert.match(
    planOf(systemd, { name: 'odd', state: 'started' }, gone).failed!,
    /Could not find the requested service odd/,
  )
  assert.equal(rows(planOf(systemd, { name: 'x', state: 'started' }, gone, CHECK)), [
    ['state', 'inactive', 'started'],
  ])
  assert.equal(rows(planOf(systemd, { name: 'x', state: 'started', daemon_reload: true }, gone)), [
    ['daemon-reload', null, 'done'],
    ['state', 'inactive', 'started'],
  ])
  assert.match(
    planOf(systemd, { name: 'x', state: 'started' }, unit({ LoadState: 'masked' })).failed!,
    /is masked/,
  )
  assert.match(planOf(systemd, { name: 'x', masked: true, enabled: true }, unit(RUNS)).failed!, /is masked/)
  assert.is(planOf(systemd, { name: 'x', masked: true, state: 'stopped' }, unit(RUNS)).failed, undefined)
  assert.match(
    planOf(systemd, { name: 'x', enabled: true }, unit({ LoadState: 'error', LoadError: 'bad' })).failed!,
    /bad/,
  )
  assert.match(
    planOf(systemd, { name: 'x', state: 'started' }, 'offline\nUnitFileState=enabled\n').failed!,
    /does not run/,
  )
  assert.equal(planOf(systemd, { name: 'x', enabled: true }, 'offline\nUnitFileState=enabled\n').changes, [])
  const inChroot = planOf(
    systemd,
    { name: 'x', state: 'started', enabled: true },
    'offline\nchroot\nUnitFileState=disabled\n',
  )
  assert.equal(rows(inChroot), [['enabled', false, true]])
  assert.match(inChroot.warnings![0]!, /^Target is a chroot or systemd is offline/)
  const mount = unit({ UnitFileState: 'generated', SourcePath: '/etc/fstab' })
  assert.match(planOf(systemd, { name: 'x', enabled: false }, mount).failed!, /generated from \/etc\/fstab/)
})

plans('the result has what Ansible returns', () => {
  assert.equal(planOf(systemd, { name: 'x', state: 'restarted', enabled: true }, unit(RUNS)).result, {
    name: 'x',
    state: 'started',
    enabled: true,
    status: { LoadState: 'loaded', ActiveState: 'active', UnitFileState: 'enabled' },
  })
})

plans('wrong arguments are refused', () => {
  for (const name of ['', 'a*', '[a]', 'a\nb', 'a b', '/etc/x.service', './x.service', '%i', '~a', 'a=b'])
    for (const module of [systemd, service])
      assert.match(problemsOf(module, { name, state: 'started' })[0]!, /is not a name of a unit/)
  assert.match(problemsOf(systemd, { name: 'a@b ü', enabled: true })[0]!, /writes it a@b\\x20\\xc3bc/)
  assert.match(problemsOf(service, { name: '-x', enabled: true })[0]!, /begins with a dash/)
  assert.equal(problemsOf(systemd, { name: '-.mount', state: 'started' }), [])
  for (const module of [systemd, service]) {
    for (const name of ['foo@', 'foo@.service', 'foo@.timer']) {
      const instance = name.replace(/@(\..*)?$/, (_, type = '.service') => `@NAME${type}`)
      const said = `${module.name}: ${name} is a template, which cannot run itself; name an instance of it: ${instance}`
      assert.equal(problemsOf(module, { name, state: 'started' }), [said])
      assert.equal(problemsOf(module, { name, enabled: true }), [])
    }
  }
  assert.match(problemsOf(systemd, { state: 'started' })[0]!, /need a name/)
  assert.equal(problemsOf(systemd, { name: 'x' }), [])
  assert.match(problemsOf(systemd, { name: 'x', state: 'startd' })[0]!, /did you mean "started"/)
})

plans.run()
