import { suite } from 'uvu'
import * as is from 'uvu/assert'
import { ping } from '../../src/modules/control/ping.ts'
import { wait_for_connection } from '../../src/modules/control/wait_for_connection.ts'
import { applyModule, hosts } from '../support/host.ts'

const test = suite('ping, wait_for_connection: on hosts')

test('ping and wait_for_connection change nothing', async () => {
  for (const host of await hosts()) {
    for (const module of [ping, wait_for_connection]) {
      const performed = await applyModule(host.session, module, {})
      is.equal(performed.plan.changes, [])
    }
    await host.close()
  }
})

test.run()
