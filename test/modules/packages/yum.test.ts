import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { yum } from '../../../src/modules/packages/yum.ts'
import { planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('yum')

const TABLE = `Updating:
 two       noarch  2-1  t           5.5 k
Installing for dependencies:
 lib       noarch  1-1  t           5.5 k
Exiting on user command`

const PRINTED = `upgrade\0two\n\x01${TABLE}\n\x01\ttwo.noarch 1-1\n\x00${1}\0`

test('the table of yum becomes changes', () => {
  assert.equal(rows(planOf(yum, { name: 'two', state: 'latest' }, PRINTED)), [
    ['two', '1-1', '2-1'],
    ['lib', null, '1-1'],
  ])
})

test('the program is what the task says, and yum is told nothing that only dnf knows', () => {
  const script = (raw: Raw) =>
    JSON.stringify(planOf(yum, { name: 'two', state: 'latest', ...raw }, PRINTED).actions)
  assert.match(script({}), /dnf --setopt.*--best.*yum --setopt/)
  assert.not.match(script({ use_backend: 'yum', enablerepo: 'a' }), /command -v dnf|--best|enabled=1/)
  assert.match(script({ use_backend: 'yum', enablerepo: 'a' }), /--enablerepo=a/)
  assert.not.match(script({ use_backend: 'yum4' }), /yum --/)
  assert.not.match(script({ use: 'dnf4' }), /yum --/)
})

test('wrong arguments are refused', () => {
  assert.match(problemsOf(yum, { name: ['-y'] })[0]!, /is not a name of a package/)
  assert.match(problemsOf(yum, { name: 'a', use_backend: 'apt' })[0]!, /none of auto, yum, yum4, dnf/)
})

test.run()
