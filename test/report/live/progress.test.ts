import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createProgress } from '../../../src/report/live/progress.ts'
import { createTheme } from '../../../src/report/paint.ts'
import type { RenderOptions } from '../../../src/report/result.ts'
import { block, change, changed, item, ok, result, Story, telling } from '../events.ts'
import { FakeClock, FakeTerminal } from '../fake-terminal.ts'

const test = suite('progress')

function running(
  hosts: readonly string[],
  { columns = 90, rows = 24, ...more }: Partial<RenderOptions> & { columns?: number; rows?: number } = {},
) {
  const terminal = new FakeTerminal(columns, rows)
  const clock = new FakeClock()
  const progress = createProgress(terminal, telling({ changes: true, ...more }), clock)
  const story = new Story(progress.listener, hosts)
  return { terminal, clock, progress, story }
}

function many(number: number): string[] {
  return Array.from({ length: number }, (_, index) => `node${String(index).padStart(4, '0')}`)
}

test('in 20 columns nothing is cut that need not be, and sentences are broken between words', () => {
  const { terminal, clock, story, progress } = running(['crouter', 'hrouter'], { columns: 20, rows: 12 })
  story.play()
  const task = story.info('packages', 'apt')
  story.start(task)
  clock.pass(4000)
  assert.is(
    terminal.text,
    block`
      
      Routers  2 hosts
      
      | packages      0/2
          crouter    4 s
          hrouter    4 s
        0 tasks - 4 s`,
  )
  for (const host of ['crouter', 'hrouter'])
    story.finish(task, host, changed([change('package tcpdump', null, '4.99')]))
  story.tell({ type: 'task-finished', task }).end()
  progress.finish()
  assert.is(
    terminal.text,
    block`
      
      Routers  2 hosts
      ~ packages
        changed 2
          crouter, hrouter
            changed
            package tcp...
      
      crouter : ok=1
        changed=1
      hrouter : ok=1
        changed=1
      
      changed: 2 changes
        on 2 hosts:
        crouter (package
        tcpdump), hrouter
        (package tcpdump)
        (1.8 s)`,
  )
})

test('on a narrow terminal the row of an interrupted run is short', () => {
  const { terminal, clock, story, progress } = running(['web'], { columns: 40 })
  story.play().start(story.info('packages', 'apt'))
  story.tell({ type: 'interrupted', running: ['web'], again: false })
  clock.pass(100)
  assert.match(terminal.text, /\nInterrupted: nothing more is started;\n {2}waiting for web to finish\./)
  assert.match(terminal.text, /\n {2}interrupted - 0 tasks done - 0 s$/)
  progress.finish()
})

test('without hosts on which nothing has changed, tasks that have changed nothing are not named', () => {
  const { terminal, story, progress } = running(['a', 'b'], { ok: false })
  story.play()
  story.task('quiet', 'ping', { a: ok(), b: ok() })
  story.task('said', 'debug', { a: ok({ msg: 'words' }), b: ok({ msg: 'words' }) })
  story.task('loud', 'copy', { a: changed([change('mode', '1', '2')]), b: ok() })
  story.end()
  progress.finish()
  assert.not.match(terminal.text, 'quiet')
  assert.match(terminal.text, /said[\s\S]*words[\s\S]*loud +ok 1 {2}changed 1/)
})

test('a detail scrolls up for whoever has said as many -v as it needs', () => {
  for (const verbosity of [2, 3]) {
    const { terminal, clock, story, progress } = running(['web'], { verbosity })
    story.play().tell({ type: 'detail', level: 3, message: 'PROBE 1 files', host: 'web' })
    clock.pass(100)
    assert.is(terminal.text.includes('\n  <web> PROBE 1 files\n'), verbosity === 3)
    progress.finish()
  }
})

