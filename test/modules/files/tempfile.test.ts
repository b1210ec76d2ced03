import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { tempfile } from '../../../src/modules/files/tempfile.ts'
import { CHECK, planOf, problemsOf, rows } from '../../support/plan.ts'

const test = suite('tempfile')

test('something is made each time, and nothing under check', () => {
  assert.equal(rows(planOf(tempfile, {})), [['file', null, 'made']])
  assert.equal(rows(planOf(tempfile, { state: 'directory' })), [['directory', null, 'made']])
  const checked = planOf(tempfile, {}, '', CHECK)
  assert.equal(checked.changes, [])
  assert.match(checked.skipped!, /check mode/)
})

test('prefix and suffix are parts of a name', () => {
  assert.match(problemsOf(tempfile, { prefix: '../a' })[0]!, /prefix is a part of a name/)
  assert.match(problemsOf(tempfile, { suffix: '/' })[0]!, /suffix is a part of a name/)
})

test.run()
