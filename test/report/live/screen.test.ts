import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Screen } from '../../../src/report/live/screen.ts'
import { FakeClock, FakeTerminal } from '../fake-terminal.ts'

const test = suite('screen')

function opened(columns = 20, rows = 6) {
  const terminal = new FakeTerminal(columns, rows)
  const clock = new FakeClock()
  const live = { rows: [] as string[] }
  const screen = new Screen(terminal, () => live.rows, clock)
  screen.open()
  return { terminal, clock, live, screen }
}

test('live rows are repainted in place below permanent lines', () => {
  const { terminal, clock, live, screen } = opened()
  live.rows = ['one', 'two']
  clock.pass(100)
  assert.is(terminal.text, 'one\ntwo')
  live.rows = ['one', 'three', 'four']
  screen.say(['done'])
  clock.pass(100)
  assert.is(terminal.text, 'done\none\nthree\nfour')
  live.rows = ['x']
  clock.pass(100)
  assert.is(terminal.text, 'done\nx')
  screen.close()
  assert.is(terminal.text, 'done')
})

test('at most ten frames a second, one write each, none when nothing is new', () => {
  const { terminal, clock, live, screen } = opened()
  const before = terminal.writes
  for (let step = 0; step < 1000; step++) {
    live.rows = [`${step}`]
    screen.say([`said ${step}`])
    clock.pass(1)
  }
  assert.is(terminal.writes - before, 10)
  clock.pass(5000)
  assert.is(terminal.writes - before, 10)
  screen.close()
})

test('only rows that changed are written again', () => {
  const { terminal, clock, live, screen } = opened(200)
  live.rows = ['a'.repeat(100), 'b']
  clock.pass(100)
  const before = terminal.bytes
  live.rows = ['a'.repeat(100), 'c']
  clock.pass(100)
  assert.ok(terminal.bytes - before < 30)
  assert.is(terminal.text, `${'a'.repeat(100)}\nc`)
  screen.close()
})

test('rows that a narrower terminal wrapped leave nothing behind', () => {
  const { terminal, clock, live, screen } = opened(40)
  screen.say(['permanent'])
  live.rows = ['x'.repeat(39), 'y'.repeat(25)]
  clock.pass(100)
  terminal.resize(20, 6)
  live.rows = ['x'.repeat(19), 'y'.repeat(19)]
  clock.pass(100)
  assert.is(terminal.text, `permanent\n${'x'.repeat(19)}\n${'y'.repeat(19)}`)
  terminal.resize(60, 6)
  live.rows = ['x'.repeat(39)]
  clock.pass(100)
  assert.is(terminal.text, `permanent\n${'x'.repeat(39)}`)
  screen.close()
})

test('the cursor is hidden while open, and what was said is never lost', () => {
  const { terminal, clock, live, screen } = opened()
  assert.ok(terminal.cursorHidden)
  live.rows = ['live']
  clock.pass(100)
  screen.say(['last words'])
  screen.close()
  assert.not.ok(terminal.cursorHidden)
  assert.is(terminal.text, 'last words')
  const { writes } = terminal
  screen.close()
  clock.pass(1000)
  assert.is(terminal.writes, writes)
  screen.say(['after all'])
  screen.close()
  assert.is(terminal.text, 'last words\nafter all')
})

test('nothing is left behind in the process', () => {
  const before = process.eventNames().map((name) => [name, process.listenerCount(name)])
  const { screen } = opened()
  screen.close()
  assert.equal(
    process.eventNames().map((name) => [name, process.listenerCount(name)]),
    before,
  )
})

test('while somebody is asked, the terminal is theirs', async () => {
  const { terminal, clock, live, screen } = opened()
  live.rows = ['live']
  clock.pass(100)
  const answer = await screen.suspend(async () => {
    assert.not.ok(terminal.cursorHidden)
    terminal.write('sure? yes\n')
    clock.pass(1000)
    return 'yes'
  })
  assert.is(answer, 'yes')
  clock.pass(100)
  assert.ok(terminal.cursorHidden)
  assert.is(terminal.text, 'sure? yes\nlive')
  screen.close()
})

test.run()
