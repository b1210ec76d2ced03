import { symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { capabilities } from '../../../src/modules/files/capabilities.ts'
import { type ApartHost, apartHosts } from '../../support/apart.ts'
import { applyModule } from '../../support/host.ts'
import { CHECK, type Raw } from '../../support/plan.ts'

const test = suite<{ hosts: ApartHost[] }>('capabilities: on hosts')

// The text is kept beside the program: not every machine for tests has extended attributes.
const FAKES: Record<string, string> = {
  getcap: 'p=$2; c=$(cat "$p.caps" 2>/dev/null); [ -z "$c" ] || c=" $c"; echo "$p$c"',
  setcap: 'if [ "$1" = -r ]; then rm "$2.caps"; else echo "$1" >"$2.caps"; fi',
}

test.before(async (context) => {
  context.hosts = await apartHosts(':')
  for (const { bin } of context.hosts)
    for (const [name, text] of Object.entries(FAKES))
      writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 })
})
test.after(async ({ hosts }) => {
  for (const host of hosts) await host.close()
})

test('check says what the run then does, and a second run finds nothing', async ({ hosts }) => {
  for (const { session, bin, run } of hosts) {
    const path = join(bin, '-odd \'\n" $x~')
    writeFileSync(path, '')
    for (const [step, caps] of [
      [{ capability: 'cap_net_raw+ep' }, 'cap_net_raw=ep\n'],
      [{ capability: 'cap_kill=i' }, 'cap_net_raw=ep cap_kill=i\n'],
      [{ capability: 'cap_net_raw', state: 'absent' }, 'cap_kill=i\n'],
      [{ capability: 'cap_kill', state: 'absent' }, ''],
    ] as [Raw, string][]) {
      const raw = { path, ...step }
      const checked = await applyModule(session, capabilities, raw, CHECK)
      const { plan, result } = await applyModule(session, capabilities, raw)
      assert.equal([plan.failed, result.failed, plan.changes], [undefined, undefined, checked.plan.changes])
      assert.is(plan.changes.length, 1)
      assert.is(run('cat "$(dirname "$(command -v getcap)")"/*.caps 2>/dev/null || :'), caps)
      assert.equal((await applyModule(session, capabilities, raw)).plan.changes, [], JSON.stringify(raw))
    }
    symlinkSync(path, join(bin, 'a link'))
    await applyModule(session, capabilities, { path: join(bin, 'a link'), capability: 'cap_chown=p' })
    assert.is(run('cat "$(dirname "$(command -v getcap)")"/-odd*.caps'), 'cap_chown=p\n')
  }
})

test.run()
