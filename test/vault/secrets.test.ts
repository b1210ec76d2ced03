import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { keepSecret, keepSecretPart, masked } from '../../src/vault/secrets.ts'

const test = suite('what was decrypted and is not to be told')

test('a secret is hidden wherever it stands, the longest first', () => {
  keepSecret('hunter2')
  keepSecret('hunter2-and-more\n')
  assert.is(masked('x=hunter2, y=hunter2-and-more!'), 'x=********, y=********!')
  assert.is(masked('hunter'), 'hunter')
})

test('a short one is hidden where it is a word of its own', () => {
  keepSecret('p1')
  assert.is(masked('p1 p12 (p1)'), '******** p12 (********)')
  keepSecretPart('q1')
  assert.is(masked('q1'), 'q1')
})

test('nothing, and blanks, are no secrets', () => {
  keepSecret('')
  keepSecret(' \n ')
  assert.is(masked('a b'), 'a b')
})

test('each line of a text is a secret too', () => {
  keepSecret('-----BEGIN KEY-----\r\nYWJjZGVm\r\n-----END KEY-----\r\n')
  assert.is(masked('+YWJjZGVm'), '+********')
  assert.is(masked('-----BEGIN KEY-----'), '********')
})

const WRITTEN: [secret: string, text: string][] = [
  ['say "one"', String.raw`{"msg": "say \"one\""}`],
  ['back\\slash', JSON.stringify('back\\slash')],
  ["it's two", String.raw`echo 'it'\''s two'`],
  ['drei é', String.raw`"drei \u00e9"`],
  ['p@ss/word', 'https://u:p%40ss%2Fword@host'],
  ['tab\tline\nend', String.raw`'tab\tline\nend'`],
]
for (const [secret, text] of WRITTEN)
  test(`${JSON.stringify(secret)} is hidden in ${text}`, () => {
    keepSecret(secret)
    assert.match(masked(text), /\*{8}/)
    assert.not.ok(masked(text).includes('one') || masked(text).includes('two'), masked(text))
  })

test('what stands between the templates of a decrypted text is hidden in what they give', () => {
  keepSecretPart('https://{{ user }}:pass-word@{{ host }}/x')
  assert.is(masked('https://me:pass-word@db/x'), '********me********db/x')
})

test('many secrets with one beginning are looked for quickly', () => {
  for (let at = 0; at < 20_000; at += 1) keepSecretPart(`line ${at} of many`)
  const started = performance.now()
  assert.is(masked('line 19999 of many'.repeat(20)), '********'.repeat(20))
  assert.ok(performance.now() - started < 2000)
})

test.run()