test('a few hosts: each has its row, and in it what it does', () => {
  const { terminal, clock, story, progress } = running(['crouter', 'cnode', 'hrouter', 'mnode'])
  story.play()
  story.tell({ type: 'connecting', host: 'crouter' }).tell({ type: 'connecting', host: 'mnode' })
  clock.pass(100)
  assert.is(
    terminal.text,
    block`
      
      Routers  4 hosts
      
          crouter  connecting
          cnode
          hrouter
          mnode    connecting
      / 4 hosts - 0 tasks done - 0 s`,
  )
  story.tell({ type: 'connected', host: 'crouter', seconds: 0.1 })
  const task = story.info('node : packages', 'apt')
  story.start(task)
  story.finish(task, 'mnode', result('unreachable', { message: 'timed out' }))
  story.finish(task, 'cnode', ok())
  clock.pass(12_000)
  story.tell({ type: 'output', task, host: 'crouter', line: '10%\r20%\r\x1b[32mUnpacking tcpdump' })
  story.tell({ type: 'output', task, host: 'crouter', line: ' ' })
  story.tell({ type: 'item-finished', task, host: 'hrouter', item: item('eth0', ok()) })
  clock.pass(100)
  assert.is(
    terminal.text,
    block`
      
      Routers  4 hosts
      
      - node : packages                                        ##########----------  2/4   12 s
          crouter   12 s  Unpacking tcpdump
        + cnode
          hrouter   12 s  1 done, last: eth0
        ! mnode    unreachable
        4 hosts - 0 tasks done - 12 s`,
  )
  story.end()
  return progress.finish()
})

test('a large content on its way: how much of it, and how long the rest takes', () => {
  const { terminal, clock, story, progress } = running(['a', 'b'])
  story.play()
  const task = story.info('image', 'copy')
  story.start(task)
  const gone = (bytes: number, host = 'a') =>
    story.tell({ type: 'transferred', task, host, bytes, of: 200_000_000 })
  gone(0)
  clock.pass(1000)
  gone(50_000_000)
  gone(4_000_000, 'b')
  clock.pass(100)
  assert.match(terminal.text, '    a    1 s  #####---------------  25 % of 200 MB, 3 s left\n')
  assert.match(terminal.text, '    b    1 s  --------------------  2 % of 200 MB\n')
  story.tell({ type: 'transferred', task, host: 'b', bytes: 1_500_000, of: 3_000_000 })
  gone(200_000_000)
  clock.pass(100)
  assert.match(terminal.text, '    a    1 s\n')
  assert.match(terminal.text, '    b    1 s  ##########----------  50 % of 3.0 MB\n')
  const fetched = (bytes: number) => story.tell({ type: 'transferred', task, host: 'a', bytes })
  fetched(0)
  clock.pass(1000)
  fetched(2_500_000)
  clock.pass(100)
  assert.match(terminal.text, '    a    2 s  2.5 MB, 2.3 MB/s\n')
  story.tell({ type: 'item-finished', task, host: 'a', item: item('eth0', ok()) })
  clock.pass(100)
  assert.match(terminal.text, '    a    2 s  1 done, last: eth0\n')
  story.end()
  return progress.finish()
})

test('a few hosts under the free strategy: each row names its task', () => {
  const { terminal, clock, story, progress } = running(['a', 'b', 'c'])
  story.play()
  const one = story.info('one', 'apt')
  const two = story.info('two', 'apt')
  story
    .start(one)
    .finish(one, 'a', ok())
    .finish(one, 'c', result('failed', { message: 'no' }))
  story.start(two, ['a'])
  clock.pass(1000)
  story.tell({ type: 'output', task: two, host: 'a', line: 'Unpacking' })
  clock.pass(100)
  assert.match(
    terminal.text,
    block`
      
          a    1 s  two: Unpacking
          b    1 s  one
        x c  failed
      `,
  )
  story.end()
  return progress.finish()
})

