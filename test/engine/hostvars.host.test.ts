import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runText } from '../support/playbook.ts'

const test = suite('hostvars')
const HOSTS = ['a', 'b']

test('variables of a host are shown without those that would hold themselves, as Ansible shows them', async () => {
  const asked = [
    "'hostvars' in hostvars.a",
    "'vars' in hostvars.a",
    "'groups' in hostvars.a",
    "'hostvars' in vars",
    "'vars' in vars",
  ]
  const text = `
- hosts: all
  tasks:
    - {name: seen, debug: {msg: "${asked.map((one) => `{{ ${one} }}`).join(' ')}"}}
`
  const { result } = await runText(text, { hosts: HOSTS })
  assert.is(result('seen', 'b').values.msg, 'False False True True False')
})

test('all variables of a host, of this one and of all can be kept in a variable', async () => {
  const text = `
- hosts: all
  tasks:
    - set_fact: {other: "{{ hostvars['a'] }}"}
    - set_fact: {mine: "{{ vars }}"}
    - set_fact: {all: "{{ hostvars }}"}
    - {name: seen, debug: {msg: "{{ other.inventory_hostname }} {{ mine.inventory_hostname }} {{ all.a.other.inventory_hostname }}"}}
    - {name: whole, debug: {var: all}}
`
  const { exitStatus, result } = await runText(text, { hosts: HOSTS })
  assert.is(exitStatus, 0)
  assert.is(result('seen', 'b').values.msg, 'a b a')
})

test.run()
