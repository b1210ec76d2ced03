import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { fixed } from '../../src/lint/fix.ts'
import type { Project } from '../../src/lint/project.ts'
import { modules } from '../../src/modules/index.ts'
import { isMap, toValue, type Value } from '../../src/values/value.ts'
import { CASES } from './cases.ts'
import { DEFAULTS, projectOf } from './support.ts'

const test = suite('lint --fix')

const PATH = 'roles/web/tasks/main.yml'

const fixOf = (project: Project) => fixed(project, DEFAULTS, modules)
const textOf = ({ files }: Project) => files[0]!.source.text

for (const [tag, { path = PATH, bad, fixed: wanted }] of Object.entries(CASES)) {
  if (wanted === undefined) continue
  test(`${tag} is put right, and then nothing is left to do`, () => {
    const { project, findings } = fixOf(projectOf({ [path]: bad }))
    assert.is(textOf(project), wanted)
    assert.not.ok(findings.some((one) => one.tag === tag))
    assert.equal(fixOf(project).changed, [])
  })
}

const LONG = `---
# What is done first
- hosts: all   # every host
  gather_facts: no
  vars:
    texts: [ 'yes' , "no",]
    kept: |
      yes
      {{a}}  
  tasks:
    # Its name is a sentence
    - name: install what is needed # now
      apt: name=nginx state=present update_cache=yes
      when: (a|default(true)) and not b
      notify: restart web

    - copy:
        content: "{{a|to_json}}"   # the content
        dest: "/etc/{{ name }}"
        mode: 0640
      name: Write
    - local_action: command touch /tmp/a creates=/tmp/a
    - shell: 'echo "yes" {{b}}'
      args: {chdir: /tmp,creates: /b}

  handlers:
    - name: restart web
      service: {name: nginx,  state: restarted}
`

const LONG_FIXED = `---
# What is done first
- hosts: all   # every host
  gather_facts: false
  vars:
    texts: ['yes', "no"]
    kept: |
      yes
      {{ a }}  
  tasks:
    # Its name is a sentence
    - name: Install what is needed # now
      ansible.builtin.apt:
        name: nginx
        state: present
        update_cache: true
      when: (a | default(true)) and not b
      notify: restart web

    - name: Write
      ansible.builtin.copy:
        content: "{{ a | to_json }}"   # the content
        dest: "/etc/{{ name }}"
        mode: "0640"
    - ansible.builtin.command: touch /tmp/a creates=/tmp/a
      delegate_to: localhost
    - ansible.builtin.shell: 'echo "yes" {{ b }}'
      args: {chdir: /tmp, creates: /b}

  handlers:
    - name: restart web
      ansible.builtin.service: {name: nginx, state: restarted}
`

test('comments and layout stay as they are', () => {
  const { project } = fixOf(projectOf({ 'playbooks/site.yml': LONG }))
  assert.is(textOf(project), LONG_FIXED)
  assert.equal(fixOf(project).changed, [])
})

test('a playbook means afterwards what it has meant', () => {
  const { project } = fixOf(projectOf({ 'playbooks/site.yml': LONG }))
  const meant = ({ files }: Project) => meaning(toValue(files[0]!.node!))
  assert.equal(meant(project), meant(projectOf({ 'playbooks/site.yml': LONG })))
})

/** A value without what may be written in two ways. */
function meaning(value: Value): unknown {
  if (Array.isArray(value)) return value.map(meaning)
  if (!isMap(value)) return typeof value === 'string' ? value.replace(/\s+/g, '') : value
  return Object.fromEntries(
    Object.entries(value)
      .flatMap(([key, one]): [string, unknown][] => {
        if (key === 'local_action') {
          const [, module = '', rest = ''] = /^(\S+) (.*)$/.exec(String(one)) ?? []
          return [
            [short(module), meaning(rest)],
            ['delegate_to', 'localhost'],
          ]
        }
        if (key === 'mode') return [[key, typeof one === 'number' ? `0${one.toString(8)}` : one]]
        if (key === 'name') return [[key, String(meaning(one)).toLowerCase()]]
        if (short(key) === 'apt' && typeof one === 'string')
          return [
            [
              'apt',
              Object.fromEntries(one.split(' ').map((word) => word.replace(/=yes$/, '=true').split('='))),
            ],
          ]
        return [[short(key), short(key) === 'apt' ? plainly(one) : meaning(one)]]
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )
}

const short = (name: string) => name.replace(/^ansible\.builtin\./, '')
const plainly = (value: Value) =>
  isMap(value) ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, String(one)])) : value

test('what may mean two things stays as it is', () => {
  const texts = [
    '- ansible.builtin.command: ls creates=/a\n  changed_when: false\n  name: A\n',
    '- name: A\n  ansible.builtin.file: path=/a state={{ s }} mode=\n',
    '- name: A\n  ansible.builtin.debug: msg="it\'s \\"b\\""\n',
    '- name: A\n  ansible.builtin.file:\n    path: /a\n    mode: 644\n',
    '- ansible.builtin.ping:\n\n  # Whose comment is this?\n  name: A\n',
    '- &a ansible.builtin.ping:\n  name: A\n',
    '{ping: , name: A}\n',
    '- name: "\\x61b"\n  ansible.builtin.ping:\n',
  ]
  for (const text of texts.slice(1)) {
    const { changed } = fixOf(projectOf({ [PATH]: text }))
    assert.equal(
      changed.map(({ source }) => source.text),
      [],
      text,
    )
  }
})

test('the name of a handler stays, as tasks elsewhere may notify it', () => {
  const path = 'roles/web/handlers/main.yml'
  assert.equal(fixOf(projectOf({ [path]: '- name: restart\n  ansible.builtin.ping:\n' })).changed, [])
})

test('what a comment skips is not put right', () => {
  const text = '- name: a # noqa: name[casing]\n  ansible.builtin.ping:\n'
  assert.equal(fixOf(projectOf({ [PATH]: text })).changed, [])
})

test.run()
