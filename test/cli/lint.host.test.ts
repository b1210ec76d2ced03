import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const run = fileURLToPath(new URL('../../run', import.meta.url))

const test = suite<{ folder: string }>('run lint')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'lint-'))
})

test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

function lint(folder: string, ...words: string[]) {
  const { PATH } = process.env
  return spawnSync(run, ['lint', ...words], { cwd: folder, env: { PATH, HOME: folder }, encoding: 'utf8' })
}

function write(folder: string, texts: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(texts)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
}

const GOOD = '- name: All\n  hosts: all\n  tasks:\n    - name: Ping\n      ansible.builtin.ping:\n'
const BAD = GOOD.replace('ansible.builtin.ping', 'ping')

test('nothing found is 0, a failure 2, a warning 0, and with -s 2', ({ folder }) => {
  write(folder, { 'site.yml': GOOD })
  const good = lint(folder)
  assert.equal([good.status, good.stdout, good.stderr], [0, '', 'Passed: 0 failures, 0 warnings in 1 file\n'])
  write(folder, { 'site.yml': BAD })
  assert.is(lint(folder).status, 2)
  assert.is(lint(folder, '-w', 'fqcn').status, 0)
  assert.is(lint(folder, '-s', '-w', 'fqcn').status, 2)
  assert.is(lint(folder, '-x', 'fqcn').status, 0)
  assert.is(lint(folder, '-t', 'name').status, 0)
  assert.is(lint(folder, '--profile', 'basic').status, 0)
  assert.is(lint(folder, '-R', '--offline', '-x', 'formatting', '-q').stderr, '')
})

test('the formats go to stdout, and SARIF into a file too', ({ folder }) => {
  write(folder, { 'site.yml': BAD })
  assert.is(
    lint(folder, '-p').stdout,
    'site.yml:5:7: fqcn[action-core]: "ping" stands without its collection\n',
  )
  assert.is(lint(folder, '-f', 'quiet').stdout, 'fqcn[action-core] site.yml:5:7\n')
  assert.is(lint(folder, '-qq').stdout, 'fqcn[action-core] site.yml:5:7\n')
  for (const format of ['json', 'codeclimate'])
    assert.is(JSON.parse(lint(folder, '-f', format).stdout).length, 1)
  assert.match(lint(folder, '-f', 'github').stdout, /^::error file=site\.yml,line=5,col=7,/)
  const { stdout } = lint(folder, '-f', 'sarif', '--report', 'out.sarif')
  assert.is(readFileSync(join(folder, 'out.sarif'), 'utf8'), stdout)
  assert.match(lint(folder, '--report', 'out.txt').stderr, /ends in \.sarif or \.json/)
  assert.match(lint(folder, '--report', 'no/out.sarif').stderr, /^no\/out\.sarif cannot be written/)
})

test('what is named is looked at with what it includes, and nothing else', ({ folder }) => {
  write(folder, {
    'site.yml': `${GOOD}    - name: More\n      ansible.builtin.import_tasks: more.yml\n  roles:\n    - web\n`,
    'more.yml': '- ping:\n',
    'roles/web/tasks/main.yml': '- name: a\n  ansible.builtin.ping:\n',
    'roles/other/tasks/main.yml': '- ping:\n',
  })
  assert.equal(
    lint(folder, '-qq', 'site.yml').stdout.trim().split('\n'),
    [
      'name[missing] more.yml:1:3',
      'fqcn[action-core] more.yml:1:3',
      'name[casing] roles/web/tasks/main.yml:1:9',
    ].sort((a, b) => (a.split(' ')[1]! + a < b.split(' ')[1]! + b ? -1 : 1)),
  )
  assert.match(lint(folder, '-qq', 'roles/other').stdout, /roles\/other/)
  const missing = lint(folder, 'nothing.yml')
  assert.equal([missing.status, missing.stderr], [1, 'nothing.yml is neither a file nor a folder\n'])
})

