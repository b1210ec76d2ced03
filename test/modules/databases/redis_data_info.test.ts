import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { redis_data_info } from '../../../src/modules/databases/redis_data_info.ts'
import { CHECK, planOf, problemsOf } from '../../support/plan.ts'

const test = suite('what keys of Redis hold')

test('what a key holds is told, and changes nothing', () => {
  const told = (printed: string, view = CHECK) => planOf(redis_data_info, { key: 'a' }, printed, view)
  assert.equal(told('PONG\n"b\\n"\n\0\0').result, { exists: true, value: 'b\n', msg: 'Got key "a"' })
  assert.equal(told('PONG\n(nil)\n\0\0').result, {
    exists: false,
    msg: 'Key "a" does not exist in database',
  })
  assert.match(told('PONG\n(error) WRONGTYPE x\n\0\0').failed ?? '', /exception: WRONGTYPE x$/)
  assert.match(told('none\0\0').skipped ?? '', /^skipped, since it cannot be asked yet: /)
  assert.match(told('none\0\0', { ...CHECK, check: false }).failed ?? '', /"redis-cli"/)
  assert.match(problemsOf(redis_data_info, { key: 'a', login_port: 70000 })[0]!, /is not a port/)
})

test.run()