test('many hosts: the connections being made and those in trouble are named', () => {
  const { terminal, clock, story, progress } = running(many(100))
  story.play()
  for (const host of many(9)) story.tell({ type: 'connecting', host })
  const task = story.info('packages', 'apt')
  story.start(task)
  for (const host of many(5)) story.finish(task, host, result('failed', { message: 'no' }))
  story.finish(task, 'node0099', result('unreachable', { message: 'timed out' }))
  clock.pass(100)
  assert.is(
    terminal.text,
    block`
      
      Routers  100 hosts
      
      / packages                                           #-------------------    6/100    0 s
        connecting to node0005, node0006, node0007, node0008
      x failed node0000, node0001, node0002, node0003, node0004
      ! unreachable node0099
        100 hosts - 0 tasks done - 0 s`,
  )
  story.end()
  return progress.finish()
})

test('what has finished: one line a task, and what changed or went wrong on which hosts', async () => {
  const { terminal, story, progress } = running(['a', 'b', 'c', 'd'])
  const mode = change('mode', '0644', '0600')
  story.play()
  story.task('Gathering Facts', 'setup', { a: ok(), b: ok(), c: ok(), d: ok() })
  story.task('motd', 'copy', {
    d: changed([mode, change('owner', 'x', 'root')], { dest: '/m' }),
    a: changed([mode], { dest: '/m' }),
    b: ok(),
    c: changed([mode], { dest: '/m' }),
  })
  story.task('routes', 'route', {
    a: result('changed', {
      items: [item('1', changed([change('route 1', null, { dev: 'eth0' })])), item('2', ok())],
    }),
    b: result('skipped'),
    c: result('failed', { message: 'no', values: { rc: 2, stderr: 'no\n' }, ran: 'false' }),
    d: result('failed', { message: 'no', values: { rc: 2, stderr: 'no\n' }, ran: 'false' }),
  })
  story.task('say', 'debug', { a: ok({ msg: 'hello' }), b: ok({ msg: 'hello' }) })
  story.task('reload', 'systemd', { a: result('failed', { message: 'no', ignored: true }) }, true)
  story.task('off', 'ping', { a: result('skipped'), b: result('skipped') })
  story.end()
  await progress.finish()
  assert.is(
    terminal.text,
    block`
      
      Routers  4 hosts
      + Gathering Facts                                         ok 4
      ~ motd                                                    ok 1  changed 3
          d changed
            mode: 0644 -> 0600
            owner: x -> root
          a, c changed  mode: 0644 -> 0600
      x routes                                                  changed 1  failed 2  skipped 1
          c, d failed: no
            task    routes (route)
            at      roles/router/tasks/main.yml:30:3
            ran     false
            exit    2
            stderr  no
          a changed
            item=1
              route 1: added
      + say                                                     ok 2
          a, b  hello
      x handler: reload                                         ignored 1
          a failed, and the play goes on: no
            task    reload (systemd)
            at      roles/router/tasks/main.yml:50:3
      . off                                                     skipped 2
      
      a : ok=5  changed=2  unreachable=0  failed=0  skipped=1  rescued=0  ignored=1
      b : ok=3  changed=0  unreachable=0  failed=0  skipped=2  rescued=0  ignored=0
      c : ok=2  changed=1  unreachable=0  failed=1  skipped=0  rescued=0  ignored=0
      d : ok=2  changed=1  unreachable=0  failed=1  skipped=0  rescued=0  ignored=0
      
      failed: 2 hosts: c (routes: no), d (routes: no)
      changed: 4 changes on 3 hosts: a (file /m, route 1), c (file /m), d (file /m) (1.8 s)`,
  )
  assert.not.ok(terminal.cursorHidden)
})

test('-v tells values and reasons, -vv places', async () => {
  const { terminal, story, progress } = running(['a', 'b'], { verbosity: 2 })
  story.play()
  story.task('look', 'stat', {
    a: ok({ stat: { exists: true } }),
    b: result('skipped', { message: 'when: later' }),
  })
  story.end()
  await progress.finish()
  assert.match(
    terminal.text,
    block`
      + look                                                    ok 1  skipped 1
          roles/router/tasks/main.yml:10:3
          a
            stat:
              exists: true
          b skipped: when: later
      `,
  )
})

