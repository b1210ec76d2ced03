import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { get_url } from '../../../src/modules/network/get_url/index.ts'
import type { ModuleContext } from '../../../src/sdk/module.ts'
import { type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'
import {
  applyWith,
  broken,
  forUser,
  page,
  programsWithout,
  redirect,
  startWeb,
  type Web,
} from '../../support/web.ts'

const test = suite('get_url on hosts')

const SHA1 = 'a97e6837f60cec6da4491bab387296bbcd72bdba'
let all: Host[] = []
let web: Web
let folder = ''
/** Without curl; and without GNU's wget, so that busybox's is left where it is first. */
let paths: string[] = []

/** The ways to fetch that this machine has: a host and the PATH to use there. */
function ways(): { name: string; host: Host; path?: string }[] {
  const [dash, busybox] = all as [Host, Host]
  return [
    { name: 'curl', host: dash },
    { name: 'curl with busybox', host: busybox },
    { name: 'wget', host: dash, path: paths[0]! },
  ]
}

test.before(async () => {
  all = await hosts()
  paths = [programsWithout('curl'), programsWithout('curl', 'wget')]
  web = await startWeb({
    '/f': page('ptux'),
    '/g': page('other'),
    '/a/b': redirect('/f'),
    '/named': (_, response) =>
      response
        .writeHead(200, { 'Content-Disposition': 'attachment; filename="../../it\'s.txt"' })
        .end('named'),
    '/broken': broken('only half of it'),
    '/private': forUser('me', 'p"a\\s s', 'private'),
    '/silent': () => {},
    '/gzip': (_, response) =>
      response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync('unzipped')),
    '/sums': page(`${SHA1}  f\n`),
    '/told': ({ headers }, response) => response.end(JSON.stringify(headers)),
  })
})
test.after(async () => {
  for (const host of all) await host.close()
  for (const path of paths) rmSync(path, { recursive: true })
  await web.close()
})
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'get url '))
})
test.after.each(() => rmSync(folder, { recursive: true }))

/** Runs it on every way that there is, each in a folder of its own. */
async function everyway(
  work: (get: (raw: Raw, view?: ModuleContext) => ReturnType<typeof applyWith>, at: string) => Promise<void>,
): Promise<void> {
  for (const { name, host, path } of ways()) {
    const at = join(folder, name)
    mkdirSync(at)
    try {
      await work((raw, view = RUN) => applyWith(path, host.session, get_url, raw, view), at)
    } catch (error) {
      ;(error as Error).message = `${name}: ${(error as Error).message}`
      throw error
    }
  }
}

test('a file is planned, fetched and found, whatever it is called', () =>
  everyway(async (get, at) => {
    for (const name of ['plain', '-odd \'" $x~']) {
      const raw = { url: `${web.url}/f`, dest: join(at, name), mode: '0640' }
      const planned = rows((await get(raw, CHECK)).plan)
      assert.not(readdirSync(at).includes(name))
      const { plan, result } = await get(raw)
      assert.equal(rows(plan), planned)
      assert.is(readFileSync(raw.dest, 'utf8'), 'ptux')
      assert.is(statSync(raw.dest).mode & 0o7777, 0o640)
      assert.is(result.failed, undefined)
      const { msg, checksum_src, checksum_dest, status_code, dest, size, state } = result.result!
      assert.equal(
        { msg, checksum_src, checksum_dest, status_code, dest, size, state },
        {
          ...{ msg: 'OK (4 bytes)', checksum_src: SHA1, checksum_dest: null, status_code: 200 },
          ...{ dest: raw.dest, size: 4, state: 'file' },
        },
      )
      const again = await get(raw)
      assert.is(again.result.changed, false)
      assert.is(again.result.result?.msg, 'HTTP Error 304: Not Modified')
      assert.equal((await get(raw, CHECK)).plan.changes, [])
    }
    assert.is(readdirSync(at).length, 2, 'nothing is left beside the files')
  }))

test('with force the same content is no change, and the file stays the one it is', () =>
  everyway(async (get, at) => {
    const raw = { url: `${web.url}/f`, dest: join(at, 'f'), force: true }
    await get(raw)
    const before = lstatSync(raw.dest)
    const { result } = await get(raw)
    assert.is(result.changed, false)
    assert.is(result.result?.checksum_dest, SHA1)
    assert.is(lstatSync(raw.dest).ino, before.ino)
    const moded = await get({ ...raw, mode: '0600' })
    assert.is(moded.result.changed, true)
    assert.is(statSync(raw.dest).mode & 0o7777, 0o600)
    writeFileSync(raw.dest, 'old')
    const { result: replaced } = await get({ ...raw, backup: true })
    assert.is(replaced.changed, true)
    assert.is(readFileSync(String(replaced.result?.backup_file), 'utf8'), 'old')
    assert.is(readFileSync(raw.dest, 'utf8'), 'ptux')
    assert.is(statSync(raw.dest).mode & 0o7777, 0o600, 'it keeps its permissions')
  }))

