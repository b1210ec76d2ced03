import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { uri } from '../../../src/modules/network/uri/index.ts'
import { readLocalFile } from '../../../src/shell/content.ts'
import type { Value } from '../../../src/values/value.ts'
import { type Host, hosts } from '../../support/host.ts'
import type { Raw } from '../../support/plan.ts'
import { applyWith, forUser, page, programsWithout, redirect, startWeb, type Web } from '../../support/web.ts'

const test = suite('uri on hosts')

let all: Host[] = []
let web: Web
let folder = ''
let withoutCurl = ''

test.before(async () => {
  all = await hosts()
  withoutCurl = programsWithout('curl')
  web = await startWeb({
    '/text': page('text'),
    '/json': (_, response) =>
      response.writeHead(200, { 'Content-Type': 'application/vnd.x+json' }).end('{"a": [1, 2.0]}'),
    '/latin': (_, response) =>
      response
        .writeHead(200, {
          'Content-Type': 'text/plain; charset=iso-8859-1',
          'X-Odd-One': 'a',
          'Set-Cookie': ['a=1', 'b=2'],
        })
        .end(Buffer.from([0xe9, 0x0a])),
    '/echo': ({ method, headers }, response, body) =>
      response.writeHead(201, { 'Content-Type': 'application/json' }).end(
        JSON.stringify({
          method,
          type: headers['content-type'] ?? null,
          agent: headers['user-agent'],
          auth: headers.authorization ?? null,
          body,
        }),
      ),
    '/moved': redirect('/text', 301),
    '/moved-echo': redirect('/echo'),
    '/private': forUser('me', 'secret', 'private'),
    '/a%20b': page('blank'),
  })
})
test.after(async () => {
  for (const host of all) await host.close()
  await web.close()
  rmSync(withoutCurl, { recursive: true })
})
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'uri '))
})
test.after.each(() => rmSync(folder, { recursive: true }))

type Ask = (
  path: string,
  raw?: Raw,
) => Promise<{ failed: string | undefined; changed: boolean | undefined; values: Raw }>

/** With curl on both hosts, and with wget. */
async function everyway(work: (ask: Ask, at: string, name: string) => Promise<void>): Promise<void> {
  const [dash, busybox] = all as [Host, Host]
  for (const [name, host, path] of [
    ['curl', dash, undefined],
    ['curl with busybox', busybox, undefined],
    ['wget', dash, withoutCurl],
  ] as const) {
    const at = join(folder, name)
    mkdirSync(at)
    try {
      await work(
        async (asked, raw = {}) => {
          const url = asked.startsWith('/') ? `${web.url}${asked}` : asked
          const { plan, result } = await applyWith(path, host.session, uri, { url, ...raw })
          const values = { ...plan.result, ...result.result }
          return { failed: plan.failed ?? result.failed, changed: result.changed, values }
        },
        at,
        name,
      )
    } catch (error) {
      ;(error as Error).message = `${name}: ${(error as Error).message}`
      throw error
    }
  }
}

test('an answer is told in names of Ansible', () =>
  everyway(async (ask) => {
    const { failed, changed, values } = await ask('/latin', { return_content: true })
    assert.equal([failed, changed], [undefined, false])
    const { content, content_type, x_odd_one, status, msg, url, redirected, cookies, cookies_string } = values
    assert.equal(
      { content, content_type, x_odd_one, status, msg, url, redirected, cookies, cookies_string },
      {
        content: 'é\n',
        content_type: 'text/plain; charset=iso-8859-1',
        x_odd_one: 'a',
        status: 200,
        msg: 'OK (unknown bytes)',
        url: `${web.url}/latin`,
        redirected: false,
        cookies: { a: '1', b: '2' },
        cookies_string: 'a=1; b=2',
      },
    )
    const json = await ask('/json')
    assert.is(JSON.stringify(json.values.json), '{"a":[1,2]}')
    assert.is(json.values.content, undefined)
  }))

test('another status than was allowed is a failure that tells what came', () =>
  everyway(async (ask) => {
    const { failed, values } = await ask('/none', { return_content: true })
    assert.is(failed, 'Status code was 404 and not [200]: HTTP Error 404: Not Found')
    assert.equal([values.status, values.content], [404, 'nothing here\n'])
    assert.is((await ask('/none', { status_code: [200, 404] })).failed, undefined)
    const none = await ask('http://127.0.0.1:1/')
    assert.match(none.failed ?? '', /^Status code was -1 and not \[200\]: Request failed: /)
    assert.is(none.values.status, -1)
  }))

