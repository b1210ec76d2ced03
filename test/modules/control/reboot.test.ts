import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { reboot } from '../../../src/modules/control/reboot.ts'
import { readArguments } from '../../../src/sdk/arguments.ts'
import { CHECK, planOf, problemsOf, type Raw, rows, stateOf } from '../../support/plan.ts'

const test = suite('reboot')

const FOUND = 'abc\n\0other\nshutdown\0/sbin/shutdown\0reboot\0/sbin/reboot\0'

/** The command lines that would be run. */
function commands(raw: Raw, printed: string): string[] {
  return (planOf(reboot, raw, printed).actions ?? []).map((action) =>
    'script' in action ? action.script : '',
  )
}

const COMMANDS: [raw: Raw, printed: string, command: string][] = [
  [{}, FOUND, "/sbin/shutdown -r 0 'Reboot initiated by Ansible'"],
  [{ pre_reboot_delay: 119, msg: '"$(id)" it\'s' }, FOUND, `/sbin/shutdown -r 1 '"$(id)" it'\\''s'`],
  [{ pre_reboot_delay: -5 }, FOUND, "/sbin/shutdown -r 0 'Reboot initiated by Ansible'"],
  [{ msg: 'a' }, FOUND.replace('other', 'void'), '/sbin/shutdown -r +0 a'],
  [{}, FOUND.replace('other', 'alpine'), '/sbin/reboot'],
  [{}, 'abc\n\0other\nreboot\0/sbin/reboot\0', '/sbin/reboot'],
  [
    { reboot_command: 'launchctl reboot userspace' },
    'a\0other\nlaunchctl\0/bin/launchctl\0',
    '/bin/launchctl reboot userspace',
  ],
  [{ reboot_command: '/opt/x -f | cat' }, 'a\0other\n', '/opt/x -f | cat'],
]

test('the host is restarted by the program that it has for that', () => {
  for (const [raw, printed, command] of COMMANDS) {
    assert.equal(commands(raw, printed), [command], JSON.stringify(raw))
    assert.equal(rows(planOf(reboot, raw, printed, CHECK)), [['host', 'running', 'restarted']])
  }
})

test('a program that is not there is a failure, under check too', () => {
  const { failed, result } = planOf(reboot, { search_paths: ['/a', '/b'] }, 'a\0other\n', CHECK)
  assert.is(failed, `Unable to find command "shutdown" in search paths: ['/a', '/b']`)
  assert.equal(result, { rebooted: false, elapsed: 0 })
  assert.match(planOf(reboot, { reboot_command: 'x y' }, 'a\0other\n').failed ?? '', /command "x" in/)
})

test('what is waited for is what the arguments say', () => {
  const { args } = readArguments(reboot, {
    boot_time_command: 'uptime -s',
    test_command: 'true',
    post_reboot_delay: 3,
    reboot_timeout: 9,
    connect_timeout: 2,
  })
  assert.equal(reboot.restart!(args, stateOf(reboot, args, FOUND)), {
    ask: 'uptime -s',
    before: 'abc',
    test: 'true',
    delay: 3,
    timeout: 9,
    patience: 2,
  })
})

test('wrong arguments are refused', () => {
  assert.match(problemsOf(reboot, { search_paths: 'sbin' })[0] ?? '', /"sbin" is not a whole path/)
  assert.match(problemsOf(reboot, { reboot_command: ' ' })[0] ?? '', /reboot_command is empty/)
})

test.run()
