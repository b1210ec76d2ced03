import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { selinux } from '../../../src/modules/system/selinux.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { filesText, statText } from '../../support/stat.ts'

const test = suite('selinux')

const CONFIG = '# a\nSELINUX=enforcing\nSELINUXTYPE=targeted\n'
const on = (live: string, text: string | undefined = CONFIG, more = 'policy\n') => [
  filesText(text === undefined ? undefined : statText()),
  text === undefined ? '0' : `1${text}`,
  `${live}\n${more}`,
]
const enforcing = { state: 'enforcing', policy: 'targeted' }
const GRUBBY = (...args: string[]) =>
  `policy\ngrubby\n${args.map((one) => `index=0\nargs="${one}"\n`).join('')}`

const PLANS: [raw: Raw, printed: string[], changes: unknown[], warning?: RegExp][] = [
  [enforcing, on('enforcing'), []],
  [enforcing, on('permissive'), [['SELinux state', 'permissive', 'enforcing']]],
  [
    { state: 'permissive', policy: 'targeted' },
    on('enforcing'),
    [
      ['Config SELinux state', 'enforcing', 'permissive'],
      ['SELinux state', 'enforcing', 'permissive'],
    ],
  ],
  [
    { state: 'disabled' },
    on('enforcing'),
    [
      ['Config SELinux state', 'enforcing', 'disabled'],
      ['SELinux state', 'enforcing', 'permissive'],
    ],
    /temporarily changed from 'enforcing' to 'permissive'/,
  ],
  [
    { state: 'disabled' },
    on('permissive', 'SELINUX=disabled\nSELINUXTYPE=targeted\n'),
    [],
    /will take effect next reboot$/,
  ],
  [{ state: 'disabled' }, on('disabled', 'SELINUX=disabled\n'), []],
  [enforcing, on('disabled'), [], /^Reboot is required to set SELinux state to 'enforcing'$/],
  [
    { state: 'enforcing', policy: 'mls' },
    on('enforcing'),
    [["SELinux policy configuration in '/etc/selinux/config'", 'targeted', 'mls']],
  ],
  [
    { ...enforcing, update_kernel_param: true },
    on('enforcing', CONFIG, GRUBBY('ro quiet', 'ro selinux=0')),
    [['Kernel SELinux state', '<inconsistent>', 'enabled']],
  ],
  [{ ...enforcing, update_kernel_param: true }, on('enforcing', CONFIG, GRUBBY('ro', 'rw')), []],
]

test('mode and policy are as they are to be', () => {
  for (const [raw, printed, changes, warning] of PLANS) {
    const plan = planOf(selinux, raw, printed)
    assert.equal(rows(plan), changes, JSON.stringify(raw))
    if (warning === undefined) assert.equal(plan.warnings, [])
    else assert.match(plan.warnings![0] ?? '', warning)
  }
})

test('the file keeps its other lines, and results are those of Ansible', () => {
  const plan = planOf(selinux, { state: 'disabled', policy: 'mls' }, on('disabled', '# a\nSELINUX=enforcing'))
  const [action] = plan.actions!
  assert.is('content' in action! && action.content.text(), '# a\nSELINUX=disabled\nSELINUXTYPE=mls\n')
  const { msg, ...others } = planOf(selinux, enforcing, on('permissive')).result!
  assert.is(msg, "SELinux state changed from 'permissive' to 'enforcing'")
  assert.equal(others, {
    configfile: '/etc/selinux/config',
    policy: 'targeted',
    state: 'enforcing',
    reboot_required: false,
  })
  assert.is(planOf(selinux, enforcing, on('disabled')).result?.reboot_required, true)
})

test('where SELinux is not set up that is told, unless check may not know', () => {
  const none = ['0' + '0', '0', 'disabled\nnone\n']
  assert.is(planOf(selinux, enforcing, none).failed, 'Unable to find file /etc/selinux/config')
  assert.is(planOf(selinux, enforcing, none, CHECK).failed, undefined)
  const mls = { state: 'enforcing', policy: 'mls' }
  assert.is(
    planOf(selinux, mls, on('enforcing', CONFIG, 'none\n')).failed,
    'Policy mls does not exist in /etc/selinux/',
  )
  const kernel = { ...enforcing, update_kernel_param: true }
  assert.is(planOf(selinux, kernel, on('enforcing')).failed, "'grubby' command not found on host")
  assert.throws(() => planOf(selinux, enforcing, on('what')), /mode of SELinux was expected/)
})

test('wrong arguments are refused', () => {
  assert.match(
    problemsOf(selinux, { state: 'enforcing' })[0] ?? '',
    /^Policy is required if state is not 'disabled'$/,
  )
  assert.match(
    problemsOf(selinux, { state: 'enforcing', policy: '../x' })[0] ?? '',
    /is not a name of a policy/,
  )
})

test.run()
