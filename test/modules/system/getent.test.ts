import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { getent } from '../../../src/modules/system/getent.ts'
import { planOf, problemsOf, type Raw } from '../../support/plan.ts'

const test = suite('getent')

const TABLE: [title: string, raw: Raw, printed: string, facts: Raw][] = [
  [
    'users have their fields at colons',
    { database: 'passwd' },
    'root:x:0:0:root:/root:/bin/bash\nann:x:1000:100:Ann,,:/home/ann:\n',
    {
      getent_passwd: {
        root: ['x', '0', '0', 'root', '/root', '/bin/bash'],
        ann: ['x', '1000', '100', 'Ann,,', '/home/ann', ''],
      },
    },
  ],
  [
    'services have theirs at white space',
    { database: 'services', key: 'http' },
    'http                  80/tcp www\n',
    { getent_services: { http: ['80/tcp', 'www'] } },
  ],
  [
    'several entries of a name are several lists',
    { database: 'hosts' },
    '127.0.0.1  a\n::1  b c\n127.0.0.1\td\n127.0.0.1 e f\n',
    { getent_hosts: { '127.0.0.1': [['a'], ['d'], ['e', 'f']], '::1': ['b', 'c'] } },
  ],
  [
    'another separator is taken as it is',
    { database: 'x', split: '->' },
    'a->b c->d\n',
    { getent_x: { a: ['b c', 'd'] } },
  ],
  ['an entry of one field has no others', { database: 'netgroup' }, 'a\n\n', { getent_netgroup: { a: [] } }],
  ['a database without entries is an empty map', { database: 'group' }, '', { getent_group: {} }],
]

for (const [title, raw, printed, facts] of TABLE) {
  test(title, () => {
    const plan = planOf(getent, raw, `${printed}\x000`)
    assert.equal(plan, { changes: [], result: { ansible_facts: facts } })
  })
}

test('a status of getent is a failure in the words of Ansible', () => {
  for (const [code, failed] of [
    ['1', 'Missing arguments, or database unknown.'],
    ['2', 'One or more supplied key could not be found in the database.'],
    ['3', 'Enumeration not supported on this database.'],
    ['127', 'Unexpected failure!'],
    ['', 'Failed to find required executable "getent" on this host'],
  ]) {
    assert.is(planOf(getent, { database: 'passwd', key: 'a' }, `\0${code}`).failed, failed)
  }
  assert.throws(() => planOf(getent, { database: 'passwd' }, 'root:x'), /cut short/)
})

test('a key that is not there is null, if that is no failure', () => {
  const plan = planOf(getent, { database: 'passwd', key: 'a', fail_key: false }, '\x002')
  assert.equal(plan, {
    changes: [],
    result: {
      ansible_facts: { getent_passwd: { a: null } },
      msg: 'One or more supplied key could not be found in the database.',
    },
  })
})

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of [
    [{}, /missing required arguments: database/],
    [{ database: '-x' }, /"-x" is no name of a database/],
    [{ database: 'passwd', split: '' }, /split is empty/],
  ] as const) {
    const [first = ''] = problemsOf(getent, raw)
    assert.match(first, problem)
  }
})

test('the facts that it returns are known by the database, if that is known', () => {
  assert.equal(getent.returnsFacts!({ database: 'passwd' }), ['getent_passwd'])
  assert.is(getent.returnsFacts!({}), undefined)
})

test.run()
