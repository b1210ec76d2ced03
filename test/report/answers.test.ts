import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Event, TaskInfo, TaskResult } from '../../src/protocol/event.ts'
import { createAnswers } from '../../src/report/answers.ts'
import { createTheme } from '../../src/report/paint.ts'

const test = suite('answers of many hosts')

const location = { file: 'ad-hoc', line: 4, column: 7 }
const task: TaskInfo = { id: 1, play: 1, name: 'x', action: 'x', location, handler: false }

async function shown(results: Readonly<Record<string, Partial<TaskResult>>>, oneLine = false) {
  let text = ''
  const report = createAnswers({
    look: createTheme({ color: false, unicode: false }),
    write: (said) => {
      text += said
    },
    warn: () => assert.unreachable(),
    oneLine,
    diff: false,
    check: false,
  })
  const hosts = Object.keys(results).sort()
  const events: Event[] = [
    { type: 'task-started', task, hosts },
    ...Object.entries(results).map(([host, told]): Event => {
      const result: TaskResult = { status: 'ok', changes: [], values: {}, seconds: 1, ...told }
      return { type: 'host-finished', task, host, result }
    }),
  ]
  for (const event of events) report.listener(event)
  await report.finish()
  return text
}

test('what Ctrl-C does is told, and what it does when it is pressed again', () => {
  const told: string[] = []
  const report = createAnswers({
    look: createTheme({ color: false, unicode: false }),
    write: () => {},
    warn: (said) => told.push(said),
    oneLine: false,
    diff: false,
    check: false,
  })
  report.listener({ type: 'interrupted', running: ['web1'], again: false })
  report.listener({ type: 'interrupted', running: ['web1'], again: true })
  assert.equal(told, [
    'Interrupted: nothing more is started; waiting for web1 to finish. Ctrl-C again cuts them off.\n',
    'Interrupted again: what was running is cut off.\n',
  ])
})

test('hosts that answer the same are told together, in their order', async () => {
  const many = Object.fromEntries(
    Array.from({ length: 12 }, (_, index) => [
      `h${99 - index}`,
      { values: { rc: 0, stdout: 'a\nb', stderr: '' } },
    ]),
  )
  const text = await shown({
    ...many,
    h10: { status: 'failed', values: { rc: 1, stdout: '', stderr: 'no' } },
  })
  assert.is(
    text,
    '12 hosts: h88, h89, h90, h91, h92, h93, h94, h95 and 4 more | SUCCESS | rc=0 >>\na\nb\nh10 | FAILED | rc=1 >>\nno\n',
  )
})

test('values are in one order, and what is not asked about is not shown', async () => {
  const text = await shown({
    a: { values: { changed: false, b: { d: 1, c: '\u001b[2J' }, invocation: {} } },
    b: { values: { b: { c: '\u001b[2J', d: 1 }, changed: false } },
  })
  assert.match(text, /^2 hosts: a, b \| SUCCESS =>\n\{\n {4}"b": \{\n {8}"c": "[^\u001b]*",\n {8}"d": 1\n/)
  assert.not.match(text, /invocation/)
})

test('in one line there is one of each host as it comes', async () => {
  const text = await shown(
    {
      b: { status: 'changed', values: { rc: 0, stdout: 'x\ny', stderr: 'z' } },
      a: { status: 'unreachable', message: 'no route' },
    },
    true,
  )
  assert.is(text, 'b | CHANGED | rc=0 | (stdout) x\\ny (stderr) z\na | UNREACHABLE! => no route\n')
})

test.run()
