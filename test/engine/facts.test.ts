import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { isConnectionVariable } from '../../src/inventory/connection/variables.ts'
import { factNames } from '../../src/modules/system/setup/names.ts'
import { runText } from '../support/playbook.ts'

const test = suite('facts and how a host is reached')

test('the playbook may set them with set_fact', async () => {
  const ran = await runText(`
- hosts: all
  tasks:
    - set_fact: {ansible_connection: nothing, host: a, port: b, user: c, connection: d, become: e}
    - ping:
`)
  assert.is(ran.exitStatus, 2)
  assert.match(ran.result('ping').message ?? '', /ansible_connection of host one is "nothing"/)
})

test('variables without ansible_ in front are nothing but variables', async () => {
  const ran = await runText(`
- hosts: all
  tasks:
    - set_fact: {host: a, port: b, user: c, connection: d, become: "yes", become_user: nobody}
    - {command: id -un, register: remote_user}
    - {command: id -un, register: become_user}
    - {ping: }
`)
  assert.is(ran.exitStatus, 0, JSON.stringify(ran.stats))
})

test('no fact that every host has is taken for a connection variable', () => {
  assert.equal(factNames.filter(isConnectionVariable), [])
})

test.run()
