import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { TaskResult } from '../../src/protocol/event.ts'
import { formatListing, formatProblem } from '../../src/report/index.ts'
import { Source } from '../../src/values/source.ts'
import { visible, visibleJson } from '../../src/values/visible.ts'
import { EveryReport } from '../support/reports.ts'
import { Story } from './events.ts'

const test = suite('unseen characters')

const isUnseen =
  /\p{Cc}|\p{Cf}|\p{Zl}|\p{Zp}|\p{Bidi_Control}|\p{Default_Ignorable_Code_Point}|\p{Noncharacter_Code_Point}/u

/** Every character there is that nobody would see, but for line ends and what begins a sequence. */
const unseen: string[] = []
for (let code = 0; code <= 0x10ffff; code++) {
  const character = code >= 0xd800 && code < 0xe000 ? '' : String.fromCodePoint(code)
  if (isUnseen.test(character) && !'\t\n\r\x1b'.includes(character)) unseen.push(character)
}

/** What reports write themselves for a terminal. */
const own = /\x1b\[[?\d;]*[A-Za-z]/g

function assertVisible(text: string, where: string): void {
  const found = text
    .replaceAll(own, '')
    .replaceAll(/[\n\r]/g, '')
    .match(isUnseen)?.[0]
  assert.is(found && `U+${found.codePointAt(0)!.toString(16)}`, undefined, where)
}

/** A hostile text for each of the characters: thousands of them in every place where a host or playbook has its say. */
function story(reports: EveryReport, evil: string): void {
  const host = `h${evil}`
  const location = { file: `f${evil}.yml`, line: 1, column: 1 }
  const play = { id: 1, name: `p${evil}`, location }
  const info = (id: number, action = 'command') => ({
    ...{ id, play: 1, name: `t${evil}`, action, location, handler: false, verboseAlways: action === 'debug' },
  })
  const values = { [`k${evil}`]: [`v${evil}`], msg: `m${evil}`, stdout: evil, stderr: evil, path: `/${evil}` }
  const result = (status: TaskResult['status']): TaskResult => ({
    status,
    seconds: 1,
    values: { ...values, changed: status === 'changed' },
    message: `m${evil}`,
    advice: evil,
    ran: evil,
    delegatedTo: evil,
    changes: [
      { what: evil, before: evil, after: [evil, { [evil]: evil }] },
      { what: 'content', before: null, after: evil, text: { before: `${evil}\na`, after: `b\n${evil}` } },
    ],
  })
  const tell = reports.listener
  tell({ type: 'run-started', playbooks: [evil], check: false, diff: true })
  tell({ type: 'play-without-hosts', play, reason: evil })
  tell({ type: 'play-started', play, hosts: [host] })
  tell({ type: 'warning', message: evil, location })
  tell({ type: 'connecting', host })
  tell({ type: 'connected', host, seconds: 1 })
  const statuses = ['ok', 'changed', 'failed', 'skipped', 'unreachable'] as const
  for (const [id, status] of statuses.entries()) {
    const task = info(id, id === 0 ? 'debug' : 'command')
    tell({ type: 'task-started', task, hosts: [host] })
    tell({ type: 'host-started', task, host })
    tell({ type: 'output', task, host, line: evil })
    tell({ type: 'retrying', task, host, attempt: 1, left: 1 })
    const item = { ...result(status), label: evil }
    tell({ type: 'item-finished', task, host, item })
    tell({
      type: 'host-finished',
      task,
      host,
      result: { ...result(status), ...(id > 0 && { items: [item] }) },
    })
    tell({ type: 'task-finished', task })
  }
  tell({ type: 'interrupted', running: [host], again: false })
  tell({ type: 'play-finished', play })
  const none = { ok: 0, changed: 1, failures: 1, unreachable: 1, skipped: 0, rescued: 0, ignored: 0 }
  tell({ type: 'run-finished', stats: { [host]: none }, interrupted: false, seconds: 1 })
}

test('no report lets one through', async () => {
  for (let from = 0; from < unseen.length; from += 2000) {
    const reports = new EveryReport()
    story(reports, unseen.slice(from, from + 2000).join('x'))
    for (const [report, text] of await reports.texts()) assertVisible(text, report)
  }
})

test('a json document means what it meant', async () => {
  const evil = unseen.join('x')
  const reports = new EveryReport()
  story(reports, evil)
  const texts = await reports.texts()
  const json = texts.get('json')!
  assert.ok(JSON.parse(json.slice(json.indexOf('\n{') + 1)).stats[`h${evil}`])
  assert.is(JSON.parse(visibleJson(JSON.stringify({ evil }))).evil, evil)
})

test('no excerpt, message, hint or file name lets one through', () => {
  for (const character of unseen) {
    const source = new Source(`f${character}`, `a: b${character}c d`)
    const problem = { message: `m${character}`, hint: character, place: { source, start: 3, end: 6 } }
    assertVisible(formatProblem(problem), character)
  }
})

test('no list of plays, tasks, hosts and tags lets one through', () => {
  for (const character of unseen) {
    const evil = `a${character}`
    const play = {
      name: evil,
      pattern: evil,
      hosts: [evil],
      tasks: [{ name: evil, tags: [evil] }],
      tags: [evil],
    }
    const text = formatListing({ playbook: evil, plays: [play] }, { hosts: true, tasks: true, tags: true })
    assertVisible(text.replaceAll('\t', ' '), evil)
  }
})

test('carets stand below what they mean, whatever is written as an escape', () => {
  const source = new Source('f', 'a\u061cb: \u202ewrong')
  const [, line, carets] = formatProblem({ message: 'm', place: { source, start: 5, end: 11 } }).split('\n')
  assert.is(line, ' 1 | a\\u061cb: \\u202ewrong')
  assert.is(carets, '   |           ^^^^^^^^^^^')
})

const escaped: [from: string, to: string][] = [
  ['a\u061cb', 'a\\u061cb'],
  ['a\u00adb', 'a\\xadb'],
  ['a\u200db', 'a\\u200db'],
  ['a\ufe0fb', 'a\\ufe0fb'],
  ['1\ufe0f', '1\\ufe0f'],
  ['\u3164', '\\u3164'],
  ['\u{e0041}', '\\u{e0041}'],
  ['\ufffe\u{1ffff}', '\\ufffe\\u{1ffff}'],
  ['\ud800', '\\ud800'],
  ['👩‍👩‍👧 👍🏽 ☺️ 1️⃣ ❤️‍🔥', '👩‍👩‍👧 👍🏽 ☺️ 1️⃣ ❤️‍🔥'],
  ['می‌خواهم क्‍ष', 'می‌خواهم क्‍ष'],
  ['héllo 名前 עברית', 'héllo 名前 עברית'],
]
for (const [from, to] of escaped) {
  test(`${JSON.stringify(visible(from))} is what is shown`, () => assert.is(visible(from), to))
}

test('a story of plain text stays as it is', async () => {
  const reports = new EveryReport()
  new Story(reports.listener, ['a']).play().end()
  assert.match((await reports.texts()).get('plain 0 ')!, 'PLAY [Routers]')
})

test.run()
