import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { formatProblems } from '../../../src/report/diagnostic.ts'
import { writeReports } from '../../../src/report/documents/files.ts'
import { createRecorder, type RunRecord } from '../../../src/report/documents/record.ts'
import { ProblemError } from '../../../src/values/problem.ts'
import { block, change, changed, item, ok, result, Story } from '../events.ts'

const test = suite('files')
let folder = ''
test.before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reports-'))
})
test.after(() => rm(folder, { recursive: true }))

function recorded(tell: (story: Story) => void): RunRecord {
  const runs: RunRecord[] = []
  const story = new Story(
    createRecorder(
      (run) => runs.push(run),
      () => new Date(0),
    ),
    ['a', 'b'],
  ).play()
  tell(story)
  story.end()
  return runs[0]!
}

const run = recorded((story) => {
  const mode = changed([change('mode', '0644', '0600')])
  story.task('motd <1>', 'copy', { a: mode, b: result('skipped', { message: 'when: "later"' }) })
  story.task('loop', 'command', {
    a: result('failed', {
      items: [
        item('x', result('failed', { message: 'a < b', values: { rc: 2, stderr: 'no\x1b[1m & no\x07' } })),
      ],
    }),
    b: result('unreachable', { message: 'refused' }),
  })
  story.task('fine', 'ping', { a: ok() })
})

test('JUnit: a suite for the play, a case for every task and host', async () => {
  const junit = join(folder, 'report.xml')
  await writeReports(run, { junit })
  assert.is(
    await readFile(junit, 'utf8'),
    block`
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites time="1.840">
        <testsuite name="Routers" tests="5" failures="1" errors="1" skipped="1" timestamp="1970-01-01T00:00:00.000Z" time="0.000">
          <testcase name="[a] motd &lt;1&gt;" classname="roles/router/tasks/main.yml:10" time="0.100"><system-out>mode: 0644 -&gt; 0600</system-out></testcase>
          <testcase name="[b] motd &lt;1&gt;" classname="roles/router/tasks/main.yml:10" time="0.100"><skipped message="when: &quot;later&quot;"/></testcase>
          <testcase name="[a] loop" classname="roles/router/tasks/main.yml:20" time="0.100"><failure message="item=x: a &lt; b">item=x: a &lt; b
        task    loop (command)
        at      roles/router/tasks/main.yml:20:3
        exit    2
        stderr  no &amp; no\\x07</failure></testcase>
          <testcase name="[b] loop" classname="roles/router/tasks/main.yml:20" time="0.100"><error message="refused">task    loop (command)
      at      roles/router/tasks/main.yml:20:3</error></testcase>
          <testcase name="[a] fine" classname="roles/router/tasks/main.yml:30" time="0.100"/>
        </testsuite>
      </testsuites>
      `,
  )
})

test('HTML: one page, nothing from elsewhere, everything escaped', async () => {
  const html = join(folder, 'report.html')
  await writeReports(run, { html })
  const page = await readFile(html, 'utf8')
  assert.not.match(page, /src=|href=|https?:|<script/)
  assert.match(page, '<title>site.yml</title>')
  assert.match(page, '<p>failed: 1 host: a (loop: item=x: a &lt; b)</p>')
  assert.match(
    page,
    'motd &lt;1&gt; <span class="changed">changed 1</span> <span class="skipped">skipped 1</span>',
  )
  assert.match(page, 'item=x: a &lt; b')
  assert.is(page.match(/[\x00-\x09\x0b-\x1f]/), null)
  for (const tag of ['details', 'summary', 'div', 'section', 'pre', 'span', 'small']) {
    const opened = page.match(new RegExp(`<${tag}[ >]`, 'g'))?.length
    assert.is(page.match(new RegExp(`</${tag}>`, 'g'))?.length, opened, tag)
  }
})

test('a report that cannot be written is a problem said in a sentence', async () => {
  const wrong = join(folder, 'missing', 'report.xml')
  try {
    await writeReports(run, { junit: wrong })
    assert.unreachable()
  } catch (error) {
    assert.instance(error, ProblemError)
    assert.match(formatProblems((error as ProblemError).problems), `cannot write the report ${wrong}: ENOENT`)
  }
})

test.run()
