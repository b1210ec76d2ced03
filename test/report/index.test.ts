import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import type { WriteStream } from 'node:tty'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { createReporter, type Reporter, type ReporterOptions } from '../../src/report/index.ts'
import { showsUnicode } from '../../src/report/paint.ts'
import { changed, ok, Story, textChange } from './events.ts'

const test = suite('reporter')

class Output extends Writable {
  text = ''
  writes = 0
  readonly isTTY: boolean
  readonly columns = 80
  readonly rows = 24

  constructor(isTTY: boolean) {
    super({ decodeStrings: false })
    this.isTTY = isTTY
  }

  override _write(chunk: string, _encoding: string, done: () => void): void {
    this.text += chunk
    this.writes += 1
    done()
  }
}

function reporterTo(output: Output, more: Partial<ReporterOptions> = {}): Reporter {
  return createReporter({
    format: 'default',
    stdout: output as unknown as WriteStream,
    env: { LANG: 'C.UTF-8' },
    verbosity: 0,
    check: false,
    diff: false,
    ...more,
  })
}

async function run(isTTY: boolean, more: Partial<ReporterOptions> = {}): Promise<string> {
  const output = new Output(isTTY)
  const reporter = reporterTo(output, more)
  const story = new Story(reporter.listener, ['a']).play()
  story.tell({ type: 'warning', message: 'odd' })
  story.task('t', 'copy', { a: changed([textChange('content', 'x', 'y')]) })
  story.task('u', 'ping', { a: ok() })
  story.end()
  await reporter.finish()
  return output.text
}

const plain: [what: string, isTTY: boolean, env: Record<string, string>][] = [
  ['no terminal', false, {}],
  ['CI', true, { CI: 'true' }],
  ['NO_COLOR', true, { NO_COLOR: '1' }],
  ['a dumb terminal', true, { TERM: 'dumb' }],
]
for (const [what, isTTY, env] of plain) {
  test(`plain lines with ${what}`, async () => {
    const text = await run(isTTY, { env })
    assert.match(text, 'TASK [t] ***')
    assert.is(text.match(/[\x00-\x09\x0b-\x1f]/), null)
  })
}

test('live on a terminal, with colours and pictures', async () => {
  const text = await run(true)
  assert.match(text, '\x1b[?25l')
  assert.match(text, '\x1b[33m±')
  assert.ok(text.endsWith('\x1b[?25h'))
})

test('what is said in one turn is written at once, and without waiting for the end', async () => {
  const output = new Output(false)
  const story = new Story(reporterTo(output).listener, ['a', 'b']).play()
  story.task('t', 'ping', { a: ok(), b: ok() })
  assert.is(output.writes, 0)
  await new Promise(setImmediate)
  assert.match(output.text, /TASK \[t\][\s\S]*ok: \[a\]\nok: \[b\]\n$/)
  assert.is(output.writes, 1)
})

const pictured: [env: Record<string, string>, shown: boolean][] = [
  [{ LANG: 'de_DE.utf8' }, true],
  [{ LANG: 'C' }, false],
  [{}, false],
  [{ WT_SESSION: 'c5b1' }, true],
  [{ TERM_PROGRAM: 'vscode' }, true],
  [{ WT_SESSION: 'c5b1', LC_ALL: 'C' }, false],
  [{ LANG: 'C.UTF-8', TERM: 'linux' }, false],
]
for (const [env, shown] of pictured)
  test(`pictures ${shown ? '' : 'not '}with ${JSON.stringify(env)}`, () =>
    assert.is(showsUnicode(env), shown))

