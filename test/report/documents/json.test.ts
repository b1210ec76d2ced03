import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { jsonDocument } from '../../../src/report/documents/json.ts'
import { createRecorder } from '../../../src/report/documents/record.ts'
import { changed, item, ok, result, Story } from '../events.ts'

const test = suite('json')

function documentOf(tell: (story: Story) => void): unknown {
  let text = ''
  let second = -1
  const record = createRecorder(
    (run) => {
      text += jsonDocument(run)
    },
    () => new Date(Date.UTC(2024, 0, 1, 0, 0, second++)),
  )
  const story = new Story(record, ['a', 'b']).play()
  tell(story)
  story.end()
  return JSON.parse(text)
}

test('the structure of the json callback', () => {
  const document = documentOf((story) => {
    story.task('router : motd', 'copy', {
      a: changed([], { dest: '/etc/motd', diff: [{ before: 'x\n', after: 'y\n' }] }),
      b: result('unreachable', { message: 'refused', values: { changed: false } }),
    })
    story.task('run', 'command', {
      a: result('failed', {
        message: 'exit status 1',
        values: { changed: true, rc: 1, stdout: '', msg: 'non-zero return code' },
      }),
    })
  })
  assert.equal(document, {
    custom_stats: {},
    global_custom_stats: {},
    plays: [
      {
        play: {
          name: 'Routers',
          id: '1',
          path: 'site.yml:1',
          duration: { start: '2024-01-01T00:00:00.000Z', end: '2024-01-01T00:00:05.000Z' },
        },
        tasks: [
          {
            task: {
              name: 'router : motd',
              id: '1',
              path: 'roles/router/tasks/main.yml:10',
              duration: { start: '2024-01-01T00:00:01.000Z', end: '2024-01-01T00:00:03.000Z' },
            },
            hosts: {
              a: {
                action: 'copy',
                changed: true,
                dest: '/etc/motd',
                diff: [{ before: 'x\n', after: 'y\n' }],
              },
              b: { action: 'copy', changed: false, msg: 'refused', unreachable: true },
            },
          },
          {
            task: {
              name: 'run',
              id: '2',
              path: 'roles/router/tasks/main.yml:20',
              duration: { start: '2024-01-01T00:00:04.000Z', end: '2024-01-01T00:00:05.000Z' },
            },
            hosts: {
              a: {
                action: 'command',
                changed: true,
                failed: true,
                msg: 'non-zero return code',
                rc: 1,
                stdout: '',
              },
            },
          },
        ],
      },
    ],
    stats: {
      a: { ok: 1, changed: 1, failures: 1, unreachable: 0, skipped: 0, rescued: 0, ignored: 0 },
      b: { ok: 0, changed: 0, failures: 0, unreachable: 1, skipped: 0, rescued: 0, ignored: 0 },
    },
  })
})

test('items of a loop are results of their own', () => {
  const document = documentOf((story) => {
    const items = [item('eth0', changed([], { item: { name: 'eth0' } })), item('eth1', result('skipped'))]
    story.task('up', 'link', { a: result('changed', { items }), b: ok({ x: 1 }) })
  })
  const { plays } = document as { plays: { tasks: { hosts: unknown }[] }[] }
  assert.equal(plays[0]!.tasks[0]!.hosts, {
    a: {
      action: 'link',
      changed: true,
      results: [
        { changed: true, item: { name: 'eth0' } },
        { changed: false, item: 'eth1', skipped: true },
      ],
    },
    b: { action: 'link', changed: false, x: 1 },
  })
})

test('a play without hosts is there too, without tasks', () => {
  const document = documentOf((story) => {
    story.tell({ type: 'play-without-hosts', play: { ...Story.play, id: 2 }, reason: 'no hosts matched' })
  })
  const { plays } = document as { plays: { tasks: unknown[] }[] }
  assert.equal(
    plays.map(({ tasks }) => tasks),
    [[], []],
  )
})

test.run()
