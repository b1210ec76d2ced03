import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { changeLine } from '../../src/report/changes.ts'
import { diffLines } from '../../src/report/diff.ts'
import { createTheme } from '../../src/report/paint.ts'
import type { Change } from '../../src/sdk/module.ts'
import { change, changed, textChange } from './events.ts'

const test = suite('diff')
const look = createTheme({ color: false, unicode: false })
const header = ['--- before: content', '+++ after: content']
const numbers = (from: number, to: number): string =>
  Array.from({ length: to - from + 1 }, (_, index) => `${from + index}\n`).join('')

const cases: [what: string, of: Change, short: string, full: string[]][] = [
  ['a value', change('mode', '0644', '0600'), 'mode: 0644 -> 0600', ['mode: 0644 -> 0600']],
  ['zero and nothing', change('x', 0, ''), 'x: 0 -> ""', ['x: 0 -> ""']],
  ['false and absent', change('x', false, null), 'x: false -> absent', ['x: false -> absent']],
  ['odd text', change('x', 'a\nb', '\x1b[31m-'), 'x: a\\nb -> -', ['x: a\\nb -> -']],
  [
    'something new with parts',
    change('route', null, { dev: 'eth0', via: '10.0.0.1' }),
    'route: added',
    ['route:', '  + dev: eth0', '  + via: 10.0.0.1'],
  ],
  ['something with parts removed', change('route', ['a'], null), 'route: removed', ['route:', '  - - a']],
  [
    'parts that differ beside others that do not',
    change('link', { mtu: 1500, up: true }, { mtu: 1400, up: true }),
    'link: {mtu: 1500, up: true} -> {mtu: 1400, up: true}',
    ['link:', '  - mtu: 1500', '  + mtu: 1400', '    up: true'],
  ],
  [
    'text, with three lines around',
    textChange('content', numbers(1, 20), numbers(1, 20).replace('10\n', 'ten\n')),
    'content: 20 lines -> 20 lines',
    [...header, '@@ -7,7 +7,7 @@', ' 7', ' 8', ' 9', '-10', '+ten', ' 11', ' 12', ' 13'],
  ],
  [
    'a new file',
    textChange('content', '', 'a\n'),
    'content: new, 1 line',
    [...header, '@@ -0,0 +1,1 @@', '+a'],
  ],
  [
    'a removed file',
    textChange('content', 'a\nb', ''),
    'content: removed, 2 lines',
    [...header, '@@ -1,2 +0,0 @@', '-a', '-b', '\\ No newline at end of file'],
  ],
  [
    'spaces that cannot be seen',
    textChange('content', 'a\tb\nc\n', 'a       b\nc  \n'),
    'content: 2 lines -> 2 lines',
    [...header, '@@ -1,2 +1,2 @@', '-a\\tb', '-c', '+a       b', '+c··'],
  ],
]

for (const [what, of, short, full] of cases) {
  test(`${what} is shown in one line and in full`, () => {
    assert.is(changeLine(of), short)
    assert.equal(diffLines(changed([of]), look), full)
  })
}

test('the file is named where there is one', () => {
  const lines = diffLines(changed([textChange('content', 'a', 'b')], { path: '/etc/x' }), look)
  assert.equal(lines.slice(0, 2), ['--- before: /etc/x (content)', '+++ after: /etc/x (content)'])
})

test('texts that have nothing in common take no time', () => {
  const lines = diffLines(
    changed([textChange('content', numbers(1, 50_000), numbers(60_000, 110_000))]),
    look,
  )
  assert.equal(lines, [...header, 'more than 1500 lines differ'])
  const list = (from: number): number[] => Array.from({ length: 5000 }, (_, index) => from + index)
  assert.equal(diffLines(changed([change('list', list(0), list(9000))]), look), [
    'list: more than 1500 lines differ',
  ])
})

test('a long new text is shown whole', () => {
  assert.is(diffLines(changed([textChange('content', '', numbers(1, 50_000))]), look).length, 50_003)
})

test('a diff has its colours on a terminal', () => {
  const colored = createTheme({ color: true, unicode: false })
  const lines = diffLines(changed([textChange('content', 'a\n', 'b\n')]), colored)
  assert.equal(lines.slice(-2), ['\x1b[31m-a\x1b[39m', '\x1b[32m+b\x1b[39m'])
})

test.run()
