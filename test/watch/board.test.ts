import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Event, HostStats, Status, TaskInfo, TaskResult } from '../../src/protocol/event.ts'
import { createTheme } from '../../src/report/paint.ts'
import type { Change } from '../../src/sdk/module.ts'
import { Board } from '../../src/watch/board.ts'
import { CheckRecord } from '../../src/watch/check.ts'
import { checkLines } from '../../src/watch/lines.ts'
import { metricsText } from '../../src/watch/metrics.ts'
import { changeReport } from '../../src/watch/report.ts'

const test = suite('board')

type Found = Readonly<Record<string, Change | 'ok' | 'failed' | 'unreachable'>>

const mode = (before: string): Change => ({ what: 'mode', before, after: '0644' })

/** A check of one task for each entry "host task". */
function check(found: Found): CheckRecord {
  const record = new CheckRecord(false)
  const stats: Record<string, HostStats> = {}
  const hosts = [...new Set(Object.keys(found).map((key) => key.split(' ')[0]!))]
  const play = { id: 1, name: 'all', location: { file: 'site.yml', line: 1, column: 3 } }
  const tell = (event: Event) => record.listener(event)
  tell({ type: 'play-started', play, hosts })
  for (const [key, what] of Object.entries(found)) {
    const [host, name] = key.split(' ') as [string, string]
    const location = { file: 'site.yml', line: name.length, column: 7 }
    const task: TaskInfo = { id: 1, play: 1, name, action: 'file', location, handler: false }
    const status: Status = typeof what === 'string' ? what : 'changed'
    const changes = typeof what === 'string' ? [] : [what]
    const message = `${name} is ${status}`
    const result: TaskResult = { status, changes, values: { path: '/etc/motd' }, message, seconds: 0 }
    tell({ type: 'host-finished', task, host, result })
    stats[host] ??= { ok: 0, changed: 0, failures: 0, unreachable: 0, skipped: 0, rescued: 0, ignored: 0 }
    if (status === 'failed') stats[host].failures += 1
    if (status === 'unreachable') stats[host].unreachable += 1
  }
  tell({ type: 'run-finished', stats, interrupted: false, seconds: 0 })
  return record
}

/** What each check has to tell, as "word host text". */
function told(board: Board, ...checks: readonly Found[]): string[][] {
  return checks.map((found, index) =>
    board.take(check(found), index * 1000, 0.5).map(({ word, host, text }) => `${word} ${host} ${text}`),
  )
}

test('drift is new, is told again only beside something else, and is gone', () => {
  const board = new Board(false)
  const drifted = mode('0600')
  assert.equal(
    told(
      board,
      { 'web1 motd': 'ok', 'web2 motd': 'ok' },
      { 'web1 motd': drifted, 'web2 motd': 'ok' },
      { 'web1 motd': drifted, 'web2 motd': 'ok' },
      { 'web1 motd': drifted, 'web2 motd': drifted },
      { 'web1 motd': mode('0666'), 'web2 motd': 'ok' },
      { 'web1 motd': 'ok', 'web2 motd': 'ok' },
    ),
    [
      [],
      ['new web1 /etc/motd mode: 0600 -> 0644 (motd)'],
      [],
      ['still web1 /etc/motd mode: 0600 -> 0644 (motd)', 'new web2 /etc/motd mode: 0600 -> 0644 (motd)'],
      ['changed web1 /etc/motd mode: 0666 -> 0644 (motd)', 'gone web2 /etc/motd mode: 0600 -> 0644 (motd)'],
      ['gone web1 /etc/motd mode: 0666 -> 0644 (motd)'],
    ],
  )
  assert.is(board.inSyncSince, 5000)
})

