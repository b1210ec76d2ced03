import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { momentOf } from '../../../src/python/dates/calendar.ts'
import { DateTime } from '../../../src/python/dates/datetime.ts'
import { strftime } from '../../../src/python/dates/strftime.ts'
import { strptime } from '../../../src/python/dates/strptime.ts'
import { TimeDelta } from '../../../src/python/dates/timedelta.ts'
import { GMT, localMoment, localZone } from '../../../src/python/dates/zone.ts'
import { recorded } from '../../support/recorded.ts'

const test = suite('python/dates')

type Case =
  | {
      readonly kind: 'strftime'
      readonly zone: string
      readonly seconds: number
      readonly formats: readonly string[]
      readonly texts: readonly string[]
      readonly utc: string
    }
  | {
      readonly kind: 'strptime'
      readonly text: string
      readonly format: string
      readonly result: unknown[] | null
    }
  | { readonly kind: 'delta'; readonly given: [number, number, number]; readonly result: unknown[] }

const cases = recorded<Case>('dates')

/** What it gives with the controller in a zone. */
function inZone<T>(zone: string, body: () => T): T {
  const before = process.env.TZ
  process.env.TZ = zone
  try {
    return body()
  } finally {
    if (before === undefined) delete process.env.TZ
    else process.env.TZ = before
  }
}

test('times are written as Python writes them, in local time and in UTC', () => {
  for (const one of cases) {
    if (one.kind !== 'strftime') continue
    const seconds = Math.floor(Number(one.seconds))
    inZone(one.zone, () => {
      const texts = one.formats.map((format) => strftime(format, localMoment(seconds), localZone(seconds)))
      const wrong = texts.flatMap((text, at) =>
        text === one.texts[at] ? [] : [[one.formats[at], text, one.texts[at]]],
      )
      assert.equal(wrong, [], `${one.zone} ${seconds}`)
      assert.is(strftime('%c %z %Z', momentOf(seconds), GMT), one.utc, `${one.zone} ${seconds}`)
    })
  }
})

test('dates are read as Python reads them', () => {
  inZone('UTC', () => {
    for (const one of cases)
      if (one.kind === 'strptime')
        assert.equal(read(one.text, one.format), one.result, `${one.text} as ${one.format}`)
  })
})

test('spans of time add, subtract and print as in Python', () => {
  const base = new DateTime({ year: 2023, month: 1, day: 31, hour: 12, minute: 30, second: 15 }, 250_000)
  for (const one of cases) {
    if (one.kind !== 'delta') continue
    const delta = new TimeDelta(...one.given)
    const sum = base.plus(delta)!
    const found = [
      ...[String(delta), delta.repr(), delta.days, delta.seconds, delta.microseconds],
      ...[
        (delta.attribute('total_seconds') as () => unknown)(),
        String(sum),
        String(base.minus(delta)),
        String(base.minus(sum)),
      ],
    ]
    assert.equal(found, one.result)
  }
})

test('now is what the clock shows here, or in UTC', () => {
  inZone('Asia/Kolkata', () => {
    const ahead = DateTime.now(false).minus(DateTime.now(true)) as TimeDelta
    assert.is(Math.round(ahead.totalSeconds / 60), 330)
  })
  assert.ok(Math.abs(inZone('UTC', () => DateTime.now(true).timestamp()) - Date.now() / 1000) < 60)
})

test('what does not match a format is told', () => {
  assert.throws(() => strptime('2023', '%Y-%m'), '"2023" does not match the format "%Y-%m"')
  assert.throws(() => strptime('2023-01', '%Y'), '"-01" is left over behind the format "%Y"')
  assert.throws(() => strptime('2023-02-30', '%Y-%m-%d'), 'month 2 of 2023 has no day 30')
  assert.throws(() => strptime('5', '%q'), '"%q" is no directive')
})

function read(text: string, format: string): unknown[] | null {
  let date: DateTime
  try {
    date = strptime(text, format)
  } catch {
    return null
  }
  const call = (name: string) => (date.attribute(name) as () => unknown)()
  return [
    ...[String(date), date.repr(), date.isoformat(), date.strftime('%Y-%m-%d %f %z %Z %%f %j')],
    ...['timestamp', 'weekday', 'toordinal', 'isocalendar', 'ctime'].map(call),
  ]
}

test.run()
