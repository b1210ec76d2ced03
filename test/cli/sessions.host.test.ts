import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Server, startServer } from '../support/server.ts'

const start = fileURLToPath(new URL('../../run', import.meta.url))

const test = suite('runs that follow one another')
let server: Server
let folder: string

test.before.each(async () => {
  server = await startServer()
  folder = mkdtempSync(join(tmpdir(), 'playssh-sessions-'))
  mkdirSync(join(folder, 'run'), { mode: 0o700 })
  const host = { ansible_host: '127.0.0.1', ansible_port: server.port, ansible_user: 'root' }
  writeFileSync(join(folder, 'hosts.yml'), JSON.stringify({ all: { hosts: { one: host } } }))
  writeFileSync(join(folder, 'play.yml'), '- hosts: all\n  tasks: [{command: "true"}]\n')
  writeFileSync(join(folder, 'wrong.yml'), '- hosts: all\n  tasks: [{nope: {}}]\n')
})

test.after.each(async () => {
  run('sessions', 'close')
  await server.stop()
  rmSync(folder, { recursive: true })
})

/** As a user does it; what takes a minute has come to a stop. */
function run(...words: string[]) {
  const environment = { PLAYSSH_PERSIST: '60s', XDG_RUNTIME_DIR: join(folder, 'run') }
  return spawnSync(start, words, {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, ...environment },
    encoding: 'utf8',
    timeout: 60_000,
  })
}

function play(name: string, ...more: string[]) {
  const ssh = `-F none -o UserKnownHostsFile=${server.knownHostsFile}`
  return run('-i', 'hosts.yml', '--private-key', server.keyFile, '--ssh-common-args', ssh, name, ...more)
}

test('the second one takes the login up, and `sessions` shows and ends it', () => {
  assert.match(play('play.yml', '-vvv').stdout, /LOGGED IN BY key/)
  const second = play('play.yml', '-vvv').stdout
  assert.match(second, /TAKES UP THE LOGIN OF AN EARLIER RUN/)
  assert.not.match(second, /LOGGED IN/)
  assert.match(run('sessions').stdout, /^one +root@127\.0\.0\.1:\d+ +for .* +ends in .* +key /)
  assert.is(run('sessions', 'close').status, 0)
  assert.is(run('sessions').stdout, 'no logins are kept\n')
})

test('one that ends before it connects to anything does not wait for whoever keeps logins', () => {
  assert.is(play('play.yml').status, 0)
  const { status, signal, stderr } = play('wrong.yml')
  assert.is(signal, null)
  assert.is.not(status, 0)
  assert.match(stderr, /"nope" is neither a module nor a keyword/)
  assert.is(play('play.yml', '--list-hosts').status, 0)
})

test.run()
