// Modules that work between two machines: which ones, as whom, and what becomes of them when one of both fails.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Ran, runText } from '../support/playbook.ts'
import { type Server, startServer } from '../support/server.ts'

const test = suite('between machines')

let server: Server
let another: Server
let top = ''
test.before(async () => {
  server = await startServer()
  another = await startServer()
})
test.after(async () => {
  await server.stop()
  await another.stop()
})
test.before.each(() => {
  top = mkdtempSync(join(tmpdir(), 'between '))
  chmodSync(top, 0o777)
})
test.after.each(() => {
  rmSync(top, { recursive: true })
})

/** Runs a task on a host that is reached by SSH, beside one that is here and another that is reached by SSH. */
async function run(task: string, args: readonly string[] = []): Promise<Ran> {
  const reached = ({ port, keyFile, knownHostsFile }: Server) =>
    `ansible_connection=ssh ansible_host=127.0.0.1 ansible_port=${port} ansible_user=root ansible_ssh_private_key_file=${keyFile} ansible_ssh_common_args='-F none -o UserKnownHostsFile=${knownHostsFile}'`
  const inventory = `far ${reached(server)}\nother ${reached(another)}\nhere ansible_connection=local\n`
  const files = { inventory, 'files/src/f': 'text\n' }
  const playbook = `- hosts: far\n  tasks:\n    - name: it\n${task.replace(/^/gm, '      ')}\n`
  return runText(playbook, { files, hosts: ['far'], args: ['-i', 'HERE/inventory', ...args] })
}

const sync = (more: string) =>
  `synchronize: {src: src/, dest: "${top}/dest", checksum: true, times: false, ${more}}`
const file = () => join(top, 'dest', 'f')

test('from here, as who is become there, and what is planned is what is done', async () => {
  const task = `${sync('owner: false, group: false')}\nbecome: true\nbecome_user: nobody\nbecome_method: su\nbecome_flags: ''`
  const planned = (await run(task, ['--check'])).result('it')
  assert.not(existsSync(file()))
  const done = (await run(task)).result('it')
  assert.is(done.status, 'changed', JSON.stringify(done))
  assert.equal(done.changes, planned.changes)
  assert.is(readFileSync(file(), 'utf8'), 'text\n')
  assert.is(statSync(file()).uid, 65534)
  assert.is((await run(task)).result('it').status, 'ok')
})

test('a task that is delegated to this machine begins here too, and one login is enough', async () => {
  const before = server.log().match(/Accepted publickey/g)?.length ?? 0
  const ran = await run(`${sync('owner: true')}\ndelegate_to: localhost`)
  assert.is(ran.result('it').status, 'changed', JSON.stringify(ran.result('it')))
  assert.ok(existsSync(file()))
  assert.is(server.log().match(/Accepted publickey/g)?.length, before + 1)
  const local = `local_action: {module: synchronize, src: src/, dest: "${top}/dest", checksum: true, times: false}`
  assert.is((await run(local)).result('it').status, 'ok')
})

test('a task that is delegated to its own host works there alone', async () => {
  mkdirSync(join(top, 'src'))
  writeFileSync(join(top, 'src', 'f'), 'there\n')
  const task = `synchronize: {src: "${top}/src/", dest: "${top}/dest"}\ndelegate_to: far`
  assert.is((await run(task)).result('it').status, 'changed')
  assert.is(readFileSync(file(), 'utf8'), 'there\n')
  assert.is((await run(task)).result('it').status, 'ok')
})

test('one that is delegated to another host goes from there to its own', async () => {
  mkdirSync(join(top, 'src'))
  writeFileSync(join(top, 'src', 'f'), 'beyond\n')
  const task = `synchronize: {src: "${top}/src/", dest: "${top}/dest"}\ndelegate_to: other`
  const planned = (await run(task, ['--check'])).result('it')
  const { status, changes, message } = (await run(task)).result('it')
  assert.is(status, 'changed', message)
  assert.equal(changes, planned.changes)
  assert.is(readFileSync(file(), 'utf8'), 'beyond\n')
  assert.is((await run(task)).result('it').status, 'ok')
})

/** A program that stands for rsync on the host. */
function program(script: string): string {
  const path = join(top, 'program')
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return `rsync_path: "'${path}'"`
}

test('what does not answer is ended when its time is over', async () => {
  const path = program(`echo $$ >'${top}/pid'; exec sleep 1000`)
  const { status, message } = (await run(`${sync(path)}\ntimeout: 3`)).result('it')
  assert.is(status, 'failed')
  assert.match(message ?? '', /timeout|3 s/i)
  const pid = readFileSync(join(top, 'pid'), 'utf8').trim()
  while (existsSync(`/proc/${pid}/exe`)) await new Promise((go) => setTimeout(go, 50))
})

test('what ends without a word, and a connection that is lost, are failures with a sentence', async () => {
  const silent = (await run(sync(program('echo "it is full" >&2; exit 1')))).result('it')
  assert.is(silent.status, 'failed')
  assert.match(silent.message ?? '', /it is full\n.*unexpectedly closed/s)
  const lost = (await run(sync(program('read -r _ _ _ up _ </proc/$PPID/stat; kill -9 $up')))).result('it')
  assert.is(lost.status, 'unreachable', lost.message)
  assert.match(lost.message ?? '', /was lost/)
  assert.not(existsSync(file()))
})

test.run()
