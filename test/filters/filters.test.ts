import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { repr } from '../../src/python/text.ts'
import { Undefined } from '../../src/python/undefined.ts'
import { evaluated } from './expression.ts'

// As the answers were recorded.
process.env.TZ = 'UTC'

const test = suite('filters')

const home = process.env.HOME
test.before(() => {
  process.env.HOME = '/root'
})
test.after(() => {
  process.env.HOME = home
})

const folder = 'test/filters'

type Row = readonly [expression: string, answer: string | readonly [error: string, message: string]]

function given(expression: string): string {
  try {
    const value = evaluated(expression)
    return value instanceof Undefined ? 'Undefined' : repr(value)
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof ReferenceError) throw error
    return `error: ${(error as Error).message}`
  }
}

/** Whether an answer is Ansible's; of an error it is enough that there is one. */
function fits(given: string, [, answer]: Row): boolean {
  return typeof answer === 'string' ? given === answer : given.startsWith('error: ')
}

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  test(`${file.replace('.json', '')}: each expression gives what Ansible gives`, () => {
    const rows = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Row[]
    const wrong = rows
      .map((row) => [row[0], given(row[0]), row] as const)
      .filter(([, own, row]) => !fits(own, row))
      .map(
        ([expression, own, [, answer]]) =>
          `${expression}\n  here ${own}\n  Ansible ${JSON.stringify(answer)}`,
      )
    assert.is(wrong.join('\n'), '')
  })
}

test.run()
