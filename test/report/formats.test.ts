import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { readFormat } from '../../src/report/formats.ts'

const test = suite('formats')

const right: [text: string, shown: string, added: string[]][] = [
  ['default', 'default', []],
  ['json', 'json', []],
  ['ansible.posix.jsonl', 'jsonl', []],
  ['timer', 'default', ['timer']],
  ['dense, community.general.timer,profile_tasks', 'dense', ['profile_tasks', 'timer']],
]
for (const [text, shown, added] of right) test(text, () => assert.equal(readFormat(text), { shown, added }))

const wrong: [text: string, why: RegExp][] = [
  ['yaml', /It is one of default, minimal, oneline, dense, json, jsonl, and any of tree,/],
  ['', /It is one of/],
  ['json,minimal', /^minimal and json exclude each other.$/],
]
for (const [text, why] of wrong)
  test(`not "${text}"`, () => {
    assert.throws(
      () => readFormat(text),
      ({ message }: Error) => why.test(message),
    )
  })

test.run()
