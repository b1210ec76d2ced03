import { spawnSync } from 'node:child_process'
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { launcher } from '../support/queue.ts'

const test = suite<{ folder: string; cache: string }>('commands that keep what they have read')

const FILLING = '# filling\n'.repeat(200)

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'kept-'))
  context.cache = join(context.folder, 'cache')
  mkdirSync(join(context.folder, 'host_vars'))
  const write = (name: string, text: string) => writeFileSync(join(context.folder, name), text)
  write('hosts.yml', `all:\n  hosts:\n    a: {ansible_connection: local}\n    b:\n${FILLING}`)
  write('host_vars/a.yml', `word: "\\x68ello"\n${FILLING}`)
  write('site.yml', `- hosts: a\n  tasks:\n    - debug: {msg: "{{ word }} {{ secret }}"}\n${FILLING}`)
  write(
    'broken.yml',
    `- hosts: all\n  tasks:\n    - debug: {mesg: x}\n    - copy: {dest: "{{ nobody }}"}\n${FILLING}`,
  )
  write('wrong.yml', `- hosts: all\n  tasks: [\n${FILLING}`)
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

/** What a command in the folder says, with its exit status. */
function run(folder: string, words: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const { status, stdout, stderr } = spawnSync(launcher, ['-i', 'hosts.yml', ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      HOME: folder,
      XDG_CACHE_HOME: join(folder, 'cache'),
      PLAYSSH_YAML_CACHE: 'true',
      ...env,
    },
  })
  return `${stdout}${stderr}${status}`.replace(/\d+(\.\d+)? s\b/g, '')
}

const COMMANDS = [
  ['site.yml', '--list-tasks', '--list-hosts', '-e', 'secret=x'],
  ['site.yml', '-e', 'secret=x'],
  ['site.yml', '--syntax-check'],
  ['broken.yml'],
  ['wrong.yml'],
  ['broken.yml', '--syntax-check'],
  ['a', '-m', 'debug', '-a', 'var=word'],
]

test('say the same without a cache, with a cold one and with a warm one', ({ folder, cache }) => {
  const off = { PLAYSSH_YAML_CACHE: 'false' }
  const plain = COMMANDS.map((words) => run(folder, words, off))
  assert.throws(() => statSync(cache), /ENOENT/)
  assert.match(plain[1]!, /hello x/)
  assert.match(plain[3]!, /broken\.yml:3:15: debug has no argument "mesg"/)
  for (const how of ['cold', 'warm'])
    for (const [at, words] of COMMANDS.entries()) assert.is(run(folder, words), plain[at], `${how}: ${words}`)
  assert.is(readdirSync(join(cache, 'playssh/yaml')).length, 1)
})

test('see a change that has neither another size nor another time', ({ folder }) => {
  const path = join(folder, 'host_vars/a.yml')
  const debug = ['a', '-m', 'debug', '-a', 'var=word']
  const old = new Date(2020, 1, 1)
  utimesSync(path, old, old)
  assert.match(run(folder, debug), /hello/)
  writeFileSync(path, readFileSync(path, 'utf8').replace('x68', 'x6a'))
  utimesSync(path, old, old)
  assert.match(run(folder, debug), /jello/)
})

test('keep nothing of what is given with -e, nor of what was decrypted', ({ folder, cache }) => {
  const secret = `|\n  hunter2 of two\n  lines`
  writeFileSync(join(folder, 'password'), 'p')
  writeFileSync(join(folder, 'group.yml'), `secret: ${secret}\n${FILLING}`)
  writeFileSync(join(folder, 'host_vars/b.yml'), `other: ${secret}\n${FILLING}`)
  const encrypted = spawnSync(
    launcher,
    ['vault', 'encrypt', '--vault-password-file', 'password', 'host_vars/b.yml'],
    { cwd: folder, encoding: 'utf8' },
  )
  assert.is(encrypted.status, 0, encrypted.stderr)
  const vault = ['--vault-password-file', 'password']
  assert.match(run(folder, ['b', '-c', 'local', '-m', 'debug', '-a', 'var=other', ...vault]), /0$/)
  run(folder, ['site.yml', '-e', '@group.yml', ...vault])
  const [name] = readdirSync(join(cache, 'playssh/yaml'))
  const kept = readFileSync(join(cache, 'playssh/yaml', name!), 'latin1')
  assert.match(kept, /hello/)
  assert.not.match(kept, /hunter2/)
})

test('go on where there is no home, and none can be made', ({ folder }) => {
  const plain = run(folder, COMMANDS[0]!, { PLAYSSH_YAML_CACHE: 'false' })
  const homes: readonly Readonly<Record<string, string>>[] = [
    { HOME: '/nonexistent', XDG_CACHE_HOME: '' },
    { XDG_CACHE_HOME: '/proc/cache' },
    { XDG_CACHE_HOME: join(folder, 'site.yml') },
  ]
  for (const env of homes) assert.is(run(folder, COMMANDS[0]!, env), plain, JSON.stringify(env))
  assert.throws(() => statSync('/nonexistent'), /ENOENT/)
})

test.run()
