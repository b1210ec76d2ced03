import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { encrypt } from '../../src/vault/keyring.ts'
import { type Running, runText } from '../support/playbook.ts'
import { PASSWORDS, VALUES } from '../vault/recorded.ts'

const test = suite('runs with ansible-vault')

const sealed = (text: string, id = 'default', password = PASSWORDS.dev) =>
  encrypt(Buffer.from(text), { id, password: Buffer.from(password).toString('base64') })
const GIVEN = ['--vault-password-file', 'HERE/dev.pw']
const files = { 'dev.pw': `${PASSWORDS.dev}\n`, 'prod.pw': PASSWORDS.prod }

/** Everything that was told of a run. */
function told({ events, problems }: Awaited<ReturnType<typeof runText>>): string {
  return JSON.stringify(events) + problems
}

function run(playbook: string, { files: more, ...running }: Running) {
  return runText(playbook, { args: GIVEN, ...running, files: { ...files, ...more } })
}

test('vars files, group_vars, roles, tasks and whole playbooks may be encrypted', async () => {
  const ran = await run(
    sealed(`
- hosts: all
  vars_files: [vars.yml]
  roles: [r]
  tasks:
    - include_tasks: tasks.yml
    - copy:
        content: "{{a}} {{b}} {{c}} {{d}}"
        dest: "{{playbook_dir}}/out"
    - slurp: {src: "{{playbook_dir}}/out"}
      register: out
    - assert:
        that: eq out.content "b25lLXZhcnMgdHdvLWdyb3VwIHRocmVlLXJvbGUgZm91ci10YXNr"
`),
    {
      files: {
        'vars.yml': sealed('a: one-vars'),
        'group_vars/all/vault.yml': sealed('b: "{{inner}}"\ninner: two-group'),
        'roles/r/vars/main.yml': sealed('c: three-role'),
        'tasks.yml': sealed('- set_fact: {d: four-task}'),
      },
    },
  )
  assert.is(ran.problems, '')
  assert.is(ran.exitStatus, 0)
})

test('sources of copy, template and script are decrypted, in folders too; decrypt: false leaves them', async () => {
  const ran = await run(
    `
- hosts: all
  tasks:
    - copy: {src: secret.conf, dest: "{{playbook_dir}}/1", mode: preserve}
    - copy: {src: folder/, dest: "{{playbook_dir}}/2/"}
    - copy: {src: secret.conf, dest: "{{playbook_dir}}/3", decrypt: false}
    - template: {src: secret.hbs, dest: "{{playbook_dir}}/4"}
    - script: secret.sh
      register: said
    - command: head -c 14 1 2/deep/inside 3 4
      args: {chdir: "{{playbook_dir}}"}
      register: heads
    - assert:
        that:
          - eq said.stdout_lines.[0] "script-says"
          - and (eq heads.stdout_lines.[1] "plain-content") (eq heads.stdout_lines.[4] "inside-content")
          - eq heads.stdout_lines.[6] "$ANSIBLE_VAULT"
          - eq heads.stdout_lines.[8] "rendered-value"
`,
    {
      files: {
        'files/secret.conf': sealed('plain-content\n'),
        'files/folder/deep/inside': sealed('inside-content'),
        'files/folder/other': 'other',
        'templates/secret.hbs': sealed('rendered-{{"value"}}'),
        'files/secret.sh': sealed('#!/bin/sh\necho script-says\n'),
      },
    },
  )
  assert.equal([ran.problems, ran.steps.filter((step) => step.includes('failed'))], ['', []])
  assert.is(ran.exitStatus, 0)
})

test('decrypted values reach neither results nor diffs, messages, warnings or names, and tasks have them', async () => {
  const value = sealed('top-secret-value').replace(/^/gm, '      ')
  const ran = await run(
    `
- hosts: all
  vars:
    password: !vault |
${value}
  tasks:
    - name: "with {{password}}"
      debug: {msg: "it is {{password}}"}
    - copy: {content: "a\\n{{password}}\\n", dest: "{{playbook_dir}}/out"}
    - command: cat {{playbook_dir}}/out
      register: out
    - assert: {that: "eq out.stdout_lines.[1] password"}
    - command: echo {{password}}
      loop: ["{{password}}"]
    - debug: {var: vars_of_file}
    - fail: {msg: "no {{password}}"}
`,
    {
      args: [...GIVEN, '--diff', '-vvv'],
      files: { 'group_vars/all.yml': sealed('vars_of_file: {k: other-secret}') },
    },
  )
  assert.is(ran.problems, '')
  assert.not.match(told(ran), /top-secret|other-secret/)
  assert.match(told(ran), /it is \*{8}/)
  assert.equal(
    ran.steps.map((step) => step.split(' ').at(-1)),
    ['ok', 'changed', 'changed', 'ok', 'changed', 'ok', 'failed'],
  )
})

test('passwords by id, and one for each', async () => {
  const ran = await run('- hosts: all\n  tasks: [{assert: {that: and (eq a "x1-dev") (eq b "x2-prod")}}]\n', {
    args: ['--vault-id', 'dev@HERE/dev.pw', '--vault-id', 'prod@HERE/prod.pw'],
    files: {
      'group_vars/all/a.yml': sealed('a: x1-dev', 'dev'),
      'group_vars/all/b.yml': sealed('b: x2-prod', 'prod', PASSWORDS.prod),
    },
  })
  assert.equal([ran.problems, ran.exitStatus], ['', 0])
})

test('files of groups that are not worked on need no password', async () => {
  const locked = { 'group_vars/two.yml': sealed('x: 1', 'prod', PASSWORDS.prod) }
  const inventory = { hosts: '[one]\na\n[two]\nb\n' }
  const playbook = (hosts: string) => `- hosts: ${hosts}\n  tasks: [{debug: {msg: hi}}]\n`
  const args = ['-i', 'HERE/hosts']
  const fine = await run(playbook('one'), { args, files: { ...locked, ...inventory } })
  assert.equal([fine.problems, fine.exitStatus], ['', 0])
  const limited = await run(playbook('all'), {
    args: [...args, '-l', 'a'],
    files: { ...locked, ...inventory },
  })
  assert.equal([limited.problems, limited.exitStatus], ['', 0])
  const wrong = await run(playbook('all'), { args, files: { ...locked, ...inventory } })
  assert.is(wrong.exitStatus, 1)
  assert.match(wrong.problems, /group_vars\/two\.yml:1:1: .*with the vault id "prod", and no vault password/)
})

test('a value of !vault that nothing uses needs no password, one that is used fails its task', async () => {
  const ran = await run(
    '- hosts: all\n  vars_files: [v.yml]\n  tasks:\n    - debug: {msg: hi}\n    - debug: {msg: "{{num}}"}\n',
    { args: [], files: { 'v.yml': VALUES } },
  )
  assert.match(ran.steps.join(), /ok.*failed/)
  assert.match(told(ran), /it is encrypted, and no vault password is given/)
})

test('-e @file and inventories may be encrypted', async () => {
  const ran = await run('- hosts: web\n  tasks: [{assert: {that: eq x "from-e-file"}}]\n', {
    hosts: ['one'],
    args: [...GIVEN, '-i', 'HERE/hosts.yml', '-e', '@HERE/extra.yml'],
    files: { 'extra.yml': sealed('x: from-e-file'), 'hosts.yml': sealed('web: {hosts: {one: }}') },
  })
  assert.equal([ran.problems, ran.exitStatus], ['', 0])
})

test.run()
