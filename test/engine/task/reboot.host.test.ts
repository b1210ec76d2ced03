import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { type Ran, runText } from '../../support/playbook.ts'
import { type Server, startServer } from '../../support/server.ts'

/** Ends the login that it came over; the host is as one that has restarted a second later, for `boot` is another. */
const RESTART = `#!/bin/sh
echo "$*" >"\${0%/*}/told"
p=$$
while [ "$p" -gt 1 ] && [ "$(cat /proc/$p/comm)" != sshd ]; do
  p=$(sed -n 's/^PPid:[[:space:]]*//p' "/proc/$p/status")
done
(sleep 1; echo second >"\${0%/*}/boot") </dev/null >/dev/null 2>&1 &
kill -9 "$p"
`

async function played(
  tasks: (folder: string) => string,
  { restart = RESTART, args = [] as string[], connection = 'ssh' } = {},
): Promise<{ ran: Ran; told: string }> {
  const server = await startServer()
  const { folder } = server
  try {
    writeFileSync(join(folder, 'boot'), 'first\n')
    writeFileSync(join(folder, 'restart'), restart)
    chmodSync(join(folder, 'restart'), 0o755)
    const inventory = `one ${lineOf(server, connection)}`
    const text = tasks(folder).trim().replaceAll(/^/gm, '    ')
    const ran = await runText(`- hosts: all\n  tasks:\n${text}\n`, {
      files: { hosts: inventory },
      args: ['-i', 'HERE/hosts', ...args],
    })
    const told = join(folder, 'told')
    return { ran, told: existsSync(told) ? readFileSync(told, 'utf8') : '' }
  } finally {
    await server.stop()
  }
}

function lineOf(server: Server, connection: string): string {
  const own = `-F none -o IdentityAgent=none -o IdentityFile=none -o UserKnownHostsFile=${server.knownHostsFile}`
  return [
    `ansible_connection=${connection} ansible_host=127.0.0.1 ansible_port=${server.port}`,
    `ansible_ssh_private_key_file=${server.keyFile} ansible_ssh_common_args='${own}'`,
  ].join(' ')
}

const arguments_ = (folder: string, more = '') =>
  `reboot_command: ${folder}/restart now, boot_time_command: cat ${folder}/boot${more}`

test('a host is restarted and waited for, and the play goes on with what it is then', async () => {
  const { ran, told } = await played(
    (folder) => `
- {name: a, command: cat ${folder}/boot, changed_when: false}
- {name: b, reboot: {${arguments_(folder, ', reboot_timeout: 30, test_command: test -f /proc/stat')}}}
- {name: c, command: cat ${folder}/boot, changed_when: false}
`,
  )
  assert.equal(ran.steps, ['a one ok', 'b one changed', 'c one ok'])
  const { rebooted, changed, elapsed } = ran.result('b').values
  assert.equal([rebooted, changed], [true, true])
  assert.ok(Number(elapsed) >= 1)
  assert.is(ran.result('c').values.stdout, 'second')
  assert.is(told, 'now\n')
})

test('under check nothing is restarted', async () => {
  const { ran, told } = await played((folder) => `- {name: a, reboot: {${arguments_(folder)}}}`, {
    args: ['--check'],
  })
  assert.equal(ran.steps, ['a one changed'])
  assert.equal([ran.result('a').values.rebooted, ran.result('a').values.elapsed], [true, 0])
  assert.is(told, '')
})

test('a command that fails, a host that does not restart and one that cannot be used are told apart', async () => {
  const { ran } = await played((folder) => `- {name: a, reboot: {${arguments_(folder)}}}`, {
    restart: '#!/bin/sh\necho no; echo never >&2; exit 3\n',
  })
  assert.is(ran.result('a').message, "Reboot command failed. Error was: 'no, never'")
  assert.is(ran.result('a').values.rebooted, false)
  const still = await played(
    (folder) => `- {name: a, reboot: {${arguments_(folder, ', reboot_timeout: 1')}}}`,
    {
      restart: '#!/bin/sh\n',
    },
  )
  assert.is(still.ran.result('a').message, 'Timed out waiting for last boot time check (timeout=1)')
  assert.is(still.ran.result('a').values.rebooted, true)
  const unusable = await played(
    (folder) => `- {name: a, reboot: {${arguments_(folder, ', reboot_timeout: 4, test_command: exit 1')}}}`,
  )
  assert.is(unusable.ran.result('a').message, 'Timed out waiting for post-reboot test command (timeout=4)')
  const unknown = await played(() => '- {name: a, reboot: {boot_time_command: exit 7}}')
  assert.match(unknown.ran.result('a').message ?? '', /^reboot: failed to get host boot time info, rc: 7/)
})

test('this machine is not restarted', async () => {
  const { ran, told } = await played((folder) => `- {name: a, reboot: {${arguments_(folder)}}}`, {
    connection: 'local',
  })
  assert.is(ran.result('a').message, 'Running reboot with local connection would reboot the control node.')
  assert.is(told, '')
})

test.run()