test('bounded to the terminal whatever its size', () => {
  for (const [columns, rows] of [
    [200, 50],
    [80, 24],
    [40, 10],
    [20, 5],
    [10, 3],
    [5, 2],
  ] as const) {
    const { terminal, clock, story, progress } = running(many(1000), { columns, rows })
    story.play()
    for (const host of many(30)) story.tell({ type: 'connecting', host })
    const tasks = [1, 2, 3].map((number) =>
      story.info(`a task with quite a long name, number ${number}`, 'x'),
    )
    for (const task of tasks) story.start(task)
    for (const host of many(20)) {
      story.tell({ type: 'output', task: tasks[0]!, host, line: `${'名'.repeat(300)}` })
    }
    clock.pass(3000)
    const before = terminal.text.split('\n').length
    clock.pass(1000)
    const after = terminal.text.split('\n').length
    assert.is(after, before, `${columns}x${rows}: nothing scrolls while nothing is said`)
    story.end()
    void progress.finish()
  }
})

test('1,000 hosts: many are busy, a few are shown', () => {
  const { terminal, clock, story, progress } = running(many(1000), { rows: 15 })
  story.play()
  const task = story.info('packages', 'apt')
  story.start(task)
  for (const host of many(400)) story.finish(task, host, ok())
  clock.pass(2000)
  assert.is(
    terminal.text,
    block`
      
      Routers  1000 hosts
      
      | packages                                         ########------------   400/1000    2 s
          node0400    2 s
          node0401    2 s
          node0402    2 s
          node0403    2 s
          node0404    2 s
          and 595 more hosts busy
        1000 hosts - 0 tasks done - 2 s`,
  )
  story.end()
  return progress.finish()
})

test('1,000 hosts x 50 tasks cost a bounded number of frames and little text', async () => {
  const hosts = many(1000)
  const { terminal, clock, story, progress } = running(hosts, { rows: 40 })
  story.play()
  for (let number = 0; number < 50; number++) {
    const task = story.info(`task ${number}`, 'ping')
    story.start(task)
    for (const [index, host] of hosts.entries()) {
      if (index % 100 === 0) clock.pass(100)
      story.tell({ type: 'output', task, host, line: 'working' })
      story.finish(task, host, ok())
    }
    story.tell({ type: 'task-finished', task })
  }
  const frames = (50 * 1000) / 100
  assert.ok(terminal.writes <= frames + 2, `${terminal.writes} writes`)
  assert.ok(terminal.bytes / frames < 2500, `${terminal.bytes / frames} characters a frame`)
  story.end()
  await progress.finish()
})

test('a busy process draws its frames at events, ten a second', async () => {
  const hosts = many(100)
  const { terminal, clock, story, progress } = running(hosts)
  story.play()
  const task = story.info('packages', 'apt')
  story.start(task)
  const before = terminal.writes
  for (const host of hosts) {
    clock.stall(10)
    story.finish(task, host, ok())
  }
  assert.is(terminal.writes - before, 10)
  assert.match(terminal.text, '100 hosts - 1 task done - 1 s')
  story.end()
  await progress.finish()
})

test('many different failures: the first in full, the others by name', async () => {
  const hosts = many(40)
  const { terminal, story, progress } = running(hosts, { columns: 200 })
  story.play()
  story.task(
    't',
    'x',
    Object.fromEntries(hosts.map((host) => [host, result('failed', { message: `no ${host}` })])),
  )
  story.end()
  await progress.finish()
  assert.is(terminal.text.match(/node\d+ failed:/g)?.length, 10)
  assert.match(terminal.text, 'and node0010, node0011,')
  assert.match(terminal.text, 'and 22 more, -v shows all')
})

test('many different changes: a few as samples', async () => {
  const hosts = many(40)
  const { terminal, story, progress } = running(hosts, { columns: 200 })
  const told = hosts.map((host) => [host, changed([change('mode', '0', host)])])
  story.play().task('t', 'x', Object.fromEntries(told))
  story.end()
  await progress.finish()
  assert.is(terminal.text.match(/node\d+ changed {2}mode/g)?.length, 3)
  assert.match(terminal.text, 'and 29 more, -v shows all')
})