test('of a host that fails or is away only what was looked at is gone', () => {
  const board = new Board(false)
  const drifted = mode('0600')
  assert.equal(
    told(
      board,
      { 'web1 a': drifted, 'web1 bb': drifted, 'web2 a': drifted },
      { 'web1 a': 'ok', 'web1 bb': 'failed', 'web2 a': 'unreachable' },
      { 'web1 a': 'ok', 'web1 bb': 'failed', 'web2 a': 'unreachable' },
      { 'web1 a': 'ok', 'web1 bb': 'ok', 'web2 a': drifted },
    ),
    [
      [
        'new web1 /etc/motd mode: 0600 -> 0644 (a)',
        'new web1 /etc/motd mode: 0600 -> 0644 (bb)',
        'new web2 /etc/motd mode: 0600 -> 0644 (a)',
      ],
      [
        'failed web1 bb: bb is failed',
        'unreachable web2 a: a is unreachable',
        'gone web1 /etc/motd mode: 0600 -> 0644 (a)',
        'still web1 /etc/motd mode: 0600 -> 0644 (bb)',
        'still web2 /etc/motd mode: 0600 -> 0644 (a)',
      ],
      [],
      [
        'back web1 was failed',
        'back web2 was unreachable',
        'still web2 /etc/motd mode: 0600 -> 0644 (a)',
        'gone web1 /etc/motd mode: 0600 -> 0644 (bb)',
      ],
    ],
  )
})

test('a host that is not in the inventory any more is forgotten', () => {
  const board = new Board(false)
  const [, gone] = told(board, { 'web1 a': 'ok', 'old a': mode('0600') }, { 'web1 a': 'ok' })
  assert.equal(gone, ['gone old /etc/motd mode: 0600 -> 0644 (a)'])
  assert.is(board.inSyncSince, 1000)
})

test('a check that cannot be made is told once, and leaves what is known', () => {
  const board = new Board(false)
  told(board, { 'web1 a': mode('0600') })
  assert.equal(
    board.fail('site.yml is wrong', 1000, 0).map(({ word }) => word),
    ['problem'],
  )
  assert.equal(board.fail('site.yml is wrong', 2000, 0), [])
  assert.is(board.drift.size, 1)
  assert.is(changeReport(board, [], ['site.yml']).state, 'problem')
  assert.match(metricsText(board, ['site.yml'], 1000), 'last_check_success{playbook="site.yml"} 0\n')
  assert.equal(told(board, { 'web1 a': mode('0600') }), [['back undefined checks can be made again']])
})

test('what is put right is told each time, and does not stay', () => {
  const board = new Board(true)
  const repaired = ['repaired web1 /etc/motd mode: 0600 -> 0644 (a)']
  const drifted = { 'web1 a': mode('0600') }
  assert.equal(told(board, drifted, { 'web1 a': 'ok' }, drifted), [repaired, [], repaired])
  assert.is(board.repaired, 2)
  assert.is(board.lastInSync, 1000)
})

test('differences of one name are told apart', () => {
  const board = new Board(false)
  const record = check({ 'web1 a': mode('0600') })
  const again = check({ 'web1 a': mode('0666') })
  const both = { ...record, looksAt: () => true, found: new Map([...record.found, ...again.found]) }
  assert.is(board.take(both, 0, 0).length, 1)
  const twice = new CheckRecord(false)
  const location = { file: 'site.yml', line: 1, column: 1 }
  const task = { id: 1, play: 1, name: 'a', action: 'file', location, handler: false }
  const result: TaskResult = { status: 'changed', changes: [mode('1'), mode('2')], values: {}, seconds: 0 }
  twice.listener({ type: 'host-finished', task, host: 'web1', result })
  assert.is(twice.found.size, 2)
})

test('of what stays only so much is told as lines', () => {
  const board = new Board(false)
  const many = Object.fromEntries(Array.from({ length: 30 }, (_, at) => [`web${at} a`, mode('0600')]))
  told(board, many)
  const notices = board.take(check({ ...many, 'web0 a': 'ok' }), 1000, 0.5)
  const lines = checkLines(board, notices, createTheme({ color: false, unicode: false }))
  assert.is(lines.filter((line) => line.includes('  still  ')).length, 21)
  assert.match(lines.at(-2)!, /9 more differences$/)
  assert.match(lines.at(-1)!, /29 differences on web1, web2, web3, web4, web5 and 24 more \(0\.5 s\)$/)
})

test('metrics are escaped', () => {
  const board = new Board(false)
  told(board, { 'we"b\\1 a': mode('0600') })
  const text = metricsText(board, ['a\nb.yml'], 300_000)
  assert.match(text, 'playssh_watch_host_drifted_changes{playbook="a\\nb.yml",host="we\\"b\\\\1"} 1\n')
  assert.match(text, '# TYPE playssh_watch_checks_total counter\n')
  for (const line of text.trimEnd().split('\n'))
    assert.match(line, /^(# (HELP|TYPE) playssh_watch_\w+ .+|playssh_watch_\w+\{.*\} [\d.]+)$/)
})

test.run()
