import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { redis_info } from '../../../src/modules/databases/redis_info.ts'
import { Float } from '../../../src/values/float.ts'
import { CHECK, planOf } from '../../support/plan.ts'

const test = suite('what servers of Redis say')

const LINES: [line: string, name: string, value: unknown][] = [
  ['redis_version:7.0.15', 'redis_version', '7.0.15'],
  ['uptime_in_days:53', 'uptime_in_days', 53],
  ['rdb_current_bgsave_time_sec:-1', 'rdb_current_bgsave_time_sec', -1],
  ['mem_fragmentation_ratio:1.5', 'mem_fragmentation_ratio', 1.5],
  ['hz:1.0', 'hz', new Float(1)],
  ['config_file:', 'config_file', ''],
  ['executable:/a:b', 'executable', '/a:b'],
  ['master_replid:9007199254740993', 'master_replid', '9007199254740993'],
  ['db0:keys=1,expires=0,avg_ttl=1.5', 'db0', { keys: 1, expires: 0, avg_ttl: 1.5 }],
  ['slave0:ip=::1,port=7,state=online', 'slave0', { ip: '::1', port: 7, state: 'online' }],
  ['list:a,1', 'list', ['a', 1]],
]

test('lines of a server are values', () => {
  for (const [line, name, value] of LINES) {
    const plan = planOf(redis_info, {}, `PONG\n# Server\r\n${line}\r\n\r\n\0\0`, CHECK)
    assert.equal([plan.changes, plan.result], [[], { info: { [name]: value } }], line)
  }
  const modules = 'PONG\nmodule:name=a,ver=1\r\nmodule:name=b,ver=2\r\n\0\0'
  assert.equal(planOf(redis_info, {}, modules).result, {
    info: {
      modules: [
        { name: 'a', ver: 1 },
        { name: 'b', ver: 2 },
      ],
    },
  })
})

test('a cluster is told of beside it', () => {
  const printed = 'PONG\nrole:master\r\ncluster_enabled:1\r\n\ncluster_state:ok\r\ncluster_size:3\r\n\0\0'
  assert.equal(planOf(redis_info, { cluster: true }, printed).result, {
    info: { role: 'master', cluster_enabled: 1 },
    cluster_info: { cluster_state: 'ok', cluster_size: 3 },
  })
  assert.match(
    planOf(redis_info, {}, 'PONG\n(error) NOPERM x\n\0\0').failed ?? '',
    /^unable to read info: NOPERM x/,
  )
  assert.match(planOf(redis_info, {}, 'none\0\0', CHECK).skipped ?? '', /^skipped/)
})

test.run()
