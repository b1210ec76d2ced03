import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { known_hosts } from '../../../src/modules/accounts/known_hosts.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('known_hosts')

const RSA = `ssh-rsa ${Buffer.from('\0\0\0\x07ssh-rsa1').toString('base64')}`

const KEY = `a ${RSA}`
const there = (content: string) => `${filesText(statText(), FOLDER)}1${content}`

const TABLE: [title: string, raw: Raw, before: string, after: string][] = [
  ['a key that is there stays', { key: KEY }, `${KEY} me\n`, `${KEY} me\n`],
  ['one that is not goes to the end', { key: KEY }, `b ${RSA}`, `b ${RSA}\n${KEY}\n`],
  ['another one of the type is replaced', { key: KEY }, `a ssh-rsa AAAA\n#\n`, `#\n${KEY}\n`],
  ['one of another type stays', { key: KEY }, 'a ssh-dss AAAA\n', `a ssh-dss AAAA\n${KEY}\n`],
  ['a pattern is a name', { state: 'absent' }, `?,x ${RSA}\nb ${RSA}\n`, `b ${RSA}\n`],
  [
    'marked lines stay when all keys go',
    { state: 'absent' },
    `@revoked a ${RSA}\n${KEY}\n`,
    `@revoked a ${RSA}\n`,
  ],
  ['comments and broken lines stay', { state: 'absent' }, `# a b c\na\n\n@x\n`, `# a b c\na\n\n@x\n`],
]

for (const [title, raw, before, after] of TABLE) {
  test(title, () => {
    const plan = planOf(known_hosts, { name: 'a', path: '/d/f', ...raw }, there(before))
    const [action] = plan.actions ?? []
    assert.is(action?.do === 'send' ? action.content.text() : before, after)
    assert.equal(planOf(known_hosts, { name: 'a', path: '/d/f', ...raw }, there(after)).changes, [])
  })
}

test('a folder that is missing is a failure, and under check one that an earlier task may make', () => {
  const nowhere = `${filesText(undefined, undefined)}0`
  const raw = { name: 'a', path: '/d/f', key: KEY }
  assert.match(planOf(known_hosts, raw, nowhere).failed ?? '', /there is no folder \/d/)
  assert.ok(rows(planOf(known_hosts, raw, nowhere, CHECK)).length > 0)
  assert.equal(planOf(known_hosts, { name: 'a', path: '/d/f', state: 'absent' }, nowhere).changes, [])
})

const PROBLEMS: [raw: Raw, problem: RegExp | undefined][] = [
  [{ name: 'a', key: `a ${RSA}` }, undefined],
  [{ name: 'A', key: `b,a ${RSA} me@here` }, undefined],
  [{ name: '[a]:22', key: `[a]:22 ${RSA}` }, undefined],
  [{ name: 'a', state: 'absent' }, undefined],
  [{ name: 'a' }, /No key specified when adding a host/],
  [{ name: 'a,b', key: `a,b ${RSA}` }, /Comma separated list of names is not supported/],
  [{ name: 'a', key: `b ${RSA}` }, /Host parameter does not match hashed host field/],
  [{ name: 'a', key: `a,!a ${RSA}` }, /Host parameter does not match/],
  [{ name: 'a', key: 'a ssh-rsa AAAA' }, /Host parameter does not match/],
  [{ name: 'a', key: RSA }, /Host parameter does not match/],
]

test('a wrong argument is told in a sentence', () => {
  for (const [raw, problem] of PROBLEMS) {
    const [first] = problemsOf(known_hosts, raw)
    if (problem === undefined) assert.is(first, undefined, JSON.stringify(raw))
    else assert.match(first ?? '', problem, JSON.stringify(raw))
  }
})

test.run()