test('what is newer than the file that is there is fetched, and permissions are set where nothing is', () =>
  everyway(async (get, at) => {
    const raw = { url: `${web.url}/f`, dest: join(at, 'f') }
    writeFileSync(raw.dest, 'old')
    utimesSync(raw.dest, new Date('2001-01-01'), new Date('2001-01-01'))
    assert.is((await get(raw)).result.failed, undefined)
    assert.is(readFileSync(raw.dest, 'utf8'), 'ptux')
    chmodSync(raw.dest, 0o600)
    const { result } = await get({ ...raw, mode: '0644' })
    assert.equal([result.changed, result.result?.status_code], [true, 304])
    assert.is(statSync(raw.dest).mode & 0o7777, 0o644)
  }))

test('what breaks off, is missing, refused, silent or has another checksum leaves the old file', () =>
  everyway(async (get, at) => {
    const dest = join(at, 'f')
    const failed = async (path: string, more: Raw = {}) => {
      const { result } = await get({ url: `${web.url}${path}`, dest, force: true, timeout: 2, ...more })
      assert.is(result.changed, false)
      return result.failed ?? ''
    }
    for (const isThere of [false, true]) {
      if (isThere) writeFileSync(dest, 'old')
      assert.match(await failed('/broken'), /^Request failed: /)
      assert.is(await failed('/none'), 'Request failed: HTTP Error 404: Not Found')
      assert.is(await failed('/private'), 'Request failed: HTTP Error 401: Unauthorized')
      if (isThere) assert.match(await failed('/silent', { timeout: 1 }), /^Request failed: .*(time|slow)/i)
      assert.match(
        await failed('/g', { checksum: `sha1:${SHA1}` }),
        new RegExp(`^The checksum for .* did not match ${SHA1}; it was [0-9a-f]{40}\\.$`),
      )
      assert.equal(readdirSync(at), isThere ? ['f'] : [])
    }
    assert.is(readFileSync(dest, 'utf8'), 'old')
    assert.match(await failed('/f', { url: 'http://127.0.0.1:1/' }), /^Request failed: .*refused|connect/i)
  }))

test('a checksum is compared, and one of a file of checksums too', () =>
  everyway(async (get, at) => {
    const raw = { url: `${web.url}/f`, dest: join(at, 'f'), checksum: `sha1:${web.url}/sums` }
    assert.is((await get(raw, CHECK)).plan.changes.length, 2)
    assert.is((await get(raw)).result.result?.checksum_src, SHA1)
    const count = web.asked.length
    assert.is((await get(raw)).plan.result?.msg, 'file already exists')
    assert.equal(
      web.asked.slice(count).map(({ url }) => url),
      ['/sums'],
    )
  }))

test('in a folder it is called as the server or the URL says, without a way out', () =>
  everyway(async (get, at) => {
    const raw = { dest: at, mode: 'u+x' }
    assert.is((await get({ ...raw, url: `${web.url}/named` })).result.result?.dest, join(at, "it's.txt"))
    assert.is((await get({ ...raw, url: `${web.url}/a/b?x=/y` })).result.result?.dest, join(at, 'f'))
    assert.equal(readdirSync(at).sort(), ['f', "it's.txt"])
    assert.is(statSync(join(at, 'f')).mode & 0o7777, 0o744)
    assert.is((await get({ ...raw, url: `${web.url}/f` })).result.changed, false)
  }))

test('a user is sent when the server asks, or at once', () =>
  everyway(async (get, at) => {
    for (const force_basic_auth of [false, true]) {
      const raw = { url: `${web.url}/private`, dest: join(at, `f${force_basic_auth}`), force_basic_auth }
      const count = web.asked.length
      const { result } = await get({ ...raw, username: 'me', password: 'p"a\\s s' })
      assert.is(result.failed, undefined)
      assert.is(readFileSync(raw.dest, 'utf8'), 'private')
      assert.is(web.asked.length - count, force_basic_auth ? 1 : 2)
    }
  }))

