import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'

const test = suite('arguments as Ansible takes them')

const playbook = `- hosts: one
  gather_facts: false
  vars:
    which: answer
    list: [a, 1]
  tasks:
    - set_fact: {"{{ which }}": 42, "x_{{ which }}": "{{ which }}"}
    - {name: names, debug: {msg: "{{ answer }} {{ x_answer }}"}}
    - block:
        - fail: {msg: {why: "{{ list }}"}}
      rescue:
        - {name: map, debug: {msg: "{{ ansible_failed_result.msg.why | join('-') }}"}}
    - block:
        - assert: {that: answer == 41, fail_msg: [one, "{{ which }}"]}
      rescue:
        - {name: lines, debug: {msg: "{{ ansible_failed_result.msg | join('+') }}"}}
    - copy: {content: "{{ list }}", dest: "{{ playbook_dir }}/list"}
    - copy: {content: true, dest: "{{ playbook_dir }}/flag"}
    - template:
        src: odd.j2
        dest: "{{ playbook_dir }}/odd"
        variable_start_string: "[["
        variable_end_string: "]]"
        block_start_string: "<%"
        block_end_string: "%>"
        trim_blocks: no
        lstrip_blocks: "{{ true }}"
        newline_sequence: '\\r\\n'
        output_encoding: latin-1
    - slurp: {src: "{{ playbook_dir }}/{{ item }}"}
      loop: [list, flag, odd]
      register: read
    - name: contents
      debug: {msg: "{{ read.results | map(attribute='content') | map('b64decode', encoding='latin-1') | list }}"}
`

test('names that are templates, messages of any kind, contents and ways to write templates', async () => {
  const ran = await runText(playbook, {
    hosts: ['one'],
    files: { 'templates/odd.j2': '\u00e4 {{ x }}\n  <% if answer %>\n[[ answer ]]\n<% endif %>\n' },
  })
  const said = (task: string) => ran.result(task, 'one').values.msg
  assert.is(said('names'), '42 answer')
  assert.is(said('map'), 'a-1')
  assert.is(said('lines'), 'one+answer')
  assert.equal(said('contents'), ['["a", 1]', 'True', '\u00e4 {{ x }}\r\n\r\n42\r\n'])
})

test.run()
