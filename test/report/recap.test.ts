import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Event } from '../../src/protocol/event.ts'
import { createTheme } from '../../src/report/paint.ts'
import { recapTable, Tally } from '../../src/report/recap.ts'
import { change, changed, item, ok, result, Story } from './events.ts'

const test = suite('recap')
const look = createTheme({ color: false, unicode: false })

function closing(
  tell: (story: Story) => void,
  { hosts = ['a', 'b'], check = false, interrupted = false } = {},
): string[] {
  const tally = new Tally()
  let lines: string[] = []
  const listener = (event: Event): void => {
    tally.note(event)
    if (event.type === 'run-finished') lines = tally.closing(event, look)
  }
  const story = new Story(listener, hosts, { check }).play()
  tell(story)
  story.end({ interrupted, seconds: 1.84 })
  return lines
}

const mode = change('mode', '0644', '0600')
const route = change('route 192.168.102.0/24', null, 'eth0')

const cases: [
  what: string,
  options: Parameters<typeof closing>[1],
  Parameters<typeof closing>[0],
  string[],
][] = [
  [
    'in sync',
    {},
    (story) => story.task('t', 'ping', { a: ok(), b: ok() }),
    ['in sync: 2 hosts, 1 task, nothing changed (1.8 s)'],
  ],
  [
    'a task that all hosts skip is not a task that was checked',
    {},
    (story) => {
      story.task('t', 'ping', { a: ok(), b: ok() })
      story.task('u', 'ping', { a: result('skipped'), b: result('skipped') })
    },
    ['in sync: 2 hosts, 1 task, nothing changed (1.8 s)'],
  ],
  [
    'changes are named by what they are about, each once',
    {},
    (story) => {
      story.task('f', 'copy', { a: changed([mode, change('content', 'a', 'b')], { dest: '/etc/x' }) })
      story.task('u', 'user', { a: changed([change('shell', '/bin/sh', '/bin/bash')], { name: 'alice' }) })
      story.task('hostname', 'hostname', { a: changed([change('hostname', 'x', 'a')]) })
      story.task('build it', 'command', { b: changed([change('command', null, 'make')]) })
      story.task('tree', 'copy', { b: changed([change('mode of /srv/a b', '0', '1')], { dest: '/srv' }) })
      story.task('odd', 'x', { b: changed([change('depth', 1, 2)]) })
      story.task('r', 'route', {
        b: changed([], {}),
        a: result('changed', { items: [item('1', changed([route])), item('2', ok())] }),
      })
    },
    [
      'changed: 8 changes on 2 hosts: a (file /etc/x, user alice, hostname, route 192.168.102.0/24), b (build it, file /srv/a b, odd, r) (1.8 s)',
    ],
  ],
  [
    'drift under check',
    { check: true },
    (story) => story.task('r', 'route', { a: changed([route]), b: ok() }),
    ['drift: 1 difference on 1 host: a: route 192.168.102.0/24 (1.8 s)'],
  ],
  [
    'who could not be reached or failed comes first, and nothing is in sync then',
    {},
    (story) => {
      story.task('t', 'ping', { a: result('unreachable', { message: 'refused' }), b: ok() })
      story.task('u', 'command', { b: result('failed', { message: 'no\nmore' }) })
    },
    ['unreachable: 1 host: a (refused)', 'failed: 1 host: b (u: no)', 'nothing changed (1.8 s)'],
  ],
  [
    'ignored and rescued failures are none',
    {},
    (story) => {
      story.task('t', 'command', { a: result('failed', { ignored: true }), b: ok() })
    },
    ['in sync: 2 hosts, 1 task, nothing changed (1.8 s)'],
  ],
  [
    'interrupted',
    { interrupted: true },
    (story) => story.task('t', 'ping', { a: ok() }),
    ['interrupted: not everything was done', 'nothing changed (1.8 s)'],
  ],
  [
    'hosts and no task',
    { hosts: [] },
    (story) => story.tell({ type: 'play-started', play: Story.play, hosts: ['a'] }),
    ['nothing to do: no task for the hosts (1.8 s)'],
  ],
  ['no hosts', { hosts: [] }, () => {}, ['nothing to do: no hosts matched (1.8 s)']],
  [
    'long lists end with a number',
    { hosts: Array.from({ length: 1000 }, (_, index) => `host${String(index).padStart(3, '0')}`) },
    (story) => {
      for (let index = 0; index < 1000; index++) {
        story.task('t', 'x', { [`host${String(index).padStart(3, '0')}`]: changed([mode]) })
      }
    },
    [
      `changed: 1000 changes on 1000 hosts: ${Array.from({ length: 10 }, (_, index) => `host00${index} (1)`).join(', ')} and 990 more (1.8 s)`,
    ],
  ],
]

for (const [what, options, tell, lines] of cases) {
  test(`the closing lines say it: ${what}`, () => assert.equal(closing(tell, options), lines))
}

test('the table is aligned and says changed=0', () => {
  const none = { ok: 0, changed: 0, failures: 0, unreachable: 0, skipped: 0, rescued: 0, ignored: 0 }
  assert.equal(
    recapTable({ long_name: { ...none, ok: 12 }, b: { ...none, changed: 3, failures: 1 } }, look),
    [
      'b         : ok=0   changed=3  unreachable=0  failed=1  skipped=0  rescued=0  ignored=0',
      'long_name : ok=12  changed=0  unreachable=0  failed=0  skipped=0  rescued=0  ignored=0',
    ],
  )
})

test('a line that would be too wide leaves out what is 0 for all', () => {
  const none = { ok: 0, changed: 0, failures: 0, unreachable: 0, skipped: 0, rescued: 0, ignored: 0 }
  const stats = { a: { ...none, ok: 12 }, b: { ...none, changed: 3 } }
  assert.equal(recapTable(stats, look, 70), ['a : ok=12  changed=0', 'b : ok=0   changed=3'])
  assert.match(recapTable(stats, look, 78)[0]!, 'changed=0  unreachable=0  failed=0')
})

test.run()
