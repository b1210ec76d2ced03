import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { outlook } from '../../src/engine/outlook.ts'
import { type PlayReading, readPlay } from '../../src/split/read-play.ts'
import { prepared } from '../support/playbook.ts'

const FILES: Readonly<Record<string, string>> = {
  hosts:
    '[web]\nw1\nw2\n[local]\nl1 ansible_connection=local\n[web:vars]\nby_group="{{ hostvars.w1.x }}"\nport=80\n',
  'templates/plain.j2': '{{ port }}\n',
  'templates/asks.j2': '{{ ansible_play_hosts }}\n',
  'templates/includes.j2': '{% include "asks.j2" %}\n',
  'templates/part-a.j2': '{{ lookup("pipe", "date") }}\n',
  'tasks/of-a.yml': '- {debug: {msg: "{{ by_group }}"}}\n',
  'tasks/plain.yml': '- {command: "true", notify: h}\n',
  'vars/v-a.yml': "from_file: \"{{ lookup('url', 'http://x') }}\"\n",
  'roles/r/tasks/main.yml': '- debug: {msg: "{{ of_role }}"}\n',
  'roles/r/defaults/main.yml': "of_role: \"{{ lookup('env', 'SHELL') }}\"\n",
}

/** Reads a play of these tasks, which are lines in the flow style of YAML. */
async function read(tasks: string, play = '', isHere = false): Promise<PlayReading> {
  const folder = mkdtempSync(join(tmpdir(), 'read-'))
  try {
    const lines = tasks.split('\n').map((line) => `    - ${line}\n`)
    const hosts = /^hosts:/m.test(play) ? '' : '  hosts: web\n'
    const playbook = `- gather_facts: false\n${hosts}${play === '' ? '' : `  ${play}\n`}  tasks:\n${lines.join('')}`
    for (const [path, text] of Object.entries({ ...FILES, 'play.yml': playbook })) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), text)
    }
    const values = ['which=a', 'yes=1', 'where=w2', 'x=1', `own=${folder}`].flatMap((one) => ['-e', one])
    const own = await prepared(['-i', join(folder, 'hosts'), ...values, join(folder, 'play.yml')])
    const run = outlook(own)
    const only = own.playbooks[0]!.plays[0]!
    return readPlay(only, run, run.hostsOf(only), isHere)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const test = suite('read play')

const SPLIT: readonly [tasks: string, play?: string][] = [
  ['{command: "true", when: "port == 80", register: r, notify: h}', 'handlers: [{name: h, command: "true"}]'],
  ['{template: {src: plain.j2, dest: /x}}'],
  ['{copy: {src: "{{ item }}", dest: /x}, loop: [a, b]}'],
  ["{debug: {msg: \"{{ lookup('file', 'a') }} {{ lookup('env', 'HOME') }} {{ query('items', [1]) }}\"}}"],
  ['{include_tasks: tasks/plain.yml}', 'handlers: [{name: h, command: "true"}]'],
  ['{command: "true", run_once: false}'],
  ['{command: "true", delegate_to: "{{ inventory_hostname }}"}'],
  ['{meta: end_host}\n{meta: flush_handlers}\n{meta: clear_facts}\n{meta: noop}'],
  ['{command: "true"}', 'serial: 1'],
  ['{command: "true"}', 'order: shuffle'],
  ['{command: "true"}', 'strategy: free'],
  ['{debug: {msg: "{{ groups.web }} {{ ansible_play_hosts_all }}"}}'],
  ['{command: "true"}', 'vars: {unused: "{{ hostvars.w1 }}"}'],
  ['{command: "true"}', 'roles: [r]'],
]

for (const [tasks, play] of SPLIT)
  test(`is split: ${play ?? ''} ${tasks}`, async () => {
    const { alone, across } = await read(tasks, play)
    assert.equal(
      [...alone, ...across].map(({ reason }) => reason),
      [],
    )
  })

const ACROSS: readonly [reason: string, tasks: string, play?: string][] = [
  ['has run_once', '{command: "true", run_once: true}'],
  ['has any_errors_fatal', '{command: "true"}', 'any_errors_fatal: true'],
  ['has any_errors_fatal', '{block: [{command: "true"}], any_errors_fatal: yes}'],
  ['has max_fail_percentage', '{command: "true"}', 'max_fail_percentage: 10'],
  ['has a throttle', '{command: "true", throttle: 2}'],
  ['has meta: end_play', '{meta: end_play}'],
  ['has meta: end_batch', '{meta: end_batch}'],
  ['has meta: clear_host_errors', '{meta: clear_host_errors}'],
  ['has a pause', '{pause: {seconds: 1}}'],
  ['asks which hosts are left (ansible_play_hosts)', '{debug: {msg: "{{ ansible_play_hosts }}"}}'],
  [
    'asks which hosts are left (ansible_play_batch)',
    '{command: "true", when: "ansible_play_batch | length > 1"}',
  ],
  ['asks which hosts are left (ansible_play_hosts)', '{template: {src: includes.j2, dest: /x}}'],
  ['asks for variables of other hosts (hostvars)', '{debug: {msg: "{{ hostvars.w2.port }}"}}'],
  ['asks for variables of other hosts (hostvars)', '{debug: {msg: "{{ by_group }}"}}'],
  ['asks for variables of other hosts (hostvars)', '{include_tasks: "tasks/of-{{ which }}.yml"}'],
  ['asks for variables of other hosts (hostvars)', '{debug: {msg: "{{ vars[which] }}"}}'],
  ['asks for variables of other hosts (hostvars)', '{debug: {msg: "{{ lookup(\'vars\', which) }}"}}'],
  [
    'asks for variables of other hosts (hostvars)',
    '{command: "true", loop: "{{ y }}"}',
    'vars: {y: "{{ [by_group] }}"}',
  ],
]

