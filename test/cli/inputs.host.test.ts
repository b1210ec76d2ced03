import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const launcher = fileURLToPath(new URL('../../run', import.meta.url))
const PING = '- {hosts: all, gather_facts: false, tasks: [{ping: }]}\n'

const test = suite<{ folder: string; sh: (script: string) => string }>('what a run is given to read')

test.before.each((context) => {
  const folder = mkdtempSync(join(tmpdir(), 'inputs-'))
  context.folder = folder
  // A run that waits for ever is ended, and then says nothing that a test could expect.
  context.sh = (script) => {
    const words = ['-c', `run() { timeout 60 ${launcher} "$@"; }\n${script}`]
    const { stdout, stderr } = spawnSync('bash', words, { cwd: folder, encoding: 'utf8' })
    return stdout + stderr
  }
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

function write(folder: string, files: Record<string, string | Buffer>): void {
  for (const [path, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), bytes)
  }
}

test('a playbook and an inventory may come from pipes of the shell', ({ folder, sh }) => {
  write(folder, { 'play.yml': PING, hosts: '[web]\none ansible_connection=local\n' })
  assert.match(sh('cat play.yml | run -i hosts /dev/stdin'), 'one : ok=1')
  assert.match(sh('run -i hosts /dev/stdin <play.yml'), 'one : ok=1')
  assert.match(sh('run -i <(sleep 0.2; cat hosts) <(sleep 0.2; cat play.yml)'), 'one : ok=1')
})

test('every file of a run may begin with a byte order mark', ({ folder, sh }) => {
  const marked = (text: string) => `\ufeff${text}`
  write(folder, {
    'playssh.yml': marked('gathering: explicit\nroles_path: shared\n'),
    hosts: marked('[web]\none ansible_connection=local\n'),
    'hosts.yml': marked('web: {hosts: {two: {ansible_connection: local}}}\n'),
    limit: marked('one\ntwo\n'),
    'group_vars/web': marked('a: A\n'),
    'extra.json': marked('{"b": "B"}\n'),
    'more.yml': marked('c: C\n'),
    'shared/r/tasks/main.yml': marked('- debug: {msg: "{{a}}{{b}}{{c}}"}\n'),
    'text.hbs': marked('{{a}}\n'),
    'play.yml': marked(
      `- {hosts: web, vars_files: more.yml, roles: [r], tasks: [{template: {src: text.hbs, dest: "${folder}/text-{{inventory_hostname}}"}}]}\n`,
    ),
  })
  const said = sh('run -v -i hosts -i hosts.yml -l @limit -e @extra.json play.yml')
  for (const host of ['one', 'two']) assert.match(said, new RegExp(`${host} : ok=2 +changed=1 `))
  assert.match(said, 'ABC')
  // As Ansible does: some programs on Windows want it.
  assert.is(readFileSync(join(folder, 'text-one'), 'utf8'), marked('A\n'))
})

const LATIN1 = Buffer.from('# caf\xe9\n', 'latin1')
const READ: [what: string, files: Record<string, string>, bad: string, flags?: string][] = [
  ['playbook', {}, 'play.yml'],
  ['inventory', {}, 'hosts'],
  ['inventory in YAML', {}, 'hosts.yml', '-i hosts.yml'],
  ['variables of a group', {}, 'group_vars/all.yml'],
  ['extra variables', {}, 'extra.yml', '-e @extra.yml'],
  ['settings', {}, 'playssh.yml'],
  ['limit', {}, 'limit', '-l @limit'],
  ['role', { 'play.yml': '- {hosts: all, roles: [r]}\n' }, 'roles/r/tasks/main.yml'],
  ['defaults of a role', { 'play.yml': '- {hosts: all, roles: [r]}\n' }, 'roles/r/defaults/main.yml'],
  ['variables file', { 'play.yml': '- {hosts: all, vars_files: [v.yml]}\n' }, 'v.yml'],
  ['imported tasks', { 'play.yml': '- {hosts: all, tasks: [{import_tasks: t.yml}]}\n' }, 't.yml'],
  ['included tasks', { 'play.yml': '- {hosts: all, tasks: [{include_tasks: t.yml}]}\n' }, 't.yml'],
  ['template', { 'play.yml': '- {hosts: all, tasks: [{template: {src: t, dest: /nowhere/t}}]}\n' }, 't'],
]
for (const [what, files, bad, flags = ''] of READ) {
  test(`${what}: bytes that are not UTF-8 have their place`, ({ folder, sh }) => {
    write(folder, { 'play.yml': PING, hosts: 'one ansible_connection=local\n', ...files, [bad]: LATIN1 })
    const said = sh(`run -i hosts ${flags} play.yml`)
    assert.match(said, `${bad}:1:6`)
    assert.match(said, 'the byte 0xe9 is not UTF-8; the file looks like Latin-1')
  })
}

test('a FIFO is not a playbook, settings, inventory, variables file or template', ({ folder, sh }) => {
  const play = '- {hosts: all, vars_files: [v.yml], tasks: [{template: {src: t, dest: /nowhere/t}}]}\n'
  write(folder, { 'play.yml': play })
  sh('mkfifo hosts v.yml t playssh.yml; mkdir other; mkfifo other/play.yml')
  const fifo = (name: string) => `${name} is a FIFO, not a file`
  assert.match(sh('run -i one, play.yml'), fifo('playssh.yml'))
  sh('rm playssh.yml')
  assert.match(sh('run -i one, other/play.yml'), fifo('other/play.yml'))
  assert.match(sh('run -i hosts play.yml'), fifo('hosts'))
  assert.match(sh('run -i one, play.yml'), fifo('v.yml'))
  sh('rm v.yml; touch v.yml')
  assert.match(sh('run -i one, play.yml'), fifo('t'))
})

test('a file that is copied may hold any bytes', ({ folder, sh }) => {
  const play = `- {hosts: all, gather_facts: false, tasks: [{copy: {src: b, dest: ${folder}/copied}}]}\n`
  const bytes = Buffer.from([0xff, 0xfe, 0, 0xe9, 0x0a])
  write(folder, { 'play.yml': play, b: bytes })
  assert.match(sh('run -c local -i one, play.yml'), 'changed=1')
  assert.equal(readFileSync(join(folder, 'copied')), bytes)
})

test('what an inventory script prints is UTF-8 too', ({ folder, sh }) => {
  write(folder, { 'play.yml': PING, hosts: '#!/bin/sh\nprintf \'{"caf\\351": []}\'\n' })
  const said = sh('chmod +x hosts; run -i hosts play.yml')
  assert.match(said, 'hosts --list:1:6: the byte 0xe9 is not UTF-8')
})

test('a device is not a playbook', ({ sh }) => {
  assert.match(sh('run -i one, /dev/zero'), '/dev/zero is a device, not a file')
})

test.run()