test('details stand beside the lines of every format, and go to stderr where programs read', async () => {
  for (const format of ['default', 'minimal', 'oneline', 'dense', 'json', 'jsonl'] as const) {
    const output = new Output(false)
    let told = ''
    const stderr = {
      write: (text: string) => {
        told += text
      },
    }
    const reporter = reporterTo(output, { format, stderr, verbosity: 3 })
    const story = new Story(reporter.listener, ['a']).play()
    story.tell({ type: 'detail', level: 3, message: 'PROBE 1 files', host: 'a' })
    story.tell({ type: 'detail', level: 4, message: 'Outbound', host: 'a' })
    story.end()
    await reporter.finish()
    const [here, there] = format.startsWith('json') ? [told, output.text] : [output.text, told]
    assert.match(here, '<a> PROBE 1 files\n', format)
    assert.not.match(there, 'PROBE', format)
    assert.not.match(here, 'Outbound', format)
  }
})

test('an empty NO_COLOR asks for nothing', async () => {
  assert.match(await run(true, { env: { NO_COLOR: '', CI: '' } }), '\x1b[?25l')
})

test('ASCII where the locale is not UTF-8', async () => {
  const text = await run(true, { env: { LANG: 'C' } })
  assert.is(text.match(/[^\x00-\x7f]/), null)
})

test('colours in plain lines when asked for', async () => {
  assert.match(await run(false, { color: true }), '\x1b[33mchanged: [a]')
})

test('a terminal without colours when asked for', async () => {
  assert.not.match(await run(true, { color: false }), '\x1b[33m')
})

test('json: one document and nothing else on stdout, warnings on stderr', async () => {
  let warnings = ''
  const stderr = {
    write: (text: string) => {
      warnings += text
    },
  }
  const text = await run(true, { format: 'json', stderr })
  assert.equal(Object.keys(JSON.parse(text)), ['custom_stats', 'global_custom_stats', 'plays', 'stats'])
  assert.is(warnings, '[WARNING]: odd\n')
})

test('jsonl: an event in each line and nothing else on stdout', async () => {
  const text = await run(true, { format: 'jsonl' })
  const events = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line)._event)
  assert.is(events[0], 'v2_playbook_on_play_start')
  assert.is(events.at(-1), 'v2_playbook_on_stats')
})

test('minimal: answers of each task, as `ansible` shows them', async () => {
  const text = await run(false, { format: 'minimal' })
  assert.is(text, 'a | CHANGED =>\n{\n    "changed": true\n}\na | SUCCESS =>\n{\n    "changed": false\n}\n')
})

test('oneline: a line for each host of each task', async () => {
  assert.is(
    await run(false, { format: 'oneline' }),
    'a | CHANGED => { "changed": true }\na | SUCCESS => { "changed": false }\n',
  )
})

test('dense: a line for each task', async () => {
  const lines = (await run(false, { format: 'dense' })).split('\n')
  assert.equal(
    lines.map((line) => line.replace(/ {2,}/g, '  ')),
    [
      'Routers',
      'warning: odd',
      '~ t  changed 1',
      '  a changed',
      '+ u  ok 1',
      'changed: 1 change on 1 host: a: t (1.8 s)',
      '',
    ],
  )
})

test('profile_tasks and timer say at the end what took how long', async () => {
  const text = await run(false, { added: ['profile_tasks', 'timer'] })
  assert.match(
    text,
    /\n\n={79}\n(. -+ \d+\.\d\ds\n){2}Playbook run took 0 days, 0 hours, 0 minutes, 1 seconds\n$/,
  )
})

test("tree keeps each host's last answer in a file", async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tree-'))
  try {
    await run(false, { added: ['tree'], env: { ANSIBLE_CALLBACK_TREE_DIR: folder } })
    assert.equal(JSON.parse(readFileSync(join(folder, 'a'), 'utf8')), { changed: false })
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a reader that goes away does not end the run', async () => {
  const output = new Output(false)
  output._write = (_chunk, _encoding, done: (error?: Error) => void) => done(new Error('EPIPE'))
  const reporter = createReporter({
    format: 'default',
    stdout: output as unknown as WriteStream,
    env: {},
    verbosity: 0,
    check: false,
    diff: false,
  })
  const story = new Story(reporter.listener, ['a']).play()
  await new Promise((resolve) => setImmediate(resolve))
  story.task('t', 'ping', { a: ok() })
  story.end()
  await reporter.finish()
})

test.run()
