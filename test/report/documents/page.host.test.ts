import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { topology } from '../../../src/modules/network/topology/index.ts'
import { htmlDocument } from '../../../src/report/documents/html.ts'
import { createRecorder, type RunRecord } from '../../../src/report/documents/record.ts'
import type { ValueMap } from '../../../src/values/value.ts'
import { argumentsFor, facts, VISITING } from '../../modules/network/labs.ts'
import { planOf } from '../../support/plan.ts'
import { change, changed, ok, result, Story, textChange } from '../events.ts'

const test = suite('the HTML page in a browser')
const folder = mkdtempSync(join(tmpdir(), 'page-'))
test.after(() => rmSync(folder, { recursive: true }))

function recorded(hosts: readonly string[], tell: (story: Story) => void): RunRecord {
  const runs: RunRecord[] = []
  const story = new Story(
    createRecorder(
      (run) => runs.push(run),
      () => new Date(0),
    ),
    hosts,
  ).play()
  tell(story)
  story.end()
  return runs[0]!
}

/** What the page's elements say when its script has run, a line for each. */
function seen(run: RunRecord, address = ''): string {
  const path = join(folder, 'page.html')
  writeFileSync(path, htmlDocument(run))
  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--dump-dom']
  const { stdout } = spawnSync(
    'chromium',
    [...flags, `--user-data-dir=${join(folder, 'profile')}`, `file://${path}${address}`],
    { encoding: 'utf8', maxBuffer: 1e8 },
  )
  const [, body = ''] = stdout.split('</script><header>')
  return body
    .replace(/<\/(summary|div|p|h1|pre|dd|button|nav|header)>/g, '\n')
    .replace(/<[^>]+>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replace(/\n{2,}/g, '\n')
}

const hosts = Array.from({ length: 12 }, (_, number) => `web${number + 1}`)
const run = recorded(hosts, (story) => {
  const motd = changed([textChange('content', 'a\nb\n', 'a\n<b>\n')], { dest: '/etc/motd' })
  story.task('motd', 'copy', Object.fromEntries(hosts.map((host) => [host, motd])))
  story.task('mode', 'file', { web1: changed([change('mode', '0644', '0600')]), web2: ok() })
  story.task('start', 'service', {
    web1: result('failed', { message: 'exit status 1', values: { rc: 1, stderr: '</script><b>no' } }),
    web2: result('unreachable', { message: 'refused' }),
  })
})

test('what failed stands first, then what changed, hosts that came to the same together', () => {
  const page = seen(run)
  const places = ['failed start', 'unreachable start', 'changed motd', 'changed mode'].map((text) =>
    page.indexOf(text),
  )
  assert.equal(
    places.toSorted((one, other) => one - other),
    places,
  )
  assert.ok(places[0]! > 0)
  assert.match(page, '12 hosts: web1, web2, web3, web4, web5, web6, web7, ... up to 100 ms\n')
  assert.match(page, '/etc/motd (content)\na\na\nb\n<b>\n')
  assert.match(page, '</script><b>no')
  assert.match(page, 'mode: 0644 -> 0600')
})

test('a lab is drawn: its machines and bridges, tunnels, paths, and what differs', () => {
  const found = { ...VISITING.found, crouter: facts({ eth0: '192.168.102.1/24' }) }
  const values = planOf(topology, argumentsFor({ ...VISITING, found })).result as ValueMap
  const page = seen(
    recorded(['localhost', 'hrouter'], (story) => {
      story.task('Where everything is', 'topology', { localhost: result('ok', { values }) })
      story.task('mode', 'file', { hrouter: changed([change('mode', '0644', '0600')]) })
    }),
  )
  for (const text of [
    'xenbr5',
    'mobile nodeeth0 192.168.100.3/24',
    'eth1 is not there',
    '1 changed',
    'ipip-hagent',
  ])
    assert.match(page, text)
  assert.match(
    page,
    'mnode → pmagent → (ipip-hagent) hagent → hrouter ✗ to cnode: nobody answers for 192.168.103.1 on xenbr3',
  )
})

test('by task, with counts and times', () => {
  const page = seen(run, '#view=tasks')
  assert.match(page, /motd copy, roles\/router\/tasks\/main.yml:10:3changed 12 0 ms\n/)
  assert.match(page, /start service, .*failed 1 unreachable 1 0 ms/)
})

test('by host, the worst first', () => {
  const page = seen(run, '#view=hosts')
  const names = [...page.matchAll(/^(web\d+)(.*?) \d+ ms$/gm)].map(([, host, counts]) => [host, counts])
  assert.is(names.length, 12)
  assert.equal(names.slice(0, 3), [
    ['web1', 'failed 1 changed 2'],
    ['web2', 'unreachable 1 changed 1 ok 1'],
    ['web3', 'changed 1'],
  ])
})

test('an outcome and a search leave what they name', () => {
  assert.not.match(seen(run, '#outcomes=c'), 'failed start')
  const page = seen(run, '#search=web1+mode')
  assert.match(page, 'changed mode')
  assert.not.match(page, 'changed motd')
  assert.match(seen(run, '#search=nowhere'), 'nothing of that kind')
})

test('a run in sync says so', () => {
  const page = seen(recorded(['a'], (story) => story.task('fine', 'ping', { a: ok() })))
  assert.match(page, 'in sync: nothing has changed, and nothing failed')
})

test('of 1,000 hosts and 100 tasks only what is looked at is made', () => {
  const many = Array.from({ length: 1000 }, (_, number) => `h${number}`)
  const big = recorded(many, (story) => {
    for (let task = 0; task < 100; task += 1)
      story.task(`t${task}`, 'ping', Object.fromEntries(many.map((host) => [host, ok()])))
  })
  const page = seen(big, '#view=hosts')
  assert.match(page, 'h0ok 100 10.0 s')
  assert.match(page, 'and 900 more')
})

test.run()