test('headers, agent and compression are what was asked for', () =>
  everyway(async (get, at) => {
    const dest = join(at, 'f')
    const headers = { 'X-Odd': 'a "b" \\c $(id)', Cookie: 'x=1' }
    await get({ url: `${web.url}/told`, dest, headers, force: true })
    const told = JSON.parse(readFileSync(dest, 'utf8'))
    assert.is(told['x-odd'], headers['X-Odd'])
    assert.is(told.cookie, 'x=1')
    assert.is(told['user-agent'], 'ansible-httpget')
    assert.is(told['cache-control'], 'no-cache')
    assert.is(told['accept-encoding'], 'identity')
    await get({ url: `${web.url}/gzip`, dest, force: true })
    assert.is(readFileSync(dest, 'utf8'), 'unzipped')
  }))

test('it may be fetched to another folder first', () =>
  everyway(async (get, at) => {
    const tmp_dest = join(at, 'tmp')
    const raw = { url: `${web.url}/f`, dest: join(at, 'f'), tmp_dest }
    assert.match((await get(raw)).result.failed ?? '', /tmp directory does not exist\.$/)
    mkdirSync(tmp_dest)
    const { result } = await get(raw)
    assert.ok(String(result.result?.src).startsWith(`${tmp_dest}/`))
    assert.is(readFileSync(raw.dest, 'utf8'), 'ptux')
    assert.equal(readdirSync(tmp_dest), [])
    symlinkSync('.', join(at, 'folder'))
    const behind = await get({ url: `${web.url}/f`, dest: join(at, 'folder', 'behind'), tmp_dest })
    assert.is(behind.result.failed, undefined)
    assert.is(behind.result.result?.msg, 'OK (4 bytes)')
  }))

test('a link in the place gives way to the file, and what it leads to stays', () =>
  everyway(async (get, at) => {
    const target = join(at, 'target')
    const dest = join(at, 'link')
    writeFileSync(target, 'old', { mode: 0o600 })
    symlinkSync('target', dest)
    await get({ url: `${web.url}/f`, dest, force: true })
    assert.is(readFileSync(target, 'utf8'), 'old')
    assert.ok(lstatSync(dest).isFile())
    assert.is(lstatSync(dest).mode & 0o7777, 0o600)
  }))

test("busybox's wget fetches what has no secrets, and says what it cannot do", async () => {
  const [, busybox] = all as [Host, Host]
  const mine = (await busybox.session.sh('printf %s "$PATH"')).stdout.toString().split(':')[0]!
  const only = `${mine}:${paths[1]}`
  const get = (raw: Raw) => applyWith(only, busybox.session, get_url, raw)
  const dest = join(folder, 'f')
  assert.is((await get({ url: `${web.url}/f`, dest })).result.failed, undefined)
  assert.is(readFileSync(dest, 'utf8'), 'ptux')
  assert.is((await get({ url: `${web.url}/f`, dest })).result.result?.status_code, 304)
  assert.match(
    (await get({ url: `${web.url}/broken`, dest, force: true })).result.failed ?? '',
    /^Request failed/,
  )
  assert.is(
    (await get({ url: `${web.url}/none`, dest, force: true })).result.failed,
    'Request failed: HTTP Error 404: Not Found',
  )
  const lacks: [Raw, RegExp][] = [
    [{ username: 'me' }, /a user name, which it takes as an argument that every user sees; install curl/],
    [{ headers: { 'X-Token': 'x' } }, /headers, which it takes as arguments/],
    [{ url: web.url.replace('http', 'https') }, /validate_certs, for it checks no certificate/],
  ]
  for (const [more, said] of lacks)
    assert.match((await get({ url: `${web.url}/f`, dest, ...more })).result.failed ?? '', said)
  assert.is(readFileSync(dest, 'utf8'), 'ptux')
})

test('nothing of a request is among the arguments of a program', () =>
  everyway(async (get, at) => {
    let seen = ''
    const looking = await startWeb({
      '/secret': (_, response) => {
        for (const id of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
          try {
            seen += readFileSync(`/proc/${id}/cmdline`, 'utf8')
          } catch {
            // It has ended.
          }
        }
        response.end('x')
      },
    })
    const raw = { dest: join(at, 'f'), username: 'me', password: 'hush-pass', force_basic_auth: true }
    const { result } = await get({
      ...raw,
      url: `${looking.url}/secret?t=hush-query`,
      headers: { 'X-T': 'hush-head' },
    })
    await looking.close()
    assert.is(result.failed, undefined)
    assert.match(seen, /curl|wget/)
    assert.not.match(seen, /hush-/)
  }))

test.run()
