import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { maskedEvent } from '../../src/engine/masked.ts'
import type { Event, TaskInfo, TaskResult } from '../../src/protocol/event.ts'
import { keepSecret } from '../../src/vault/secrets.ts'

const test = suite('events as they are reported')

const location = { file: 'site.yml', line: 1, column: 1 }
const task: TaskInfo = { id: 1, play: 1, name: 'fetched', action: 'get_url', location, handler: false }

const finished = (result: Partial<TaskResult>): Event => ({
  type: 'host-finished',
  task,
  host: 'web1',
  result: { status: 'ok', changes: [], values: {}, seconds: 1, ...result },
})

test('no password of a URL is told, wherever it stands', () => {
  const url = 'https://me:sesame@example.org/x?a=b@c'
  const told = JSON.stringify(
    maskedEvent(
      finished({
        message: `no answer from ${url}`,
        values: { url, invocation: { module_args: { urls: [url] } } },
        changes: [{ what: url, before: null, after: url, text: { before: '', after: `get ${url}\n` } }],
        items: [{ status: 'ok', label: url, changes: [], values: { url }, seconds: 1 }],
      }),
    ),
  )
  assert.not.match(told, 'sesame')
  assert.is(told.match(/https:\/\/me:\*{8}@example\.org\/x\?a=b@c/g)?.length, 8)
})

test('each host that begins with a task is told without the password in its name', () => {
  const named = { ...task, name: 'get https://me:sesame@example.org/' }
  for (const host of ['web1', 'web2'])
    assert.not.match(JSON.stringify(maskedEvent({ type: 'host-started', task: named, host })), 'sesame')
})

test('what holds nothing of the kind is handed on as it is', () => {
  const event = finished({
    values: { url: 'https://me@example.org/a:b', text: 'a@b', list: [1, null, true] },
  })
  assert.is(maskedEvent(event), event)
})

test('what has become a secret is masked in a task that was told before', () => {
  const named = { ...task, name: 'say frobozz-wand' }
  const begins = (host: string): Event => ({ type: 'host-started', task: named, host })
  assert.match(JSON.stringify(maskedEvent(begins('web1'))), 'frobozz-wand')
  keepSecret('frobozz-wand')
  assert.not.match(JSON.stringify(maskedEvent(begins('web2'))), 'frobozz-wand')
})

test.run()
