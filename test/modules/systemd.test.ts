import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { service } from '../../src/modules/service.ts'
import { systemd } from '../../src/modules/systemd.ts'
import { type ApartHost, apartHosts } from '../support/apart.ts'
import { applyModule } from '../support/host.ts'
import { CHECK, faultsOf, planOf, rows } from '../support/plan.ts'

function unit(properties: Record<string, string>): string {
  const all = { LoadState: 'loaded', ActiveState: 'inactive', UnitFileState: 'disabled', ...properties }
  return `running\n${Object.entries(all)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`
}

const RUNS = { ActiveState: 'active', UnitFileState: 'enabled' }

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
  [{ UnitFileState: 'indirect' }, { enabled: true }, [['enabled', false, true]]],
  [{ UnitFileState: 'enabled-runtime' }, { enabled: true }, []],
  [{ UnitFileState: 'generated' }, { enabled: true }, [['enabled', false, true]]],
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
  plans(`${JSON.stringify(raw)} when ${JSON.stringify(properties)}`, () => {
    assert.equal(rows(planOf(systemd, { name: 'x', ...raw }, unit(properties))), expected)
  })
}

plans('an init script with links', () => {
  const output = `links\n${unit({ UnitFileState: 'generated' })}`
  assert.equal(planOf(systemd, { name: 'x', enabled: true }, output).changes, [])
  assert.equal(rows(planOf(systemd, { name: 'x', enabled: false }, output)), [['enabled', true, false]])
})

plans('what cannot be', () => {
  const gone = unit({ LoadState: 'not-found', UnitFileState: '' })
  assert.match(planOf(systemd, { name: "o'dd", state: 'started' }, gone).failed!, /there is no service o'dd/)
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
})

plans('result', () => {
  assert.equal(planOf(systemd, { name: 'x', state: 'restarted', enabled: true }, unit(RUNS)).result, {
    name: 'x',
    state: 'started',
    enabled: true,
    status: { LoadState: 'loaded', ActiveState: 'active', UnitFileState: 'enabled' },
  })
})

plans('faults', () => {
  for (const name of ['', 'a*', '[a]', 'a\nb'])
    assert.match(faultsOf(systemd, { name, state: 'started' })[0]!, /is no name/)
  assert.match(faultsOf(systemd, { state: 'started' })[0]!, /need a name/)
  assert.match(faultsOf(systemd, { name: 'x' })[0]!, /nothing to do/)
  assert.match(faultsOf(systemd, { name: 'x', state: 'startd' })[0]!, /did you mean "started"/)
})

plans.run()

// No systemd runs on machines for tests; this one keeps what it was told in files, and writes down what it was told.
const SYSTEMCTL = `#!/bin/sh
kept=/run/playssh-units; mkdir -p $kept
verb= unit= last=
for word; do case $word in --) ;; -*) flags="$flags $word" ;; *) [ -z "$verb" ] && verb=$word || unit=$word ;; esac; done
get() { if [ -e "$kept/$unit.$1" ]; then cat "$kept/$unit.$1"; else echo "$2"; fi; }
put() { echo "$2" >"$kept/$unit.$1"; }
[ "$verb" = show ] || [ "$verb" = is-enabled ] || echo "$verb$flags $unit" >>$kept/log
case $verb in
  show)
    [ "$unit" = nothing ] && { echo LoadState=not-found; echo ActiveState=inactive; exit 0; }
    printf 'LoadState=loaded\\nActiveState=%s\\nUnitFileState=%s\\nNeedDaemonReload=no\\n' "$(get active inactive)" "$(get file disabled)" ;;
  is-enabled) get file disabled ;;
  start | restart | reload) put active active ;;
  stop) put active inactive ;;
  enable) put file enabled ;;
  disable | unmask) put file disabled ;;
  mask) put file masked ;;
esac
`

const real = suite<{ hosts: ApartHost[] }>('systemd: on hosts')

real.before(async (context) => {
  context.hosts = await apartHosts('mount -t tmpfs none /run; mkdir -p /run/systemd/system')
  for (const { bin } of context.hosts) writeFileSync(join(bin, 'systemctl'), SYSTEMCTL, { mode: 0o755 })
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

real('apply, then plan finds nothing', async ({ hosts }) => {
  for (const module of [systemd, service]) {
    for (const { session, run } of hosts) {
      run('rm -rf /run/playssh-units')
      const planned = []
      for (const step of [
        { state: 'started', enabled: true },
        { enabled: false },
        { state: 'stopped' },
        ...(module === systemd ? [{ masked: true }, { masked: false }] : []),
        { enabled: true, state: 'started' },
      ]) {
        const raw = { name: "it's a@b", ...step }
        planned.push((await applyModule(session, module, raw, CHECK)).plan.changes.length)
        await applyModule(session, module, raw)
        assert.equal((await applyModule(session, module, raw)).plan.changes, [], JSON.stringify(raw))
      }
      assert.equal(planned, module === systemd ? [2, 1, 1, 1, 1, 2] : [2, 1, 1, 2])
    }
  }
})

real('what systemctl is told', async ({ hosts }) => {
  for (const { session, run } of hosts) {
    run('rm -rf /run/playssh-units')
    await applyModule(session, systemd, { daemon_reload: true, daemon_reexec: true })
    await applyModule(session, systemd, { name: 'x', state: 'started', no_block: true, force: true })
    await applyModule(session, systemd, { name: 'x', state: 'restarted', scope: 'user' })
    await applyModule(session, systemd, { name: 'x', state: 'reloaded' })
    await applyModule(session, systemd, { name: 'x', enabled: true, scope: 'global' })
    await applyModule(session, service, { name: 'y', state: 'restarted' })
    const said = run('cat /run/playssh-units/log')
      .trim()
      .split('\n')
      .map((line) => line.replace(/\s+/g, ' ').trim())
    assert.equal(said, [
      'daemon-reload',
      'daemon-reexec',
      'start --no-block --force x',
      'restart --user x',
      'reload x',
      'enable --global x',
      'start y',
    ])
  }
})

real('a service that is not there', async ({ hosts }) => {
  for (const { session } of hosts) {
    for (const module of [systemd, service]) {
      const { plan } = await applyModule(session, module, { name: 'nothing', state: 'started' })
      assert.match(plan.failed!, /there is no service nothing/)
    }
  }
})

real.run()
