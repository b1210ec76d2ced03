import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const launcher = fileURLToPath(new URL('../../run', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'history-'))

const test = suite('reports and history of real runs')
test.after(() => rmSync(folder, { recursive: true }))

function run(...args: string[]) {
  const env = { ...process.env, XDG_STATE_HOME: join(folder, 'state') }
  return spawnSync(launcher, args, { cwd: folder, env, encoding: 'utf8' })
}

const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
const read = (name: string) => readFileSync(join(folder, name), 'utf8')

test.before(() => {
  write('hosts.yml', 'all: {vars: {ansible_connection: local}, hosts: {one: , two: }}')
  write('playssh.yml', 'inventory: hosts.yml\ngathering: explicit\n')
  write(
    'site.yml',
    `- hosts: all
  tasks:
    - {copy: {content: "secret-word\\n", dest: "${folder}/made"}, no_log: true, run_once: true}
    - command: test {{inventory_hostname}} = one
      changed_when: false
`,
  )
})

test('reports of every ending, nothing of no_log in them, and the run is kept', () => {
  const files = ['html', 'xml', 'json', 'jsonl', 'md'].map((ending) => `report.${ending}`)
  assert.is(run('site.yml', '--diff', ...files.flatMap((file) => ['--report', file])).status, 2)
  for (const file of files) {
    assert.match(read(file), 'site.yml')
    assert.not.match(read(file), 'secret-word')
  }
})

test('an ad-hoc command has reports too', () => {
  assert.is(run('all', '-m', 'ping', '--report', 'ping.md').status, 0)
  assert.match(read('ping.md'), '| one | 1 | 0 | 0 | 0 | 0 |')
})

test('a report of another ending, or in no folder, is a mistake before anything has run', () => {
  assert.match(
    run('site.yml', '--report', 'x.pdf').stderr,
    'Its name ends in .html, .xml, .json, .jsonl or .md.',
  )
  rmSync(join(folder, 'made'))
  const { status, stderr } = run('site.yml', '--report', 'missing/x.md')
  assert.is(status, 1)
  assert.match(stderr, 'cannot write the report missing/x.md: ENOENT')
  assert.not(existsSync(join(folder, 'made')))
})

test('the last run is listed, shown with its reports, and named by --limit @failed', () => {
  assert.match(run('history').stdout, /^1 {2}\d{4}-.* site\.yml +2 hosts: 1 failed, 1 changed\n$/)
  const { stdout } = run('history', 'show', '1', '--report', 'old.xml')
  assert.match(stdout, 'fatal: [two]: FAILED!')
  assert.match(read('old.xml'), 'failures="1"')
  assert.match(run('site.yml', '--limit', '@failed', '--list-hosts').stdout, /hosts \(1\):\n +two\n/)
  const runs = join(folder, 'state/playssh/runs')
  assert.equal(readdirSync(runs), ['history.db'])
  assert.not.match(readFileSync(join(runs, 'history.db'), 'latin1'), 'secret-word')
})

test('what is wrong with the database is said, for --limit @failed too', () => {
  const file = join(folder, 'state/playssh/runs/history.db')
  const whole = readFileSync(file)
  writeFileSync(file, 'damaged')
  const { stderr, status } = run('site.yml', '--limit', '@failed', '--list-hosts')
  assert.is(status, 1)
  assert.match(stderr, /--limit @failed: no run from this folder is kept\n.*history\.db is damaged \(/)
  writeFileSync(file, 'damaged')
  assert.match(run('history').stderr, /^\[WARNING\]: .*history\.db is damaged \(/)
  rmSync(`${file}.damaged`)
  writeFileSync(file, whole)
})

test('nothing is kept where a setting says so', () => {
  write('playssh.yml', 'inventory: hosts.yml\ngathering: explicit\nhistory: false\n')
  run('site.yml')
  assert.match(run('history').stderr, 'no runs are kept')
  write('playssh.yml', 'inventory: hosts.yml\ngathering: explicit\n')
  assert.is(run('history').stdout.split('\n').length, 2)
})

test('a mistake is said without a stack', () => {
  const { status, stderr } = run('history', 'show', '9')
  assert.is(status, 1)
  assert.is(stderr, 'no run 9 is kept\n  run history lists those that are\n')
  assert.match(run('history', 'diff', '1').stderr, "missing required argument 'other'")
})

test.run()