test('bodies are sent as they are, with what they are', () =>
  everyway(async (ask, at) => {
    const echo = async (raw: Raw) => {
      const { failed, values } = await ask('/echo', { status_code: 201, method: 'POST', ...raw })
      assert.is(failed, undefined)
      return values.json as Readonly<Record<string, Value>>
    }
    const odd = '@x\n"\'$(id) \\ é\u0000'
    assert.equal(await echo({ body: odd }), {
      ...{ method: 'POST', type: 'application/x-www-form-urlencoded', agent: 'ansible-httpget', auth: null },
      body: odd,
    })
    const json = await echo({ body: { a: 1 }, body_format: 'json', method: 'PUT' })
    assert.equal([json.method, json.type, json.body], ['PUT', 'application/json', '{"a": 1}'])
    const typed = await echo({ body: 'x', headers: { 'content-type': 'text/odd' } })
    assert.is(typed.type, 'text/odd')
    assert.is((await echo({ method: 'DELETE' })).method, 'DELETE')
    const empty = await echo({})
    assert.equal([empty.method, empty.body], ['POST', ''])
    const path = join(at, 'sent')
    writeFileSync(path, 'of a file')
    assert.is((await echo({ src: path, remote_src: true })).body, 'of a file')
    assert.is((await echo({ src: await readLocalFile(path) })).body, 'of a file')
    const form = await echo({
      body: { f: { filename: path } },
      body_format: 'form-multipart',
      remote_src: true,
    })
    assert.match(String(form.body), /filename="sent"\r\n\r\nb2YgYSBmaWxl\n\r\n--/)
    const missing = await ask('/echo', { method: 'POST', src: join(at, 'none'), remote_src: true })
    assert.match(missing.failed ?? '', /^Unable to open source file .*none$/)
  }))

test('redirects are followed as far as they may be', () =>
  everyway(async (ask) => {
    const safe = await ask('/moved', { return_content: true })
    assert.equal(
      [safe.values.content, safe.values.url, safe.values.redirected],
      ['text', `${web.url}/text`, true],
    )
    const none = await ask('/moved', { follow_redirects: 'none', status_code: 301 })
    assert.equal(
      [none.failed, none.values.location, none.values.url, none.values.redirected],
      [undefined, `${web.url}/text`, `${web.url}/moved`, false],
    )
    const post = { method: 'POST', body: 'x' }
    assert.is((await ask('/moved-echo', { ...post, status_code: 302 })).failed, undefined, 'POST is not safe')
    const every = await ask('/moved-echo', { ...post, status_code: 201, follow_redirects: 'all' })
    assert.is((every.values.json as Raw).method, 'GET')
  }))

test('a user is sent when the server asks, or at once, and not to where a redirect leads if that is said', () =>
  everyway(async (ask, _, name) => {
    const who = { user: 'me', password: 'secret', return_content: true }
    assert.is((await ask('/private', who)).values.content, 'private')
    assert.is((await ask('/private', { ...who, force_basic_auth: true })).values.content, 'private')
    assert.is((await ask('/private', { ...who, password: 'x' })).values.status, 401)
    const raw = { ...who, force_basic_auth: true, status_code: 201, unredirected_headers: ['Authorization'] }
    const { failed, values } = await ask('/moved-echo', raw)
    if (name === 'wget')
      assert.match(failed ?? '', /GNU wget cannot do with unredirected_headers; install curl/)
    else assert.is((values.json as Raw).auth, null)
    assert.match(
      String(((await ask('/echo', raw)).values.json as Raw | undefined)?.auth ?? 'Basic'),
      /^Basic/,
    )
  }))

test('what came is put in place, and found there', () =>
  everyway(async (ask, at) => {
    const dest = join(at, '-odd "f')
    const first = await ask('/text', { dest, mode: '0600' })
    assert.equal([first.failed, first.changed, first.values.path], [undefined, true, dest])
    assert.is(readFileSync(dest, 'utf8'), 'text')
    const again = await ask('/text', { dest, mode: '0600', status_code: [200, 304] })
    assert.equal([again.failed, again.changed, again.values.status], [undefined, false, 304])
    assert.is((await ask('/text', { dest, force: true })).changed, false)
    const named = await ask('/a%20b', { dest: at })
    assert.is(named.values.path, join(at, 'a b'))
    const failed = await ask('/none', { dest, force: true })
    assert.is(failed.values.status, 404)
    assert.is(readFileSync(dest, 'utf8'), 'text')
    assert.equal(readdirSync(at).sort(), ['-odd "f', 'a b'])
  }))

test('a socket in the file system is asked by curl', async () => {
  const socket = join(folder, 'socket')
  const local = await startWeb({ '/x': page('of a socket') }, socket)
  for (const { session } of all) {
    const raw = { url: 'http://localhost/x', unix_socket: socket, return_content: true }
    const { result } = await applyWith(undefined, session, uri, raw)
    assert.is(result.result?.content, 'of a socket')
  }
  const { result } = await applyWith(withoutCurl, all[0]!.session, uri, {
    url: 'http://x/',
    unix_socket: socket,
  })
  assert.match(result.failed ?? '', /GNU wget cannot do with unix_socket; install curl/)
  await local.close()
})

test.run()
