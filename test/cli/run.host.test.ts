import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const launcher = fileURLToPath(new URL('../../run', import.meta.url))

interface Ended {
  readonly status: number | null
  readonly stdout: string
  readonly stderr: string
}

const test = suite<{
  folder: string
  run: (...args: string[]) => Ended
  write: (path: string, text: string) => void
}>('run')

test.before.each((context) => {
  const folder = mkdtempSync(join(tmpdir(), 'cli-'))
  context.folder = folder
  context.write = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  context.run = (...args) => {
    const { status, stdout, stderr } = spawnSync(launcher, args, { cwd: folder, encoding: 'utf8' })
    return { status, stdout, stderr }
  }
  context.write('hosts.yml', 'all: {vars: {ansible_connection: local}, hosts: {one: , two: }}')
  context.write('playssh.yml', 'inventory: hosts.yml\ngathering: explicit\n')
  context.write('ping.yml', '- {hosts: all, tasks: [{ping: }]}')
})

test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

test('0: done; plain lines without control characters', ({ run }) => {
  const { status, stdout, stderr } = run('ping.yml')
  assert.is(status, 0)
  assert.is(stderr, '')
  assert.not.match(stdout, /[\x00-\x08\x0b-\x1f\x7f]/)
  assert.match(stdout, /one : ok=1 +changed=0 +unreachable=0 +failed=0/)
  assert.match(stdout, /in sync/)
})

test('where there is no inventory it is said how to give one, and a play without a task has hosts', ({
  run,
  write,
}) => {
  write('playssh.yml', '')
  const reason =
    'no hosts matched; there is no inventory: give one with -i, or as "inventory" in playssh.yml or ansible.cfg'
  assert.match(run('ping.yml').stdout, `skipping: ${reason}\n`)
  assert.is(run('all', '-m', 'ping').stderr, `${reason}\n`)
  write('none.yml', '- {hosts: all, gather_facts: false}')
  assert.match(run('-i', 'hosts.yml', 'none.yml').stdout, /nothing to do: no task for the hosts/)
})

test('1: usage, and everything found wrong before connecting', ({ run, write }) => {
  assert.is(run().status, 1)
  assert.is(run('--nothing', 'ping.yml').status, 1)
  assert.is(run('missing.yml').status, 1)
  write('wrong.yml', '- {hosts: alll, tasks: [{pong: }, {ping: {dta: x}}]}')
  const { status, stdout, stderr } = run('wrong.yml')
  assert.is(status, 1)
  assert.is(stdout, '')
  assert.is(
    stderr,
    `wrong.yml:1:11: no host or group is called "alll"
 1 | - {hosts: alll, tasks: [{pong: }, {ping: {dta: x}}]}
   |           ^^^^
  did you mean "all"?

wrong.yml:1:26: "pong" is neither a module nor a keyword of a task
 1 | - {hosts: alll, tasks: [{pong: }, {ping: {dta: x}}]}
   |                          ^^^^
  did you mean "ping"?

wrong.yml:1:43: ping has no argument "dta"
 1 | - {hosts: alll, tasks: [{pong: }, {ping: {dta: x}}]}
   |                                           ^^^
  did you mean "data"?

3 problems; nothing was run
`,
  )
})

test('2: a host failed', ({ run, write }) => {
  write('fail.yml', '- {hosts: all, tasks: [{fail: {msg: because}, when: eq inventory_hostname "one"}]}')
  const { status, stdout } = run('fail.yml')
  assert.is(status, 2)
  assert.match(stdout, /fatal: \[one\]: FAILED! => because/)
  assert.match(stdout, /fail\.yml:1:24/)
})

test('3: drift under check, and 0 when there is none', ({ run, write, folder }) => {
  write('file.yml', `- {hosts: one, tasks: [{copy: {content: new, dest: ${folder}/file}}]}`)
  assert.is(run('-C', 'file.yml').status, 3)
  assert.is(run('file.yml').status, 0)
  assert.is(run('-C', 'file.yml').status, 0)
  write('file', 'changed by hand')
  const { status, stdout } = run('-C', '-D', 'file.yml')
  assert.is(status, 3)
  assert.match(stdout, /-changed by hand/)
  assert.match(stdout, /\+new/)
})

test('4: a host cannot be reached, which wins over 2', ({ run, write }) => {
  write(
    'hosts.yml',
    'all: {hosts: {one: {ansible_connection: local}, two: {ansible_host: 127.0.0.1, ansible_port: 9}}}',
  )
  write('both.yml', '- {hosts: all, tasks: [{command: "true"}, {fail: }]}')
  const { status, stdout } = run('both.yml')
  assert.is(status, 4)
  assert.match(stdout, /two.*UNREACHABLE/)
  assert.match(stdout, /refused/)
})

test('--format json prints one document and nothing else', ({ run }) => {
  const { status, stdout } = run('--format', 'json', 'ping.yml')
  assert.is(status, 0)
  const document = JSON.parse(stdout)
  assert.is(document.plays[0].play.name, 'all')
  assert.is(document.plays[0].tasks[0].task.name, 'ping')
  assert.is(document.plays[0].tasks[0].hosts.two.changed, false)
  const expected = { ok: 1, changed: 0, failures: 0, unreachable: 0, skipped: 0, rescued: 0, ignored: 0 }
  assert.equal(document.stats.one, expected)
})

