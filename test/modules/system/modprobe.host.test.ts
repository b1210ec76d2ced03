import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { modprobe } from '../../../src/modules/system/modprobe.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

// Machines for tests have no modules to load: this one keeps its own /sys/module.
const FAKE = `#!/bin/sh
[ "$1" = -r ] && exec rm -r "/sys/module/$2"
[ "$1" = -n ] && [ "$3" = playssh_test ] && exit 0
[ "$1" = playssh_test ] || exit 1
mkdir "/sys/module/$1" && echo live >"/sys/module/$1/initstate"
shift; printf '<%s>' "$@" >/sys/module/playssh_test/params
`

const real = suite<{ hosts: ApartHost[] }>('modprobe: on hosts')

real.before(async (context) => {
  context.hosts = await apartHosts('mount -t tmpfs none /sys/module; mkdir /sys/module/playssh_builtin')
  for (const { bin, run } of context.hosts) {
    run(`rm -f ${bin}/modprobe`)
    writeFileSync(join(bin, 'modprobe'), FAKE, { mode: 0o755 })
  }
})
real.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

real('a second run finds nothing to do', async ({ hosts }) => {
  const name = 'playssh_test'
  for (const { session, run } of hosts) {
    const planned = []
    for (const step of [
      { params: "a=1 b='2'" },
      { state: 'absent' },
      { persistent: 'present', params: 'a=1' },
      { persistent: 'present', params: 'a=2' },
      { persistent: 'absent' },
      { persistent: 'present', params: 'a=2' },
      { state: 'absent', persistent: 'absent' },
    ]) {
      const raw = { name, ...step }
      planned.push((await applyModule(session, modprobe, raw, CHECK)).plan.changes.length)
      await applyModule(session, modprobe, raw)
      assert.equal((await applyModule(session, modprobe, raw)).plan.changes, [], JSON.stringify(raw))
      if (planned.length === 1) assert.is(run(`cat /sys/module/${name}/params`), "<a=1><b='2'>")
    }
    assert.equal(planned, [1, 1, 3, 1, 2, 2, 3])
    assert.is(run(`cat /etc/modules-load.d/${name}.conf`), `# ${name}\n`)
  }
})

real('a module that is built in is there, one that is missing a failure', async ({ hosts }) => {
  for (const { session } of hosts) {
    assert.equal((await applyModule(session, modprobe, { name: 'playssh-builtin' })).plan.changes, [])
    assert.match(
      (await applyModule(session, modprobe, { name: 'playssh_none' })).plan.failed!,
      /is not in this kernel/,
    )
  }
})

real.run()
