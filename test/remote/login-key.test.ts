import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { becomeKey, loginKey } from '../../src/remote/login-key.ts'
import type { Become, Target } from '../../src/remote/target.ts'

const target: Target = {
  ...{ name: 'one', connection: 'ssh', address: 'one.example', port: 22, user: 'u', timeout: 10 },
  ...{ privateKeyFile: '/key', password: 'horse', sshArgs: ['-J', 'near'], hostKeyChecking: true },
}

const otherLogins: readonly Partial<Target>[] = [
  { connection: 'local' },
  { address: 'two.example' },
  { port: 23 },
  { port: undefined },
  { user: 'v' },
  { user: undefined },
  { privateKeyFile: '/other' },
  { privateKeyFile: undefined },
  { password: 'battery' },
  { password: undefined },
  { sshArgs: [] },
  { sshArgs: ['-J', 'far'] },
  { sshArgs: ['-J', 'near', '-4'] },
  { sshArgs: ['-J near'] },
  { hostKeyChecking: false },
]

for (const changes of otherLogins) {
  test(`${JSON.stringify(changes, (_, value) => value ?? null)} needs another login`, () => {
    assert.is.not(loginKey({ ...target, ...changes }), loginKey(target))
  })
}

test('what stands in two places is not taken for the same', () => {
  const keys = [
    { user: 'a', privateKeyFile: undefined },
    { user: undefined, privateKeyFile: 'a' },
  ].map((changes) => loginKey({ ...target, ...changes }))
  assert.is.not(keys[0], keys[1])
})

test('the same login: under another name, with another timeout, with host keys checked as they are anyway', () => {
  const same = [{}, { name: 'two' }, { timeout: 3 }, { hostKeyChecking: undefined }]
  for (const changes of same) assert.is(loginKey({ ...target, ...changes }), loginKey(target))
})

test('this machine under another name is another login', () => {
  const [one, two] = ['one', 'two'].map((name) => loginKey({ ...target, connection: 'local', name }))
  assert.is.not(one, two)
})

test('whom a session becomes is told apart by all that sudo depends on', () => {
  const become: Become = { user: 'root', method: 'sudo', password: 'horse', flags: '-i' }
  const others = [{ user: 'u' }, { method: 'su' }, { password: 'x' }, { flags: undefined }] as const
  assert.is(becomeKey({ ...become }), becomeKey(become))
  for (const changes of others) assert.is.not(becomeKey({ ...become, ...changes }), becomeKey(become))
  assert.is.not(becomeKey(undefined), becomeKey(become))
})

test('a key is a number, which tells no secret', () => {
  assert.type(loginKey(target), 'number')
  assert.type(becomeKey({ user: 'root', method: 'sudo', password: 'horse' }), 'number')
})

test.run()
