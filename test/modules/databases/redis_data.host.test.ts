import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { redis_data } from '../../../src/modules/databases/redis_data.ts'
import { redis_data_incr } from '../../../src/modules/databases/redis_data_incr.ts'
import { redis_data_info } from '../../../src/modules/databases/redis_data_info.ts'
import { redis_info } from '../../../src/modules/databases/redis_info.ts'
import type { Module } from '../../../src/sdk/module.ts'
import { applied, said } from '../../support/applied.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'
import { type Redis, startRedis } from '../../support/redis.ts'

const test = suite('keys of Redis on hosts')

let all: Host[] = []
let server: Redis
test.before(async () => {
  server = await startRedis()
  all = await hosts()
})
test.before.each(() => {
  server.ask('FLUSHALL')
})
test.after(async () => {
  for (const host of all) await host.close()
  await server.stop()
})

const of = (raw: Raw) => ({
  ...{ login_host: '127.0.0.1', login_port: server.port, login_password: server.password, tls: false },
  ...raw,
})
const kept = (host: Host, raw: Raw) => applied(host, redis_data, of(raw))
const failed = ({ session }: Host, module: Module, raw: Raw, view = RUN) =>
  said(applyModule(session, module, of(raw), view))
async function told({ session }: Host, module: Module, raw: Raw, view = RUN) {
  const { plan, result } = await applyModule(session, module, of(raw), view)
  assert.is(plan.failed ?? result.failed, undefined)
  return JSON.parse(JSON.stringify({ ...plan.result, ...result.result }))
}

const KEY = `-odd "k'\n\0ü`
const VALUE = `it's "v"\r\n\\x41 $x\0 ü`

test('keys are set, changed and removed, whatever they are called and hold', async () => {
  for (const host of all) {
    assert.equal(await kept(host, { key: KEY, value: VALUE }), [[`key ${KEY}`, null, VALUE]])
    const info = await told(host, redis_data_info, { key: KEY })
    assert.equal(info, { exists: true, value: VALUE, msg: `Got key "${KEY}"` })
    assert.equal(await told(host, redis_data, { key: KEY, value: '' }), {
      old_value: VALUE,
      value: '',
      msg: `Set key: ${KEY}`,
    })
    assert.equal(await kept(host, { key: KEY, state: 'absent' }), [[`key ${KEY}`, 'present', null]])
    assert.equal(await told(host, redis_data, { key: KEY, state: 'absent' }), {
      msg: `Key: ${KEY} not present`,
    })
    assert.equal(await told(host, redis_data_info, { key: KEY }, CHECK), {
      exists: false,
      msg: `Key "${KEY}" does not exist in database`,
    })
    server.ask('LPUSH', 'list', 'a')
    assert.match(
      await failed(host, redis_data, { key: 'list', value: 'a' }),
      /^Failed to get value of key: list .*WRONGTYPE/,
    )
    assert.match(
      await failed(host, redis_data_info, { key: 'list' }),
      /^Failed to get value of key "list" .*WRONGTYPE/,
    )
    assert.equal(await kept(host, { key: 'list', state: 'absent' }), [['key list', 'present', null]])
  }
})

test('a key goes when it is to', async () => {
  for (const host of all) {
    server.ask('SET', 'a', '1', 'PX', '900000')
    assert.equal(await kept(host, { key: 'a', value: '1' }), [])
    assert.equal(await kept(host, { key: 'a', value: '2', keep_ttl: true }), [['key a', '1', '2']])
    assert.ok(Number(server.ask('PTTL', 'a')) > 800000)
    const raw = of({ key: 'a', value: '2', keep_ttl: false })
    const { plan } = await applyModule(host.session, redis_data, raw)
    const [[what, before, after]] = rows(plan) as [[string, number, null]]
    assert.equal([what, before > 800000, after], ['milliseconds of key a', true, null])
    assert.is(server.ask('PTTL', 'a'), '-1')
    assert.equal(await kept(host, { key: 'a', value: '2', keep_ttl: false }), [])
    const going = await applyModule(
      host.session,
      redis_data,
      of({ key: 'a', value: '2', expiration: 700000 }),
    )
    assert.equal(rows(going.plan), [['milliseconds of key a', null, 700000]])
    assert.ok(Number(server.ask('PTTL', 'a')) > 600000)
    server.ask('DEL', 'a')
  }
})

test('a key is set only where it is there, or is not, if that is asked for', async () => {
  for (const host of all) {
    for (const view of [CHECK, RUN])
      assert.is(
        await failed(host, redis_data, { key: 'b', value: '1', existing: true }, view),
        'Could not set key: b. Key not present.',
      )
    const rehearsed = of({ key: 'b', value: '1', existing: true })
    const later = await applyModule(host.session, redis_data, rehearsed, { ...CHECK, rehearsal: true })
    assert.is(later.plan.changes.length, 1)
    assert.equal(await kept(host, { key: 'b', value: '1', non_existing: true }), [['key b', null, '1']])
    for (const view of [CHECK, RUN])
      assert.is(
        await failed(host, redis_data, { key: 'b', value: '2', non_existing: true }, view),
        'Could not set key: b. Key already present.',
      )
    assert.equal(await kept(host, { key: 'b', value: '2', existing: true }), [['key b', '1', '2']])
    server.ask('DEL', 'b')
  }
})

test('keys are counted up, and check mode says to what', async () => {
  const counts: [Raw, number, string][] = [
    [{}, 1, 'Incremented key: n to 1'],
    [{ increment_int: 41 }, 42, 'Incremented key: n by 41 to 42'],
    [{ increment_int: -2 }, 40, 'Incremented key: n by -2 to 40'],
    [{ increment_float: 20.4 }, 60.4, 'Incremented key: n by 20.4 to 60.4'],
  ]
  for (const host of all) {
    for (const [raw, value, msg] of counts)
      for (const view of [CHECK, RUN])
        assert.equal(await told(host, redis_data_incr, { key: 'n', ...raw }, view), { value, msg })
    for (const view of [CHECK, RUN])
      assert.match(await failed(host, redis_data_incr, { key: 'n' }, view), /^Value: 60\.4 of key: n is not/)
    server.ask('SET', 'n', '9223372036854775807')
    assert.match(await failed(host, redis_data_incr, { key: 'n' }, CHECK), /would be too large$/)
    server.ask('DEL', 'n')
  }
})

test('a server tells of itself', async () => {
  for (const host of all) {
    server.ask('SET', 'a', '1')
    const { info } = await told(host, redis_info, {}, CHECK)
    assert.equal([info.tcp_port, info.role, info.db0.keys], [server.port, 'master', 1])
    assert.match(info.redis_version, /^\d+\.\d+\.\d+$/)
    assert.is(
      await failed(host, redis_info, { cluster: true }),
      'unable to read info: ERR This instance has cluster support disabled',
    )
    assert.match(
      await failed(host, redis_info, { login_password: 'x' }),
      /^unable to connect to database: NOAUTH/,
    )
  }
})

test.run()
