import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { encrypt } from '../../src/vault/keyring.ts'
import { runText } from '../support/playbook.ts'

const test = suite('archives of this machine')

let folder = ''
test.before(() => {
  folder = mkdtempSync(join(tmpdir(), 'archive '))
  mkdirSync(join(folder, 'in'))
  for (const name of ['one', 'two']) writeFileSync(join(folder, 'in', name), name)
  execFileSync('tar', ['-czf', '../a.tgz', 'one', 'two'], { cwd: join(folder, 'in') })
})
test.after(() => rmSync(folder, { recursive: true }))

test('an archive is listed as the task means it, and found like any file of the playbook', async () => {
  const plain = readFileSync(join(folder, 'a.tgz'))
  const sealed = encrypt(plain, { id: 'default', password: Buffer.from('secret').toString('base64') })
  const ran = await runText(
    `- hosts: one
  gather_facts: false
  vars: {left: two}
  tasks:
    - file: {path: "{{ playbook_dir }}/{{ item }}", state: directory}
      loop: [all, some, sealed]
    - {name: all, unarchive: {src: "${folder}/a.tgz", dest: "{{ playbook_dir }}/all", list_files: true}}
    - name: some
      unarchive: {src: "${folder}/a.tgz", dest: "{{ playbook_dir }}/some", list_files: true, exclude: "{{ [left] }}"}
    - {name: sealed, unarchive: {src: sealed.tgz, dest: "{{ playbook_dir }}/sealed", list_files: true}}
    - {name: again, unarchive: {src: sealed.tgz, dest: "{{ playbook_dir }}/sealed"}}
    - {name: remote, unarchive: {src: "${folder}/a.tgz", dest: "{{ playbook_dir }}/all", copy: false}}
    - slurp: {src: "{{ playbook_dir }}/sealed/one"}
      register: one
    - {name: content, debug: {msg: "{{ one.content | b64decode }}"}}
`,
    {
      hosts: ['one'],
      args: ['--vault-password-file', 'HERE/pw'],
      files: { pw: 'secret\n', 'files/sealed.tgz': sealed },
    },
  )
  assert.is(ran.problems, '')
  const values = (task: string) => ran.result(task, 'one').values
  assert.equal(values('all').files, ['one', 'two'])
  assert.equal(values('some').files, ['one'])
  assert.equal(values('sealed').files, ['one', 'two'])
  assert.equal(
    ['sealed', 'again', 'remote'].map((task) => values(task).changed),
    [true, false, false],
  )
  assert.is(values('content').msg, 'one')
})

test('what is no archive, and one that is nowhere, is told with its place', async () => {
  const playbook = (src: string) => `- hosts: one
  gather_facts: false
  tasks:
    - unarchive: {src: ${src}, dest: /tmp}
`
  const broken = await runText(playbook('"{{ playbook_dir }}/text"'), {
    hosts: ['one'],
    files: { text: 'text\n' },
  })
  assert.match(JSON.stringify(broken.events), /Unable to list files in the archive: /)
  const none = await runText(playbook('nowhere.tgz'), { hosts: ['one'] })
  assert.match(none.problems, /there is no file "nowhere.tgz" on this machine/)
})

test.run()
