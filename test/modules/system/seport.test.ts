import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { seport } from '../../../src/modules/system/seport.ts'
import { CHECK, planOf, problemsOf, type Raw } from '../../support/plan.ts'

const test = suite('seport')

const wanted = { proto: 'tcp', setype: 'http_port_t' }
const LIST = `enabled
tool
dns_port_t                     tcp      53
http_port_t                    tcp      80, 81, 8000-8010
http_port_t                    udp      443
`

/** The commands of a plan. */
function commands(raw: Raw, printed = LIST, view = undefined as typeof CHECK | undefined): string[] {
  const { actions = [] } = planOf(seport, { ...wanted, ...raw }, printed, view)
  return actions.map((action) => ('script' in action ? action.script : ''))
}

for (const [raw, expected] of [
  [{ ports: '80,8000-8010' }, []],
  [{ ports: 8080 }, ['semanage port -a -t http_port_t -p tcp 8080']],
  [{ ports: [53, 80, 53] }, ['semanage port -m -t http_port_t -p tcp 53']],
  [{ ports: '443' }, ['semanage port -a -t http_port_t -p tcp 443']],
  [{ ports: '443', proto: 'udp' }, []],
  [{ ports: '9000-9010', reload: false }, ['semanage port -a -t http_port_t -p tcp -N 9000-9010']],
  [{ ports: '81,9', state: 'absent' }, ['semanage port -d -p tcp 81']],
  [{ ports: '53', state: 'absent' }, []],
] as const)
  test(`${JSON.stringify(raw)} needs ${JSON.stringify(expected)}`, () => {
    assert.equal(commands(raw as Raw), expected)
  })

test('with local only what was set here counts', () => {
  const printed = LIST.replace('tool\n', 'tool\nlocal http_port_t  tcp  81\n')
  assert.equal(commands({ ports: '81,80', local: true }, printed), [
    'semanage port -m -t http_port_t -p tcp 80',
  ])
  assert.equal(commands({ ports: '81,80', local: true, state: 'absent' }, printed), [
    'semanage port -d -p tcp 81',
  ])
})

test('a host without SELinux, or without its tool, is told apart', () => {
  const raw = { ...wanted, ports: '1' }
  assert.is(planOf(seport, raw, '').failed, 'SELinux is disabled on this host.')
  assert.match(planOf(seport, raw, 'enabled\n').failed ?? '', /executable "semanage"/)
  assert.is(planOf(seport, raw, 'enabled\n', CHECK).changes.length, 1)
  assert.is(planOf(seport, { ...raw, ignore_selinux_state: true }, 'tool\n').changes.length, 1)
})

test('what is no port or no type is refused', () => {
  for (const ports of ['0', '70000', '9-8', '1-2-3', 'http', '-1'])
    assert.match(problemsOf(seport, { ...wanted, ports })[0] ?? '', /is neither a port nor a range/)
  assert.match(
    problemsOf(seport, { ...wanted, ports: '1', setype: '-x' })[0] ?? '',
    /is not a name of SELinux/,
  )
})

test.run()
