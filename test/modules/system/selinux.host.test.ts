import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { seboolean } from '../../../src/modules/system/seboolean.ts'
import { selinux } from '../../../src/modules/system/selinux.ts'
import type { Module } from '../../../src/sdk/module.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw } from '../../support/plan.ts'

const test = suite<{ hosts: ApartHost[] }>('selinux and seboolean: on hosts')

// Machines for tests have no SELinux: these files stand for it.
const SETUP = `mount -t tmpfs none /sys/fs; mkdir -p /sys/fs/selinux/booleans /etc/selinux/targeted/policy /etc/selinux/targeted/active
printf 1 >/sys/fs/selinux/enforce; printf '0 0' >/sys/fs/selinux/booleans/play_ssh
printf 'SELINUX=enforcing\\nSELINUXTYPE=targeted\\n' >/etc/selinux/config`
const FAKES: Record<string, string> = {
  setenforce: 'printf "$1" >/sys/fs/selinux/enforce',
  semanage: 'echo "play_ssh                       (off  ,  off)  For tests"',
  setsebool: `if [ "$1" = -P ]; then shift; echo "$1=$([ "$2" = on ] && echo 1 || echo 0)" >/etc/selinux/targeted/active/booleans.local; fi
v=$([ "$2" = on ] && echo 1 || echo 0); printf "$v $v" >/sys/fs/selinux/booleans/$1`,
}

test.before(async (context) => {
  context.hosts = await apartHosts(SETUP)
  for (const { bin } of context.hosts)
    for (const [name, text] of Object.entries(FAKES))
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
})
test.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

async function applied({ session }: ApartHost, module: Module, raw: Raw): Promise<void> {
  const checked = await applyModule(session, module, raw, CHECK)
  const { plan, result } = await applyModule(session, module, raw)
  assert.equal([plan.failed, result.failed, plan.changes], [undefined, undefined, checked.plan.changes])
  assert.ok(plan.changes.length > 0, JSON.stringify(raw))
  assert.equal((await applyModule(session, module, raw)).plan.changes, [], JSON.stringify(raw))
}

test('check says what the run then does, and a second run finds nothing', async ({ hosts }) => {
  for (const host of hosts) {
    await applied(host, selinux, { state: 'permissive', policy: 'targeted' })
    await applied(host, selinux, { state: 'enforcing', policy: 'targeted' })
    await applied(host, selinux, { state: 'disabled' })
    assert.is(
      host.run('cat /sys/fs/selinux/enforce /etc/selinux/config'),
      '0SELINUX=disabled\nSELINUXTYPE=targeted\n',
    )
    await applied(host, seboolean, { name: 'play_ssh', state: true })
    await applied(host, seboolean, { name: 'play_ssh', state: true, persistent: true })
    await applied(host, seboolean, { name: 'play_ssh', state: false, persistent: true })
    const { plan } = await applyModule(host.session, seboolean, { name: 'play_none', state: true })
    assert.is(plan.failed, 'SELinux boolean play_none does not exist.')
  }
})

test.run()
