import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { hostname } from '../../../src/modules/system/hostname.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, rows } from '../../support/plan.ts'

const real = suite<{ hosts: ApartHost[] }>('hostname: on hosts')

real.before(async (context) => {
  // Programs that this machine has may have made /run/systemd/system, by which a running systemd is known.
  context.hosts = await apartHosts('mount -t tmpfs none /run')
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

real('a second run finds nothing to do', async ({ hosts }) => {
  for (const { session, run } of hosts) {
    const raw = { name: 'crouter.example' }
    assert.is((await applyModule(session, hostname, raw, CHECK)).plan.changes.length, 2)
    await applyModule(session, hostname, raw)
    assert.equal((await applyModule(session, hostname, raw)).plan.changes, [])
    assert.is(
      run('hostname; cat /etc/hostname; stat -c "%a %u" /etc/hostname'),
      'crouter.example\ncrouter.example\n644 0\n',
    )
    run('printf "# comment\\n\\nother\\n" >/etc/hostname')
    assert.equal(rows((await applyModule(session, hostname, raw)).plan), [
      ['/etc/hostname', 'other', 'crouter.example'],
    ])
    run('hostname x; rm /etc/hostname')
    assert.is((await applyModule(session, hostname, raw)).plan.changes.length, 2)
    assert.equal((await applyModule(session, hostname, raw)).plan.changes, [])
  }
})

real.run()