for (const [reason, tasks, play] of ACROSS)
  test(`keeps in step: ${play ?? ''} ${tasks}`, async () => {
    const { alone, across, readsOtherHosts } = await read(tasks, play)
    assert.equal(alone, [])
    assert.ok(
      across.some((one) => one.reason === reason),
      `${across.map((one) => one.reason)}`,
    )
    assert.ok(across.every(({ place }) => place !== undefined))
    assert.is(readsOtherHosts, reason.includes('hostvars'))
  })

const ALONE: readonly [reason: string, tasks: string, play?: string][] = [
  ['has run_once that is computed', '{command: "true", run_once: "{{ yes }}"}'],
  ['has any_errors_fatal that is computed', '{command: "true", any_errors_fatal: "{{ yes }}"}'],
  ['has a throttle that is computed', '{command: "true", throttle: "{{ yes }}"}'],
  ['has a task for another host (delegate_to)', '{command: "true", delegate_to: localhost}'],
  ['has a task for another host (delegate_to)', '{command: "true", delegate_to: "{{ where }}"}'],
  ['has a task for another host (delegate_to)', '{local_action: {module: command, cmd: "true"}}'],
  ['has a task for this machine (connection)', '{command: "true", connection: local}'],
  ['has a task for this machine (connection)', '{command: "true"}', 'connection: "{{ which }}"'],
  ['is for this machine (l1)', '{command: "true"}', 'hosts: all'],
  ['is for this machine (localhost)', '{command: "true"}', 'hosts: localhost'],
  ['changes the inventory (add_host)', '{add_host: {name: n}}'],
  ['changes the inventory (group_by)', '{group_by: {key: n}}'],
  ['reads the inventory again', '{meta: refresh_inventory}'],
  ['asks somebody (pause)', '{pause: {prompt: x}}'],
  ['includes tasks of a file whose name is computed', '{include_tasks: "{{ which }}"}'],
  ['includes a role whose name is computed', '{include_role: {name: "{{ which }}"}}'],
  ['reads variables from a file whose name is computed', '{include_vars: "{{ which }}"}'],
  ['has the lookup "url"', '{include_vars: "v-{{ which }}.yml"}\n{debug: {msg: "{{ from_file }}"}}'],
  ['has the lookup "pipe"', "{debug: {msg: \"{{ lookup('pipe', 'date') }}\"}}"],
  ['has the lookup "pipe"', '{template: {src: "part-{{ which }}.j2", dest: /x}}'],
  [
    'has the lookup "password"',
    "{user: {name: x, password: \"{{ query('ansible.builtin.password', 'f') }}\"}}",
  ],
  ['has the lookup "lines"', '{debug: {msg: x}, with_lines: ls}'],
  ['has a lookup whose name is computed', '{debug: {msg: "{{ lookup(which, 1) }}"}}'],
  [
    'looks up variables of the environment whose names are computed',
    '{debug: {msg: "{{ lookup(\'env\', which) }}"}}',
  ],
  ['asks for files of this machine (exists)', '{assert: {that: "own is exists"}}'],
  ['asks for files of this machine (realpath)', '{debug: {msg: "{{ own | realpath }}"}}'],
  [
    'sends a file whose path is computed',
    '{command: pwd, register: r}\n{copy: {src: "{{ r.stdout }}", dest: /x}}',
  ],
  [
    'has hosts that go on alone (strategy), and has run_once',
    '{command: "true", run_once: true}',
    'strategy: free',
  ],
]

for (const [reason, tasks, play] of ALONE)
  test(`is the coordinator's: ${play ?? ''} ${tasks}`, async () => {
    const { alone } = await read(tasks, play)
    assert.ok(
      alone.some((one) => one.reason === reason || one.reason.startsWith(`${reason} (`)),
      `${alone.map((one) => one.reason)}`,
    )
    assert.ok(alone.every(({ place }) => place !== undefined))
  })

test('what is local to the coordinator is local to workers on its machine', async () => {
  const play = 'hosts: all'
  assert.equal(
    (
      await read(
        '{command: "true", delegate_to: localhost}\n{command: "true", connection: local}',
        play,
        true,
      )
    ).alone,
    [],
  )
})

test('environment and files are known that templates name', async () => {
  const { environment, files } = await read(
    "{debug: {msg: \"{{ of_role }} {{ lookup('env', 'HOME') }} {{ query('env', 'LANG') }}\"}}\n{copy: {src: \"{{ base }}/x\", dest: /x}}\n{copy: {src: /etc/hostname, dest: /x}}",
    'roles: [r]\n  vars: {base: /etc/ssl}',
  )
  assert.equal([...environment].sort(), ['HOME', 'LANG', 'SHELL'])
  assert.equal([...files].sort(), ['/etc/hostname', '/etc/ssl'])
})

test.run()