test('1,000 hosts at the end: those that came to the same share a line, the worst first', async () => {
  const hosts = many(1000)
  const { terminal, story, progress } = running(hosts)
  story.play()
  const told = hosts.map((host, index) => {
    if (index < 3) return [host, changed([change('mode', '0', '1')])] as const
    return [host, index === 500 ? result('failed', { message: 'no' }) : ok()] as const
  })
  story.task('t', 'x', Object.fromEntries(told))
  story.end()
  await progress.finish()
  assert.match(
    terminal.text,
    block`
      node0500              : ok=0  changed=0  failed=1
      node0000 and 2 more   : ok=1  changed=1  failed=0
      node0003 and 995 more : ok=1  changed=0  failed=0
      
      failed: 1 host: node0500 (t: no)
      `,
  )
})

test('a change is told in one row, whatever the width', async () => {
  const { terminal, story, progress } = running(['a'], { columns: 40 })
  story.play().task('t', 'x', { a: changed([change('content of the file', 'x'.repeat(30), 'y'.repeat(30))]) })
  story.end()
  await progress.finish()
  assert.match(terminal.text, '    a changed\n      content of the file: xxxxxxxxxx...\n')
})

test('interrupted in the middle: what is known of the running task is told', async () => {
  const { terminal, clock, story, progress } = running(['a', 'b'])
  story.play()
  const task = story.info('long', 'command')
  story.start(task).finish(task, 'a', changed([change('mode', '0', '1')]))
  story.tell({ type: 'interrupted', running: ['b'], again: false })
  clock.pass(100)
  assert.match(terminal.text, 'interrupted, Ctrl-C again cuts off')
  story.end({ interrupted: true })
  await progress.finish()
  assert.match(terminal.text, 'Interrupted: nothing more is started; waiting for b to finish.')
  assert.match(terminal.text, '    a changed  mode: 0 -> 1\n')
  assert.match(terminal.text, 'interrupted: not everything was done')
})

test('a task ends with the last of its hosts, whatever others do', async () => {
  const { terminal, clock, story, progress } = running(['a', 'b'])
  story.play()
  const one = story.info('one', 'ping')
  const two = story.info('two', 'ping')
  story.start(one).finish(one, 'a', ok()).start(two).finish(two, 'a', ok()).finish(one, 'b', ok())
  clock.pass(100)
  assert.match(terminal.text, '+ one ')
  assert.match(terminal.text, /\/ two .* 1\/2/)
  story.tell({ type: 'task-finished', task: one }).tell({ type: 'task-finished', task: two })
  story.end()
  await progress.finish()
  assert.is(terminal.text.match(/one/g)?.length, 1)
})

test('a run that never finishes still gives the terminal back', async () => {
  const { terminal, story, progress } = running(['a'])
  story.play()
  story.start(story.info('t', 'ping'))
  await progress.finish()
  assert.not.ok(terminal.cursorHidden)
})

test('colours are kept within their line', async () => {
  const look = createTheme({ color: true, unicode: true })
  const { terminal, clock, story, progress } = running(['a', 'b'], { look, columns: 30 })
  const lines: string[] = []
  const write = terminal.write.bind(terminal)
  terminal.write = (text) => {
    lines.push(...text.split('\n'))
    write(text)
  }
  story.play()
  const task = story.info('a rather long name for a task', 'x')
  story.start(task)
  clock.pass(500)
  story.finish(task, 'a', changed([change('mode', '0', '1')])).tell({ type: 'task-finished', task })
  story.end()
  await progress.finish()
  for (const line of lines) {
    const on = line.match(/\x1b\[(?:[12]|3[0-8])m/g)?.length ?? 0
    const off = line.match(/\x1b\[(?:22|39)m/g)?.length ?? 0
    assert.is(on, off, JSON.stringify(line))
  }
  assert.ok(lines.some((line) => line.includes('\x1b[33m')))
})

test.run()
