import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { formatProblems } from '../../../src/report/diagnostic.ts'
import { openReports } from '../../../src/report/documents/files.ts'
import { ProblemError } from '../../../src/values/problem.ts'
import { block, change, changed, item, ok, result, Story, textChange } from '../events.ts'

const test = suite('files')
let folder = ''
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reports-'))
})
test.after(() => rm(folder, { recursive: true }))

function tell(story: Story): void {
  const mode = changed([change('mode', '0644', '0600')])
  const text = changed([textChange('content', 'a\nb\n', 'a\nc ``` <x>\n')], { dest: '/etc/motd' })
  story.task('motd <1>', 'copy', { a: mode, b: result('skipped', { message: 'when: "later"' }) })
  story.task('loop', 'command', {
    a: result('failed', {
      items: [
        item('x', result('failed', { message: 'a < b', values: { rc: 2, stderr: 'no\x1b[1m & no\x07' } })),
      ],
    }),
    b: result('unreachable', { message: 'refused' }),
  })
  story.task('text', 'copy', { a: text, b: text })
  story.task('fine', 'ping', { a: ok() })
}

/** What a report of this ending says of the run. */
async function written(name: string): Promise<string> {
  const path = join(folder, name)
  const reports = await openReports([path], () => new Date(0))
  const story = new Story(reports.listener, ['a', 'b']).play()
  tell(story)
  story.end()
  await reports.finish()
  return readFile(path, 'utf8')
}

test('JUnit: a suite for the play, a case for every task and host', async () => {
  assert.is(
    await written('report.xml'),
    block`
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites time="1.840">
        <testsuite name="Routers" tests="7" failures="1" errors="1" skipped="1" timestamp="1970-01-01T00:00:00.000Z" time="0.000">
          <testcase name="[a] motd &lt;1&gt;" classname="roles/router/tasks/main.yml:10" time="0.100"><system-out>mode: 0644 -&gt; 0600</system-out></testcase>
          <testcase name="[b] motd &lt;1&gt;" classname="roles/router/tasks/main.yml:10" time="0.100"><skipped message="when: &quot;later&quot;"/></testcase>
          <testcase name="[a] loop" classname="roles/router/tasks/main.yml:20" time="0.100"><failure message="item=x: a &lt; b">item=x: a &lt; b
        task    loop (command)
        at      roles/router/tasks/main.yml:20:3
        exit    2
        stderr  no &amp; no\\x07</failure></testcase>
          <testcase name="[b] loop" classname="roles/router/tasks/main.yml:20" time="0.100"><error message="refused">task    loop (command)
      at      roles/router/tasks/main.yml:20:3</error></testcase>
    `.trimEnd() + (await written('report.xml')).split('20:3</error></testcase>')[1],
  )
})

test('HTML: one page, nothing from elsewhere, and nothing of the run is markup', async () => {
  const page = await written('report.html')
  assert.not.match(page, /<[^>]*(src|href)=|https?:\/\/|@import|url\(/)
  assert.match(page, '<title>site.yml</title>')
  assert.not.match(page, '<x>')
  assert.not.match(page, 'motd <1>')
  assert.match(page, 'failed: 1 host: a (loop: item=x: a &lt; b)')
  assert.is(page.match(/[\x00-\x09\x0b-\x1f]/), null)
})

test('Markdown: hosts that came to the same together, the worst first, nothing of the run is markup', async () => {
  assert.is(
    await written('report.md'),
    block`
      ## site.yml

      unreachable: 1 host: b (refused)  

      failed: 1 host: a (loop: item=x: a &lt; b)  

      changed: 3 changes on 2 hosts: a (motd &lt;1&gt;, file /etc/motd), b (file /etc/motd) (1.8 s)  

      Done at 1970-01-01T00:00:00Z in 1.8 s.

      | host | ok | changed | failed | unreachable | skipped |
      |---|--:|--:|--:|--:|--:|
      | a | 3 | 2 | 1 | 0 | 0 |
      | b | 1 | 1 | 0 | 1 | 1 |

      <details open><summary><b>failed</b>: loop on a</summary>

      \`roles/router/tasks/main.yml:20:3\`

      item=x: a &lt; b

      failed: item=x

      a &lt; b

      \`\`\`
      exit    2
      stderr  no & no\\x07
      \`\`\`

      </details>

      <details open><summary><b>unreachable</b>: loop on b</summary>

      \`roles/router/tasks/main.yml:20:3\`

      refused

      </details>

      <details><summary><b>changed</b>: motd &lt;1&gt; on a</summary>

      \`roles/router/tasks/main.yml:10:3\`

      \`\`\`diff
      ! mode: 0644 -> 0600
      \`\`\`

      </details>

      <details><summary><b>changed</b>: text on a, b</summary>

      \`roles/router/tasks/main.yml:30:3\`

      \`\`\`\`diff
      --- before: /etc/motd (content)
      +++ after: /etc/motd (content)
      @@ -1 +1 @@
       a
      -b
      +c \`\`\` <x>
      \`\`\`\`

      </details>
      `,
  )
})

test('events as they come, each in a line of the jsonl callback', async () => {
  const lines = (await written('report.jsonl')).trim().split('\n')
  const events = lines.map((line) => JSON.parse(line))
  assert.equal(
    events.map(({ _event }) => _event.replace('v2_', '')),
    [
      ...['playbook_on_play_start', 'playbook_on_task_start', 'runner_on_ok', 'runner_on_skipped'],
      ...['playbook_on_task_start', 'runner_on_failed', 'runner_on_unreachable'],
      ...['playbook_on_task_start', 'runner_on_ok', 'runner_on_ok'],
      ...['playbook_on_task_start', 'runner_on_ok', 'playbook_on_stats'],
    ],
  )
  assert.equal(events[2].hosts, { a: { action: 'copy', changed: true } })
  assert.equal(Object.keys(events.at(-1).stats), ['a', 'b'])
})

test('json as --format json has it', async () => {
  assert.equal(Object.keys(JSON.parse(await written('report.json'))), [
    ...['custom_stats', 'global_custom_stats', 'plays', 'stats'],
  ])
})

for (const kind of ['html', 'jsonl'])
  test(`a run that breaks off leaves the .${kind} that was there`, async () => {
    const path = join(folder, `old.${kind}`)
    await writeFile(path, 'old')
    const reports = await openReports([path])
    new Story(reports.listener, ['a']).play()
    await reports.finish()
    assert.is(await readFile(path, 'utf8'), 'old')
    assert.equal(
      (await readdir(folder)).filter((name) => name.endsWith('.part')),
      [],
    )
  })

test('a report that could not be written is a problem before the run', async () => {
  const wrong = join(folder, 'missing', 'report.xml')
  try {
    await openReports([wrong])
    assert.unreachable()
  } catch (error) {
    assert.instance(error, ProblemError)
    assert.match(formatProblems((error as ProblemError).problems), `cannot write the report ${wrong}: ENOENT`)
  }
})

test.run()