test('files that are excluded are not looked at', ({ folder }) => {
  write(folder, {
    'site.yml': GOOD,
    'old/a.yml': BAD,
    'new/b.yml': BAD,
    '.ansible-lint': 'exclude_paths: [old/, "n*.yml"]\n',
  })
  assert.is(lint(folder).status, 0)
  assert.is(lint(folder, '-c', '/dev/null', '--exclude', 'old', '--exclude', 'new').status, 0)
  assert.is(lint(folder, '-c', '/dev/null', '--exclude', 'old').status, 2)
})

test('what cannot be read is told with its place, and the rest is looked at', ({ folder }) => {
  write(folder, { 'site.yml': BAD, 'broken.yml': 'a: [1\n', 'latin.yml': 'a' })
  writeFileSync(join(folder, 'latin.yml'), Buffer.from([0x61, 0x3a, 0x20, 0xe9]))
  const { stdout, status } = lint(folder, '-qq')
  assert.is(status, 2)
  assert.equal(stdout.trim().split('\n'), [
    'load-failure broken.yml:1:4',
    'load-failure latin.yml:1:4',
    'fqcn[action-core] site.yml:5:7',
  ])
  assert.is(lint(folder, '-qq', '-x', 'load-failure').stdout, stdout)
})

test('a playbook that cannot be run is told as the runner tells it', ({ folder }) => {
  write(folder, {
    'site.yml': GOOD.replace('hosts: all', 'host: all'),
    'meta/main.yml': 'galaxy_info: {role_name: me}\n',
  })
  assert.match(
    lint(folder, '-p', 'site.yml').stdout,
    /^site\.yml:1:3: syntax-check: this play says no hosts$/m,
  )
  write(folder, {
    'site.yml': '- name: A\n  hosts: all\n  roles: [me, stranger, known]\n',
    'requirements.yml': '- name: known\n',
  })
  const { stdout } = lint(folder, '-p', '-t', 'syntax-check')
  assert.equal(stdout.match(/unknown role "\w+"/g), ['unknown role "stranger"'])
  write(folder, { '.ansible-lint': 'mock_roles: [stranger]\n' })
  assert.is(lint(folder, '-p', '-t', 'syntax-check').stdout, '')
})

test('nobody is asked for the password of what is encrypted', ({ folder }) => {
  const vault = '$ANSIBLE_VAULT;1.1;AES256\n3132\n'
  const secret = `!vault |\n          ${vault.trimEnd().replaceAll('\n', '\n          ')}`
  write(folder, {
    'site.yml': `${GOOD}    - name: User\n      ansible.builtin.user:\n        name: a\n        password: ${secret}\n`,
    'vars.yml': vault,
  })
  const { status, stdout } = lint(folder, '-p')
  assert.equal([status, stdout], [0, ''])
})

test('--fix writes what it can, keeps modes and links, and changes nothing the second time', ({ folder }) => {
  write(folder, { 'real.yml': BAD })
  chmodSync(join(folder, 'real.yml'), 0o775)
  symlinkSync('real.yml', join(folder, 'site.yml'))
  const first = lint(folder, '--fix')
  assert.is(first.status, 0, first.stdout)
  assert.is(readFileSync(join(folder, 'real.yml'), 'utf8'), GOOD)
  assert.is(statSync(join(folder, 'real.yml')).mode & 0o777, 0o775)
  assert.is(readFileSync(join(folder, 'site.yml'), 'utf8'), GOOD)
  assert.not.match(lint(folder, '--fix').stderr, /put right/)
})

test('the lists need no project', ({ folder }) => {
  assert.match(lint(folder, '-L').stdout, /^fqcn: .*\n {2}fqcn\[action-core\]: /m)
  assert.match(lint(folder, '-T').stdout, /^opt-in:\n(?: {2}- .*\n)* {2}- no-same-owner\n/m)
  assert.match(lint(folder, '-P').stdout, /^moderate: .*name\[casing\]/m)
})

test.run()
