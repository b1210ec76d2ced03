import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { mysql_variables } from '../../../src/modules/databases/mysql_variables.ts'
import { applied, said } from '../../support/applied.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { type MariaDb, startMariaDb } from '../../support/mariadb.ts'
import type { Raw } from '../../support/plan.ts'

const test = suite('variables of MariaDB on hosts')

let all: Host[] = []
let server: MariaDb
test.before(async () => {
  server = await startMariaDb()
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
  await server.stop()
})

const of = (raw: Raw) => ({ login_unix_socket: server.socket, config_file: '', ...raw })

const SET: [variable: string, value: string, shown: string][] = [
  ['max_connections', '77', '77'],
  ['read_only', '1', '1'],
  ['long_query_time', '2.5', '2.500000'],
  ['init_connect', `SET @a = "it's \\ ü"`, `SET @a = "it's \\ ü"`],
]

test('variables are set as they are to be', async () => {
  for (const host of all)
    for (const [variable, value, shown] of SET) {
      const old = server.ask(`SELECT @@GLOBAL.${variable}`).trim()
      assert.is((await applied(host, mysql_variables, of({ variable, value }))).length, 1, variable)
      assert.is(server.ask(`SELECT @@GLOBAL.${variable}`).trim().replaceAll('\\\\', '\\'), shown)
      await applied(host, mysql_variables, of({ variable, value: old }))
    }
})

test('a variable is told, and what cannot be is said', async () => {
  for (const { session } of all) {
    const apply = (raw: Raw) => applyModule(session, mysql_variables, of(raw))
    assert.is((await apply({ variable: 'protocol_version' })).plan.result?.msg, '10')
    const sentences: [Raw, RegExp][] = [
      [{ variable: 'none' }, /^Variable not available "none"$/],
      [{ variable: 'port', value: '1' }, /Variable 'port' is a read only variable/],
      [{ variable: 'max_connections', value: 'x' }, /Incorrect argument type to variable/],
      [
        { variable: 'max_connections', value: '5', mode: 'persist' },
        /^Server version must be 8.0 or greater.$/,
      ],
    ]
    for (const [raw, sentence] of sentences) assert.match(await said(apply(raw)), sentence)
  }
})

test.run()
