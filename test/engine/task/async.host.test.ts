import {
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Ran, type Running, runText } from '../../support/playbook.ts'

const test = suite('async tasks')

const folder = mkdtempSync(join(tmpdir(), 'jobs-'))
test.after(() => rmSync(folder, { recursive: true }))

/** Runs tasks whose jobs are kept in a folder of this test. */
async function run(tasks: string, kept = folder, running: Running = {}): Promise<Ran> {
  const ran = await runText(
    `- hosts: all\n  vars: {ansible_async_dir: "${kept}"}\n  tasks:\n${tasks}`,
    running,
  )
  assert.is(ran.problems, '')
  return ran
}

const values = (ran: Ran, task: string) => ran.result(task).values

test('with poll 0 the task goes on by itself, and async_status tells when it has finished', async () => {
  const ran = await run(`
  - {shell: "echo hi; echo no >&2", async: 10, poll: 0, register: j, name: start}
  - {async_status: {jid: "{{ j.ansible_job_id }}"}, register: s, until: s.finished, retries: 50, delay: 0.1, name: wait}
  - {command: "true", when: s.stdout == "hi", name: then}
  - {async_status: {jid: "{{ j.ansible_job_id }}", mode: cleanup}, name: forget}
  - {async_status: {jid: "{{ j.ansible_job_id }}"}, ignore_errors: true, name: gone}`)
  const { ansible_job_id: id, results_file: file, ...started } = values(ran, 'start')
  assert.match(id as string, /^j\d+\.\d+$/)
  assert.is(file, join(folder, id as string))
  assert.equal(started, { started: 1, finished: 0, changed: true })
  const { start, end, delta, attempts, diff, ...ended } = values(ran, 'wait')
  assert.equal(ended, {
    ...{ ansible_job_id: id, results_file: file, started: 1, finished: 1, changed: true },
    ...{ cmd: 'echo hi; echo no >&2', rc: 0, msg: '', stdout: 'hi', stdout_lines: ['hi'] },
    ...{ stderr: 'no', stderr_lines: ['no'] },
  })
  assert.is(ran.result('then').status, 'changed')
  assert.equal(values(ran, 'forget').erased, file)
  assert.is(existsSync(file as string), false)
  assert.is(values(ran, 'gone').msg, 'could not find job')
  assert.is(values(ran, 'gone').finished, 1)
})

test('with poll above 0 it is waited for, and nothing is left on the host', async () => {
  const kept = join(folder, 'polled')
  const ran = await run(
    `
  - {command: "echo hi", async: 10, poll: 5, name: fine}
  - {shell: "echo x; exit 3", async: 10, poll: 1, ignore_errors: true, name: failed}`,
    kept,
  )
  assert.is(values(ran, 'fine').stdout, 'hi')
  assert.is(values(ran, 'fine').finished, 1)
  assert.is(ran.result('failed').status, 'failed')
  assert.is(values(ran, 'failed').msg, 'non-zero return code')
  assert.is(values(ran, 'failed').rc, 3)
  assert.equal(readdirSync(kept), [])
})

test('a job whose time is over is ended with all that it has started', async () => {
  const sign = join(folder, 'sign')
  const ran = await run(`
  - {shell: "(sleep 4; touch ${sign}) & sleep 30", async: 1, poll: 1, ignore_errors: true, name: late}
  - {command: "sleep 4"}`)
  assert.is(values(ran, 'late').msg, 'Timeout exceeded')
  assert.is(ran.result('late').status, 'failed')
  assert.is(existsSync(sign), false)
})

test('items are jobs of their own, and a later loop waits for them', async () => {
  const ran = await run(`
  - {shell: "sleep 1; echo {{ item }}", loop: [a, b, c], async: 20, poll: 0, register: jobs, name: start}
  - {async_status: {jid: "{{ item.ansible_job_id }}"}, loop: "{{ jobs.results }}", register: r, until: r.finished, retries: 50, delay: 0.2, name: wait}
  - {debug: {msg: "{{ r.results | map(attribute='stdout') | join }}"}, name: said}`)
  assert.is(values(ran, 'said').msg, 'abc')
})

test('modules whose actions are scripts go on by themselves too', async () => {
  const ran = await run(
    `
  - {copy: {content: "text\\n", dest: "${folder}/made", mode: "0600"}, async: 10, poll: 1, name: copy}
  - {copy: {content: "text\\n", dest: "${folder}/made", mode: "0600"}, async: 10, poll: 1, name: again}
  - {file: {path: "${folder}/made", mode: "0640"}, async: 10, poll: 0, register: j, name: file}
  - {async_status: {jid: "{{ j.ansible_job_id }}"}, register: s, until: s.finished, retries: 50, delay: 0.1, name: wait}`,
    folder,
  )
  assert.is(ran.result('copy').status, 'changed')
  assert.is(ran.result('again').status, 'ok')
  assert.is(ran.result('wait').status, 'changed')
  assert.is(statSync(join(folder, 'made')).mode & 0o777, 0o640)
})

test('only its user can look into the folder of a job', async () => {
  const ran = await run('  - {command: "sleep 1", async: 10, poll: 0, name: start}')
  const { mode } = statSync(`${values(ran, 'start').results_file}.job`)
  assert.is(mode & 0o777, 0o700)
  assert.equal(JSON.parse(readFileSync(String(values(ran, 'start').results_file), 'utf8')), {
    ...{ started: 1, finished: 0, ansible_job_id: values(ran, 'start').ansible_job_id },
  })
})

test('ANSIBLE_ASYNC_DIR of its environment says where a job is kept', async () => {
  const kept = join(folder, 'own')
  const ran = await run(
    `  - {command: "true", async: 10, poll: 0, environment: {ANSIBLE_ASYNC_DIR: "${kept}"}, name: start}`,
  )
  assert.is(dirname(String(values(ran, 'start').results_file)), kept)
})

/** A task that cannot be a job, and why. */
const refused: [task: string, why: string][] = [
  ['debug: {msg: a}, async: 5', 'async is not supported for this task.'],
  ['set_fact: {a: 1}, async: 5, poll: 0', 'async is not supported for this task.'],
  ['command: "true", async: 5, check_mode: true', 'check mode and async cannot be used on same task.'],
]
for (const [task, why] of refused) {
  test(`{${task}} is refused in Ansible's words`, async () => {
    const ran = await run(`  - {${task}, name: it}`)
    assert.is(values(ran, 'it').msg, why)
  })
}

test('what somebody else has made of the folder of jobs is not followed', async () => {
  if (process.getuid?.() !== 0) return
  const trap = join(folder, 'trap')
  mkdirSync(join(folder, 'theirs'))
  symlinkSync(join(folder, 'theirs'), trap)
  lchownSync(trap, 65534, 65534)
  const ran = await run('  - {command: "true", async: 5, poll: 0, name: it}', trap)
  assert.is(ran.result('it').status, 'failed')
  assert.match(ran.result('it').message!, /another user's/)
})

test('what is no number is found before connecting', async () => {
  const ran = await runText('- {hosts: all, tasks: [{command: "true", async: soon}]}')
  assert.match(ran.problems, /"async" takes a number/)
})

test.run()
