import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { postgresql_ext } from '../../../src/modules/databases/postgresql_ext.ts'
import { applied, said } from '../../support/applied.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, rows } from '../../support/plan.ts'
import { type PostgreSql, startPostgreSql } from '../../support/postgresql.ts'

const test = suite('extensions of PostgreSQL on hosts')

let all: Host[] = []
let server: PostgreSql
test.before(async () => {
  server = await startPostgreSql()
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
  await server.stop()
})

const of = (raw: Raw) => ({ login_unix_socket: server.socket, db: 'postgres', ...raw })

test('an extension is added with what it needs, updated and removed', async () => {
  server.ask('CREATE SCHEMA "s 1"')
  for (const host of all) {
    const old = { name: 'earthdistance', schema: 's 1', version: '1.1', cascade: true }
    assert.equal(await applied(host, postgresql_ext, of(old)), [['extension earthdistance', null, '1.1']])
    assert.match(server.ask('SELECT extname FROM pg_extension'), /^cube$/m)
    const fresh = await applied(host, postgresql_ext, of({ name: 'cube', version: 'latest' }))
    assert.is(fresh.length, 0)
    const raw = { name: 'cube', state: 'absent' }
    assert.match(
      await said(applyModule(host.session, postgresql_ext, of(raw))),
      /^Management of PostgreSQL extension failed: cannot drop extension cube because other objects/,
    )
    assert.is((await applied(host, postgresql_ext, of({ ...raw, cascade: true }))).length, 1)
  }
})

test('what is not there is said, and may come under check', async () => {
  for (const { session } of all) {
    const raw = of({ name: `it's "none"` })
    assert.is(await said(applyModule(session, postgresql_ext, raw)), `Extension it's "none" is not available`)
    const { plan } = await applyModule(session, postgresql_ext, raw, CHECK)
    assert.equal(rows(plan), [[`extension it's "none"`, null, 'present']])
    const nowhere = of({ name: 'cube', schema: 'none' })
    assert.match(
      await said(applyModule(session, postgresql_ext, nowhere)),
      /^Management of PostgreSQL extension failed: schema "none" does not exist$/,
    )
  }
})

test.run()
