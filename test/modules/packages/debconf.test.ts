import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { debconf } from '../../../src/modules/packages/debconf.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'

const test = suite('debconf')

const printed = (...answers: string[][]) => `${answers.map((fields) => `${fields.join('\0')}\0`).join('')}\0`

const KNOWN = printed(
  ['a/name', 'string', 'true', 'x y'],
  ['a/ok', 'boolean', 'false', 'true'],
  ['a/secret', 'password', 'true', 'old'],
  ['a/long', 'text', 'false', 'one\ntwo'],
)

const ALL = {
  'a/name': 'x y',
  'a/ok': 'true',
  'a/secret': '(password omitted)',
  'a/long': 'one\ntwo',
}

const TABLE: [raw: Raw, changes: unknown[][]][] = [
  [{}, []],
  [{ question: 'a/name', vtype: 'string', value: 'x y' }, []],
  [{ question: 'a/name', vtype: 'string', value: 'x y\n' }, []],
  [{ question: 'a/name', vtype: 'string', value: 'x' }, [['a/name', 'x y', 'x']]],
  [{ question: 'a/name', vtype: 'string', value: '' }, [['a/name', 'x y', '']]],
  [{ question: 'a/long', vtype: 'text', value: 'one\\ntwo' }, []],
  [{ question: 'a/new', vtype: 'select', value: 'x' }, [['a/new', null, 'x']]],
  [{ question: 'a/ok', vtype: 'boolean', value: true }, []],
  [{ question: 'a/ok', vtype: 'boolean', value: 'TRUE' }, []],
  [{ question: 'a/ok', vtype: 'boolean', value: false }, [['a/ok', 'true', 'false']]],
  [{ question: 'a/ok', vtype: 'seen', value: 'false' }, []],
  [{ question: 'a/ok', vtype: 'seen', value: true }, [['seen of a/ok', 'false', 'true']]],
  [{ question: 'a/secret', vtype: 'password', value: 'old' }, []],
  [{ question: 'a/secret', vtype: 'password', value: 'new' }, [['a/secret', '(hidden)', '(hidden)']]],
  [{ question: 'a/secret', vtype: 'string', value: 'new' }, [['a/secret', '(hidden)', 'new']]],
]

for (const [raw, changes] of TABLE) {
  test(`${JSON.stringify(raw)} plans just what differs`, () => {
    assert.equal(rows(planOf(debconf, { name: 'a', ...raw }, KNOWN)), changes)
  })
}

test('without a question, and without a change, all answers are returned but passwords', () => {
  for (const raw of [{}, { question: 'a/secret', vtype: 'password', value: 'old' }])
    assert.equal(planOf(debconf, { name: 'a', ...raw }, KNOWN).result, { msg: '', current: ALL })
})

test('of a change the answer and the one before are returned', () => {
  const view = { ...CHECK, diff: true }
  const known = { question: 'a/name', vtype: 'string', value: 'z' }
  assert.equal(planOf(debconf, { name: 'a', ...known }, KNOWN, view).result, {
    msg: '',
    current: { 'a/name': 'z' },
    previous: { 'a/name': 'x y' },
    diff: { before: { 'a/name': 'x y' }, after: { 'a/name': 'z' } },
  })
  const fresh = { question: 'a/new', vtype: 'password', value: 'z' }
  assert.equal(planOf(debconf, { name: 'a', ...fresh }, KNOWN).result, {
    msg: '',
    current: { 'a/new': '(password omitted)' },
    previous: { ...ALL, 'a/new': '' },
    diff: {},
  })
})

test('answers go over stdin, and are marked as seen unless they are not to be', async () => {
  const raw = { name: 'a', question: 'a/new', vtype: 'boolean', value: true }
  const sent = async (more: Raw) => {
    const [action] = planOf(debconf, { ...raw, ...more }, KNOWN).actions!
    if (action?.do !== 'send') throw new Error('nothing is sent')
    return [action.script, action.content.text()]
  }
  assert.equal(await sent({}), ['LC_ALL=C debconf-set-selections', 'a a/new boolean true'])
  assert.equal(await sent({ unseen: true }), ['LC_ALL=C debconf-set-selections -u', 'a a/new boolean true'])
})

test('what debconf-set-selections cannot set is a failure, unless it is so already', () => {
  const raw = { name: 'a', question: 'a/name', vtype: 'error' }
  assert.match(planOf(debconf, { ...raw, value: 'x' }, KNOWN).failed!, /sets no values of type error/)
  assert.is(planOf(debconf, { ...raw, value: 'x y' }, KNOWN).failed, undefined)
})

test('a package that asks nothing has no answers', () => {
  assert.equal(planOf(debconf, { name: 'a' }, '\0').result, { msg: '', current: {} })
})

test('an answer that makes no sense is an error', () => {
  assert.throws(
    () => planOf(debconf, { name: 'a' }, printed(['a', 'b', 'c', 'd'])),
    /"c" where true or false/,
  )
  assert.throws(() => planOf(debconf, { name: 'a' }, 'a\0string\0'), /less than was asked for/)
})

test('wrong arguments are refused', () => {
  const full = { name: 'a', question: 'a/b', vtype: 'string', value: 'c' }
  for (const name of ['', '-x', '#a', 'a b', 'a,b', 'a\nb'])
    assert.match(problemsOf(debconf, { name })[0]!, /not a name of a package/)
  for (const question of ['', 'a b', 'a\nb'])
    assert.match(problemsOf(debconf, { ...full, question })[0]!, /not a name of a question/)
  for (const value of ['a\nb', 'a\rb', '\na'])
    assert.match(problemsOf(debconf, { ...full, value })[0]!, /^value holds a line break/)
  assert.match(problemsOf(debconf, { ...full, vtype: 'seen' })[0]!, /neither true nor false/)
  assert.match(problemsOf(debconf, { ...full, vtype: 'strin' })[0]!, /is none of boolean, error/)
  const together = 'parameters are required together: question, vtype, value'
  assert.equal(problemsOf(debconf, { name: 'a', question: 'b' }), [together])
  assert.equal(problemsOf(debconf, { name: 'a', vtype: 'string', value: 'b' }), [together])
})

test.run()