test('a flag beats a setting', ({ run, write }) => {
  write('other.yml', 'all: {hosts: {three: }}')
  assert.match(run('--list-hosts', 'ping.yml').stdout, /one\n +two/)
  assert.match(run('--list-hosts', '-i', 'other.yml', 'ping.yml').stdout, /three/)
})

test('settings are checked like everything else', ({ run, write }) => {
  write('playssh.yml', 'inventori: hosts.yml\nforks: none\n')
  const { status, stderr } = run('ping.yml')
  assert.is(status, 1)
  assert.match(stderr, /playssh\.yml:1:1: "inventori" is not a keyword of a settings file/)
  assert.match(stderr, /did you mean "inventory"\?/)
  assert.match(stderr, /playssh\.yml:2:8: a number above 0 is expected/)
})

test('settings where everybody may write are not read, and that is told', ({ run, folder, write }) => {
  write('playssh.yml', 'inventory: hosts.yml\nssh_common_args: -o ProxyCommand=false\n')
  for (const [path, open, closed] of [
    [folder, 0o1777, 0o700],
    [join(folder, 'playssh.yml'), 0o666, 0o644],
  ] as const) {
    chmodSync(path, open)
    const { stdout, status } = run('-i', 'hosts.yml', 'ping.yml')
    assert.is(status, 0)
    assert.match(stdout, /\[WARNING\]: \S*playssh\.yml is not read: everybody may write .* \(chmod o-w\)/)
    chmodSync(path, closed)
    assert.not.match(run('ping.yml').stdout, /WARNING/)
  }
})

test('an inventory script that does not end is given up', ({ folder, write }) => {
  write('script', '#!/bin/sh\nexec sleep 600\n')
  chmodSync(join(folder, 'script'), 0o755)
  const env = { ...process.env, PLAYSSH_INVENTORY_TIMEOUT: '1' }
  const { status, stderr } = spawnSync(launcher, ['-i', 'script', 'ping.yml'], {
    cwd: folder,
    encoding: 'utf8',
    env,
  })
  assert.is(status, 1)
  assert.match(stderr, /the inventory script did not end within 1 s: script --list/)
})

test('a process that may open few files says so, and not that hosts are silent', ({ folder, write }) => {
  const hosts = Array.from({ length: 50 }, (_, index) => `h${index}: `).join(', ')
  write('many.yml', `all: {vars: {ansible_connection: local}, hosts: {${hosts}}}`)
  write('true.yml', '- {hosts: all, tasks: [{command: "true"}]}')
  const shell = `ulimit -n 64; exec ${launcher} -i many.yml true.yml`
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', shell], { cwd: folder, encoding: 'utf8' })
  assert.is(status, 4, stdout + stderr)
  const reasons = [...stdout.matchAll(/UNREACHABLE! => (.*)/g)].map(([, reason]) => reason)
  assert.ok(reasons.length > 0)
  for (const reason of reasons) assert.match(reason!, /\(EMFILE\).*/)
  assert.match(stdout, /ulimit -n/)
})

test('-e takes pairs, JSON and files, later ones over earlier', ({ run, write }) => {
  write('vars.yml', 'c: from file\n')
  write('say.yml', '- {hosts: one, tasks: [{debug: {msg: "{{a}} {{b}} {{c}}"}}]}')
  const { stdout } = run('-e', 'a=1 b="two words"', '-e', '{"c": 3}', '-e', '@vars.yml', 'say.yml')
  assert.match(stdout, /1 two words from file/)
})

test('what -e says is in the list of processes, what a file of -e says is not', ({ run, write }) => {
  const look = "ps -ww -eo args | grep 'to-be-see[n]' || echo none"
  write('look.yml', JSON.stringify([{ hosts: 'one', tasks: [{ shell: look }] }]))
  write('values.yml', 'word: to-be-seen')
  assert.match(run('-v', 'look.yml', '-e', 'word=to-be-seen').stdout, /-e word=to-be-seen/)
  assert.match(run('-v', 'look.yml', '-e', '@values.yml').stdout, /none/)
})

test("the lab's keys are for nobody else, whatever the umask", ({ folder, write }) => {
  const machine = { ansible_connection: 'local', ansible_host: '192.0.2.1', ansible_user: 'root' }
  const machines = { hosts: { one: { ...machine, xen_host: 'one' } } }
  const vars = { lab_dir: join(folder, 'lab') }
  write('lab.yml', JSON.stringify({ all: { vars, children: { machines, xen_hosts: machines } } }))
  write('keys.yml', '- {hosts: one, roles: [keys]}')
  write('playssh.yml', `roles_path: ${join(dirname(launcher), 'roles')}\ngathering: explicit\n`)
  const shell = `umask 000; exec ${launcher} -i lab.yml keys.yml`
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', shell], { cwd: folder, encoding: 'utf8' })
  assert.is(status, 0, stdout + stderr)
  for (const path of ['lab', 'lab/host_keys']) assert.is(statSync(join(folder, path)).mode & 0o777, 0o700)
  for (const path of ['lab/id_ed25519', 'lab/host_keys/one', 'lab/known_hosts', 'lab/ssh_config'])
    assert.is(statSync(join(folder, path)).mode & 0o777, 0o600, path)
})

