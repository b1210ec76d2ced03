import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { timezone } from '../../../src/modules/system/timezone.ts'
import type { Value, ValueMap } from '../../../src/values/value.ts'
import { CHECK, planOf, problemsOf, type Raw, rows } from '../../support/plan.ts'
import { filesText } from '../../support/stat.ts'

const test = suite('timezone')

const BOOT = 'f1b1b1\n'

/** What the probe prints where none of the files is there but those given, in the order that it asks for them. */
function printed(script: string, texts: (string | undefined)[] = []): string[] {
  const all = Array.from({ length: 5 }, (_, index) => texts[index])
  const marks = all.map((text) => (text === undefined ? 0 : 1)).join('')
  const held = all.filter((text) => text !== undefined).map((text) => `${text}${BOOT}`)
  return [
    filesText(...all.map(() => undefined)),
    `${marks}${held.length > 0 ? BOOT : ''}${held.join('')}`,
    script,
  ]
}

const status = (zone: string, local: string) =>
  `known\nsystemd\n      Universal time: x\n       Time zone: ${zone} (CET, +0100)\n RTC in local TZ: ${local}\n`

const PLANS: [raw: Raw, printed: string[], changes: unknown[]][] = [
  [{ name: 'Asia/Tokyo' }, printed(status('Asia/Tokyo', 'no')), []],
  [{ name: 'Asia/Tokyo' }, printed(status('Etc/UTC', 'no')), [['timezone', 'Etc/UTC', 'Asia/Tokyo']]],
  [{ rtc: 'local' }, printed(status('Etc/UTC', 'no')), [['hwclock', 'UTC', 'local']]],
  [{ hwclock: 'local' }, printed(status('Etc/UTC', 'yes')), []],
  [{ name: 'Asia/Tokyo' }, printed('known\ndebian\n/usr/share/zoneinfo/Asia/Tokyo\n', ['Asia/Tokyo\n']), []],
  [
    { name: 'Asia/Tokyo' },
    printed('known\ndebian\n/usr/share/zoneinfo/Etc/UTC\n', ['Asia/Tokyo\n']),
    [['timezone', 'Etc/UTC', 'Asia/Tokyo']],
  ],
  [{ name: 'Asia/Tokyo' }, printed('known\ndebian\nsame\n', ['Asia/Tokyo\n']), []],
  [{ name: 'Asia/Tokyo' }, printed('known\ndebian\n\n'), [['timezone', 'n/a', 'Asia/Tokyo']]],
  [
    { name: 'Asia/Tokyo' },
    printed('known\nredhat\nsame\n', [undefined, undefined, undefined, 'ZONE="Asia/Tokyo"\nUTC=true\n']),
    [],
  ],
  [
    { name: 'Asia/Tokyo', hwclock: 'UTC' },
    printed('known\nsuse\nsame\n', [undefined, undefined, undefined, 'TIMEZONE=Etc/UTC\nUTC=no\n']),
    [
      ['timezone', 'Etc/UTC', 'Asia/Tokyo'],
      ['hwclock', 'local', 'UTC'],
    ],
  ],
  [
    { hwclock: 'UTC' },
    printed('known\nalpine\nsame\n', [undefined, undefined, 'UTC="yes"\n', undefined, '0.0\n0\nLOCAL\n']),
    [['hwclock', 'local', 'UTC']],
  ],
]

test('zone and hardware clock are changed where they differ', () => {
  for (const [raw, output, changes] of PLANS) {
    const plan = planOf(timezone, raw, output)
    assert.equal(rows(plan), changes, JSON.stringify([raw, output[2]]))
    const { before, after } = plan.result!.diff as { before: ValueMap; after: ValueMap }
    assert.equal(Object.values(after).sort(), Object.values(raw).sort())
    for (const [what, was] of changes as [string, Value, Value][])
      assert.is(before[what === 'timezone' ? 'name' : what], was)
  }
})

test('a zone that the host does not have is a failure, unless check may not know', () => {
  const raw = { name: 'Asia/Tokio' }
  const failed = 'given timezone "Asia/Tokio" is not available'
  assert.is(planOf(timezone, raw, printed('unknown\ndebian\n\n')).failed, failed)
  assert.is(planOf(timezone, raw, printed('unknown\ndebian\n\n'), CHECK).failed, failed)
  assert.is(planOf(timezone, raw, printed('none\ndebian\n\n')).failed, failed)
  assert.is(planOf(timezone, raw, printed('none\ndebian\n\n'), CHECK).failed, undefined)
})

test('answers that make no sense are errors', () => {
  assert.throws(() => planOf(timezone, { name: 'UTC' }, printed('known\nsystemd\nwhat\n')), /timedatectl/)
  assert.throws(
    () => planOf(timezone, { name: 'UTC' }, printed('known\nwhat\n')),
    /where its kind was expected/,
  )
})

test('wrong arguments are refused', () => {
  for (const name of ['', '-x', '../etc/passwd', 'Asia//Tokyo', 'Asia/', 'a b', 'a\nb'])
    assert.match(problemsOf(timezone, { name })[0] ?? '', /is not a name of a time zone/)
  assert.match(problemsOf(timezone, {})[0] ?? '', /one of the following is required: hwclock, name/)
})

test.run()
