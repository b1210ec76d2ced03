import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { startServer } from '../support/server.ts'
import { typed } from '../support/terminal.ts'

const run = fileURLToPath(new URL('../../run', import.meta.url))

const test = suite<{ folder: string }>('run console')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'console-'))
  writeFileSync(
    join(context.folder, 'hosts'),
    '[web]\nweb1 port=80\nweb2 port=81\n[db]\ndb1\n[all:vars]\nansible_connection=local\n',
  )
})

test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

function environment(folder: string) {
  return { PATH: process.env.PATH, HOME: folder, TERM: 'xterm', LC_ALL: 'C.UTF-8' }
}

/** What it prints and ends with for lines out of a pipe. */
function piped(folder: string, lines: readonly string[], ...words: string[]) {
  return spawnSync(run, ['console', '-i', 'hosts', ...words], {
    cwd: folder,
    env: environment(folder),
    input: lines.join('\n'),
    encoding: 'utf8',
  })
}

test('modules, lines for the shell, and hosts as a pattern', ({ folder }) => {
  const { status, stdout, stderr } = piped(
    folder,
    [
      '# a comment',
      '',
      'list',
      'cd web:!web2',
      'list',
      'debug msg={{port}}',
      'echo a | tr a b',
      '!hostname -s >/dev/null',
    ],
    'all',
  )
  assert.is(stderr, '')
  assert.match(
    stdout,
    /^web1\nweb2\ndb1\nweb1\nweb1 \| SUCCESS =>\n\{\n {4}"changed": false,\n {4}"msg": 80\n\}\n/,
  )
  assert.match(stdout, /web1 \| CHANGED \| rc=0 >>\nb\nweb1 \| CHANGED \| rc=0 >>\n/)
  assert.is(status, 0)
})

test('a mistake is told and the next line done; the status is that of the last task', ({ folder }) => {
  const { status, stdout, stderr } = piped(folder, [
    'cd wbe',
    'file pth=/x',
    'forks none',
    'list x',
    'echo on',
    'false',
  ])
  assert.match(stderr, /no host or group is called "wbe"/)
  assert.match(stderr, /file has no argument "pth"/)
  assert.match(stderr, /forks: it takes a whole number from 1 on/)
  assert.match(stderr, /list x: it is list, or list groups/)
  assert.match(stdout, /3 hosts: web1, web2, db1 \| CHANGED \| rc=0 >>\non/)
  assert.is(status, 2)
})

test('settings hold from then on, and say what they are', ({ folder }) => {
  const made = join(folder, 'made')
  const { status, stdout } = piped(
    folder,
    ['check yes', `copy dest=${made} content=a`, 'check', 'check no', 'check', `copy dest=${made} content=a`],
    'web1',
  )
  assert.match(stdout, /^web1 \| CHANGED[\s\S]*\ncheck yes\ncheck no\nweb1 \| CHANGED/)
  assert.is(readFileSync(made, 'utf8'), 'a')
  assert.is(status, 0)
})

test('the limit holds, and a pattern that means no host is told before anything is typed', ({ folder }) => {
  assert.is(piped(folder, ['list'], '-l', 'web').stdout, 'web1\nweb2\n')
  const { status, stderr } = piped(folder, ['list'], 'db', '-l', 'web')
  assert.is(status, 1)
  assert.match(stderr, /^"db" means no host\n/)
})

test('the arguments of a module are told', ({ folder }) => {
  assert.match(piped(folder, ['help ping']).stdout, /> PING/)
  assert.match(piped(folder, ['help']).stdout, /become_user +the user to become/)
  assert.match(piped(folder, ['help pingg']).stderr, /did you mean the module "ping"/)
})

test('lines for the same host share a login', async ({ folder }) => {
  const server = await startServer()
  try {
    const { port, keyFile, knownHostsFile } = server
    const variables = `ansible_host=127.0.0.1 ansible_port=${port} ansible_ssh_private_key_file=${keyFile}`
    writeFileSync(
      join(folder, 'hosts'),
      `there ${variables} ansible_ssh_common_args="-o UserKnownHostsFile=${knownHostsFile}"\n`,
    )
    const child = spawn(run, ['console', '-i', 'hosts'], { cwd: folder, env: environment(folder) })
    child.stdin.end('echo a\nping\necho b\n')
    const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
    assert.match(output, /rc=0 >>\na\n[\s\S]*pong[\s\S]*rc=0 >>\nb\n/)
    assert.is(server.log().match(/Accepted publickey/g)?.length, 1)
  } finally {
    await server.stop()
  }
})

test('at a terminal: completion, Ctrl-C at the prompt and while something runs, lines that are kept', ({
  folder,
}) => {
  const options = { cwd: folder, env: { ...environment(folder), ANSIBLE_COLOR_CONSOLE_PROMPT: 'rgb510' } }
  // What runs says so on the terminal itself, whose name it is told.
  const command = ['sh', '-c', 'trap : INT; TTY=$(tty) "$0" console -i hosts web1; echo it has ended', run]
  const wrong = typed(
    command,
    [
      ['', '\\x1b\\[38;5;202m\\w+@web1 \\(1\\)\\[f:\\d+\\]'],
      ['debu\t', 'debug '],
      ['ms\t', 'msg='],
      ['\x03', '\\^C.*\\(1\\)'],
      [' echo kept_not\r', 'rc=0 >>.*kept_not.*\\(1\\)'],
      ['echo {{po\t', 'port'],
      ['}}\r', 'rc=0 >>.*80.*\\(1\\)'],
      ['echo it begins >$TTY; sleep 60', 'sleep 60'],
      ['\r', 'it begins'],
      ['\x03', 'nterrupt'],
      ['\x03', '\\(1\\)'],
      ['cd d\t', 'db'],
      ['\r', '@db .*\\(1\\)'],
      ['\x1b[A\x1b[A\x1b[A', 'echo {{port}}'],
      ['\x03', '\\^C.*\\(1\\)'],
      ['exit\r', 'it has ended'],
    ],
    options,
  )
  assert.is(wrong, '')
  const file = join(folder, '.local/state/playssh/console_history')
  assert.is(statSync(file).mode & 0o777, 0o600)
  assert.equal(readFileSync(file, 'utf8').split('\n').slice(0, 4), [
    'exit',
    'cd db',
    'echo it begins >$TTY; sleep 60',
    'echo {{port}}',
  ])
})

test.run()
