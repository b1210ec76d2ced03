import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { htpasswd } from '../../../src/modules/accounts/htpasswd.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('htpasswd')

const there = (content: string) => `${filesText(statText(), FOLDER)}1${content}`
const MISSING = `${filesText(undefined, FOLDER)}0`
const ann = { path: '/f', name: 'ann', password: 'pa ss:wörd' }

const planned = (raw: Raw, printed: string, view = { check: false, diff: false }) =>
  planOf(htpasswd, { ...ann, ...raw }, printed, view)

/** What the file holds afterwards. */
function made(raw: Raw, before: string): string {
  const [action] = planned(raw, before === '' ? MISSING : there(before)).actions ?? []
  return action !== undefined && 'content' in action ? String(action.content.text()) : before
}

test('a new password is hashed as is said, and then nothing is left to do', () => {
  for (const [scheme, pattern] of [
    ['apr_md5_crypt', /^ann:\$apr1\$[^$]{8}\$[^$]{22}\n$/],
    ['md5_crypt', /^ann:\$1\$[^$]{8}\$[^$]{22}\n$/],
    ['sha256_crypt', /^ann:\$5\$rounds=535000\$/],
    ['sha512_crypt', /^ann:\$6\$rounds=656000\$/],
    ['bcrypt', /^ann:\$2y\$12\$/],
    ['ldap_sha1', /^ann:\{SHA\}.{28}\n$/],
    ['plaintext', /^ann:pa ss:wörd\n$/],
  ] as const) {
    const text = made({ crypt_scheme: scheme }, '')
    assert.match(text, pattern)
    assert.equal(planned({}, there(text)).changes, [], scheme)
    assert.is(planned({ password: 'other' }, there(text)).changes.length, 1, scheme)
  }
})

test('hashes of other programs are known', () => {
  for (const hash of [
    // What openssl passwd and crypt(3) make of it.
    '$apr1$saltsalt$fwCjAAaM9sbn8yy8KfLis0',
    '$1$saltsalt$D3sU70kpF3He9qC7gHU1h0',
    '$5$saltsalt$4HgQlEGCG4QnAFeYPNl.BdEarRevRfJzyLDAbZMoCbC',
    '$6$saltsalt$bS8uFVRzMrb1ylbOyDWAlPhX./AH4Wgwbcp6PSOQdctbNq4.17j.43u4YKqn/mHb3zik88vMAwyrY4nYHaOFC/',
    '$2y$05$abcdefghijklmnopqrstuuJ4e2C4qu7xwncuBUHUaZnIMdFGNjkAa',
    '{SHA}jLIjfQZ5yojbZGTqxg2pY0VROWQ=',
    '12345',
  ]) {
    assert.equal(planned({ password: '12345' }, there(`ann:${hash}\n`)).changes, [], hash)
    assert.is(planned({ password: '12346' }, there(`ann:${hash}\n`)).changes.length, 1, hash)
  }
  for (const hash of [
    '$5$rounds=1$a$b',
    '$2y$99$abcdefghijklmnopqrstuuJ4e2C4qu7xwncuBUHUaZnIMdFGNjkAa',
    '$apr1$',
    '',
  ])
    assert.is(planned({}, there(`ann:${hash}\n`)).changes.length, 1, hash)
})

test('a user is added, changed and removed, and other lines stay', () => {
  const other = '# a\nbob:x\n\nanna:y'
  assert.match(made({ crypt_scheme: 'plaintext' }, other), /^# a\nbob:x\n\nanna:y\nann:pa ss:wörd\n$/)
  assert.is(made({ crypt_scheme: 'plaintext' }, 'bob:x\nann:old\nz:y\n'), 'bob:x\nann:pa ss:wörd\nz:y\n')
  assert.is(made({ state: 'absent' }, 'bob:x\nann:old\nz:y'), 'bob:x\nz:y')
  assert.equal(planned({ state: 'absent' }, there('bob:x\n')).changes, [])
  assert.equal(rows(planned({}, there('bob:x\n'))), [['user ann', null, '(hidden)']])
  assert.equal(rows(planned({}, there('ann:x\n'))), [['user ann', '(hidden)', '(hidden)']])
  assert.equal(rows(planned({ mode: '0640' }, there('ann:pa ss:wörd\n'))), [['mode', '0644', '0640']])
})

test('messages are those of Ansible', () => {
  assert.is(planned({}, MISSING).result?.msg, 'Created /f and added ann')
  assert.is(planned({}, there('')).result?.msg, 'Add/update ann')
  assert.is(planned({}, there('ann:pa ss:wörd\n')).result?.msg, 'ann already present')
  assert.is(planned({ state: 'absent' }, there('ann:a\n')).result?.msg, 'Remove ann')
  assert.is(planned({ state: 'absent' }, there('bob:a\n')).result?.msg, 'ann not present')
  const gone = planned({ state: 'absent' }, MISSING)
  assert.equal([gone.result?.msg, gone.warnings], ['ann not present', ['/f does not exist']])
  assert.is(planned({ create: false }, MISSING, CHECK).failed, 'Destination /f does not exist')
})

test('without a password a user stays as they are, and cannot be new', () => {
  const raw = { path: '/f', name: 'ann' }
  assert.equal(planOf(htpasswd, raw, there('ann:x\n')).changes, [])
  assert.match(planOf(htpasswd, raw, there('bob:x\n')).failed ?? '', /^password must be specified/)
})

test('no diff shows a hash', () => {
  const { changes } = planned({}, there('bob:SECRET\n'), { check: false, diff: true })
  assert.not.match(JSON.stringify(changes), /SECRET|ss:w/)
})

test('names that are none are refused', () => {
  for (const name of ['', 'a:b', 'a\nb', '#a', 'x'.repeat(256)])
    assert.match(problemsOf(htpasswd, { ...ann, name })[0] ?? '', /is not a name of a user/)
})

test.run()
