import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { sysctl } from '../../../src/modules/system/sysctl.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, rows } from '../../support/plan.ts'

const real = suite<{ hosts: ApartHost[]; folder: string }>('sysctl: on hosts')

real.before(async (context) => {
  context.hosts = await apartHosts()
  context.folder = mkdtempSync(join(tmpdir(), 'sysctl-'))
})

real.after(async ({ hosts, folder }) => {
  for (const host of hosts) await host.close()
  rmSync(folder, { recursive: true })
})

real('sets file and live value, keeps other lines, and then finds nothing', async ({ hosts, folder }) => {
  for (const { name, session } of hosts) {
    const file = join(folder, `99 it's ${name}.conf`)
    writeFileSync(file, '# kept\nvm.swappiness=60\nkernel.domainname = old\nkernel.domainname=older\n', {
      mode: 0o640,
    })
    const raw = { name: 'kernel.domainname', value: `d-${name}`, sysctl_file: file }
    const planned = await applyModule(session, sysctl, raw, CHECK)
    const applied = await applyModule(session, sysctl, raw)
    assert.equal(rows(planned.plan), rows(applied.plan))
    assert.is(applied.plan.changes.length, 2)
    assert.is(readFileSync(file, 'utf8'), `# kept\nvm.swappiness=60\nkernel.domainname=d-${name}\n`)
    assert.equal((await applyModule(session, sysctl, raw)).plan.changes, [])
    const absent = { name: 'kernel.domainname', state: 'absent', sysctl_file: file }
    assert.is((await applyModule(session, sysctl, absent)).plan.changes.length, 1)
    assert.is(readFileSync(file, 'utf8'), '# kept\nvm.swappiness=60\n')
    assert.equal((await applyModule(session, sysctl, absent)).plan.changes, [])
  }
})

real('a value that the kernel refuses is not written into the file', async ({ hosts, folder }) => {
  for (const { name: host, session } of hosts) {
    const file = join(folder, `refused-${host}.conf`)
    const text = '# kept\n'
    for (const [name, value, reason] of [
      ['kernel.panic_on_oops', '1x', /Invalid argument/],
      ['kernel.printk', 'many', /Invalid argument/],
      ['kernel.random.boot_id', 'mine', /denied|not permitted/i],
    ] as const) {
      writeFileSync(file, text)
      const { result: conclusion } = await applyModule(session, sysctl, { name, value, sysctl_file: file })
      assert.match(conclusion.failed!, new RegExp(`the kernel does not take "${value}" for ${name}: `))
      assert.match(conclusion.failed!, reason)
      assert.is(readFileSync(file, 'utf8'), text)
    }
  }
})

real('words are written as numbers', async ({ hosts, folder }) => {
  for (const { name: host, session } of hosts) {
    const file = join(folder, `words-${host}.conf`)
    writeFileSync(file, '')
    const now = readFileSync('/proc/sys/kernel/print-fatal-signals', 'utf8').trim()
    const raw = { name: 'kernel.print-fatal-signals', value: now === '0' ? 'no' : true, sysctl_file: file }
    await applyModule(session, sysctl, raw)
    assert.is(readFileSync(file, 'utf8'), `kernel.print-fatal-signals=${now}\n`)
    assert.equal((await applyModule(session, sysctl, raw)).plan.changes, [])
  }
})

real.run()
