import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sysvinit } from '../../../src/modules/services/sysvinit.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('sysvinit')

const HERE = 'sysv\nscript /etc/init.d/x\n'

const PLANS: [raw: Raw, printed: string, changes: unknown[]][] = [
  [{ state: 'started', enabled: true }, `${HERE}enabled\nrunning\n`, []],
  [
    { state: 'started', enabled: true },
    HERE,
    [
      ['enabled', false, true],
      ['state', 'stopped', 'started'],
    ],
  ],
  [{ state: 'stopped', enabled: false }, HERE, []],
  [{ state: 'restarted' }, `${HERE}running\n`, [['state', 'started', 'restarted']]],
  [{ state: 'reloaded' }, `${HERE}running\n`, [['state', 'started', 'reloaded']]],
  [{ enabled: true, runlevels: ['3', '5'] }, `${HERE}running\nlevel 3\nlevel 5\n`, []],
  [{ enabled: true, runlevels: ['3', '5'] }, `${HERE}level 3\n`, [['enabled', '3', '3 5']]],
  [{ enabled: false, runlevels: ['3', '5'] }, `${HERE}level 3\n`, [['enabled', '3', null]]],
  [{ enabled: false, runlevels: ['3', '5'] }, HERE, []],
]

test('what differs is changed', () => {
  for (const [raw, printed, changes] of PLANS) {
    assert.equal(rows(planOf(sysvinit, { name: 'x', ...raw }, printed)), changes, JSON.stringify(raw))
  }
})

test('only the runlevels that differ are changed', () => {
  const script = (raw: Raw, printed: string) => {
    const [action] = planOf(sysvinit, { name: 'x', ...raw }, printed).actions!
    return 'script' in action! ? action.script : ''
  }
  assert.match(script({ enabled: true, runlevels: '3,5' }, `${HERE}level 3\n`), /update-rc\.d x enable 5 /)
  assert.match(script({ enabled: false, runlevels: ['3'] }, `${HERE}level 3\n`), /update-rc\.d x disable 3\n/)
  assert.match(script({ enabled: false, runlevels: ['3'] }, `${HERE}level 3\n`), /chkconfig --level 3 x off/)
})

test('results are those of Ansible', () => {
  const raw = { name: 'x', state: 'started', enabled: true, runlevels: ['3'] }
  assert.equal(planOf(sysvinit, raw, `${HERE}running\n`).result, {
    name: 'x',
    status: { enabled: { changed: true, runlevels: ['3'] }, started: { changed: false } },
  })
})

test('a service without a script is a failure, unless check may not know', () => {
  const raw = { name: 'x', state: 'started' }
  assert.match(planOf(sysvinit, raw, 'sysv\n').failed ?? '', /^Could not find the requested service x/)
  assert.equal(rows(planOf(sysvinit, raw, 'sysv\n', CHECK)), [['state', 'stopped', 'started']])
})

test('wrong arguments are refused', () => {
  for (const [raw, problem] of [
    [{ name: 'x' }, /one of the following is required: state, enabled/],
    [{ name: '-x', enabled: true }, /is not a name of a service/],
    [{ name: '../x', enabled: true }, /is not a name of a service/],
    [{ name: 'x', enabled: true, runlevels: ['7'] }, /"7" is not a runlevel/],
    [{ name: 'x', state: 'started', args: "'" }, /^arguments: /],
  ] as [Raw, RegExp][])
    assert.match(problemsOf(sysvinit, raw)[0] ?? '', problem)
})

test.run()