test('lists tasks and tags, and checks without running', ({ run, write }) => {
  write('tags.yml', '- {hosts: all, tasks: [{name: a task, command: exit 9, tags: [x, y]}]}')
  assert.match(run('--list-tasks', 'tags.yml').stdout, /a task\tTAGS: \[x, y\]/)
  assert.match(run('--list-tags', 'tags.yml').stdout, /TASK TAGS: \[x, y\]/)
  assert.equal(run('--syntax-check', 'tags.yml').status, 0)
})

interface TraceEvent {
  readonly name: string
  readonly ph: string
  readonly tid: number
  readonly ts: number
  readonly dur: number
}

const changing = `
- hosts: all
  tasks:
    - {name: a file, copy: {content: "{{inventory_hostname}}", dest: "{{playbook_dir}}/{{inventory_hostname}}"}}
    - {name: its text, command: "cat {{playbook_dir}}/{{inventory_hostname}}", register: text}
    - {name: a copy, copy: {content: "{{text.stdout}}", dest: "{{playbook_dir}}/{{inventory_hostname}}.2"}}
`

test('--profile shows where the time went, and it adds up', ({ run, write }) => {
  write('changing.yml', changing)
  const { status, stdout } = run('--profile', 'changing.yml')
  assert.is(status, 0)
  assert.match(stdout, /\nchanged: .*\n\n\d+\.\d{3} s since node was started/)
  const lines = stdout.split('\n')
  const at = (start: string) => lines.findIndex((line) => line.startsWith(start))
  const sum = (from: string, to: string, time: RegExp) =>
    lines
      .slice(at(from), at(to))
      .reduce((total, line) => total + Math.round(Number(time.exec(line)?.[1] ?? 0) * 1000), 0)
  const whole = Math.round(Number(/([\d.]+) s/.exec(lines[at('  the whole')]!)![1]) * 1000)
  // Every line is rounded to the millisecond.
  const path = sum('where the time went', '  the whole', /^ .{29} +([\d.]+) s +\d+ %/)
  assert.ok(Math.abs(path - whole) < 10, stdout)
  const parts = sum('what stands between', '=', /^[ +] +([\d.]+) s/)
  assert.ok(Math.abs(parts - whole) < 10, stdout)
  assert.match(stdout, / 6 of the results used; 0 more one at a time\n/)
  assert.match(stdout, /\napplied {2}4 times, /)
})

test('--trace writes complete events that lie within each other or apart', ({ run, write, folder }) => {
  write('changing.yml', changing)
  const { status, stdout } = run('--trace', 'trace.json', 'changing.yml')
  assert.is(status, 0)
  assert.not.match(stdout, 'since node was started')
  const trace = JSON.parse(readFileSync(join(folder, 'trace.json'), 'utf8'))
  const events: TraceEvent[] = trace.traceEvents
  const slices = events.filter(({ ph }) => ph === 'X')
  assert.ok(events.every(({ ph }) => ph === 'X' || ph === 'M'))
  assert.is(slices.filter(({ name }) => name === 'a copy').length, 2)
  // In whole nanoseconds, for fractions of a microsecond do not add up exactly.
  const ends = ({ ts, dur }: TraceEvent) => [Math.round(ts * 1000), Math.round((ts + dur) * 1000)] as const
  for (const [index, a] of slices.entries()) {
    const [began, ended] = ends(a)
    assert.ok(began <= ended)
    for (const b of slices.slice(index + 1)) {
      if (a.tid !== b.tid) continue
      const [from, to] = ends(b)
      const isApart = ended <= from || to <= began
      const isWithin = (from <= began && ended <= to) || (began <= from && to <= ended)
      assert.ok(isApart || isWithin, JSON.stringify([a, b]))
    }
  }
})

test('--profile leaves the json document alone', ({ run }) => {
  const { stdout, stderr } = run('--format', 'json', '--profile', 'ping.yml')
  assert.is(JSON.parse(stdout).plays.length, 1)
  assert.match(stderr, /\nwhere the time went/)
})

test('a trace that cannot be written is told of when the run is done', ({ run }) => {
  const { status, stdout, stderr } = run('--trace', 'missing/trace.json', 'ping.yml')
  assert.is(status, 1)
  assert.match(stdout, 'in sync')
  assert.match(stderr, 'cannot write the report missing/trace.json')
})

test('says its version and its flags', ({ run }) => {
  assert.match(run('--version').stdout, /^\d+\.\d+\.\d+\n$/)
  const { status, stdout } = run('--help')
  assert.is(status, 0)
  assert.match(stdout, /--start-at-task/)
})

test.run()
