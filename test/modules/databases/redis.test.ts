import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { redis } from '../../../src/modules/databases/redis.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('Redis')

const C = { command: 'config', name: 'maxmemory', value: '1kb' }
const REPLICA = { command: 'replica', master_host: 'm', master_port: 1 }
const PLANS: [raw: Raw, printed: string, changes: unknown[], result: unknown][] = [
  [C, 'PONG\n1) "maxmemory"\n2) "1024"\n\0\0', [], { name: 'maxmemory', value: '1024' }],
  [
    { ...C, value: '1.5G' },
    'PONG\n1) "maxmemory"\n2) "0"\n\0\0',
    [['setting maxmemory', '0', '1610612736']],
    { name: 'maxmemory', value: '1610612736' },
  ],
  [
    { ...C, name: 'logfile', value: 'ä"' },
    'PONG\n1) "logfile"\n2) "\\xc3\\xa4\\""\n\0\0',
    [],
    { name: 'logfile', value: 'ä"' },
  ],
  [{ command: 'flush' }, 'PONG\n# Keyspace\r\n\0\0', [], { flushed: true }],
  [
    { command: 'flush' },
    'PONG\n# Keyspace\r\ndb0:keys=2,expires=0\r\ndb3:keys=5,expires=0\r\n\0\0',
    [['keys', 7, 0]],
    { flushed: true },
  ],
  [{ command: 'slave', replica_mode: 'master' }, 'PONG\nrole:master\r\n\0\0', [], { mode: 'master' }],
  [
    REPLICA,
    'PONG\nrole:slave\r\nmaster_host:m\r\nmaster_port:1\r\n\0\0',
    [],
    { mode: { status: 'replica', master_host: 'm', master_port: 1 } },
  ],
]

test('a server is what it is to be', () => {
  for (const [raw, printed, changes, result] of PLANS) {
    const plan = planOf(redis, raw, printed)
    assert.equal([rows(plan), plan.result], [changes, result], JSON.stringify(raw))
  }
  assert.is(planOf(redis, C, 'none\0\0', CHECK).changes.length, 1)
})

const PROBLEMS: [Raw, RegExp][] = [
  [{}, /missing required arguments: command/],
  [{ command: 'config', name: 'a' }, /command=config needs name and value/],
  [{ ...C, name: 'a*' }, /name: "a\*" is not a name of a setting/],
  [{ command: 'flush', flush_mode: 'db' }, /In db mode the db number must be provided/],
  [{ command: 'flush', flush_mode: 'db', db: -1 }, /db: -1 is not/],
  [{ command: 'replica', master_port: 1 }, /In replica mode master host must be provided/],
  [{ command: 'replica', master_host: 'm' }, /In replica mode master port must be provided/],
  [{ ...C, login_port: 0 }, /login_port: 0 is not a port/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const problems = problemsOf(redis, raw)
    assert.is(problems.length, 1, JSON.stringify(raw))
    assert.match(problems[0]!, problem)
  }
})

test.run()
