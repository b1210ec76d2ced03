import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Board } from '../../src/watch/board.ts'
import { postReport, runHook } from '../../src/watch/hook.ts'
import { type ChangeReport, changeReport } from '../../src/watch/report.ts'
import { freePort } from '../support/server.ts'
import { until } from '../support/until.ts'

const test = suite<{ folder: string }>('hook')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'hook-'))
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

const never = new AbortController().signal

/** A report with a host whose name would be a command. */
function report(): ChangeReport {
  const board = new Board(false)
  return changeReport(board, [{ word: 'new', host: '$(touch x); `id`', text: "it's", since: 0 }], ['a b.yml'])
}

test('a command has the report on its stdin and in short in its environment', async ({ folder }) => {
  const out = join(folder, 'out')
  const command = `{ cat; echo "$PLAYSSH_NEW $PLAYSSH_GONE $PLAYSSH_PLAYBOOKS"; } >${out}`
  assert.is(await runHook(command, report(), never), undefined)
  const [json, numbers] = readFileSync(out, 'utf8').split('\n')
  assert.is(JSON.parse(json!).notices[0].host, '$(touch x); `id`')
  assert.is(numbers, '1 0 a b.yml')
})

test('a command that fails, and one that reads nothing', async () => {
  assert.is(await runHook('exit 3', report(), never), 'exit status 3')
  assert.is(await runHook('kill -9 $$', report(), never), 'it was ended by SIGKILL')
  assert.is(await runHook('exec <&-; true', report(), never), undefined)
})

test('a command that hangs is ended with all that it has started', async ({ folder }) => {
  const pid = join(folder, 'pid')
  const command = `trap '' TERM; sleep 600 & echo $! >${pid}; wait; sleep 600`
  assert.is(await runHook(command, report(), never, 500), 'it took more than 0.5 s, and was ended')
  await until('it is gone', () => !existsSync(`/proc/${readFileSync(pid, 'utf8').trim()}/exe`))
})

test('a command is ended when the watch is', async () => {
  const end = new AbortController()
  const ended = runHook('exec sleep 600', report(), end.signal)
  end.abort()
  assert.is(await ended, 'it was ended')
})

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void

async function withServer(answer: Answer, use: (url: URL) => Promise<void>): Promise<void> {
  const server = createServer(async (request, response) => answer(request, response, await text(request)))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  try {
    await use(new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`))
  } finally {
    server.closeAllConnections()
    await new Promise((done) => server.close(done))
  }
}

test('a URL gets the report with POST, its user and password apart', async () => {
  const seen: unknown[] = []
  const answer: Answer = ({ method, url, headers }, response, body) => {
    seen.push(method, url, headers.authorization, headers['content-type'], JSON.parse(body).notices.length)
    response.end('ok')
  }
  await withServer(answer, async (url) => {
    url.username = 'me'
    url.password = 'p@ss'
    assert.is(await postReport(url, report(), never), undefined)
  })
  const basic = `Basic ${Buffer.from('me:p@ss').toString('base64')}`
  assert.equal(seen, ['POST', '/hook', basic, 'application/json', 1])
})

test('a URL that refuses, leads elsewhere, hangs or is not there', async () => {
  await withServer(
    (_, response) => response.writeHead(500).end(),
    async (url) => assert.is(await postReport(url, report(), never), 'it answers 500 Internal Server Error'),
  )
  await withServer(
    (_, response) => response.writeHead(302, { location: '/' }).end(),
    async (url) => assert.is(await postReport(url, report(), never), 'it answers 302 Found'),
  )
  await withServer(
    () => {},
    async (url) => assert.is(await postReport(url, report(), never, 300), 'it took more than 0.3 s'),
  )
  const nobody = new URL(`http://127.0.0.1:${await freePort()}/`)
  assert.is(await postReport(nobody, report(), never), 'ECONNREFUSED')
})

test.run()
