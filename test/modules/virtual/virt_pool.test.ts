import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { virt_pool } from '../../../src/modules/virtual/virt_pool.ts'
import { CHECK, planOf, problemsOf, rows } from '../../support/plan.ts'

const fields = (...parts: string[]) => parts.map((part) => `${part}\0`).join('')
// As virsh 9.0 prints them.
const INFO = (state: string) =>
  `0\nName:           p\nUUID:           29ef2804\nState:          ${state}\nPersistent:     yes\nAutostart:      no${state === 'inactive' ? '' : '\nCapacity:       270\nAllocation:     35\nAvailable:      235'}`
const XML = `0\n<pool type='logical'>
  <name>p</name>
  <source>
    <device path='/dev/sda1'/>
    <device path='/dev/sdb1'/>
    <host name='far'/>
    <dir path='/export'/>
    <format type='lvm2'/>
  </source>
  <target>
    <path>/dev/p</path>
  </target>
</pool>`
const ON = fields('p', INFO('running'), XML, '0\n a b   /dev/p/a b\n c     /dev/p/c')
const OFF = fields('p', INFO('inactive'), XML, '1\nerror: not active')
const NONE = fields('p', "1\nerror: failed to get pool 'p'", "1\nerror: failed to get pool 'p'", '1\n')
const WHAT = 'storage pool p'

const plans = suite('virt_pool: plan')

for (const [raw, found, changes, script] of [
  [{ state: 'active' }, ON, [], ''],
  [{ state: 'active' }, OFF, [[WHAT, 'inactive', 'active']], 'pool-start --pool=p'],
  [{ state: 'undefined' }, OFF, [[WHAT, 'inactive', null]], 'pool-undefine --pool=p'],
  [
    { state: 'deleted' },
    ON,
    [[WHAT, 'active', null]],
    'pool-destroy --pool=p; pool-delete --pool=p; pool-undefine --pool=p',
  ],
  [{ state: 'deleted' }, NONE, [], ''],
  [{ command: 'build' }, OFF, [[WHAT, 'inactive', 'built']], 'pool-build --pool=p'],
  [
    { command: 'build', mode: 'no_overwrite' },
    OFF,
    [[WHAT, 'inactive', 'built']],
    'pool-build --pool=p --no-overwrite',
  ],
  [{ command: 'delete' }, OFF, [[WHAT, 'inactive', 'deleted']], 'pool-delete --pool=p'],
  [{ command: 'refresh' }, ON, [[WHAT, 'active', 'refreshed']], 'pool-refresh --pool=p'],
] as const)
  plans(`${JSON.stringify(raw)} is planned as ${JSON.stringify(script)}`, () => {
    const plan = planOf(virt_pool, { name: 'p', ...raw }, found)
    assert.equal(rows(plan), changes)
    const [action] = plan.actions ?? []
    const lines = action?.do === 'sh' ? action.script.split(' &&\n') : []
    assert.is(lines.map((line) => line.replace(/^.*?(?=pool-)/, '')).join('; '), script)
  })

plans('a refresh is no change of the task', () => {
  assert.is(planOf(virt_pool, { name: 'p', command: 'refresh' }, ON).silent, true)
})

plans('one that an earlier task makes is planned for under check, and missed in a run', () => {
  const raw = { name: 'p', command: 'build' }
  assert.equal(rows(planOf(virt_pool, raw, NONE, CHECK)), [[WHAT, null, 'built']])
  assert.is(planOf(virt_pool, raw, NONE).failed, 'storage pool p not found')
})

plans('facts are told in names of Ansible', () => {
  const { result } = planOf(virt_pool, { command: 'info' }, `0\np\0${ON}`)
  assert.equal((result as { pools: { p: object } }).pools.p, {
    ...{ status: 'running', size_total: '270', size_used: '35', size_available: '235', autostart: 'no' },
    ...{ persistent: 'yes', state: 'active', type: 'logical', uuid: '29ef2804', volume_count: 2 },
    ...{ volumes: ['a b', 'c'], path: '/dev/p', host: 'far', source_path: '/export', format: 'lvm2' },
    devices: ['/dev/sda1', '/dev/sdb1'],
  })
})

plans.run()

const problems = suite('virt_pool: problems')

for (const [raw, expected] of [
  [{ command: 'build' }, /build requires 1 argument: name/],
  [{ name: 'p', state: 'present', xml: '<network/>' }, /its root is <network>, and not <pool>/],
  [{ name: 'p', command: 'build', mode: 'repair' }, /repair/],
] as const)
  problems(`${JSON.stringify(raw)} is refused`, () =>
    assert.match(problemsOf(virt_pool, raw).join('\n'), expected),
  )

problems.run()
