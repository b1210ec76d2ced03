import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { globals } from '../../src/jinja/globals.ts'

const test = suite('jinja/globals')

const now = (args: readonly unknown[], named: Record<string, unknown> = {}) =>
  globals.get('now')!.invoke(args, named)

test('now is a date with parts, and a text where a format is given', () => {
  const year = (now([]) as { attribute(name: string): unknown }).attribute('year')
  assert.is(now([], { fmt: '%Y' }), String(year))
  assert.is(now([true, '%Z%z']), '')
})

test.run()
