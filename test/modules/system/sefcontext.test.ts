import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sefcontext } from '../../../src/modules/system/sefcontext.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('sefcontext')

const LIST = `enabled
tool
/                                                  directory          system_u:object_r:root_t:s0 
/srv/www(/.*)?                                     all files          system_u:object_r:var_t:s0 
/srv/www(/.*)?                                     directory          staff_u:object_r:dir_t:s0-s0:c0.c1023 
/none                                              all files          <<None>>
/run = /var/run
/srv/as = /var/as
`
const www = { target: '/srv/www(/.*)?' }

function commands(raw: Raw, printed = LIST): string[] {
  const { actions = [] } = planOf(sefcontext, raw, printed)
  return actions.map((action) => ('script' in action ? action.script : ''))
}

for (const [raw, expected] of [
  [{ ...www, setype: 'var_t' }, []],
  [{ ...www, setype: 'var_t', selevel: 's0', seuser: 'system_u' }, []],
  [{ ...www, setype: 'a_t' }, ["semanage fcontext -m -t a_t -s system_u -r s0 -f a '/srv/www(/.*)?'"]],
  [
    { ...www, setype: 'a_t', ftype: 'd' },
    ["semanage fcontext -m -t a_t -s staff_u -r s0-s0:c0.c1023 -f d '/srv/www(/.*)?'"],
  ],
  [
    { target: '/srv/new', setype: 'a_t', seuser: 'b_u', reload: false },
    ['semanage fcontext -a -N -t a_t -s b_u -r s0 -f a /srv/new'],
  ],
  [{ target: '/srv', setype: 'a_t' }, ['semanage fcontext -a -t a_t -s system_u -r s0 -f a /srv']],
  [{ target: '/srv/as', substitute: '/var/as' }, []],
  [{ target: '/srv/as', equal: '/b' }, ['semanage fcontext -m -e /b /srv/as']],
  [{ target: '/srv/b', substitute: '/b' }, ['semanage fcontext -a -e /b /srv/b']],
  [{ ...www, state: 'absent' }, ["semanage fcontext -d -f a '/srv/www(/.*)?'"]],
  [{ target: '/srv/as', state: 'absent' }, ['semanage fcontext -d -e /var/as /srv/as']],
  [{ target: '/srv/as', state: 'absent', substitute: '/other' }, []],
  [{ target: '/nowhere', state: 'absent' }, []],
] as const)
  test(`${JSON.stringify(raw)} needs ${JSON.stringify(expected)}`, () => {
    assert.equal(commands(raw as Raw), expected)
  })

test('a change shows the whole label', () => {
  assert.equal(rows(planOf(sefcontext, { ...www, setype: 'a_t' }, LIST)), [
    ['/srv/www(/.*)? (all files)', 'system_u:object_r:var_t:s0', 'system_u:object_r:a_t:s0'],
  ])
})

test('a host without SELinux is told apart', () => {
  const raw = { ...www, setype: 'a_t' }
  assert.is(planOf(sefcontext, raw, '').failed, 'SELinux is disabled on this host.')
  assert.is(planOf(sefcontext, { ...raw, ignore_selinux_state: true }, '', CHECK).changes.length, 1)
})

test('wrong arguments are refused', () => {
  const first = (raw: Raw) => problemsOf(sefcontext, raw)[0] ?? ''
  assert.match(first({ target: 'srv', setype: 'a_t' }), /does not begin at the root/)
  assert.match(first({ ...www, setype: 'a_t', substitute: '/b' }), /mutually exclusive: setype\|substitute/)
  assert.match(first({ ...www, substitute: '/b', seuser: 'a' }), /substitute excludes seuser/)
  assert.match(first(www), /state is present but any of the following are missing/)
  assert.match(first({ ...www, setype: '--help' }), /is not a name of SELinux/)
})

test.run()
