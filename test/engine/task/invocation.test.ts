import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { invocationOf } from '../../../src/engine/task/invocation.ts'
import { modules } from '../../../src/modules/index.ts'
import type { Module } from '../../../src/sdk/module.ts'

const test = suite('invocation')
const HIDDEN = 'VALUE_SPECIFIED_IN_NO_LOG_PARAMETER'

function module(options: Module['options']): Module {
  return { ...modules.ping!, options }
}

test('what an option calls secret, what is called like a secret, and what a file is to hold are hidden', () => {
  const own = module({
    password: { type: 'str', help: '', secret: true },
    update_password: { type: 'str', help: '', choices: ['always', 'on_create'] },
    lines: { type: 'list', help: '', bytes: true },
  })
  const args = {
    password: 'a',
    update_password: 'always',
    lines: ['a'],
    api_key: 'a',
    pin: 1234,
    password_expire_max: 99,
    no_password_changes: true,
    environment: { DB_PASSWORD: 'a', LANG: 'C', nested: [{ token: 'a' }] },
    nothing: undefined,
  }
  assert.equal(invocationOf(own, args), {
    module_args: {
      password: HIDDEN,
      update_password: 'always',
      lines: HIDDEN,
      api_key: HIDDEN,
      pin: HIDDEN,
      password_expire_max: 99,
      no_password_changes: true,
      environment: { DB_PASSWORD: HIDDEN, LANG: 'C', nested: [{ token: HIDDEN }] },
    },
  })
})

test('files are named, expressions stand as they were written', () => {
  const own = module({
    src: { type: 'file', help: '' },
    cmd: { type: 'script', help: '' },
    that: { type: 'conditions', help: '' },
  })
  const file = { path: '/here/files/a', mode: 0o644 }
  const args = { src: file, cmd: { file, words: '-x' }, that: [{ text: 'a is defined', holds: true }] }
  assert.equal(invocationOf(own, args), {
    module_args: { src: '/here/files/a', cmd: '/here/files/a -x', that: ['a is defined'] },
  })
})

test.run()
