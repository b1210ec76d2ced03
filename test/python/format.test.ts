import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { formatFields } from '../../src/python/format/fields.ts'
import { formatPercent } from '../../src/python/format/percent.ts'
import { format } from '../../src/python/format/value.ts'
import { decode, outcome, recordedRows } from '../support/recorded.ts'

const test = suite("Python's formats")
for (const [kind, ...row] of recordedRows<[string, ...unknown[]]>('formats')) {
  const wanted = row.pop()
  const given = row.map(decode)
  test(`${kind} of ${JSON.stringify(row)} gives what Python gives`, () =>
    assert.is(
      outcome(() => work(kind, given)),
      wanted,
    ))
}

function work(kind: string, [one, other, named]: unknown[]): string {
  if (kind === 'percent') return formatPercent(one as string, other)
  if (kind === 'format') return format(one, other as string)
  return formatFields(one as string, {
    args: other as unknown[],
    named: named as { [name: string]: unknown },
  })
}
test('private attributes are not printed', () => {
  assert.match(
    outcome(() => formatFields('{0.__class__}', { args: [1], named: {} })),
    "AttributeError: 'int' object has no attribute '__class__'",
  )
})
test.run()
