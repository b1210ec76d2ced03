import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type ModuleRun, runModule } from '../../src/engine/task/run-module.ts'
import { unarchive } from '../../src/modules/files/unarchive/index.ts'
import { get_url } from '../../src/modules/network/get_url/index.ts'
import { uri } from '../../src/modules/network/uri/index.ts'
import { readArguments } from '../../src/sdk/arguments.ts'
import type { Module } from '../../src/sdk/module.ts'
import { type Host, hosts } from '../support/host.ts'
import { type Raw, RUN } from '../support/plan.ts'
import { page, programsWithout, redirect, startWeb, type Web } from '../support/web.ts'

const test = suite('the progress of downloads')

const SIZE = 300_000
let all: Host[] = []
let web: Web
let folder = ''
let paths: string[] = []

/** A third at once, a third after a while, and then `end`; this comes to about 1.5 s. */
function slowly(response: ServerResponse, end: (third: Buffer) => void): void {
  const third = Buffer.alloc(SIZE / 3, 'x')
  response.write(third)
  setTimeout(() => response.write(third), 500)
  setTimeout(() => end(third), 1500)
}

test.before(async () => {
  all = await hosts()
  paths = [programsWithout('curl'), programsWithout('curl', 'wget')]
  web = await startWeb({
    '/known': (_, response) => {
      response.writeHead(200, { 'Content-Length': SIZE })
      slowly(response, (third) => response.end(third))
    },
    '/moved': redirect('/known'),
    '/unknown': (_, response) => slowly(response, (third) => response.end(third)),
    '/broken': (_, response) => {
      response.writeHead(200, { 'Content-Length': SIZE })
      slowly(response, () => response.destroy())
    },
    '/small': page('small'),
  })
})
test.after(async () => {
  for (const host of all) await host.close()
  for (const path of paths) rmSync(path, { recursive: true })
  await web.close()
})
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'fetch '))
})
test.after.each(() => rmSync(folder, { recursive: true }))

type Told = (number | undefined)[][]

async function run(
  host: Host,
  module: Module,
  raw: Raw,
  path?: string,
): Promise<{ ran: ModuleRun; told: Told }> {
  const told: Told = []
  const { args, problems } = readArguments(module, raw)
  assert.equal(problems, [])
  const ran = await runModule(module, args, host.session, {
    view: RUN,
    onBytes: (bytes, of) => told.push([bytes, of]),
    ...(path !== undefined && { environment: { PATH: path } }),
  })
  return { ran, told }
}

/** All are larger than the one before, and the last is the whole. */
function assertGrowing(told: Told, of: number | undefined, name: string): void {
  const bytes = told.map(([one]) => one!)
  assert.equal(
    bytes,
    [...bytes].sort((a, b) => a - b),
    name,
  )
  assert.ok(bytes.length >= 2 && bytes[0]! > 0 && bytes[0]! < SIZE, `${name}: ${bytes}`)
  assert.is(bytes.at(-1), SIZE, name)
  assert.equal([...new Set(told.map(([, one]) => one))], [of], name)
}

test('curl, wget and that of busybox: how much has come, of how much if the server says so, by one request', async () => {
  const [dash, busybox] = all as [Host, Host]
  const mine = (await busybox.session.sh('printf %s "$PATH"')).stdout.toString().split(':')[0]!
  const ways = [
    { name: 'curl', host: dash, path: undefined },
    { name: 'wget', host: dash, path: paths[0]! },
    { name: "busybox's wget", host: busybox, path: `${mine}:${paths[1]}` },
  ]
  for (const { name, host, path } of ways) {
    for (const [page, of] of [
      ['moved', SIZE],
      ['unknown', undefined],
    ] as const) {
      const before = web.asked.length
      const dest = join(folder, `${name} ${page}`)
      const { ran, told } = await run(host, get_url, { url: `${web.url}/${page}`, dest }, path)
      assert.is(ran.result.failed, undefined, name)
      assertGrowing(told, of, `${name} ${page}`)
      assert.is(statSync(dest).size, SIZE)
      assert.is(web.asked.length - before, page === 'moved' ? 2 : 1, name)
    }
  }
  assert.is(readdirSync(folder).length, 6, 'nothing is left beside the files')
})

test('what uri and unarchive fetch is told too, and no failure holds what was told', async () => {
  const [dash, busybox] = all as [Host, Host]
  const asked = await run(dash, uri, { url: `${web.url}/known`, dest: join(folder, 'asked') })
  assertGrowing(asked.told, SIZE, 'uri')
  assert.is(asked.ran.result.failed, undefined)
  const url = `${web.url}/known`
  const unpacked = await run(busybox, unarchive, { src: url, dest: folder, remote_src: true })
  assertGrowing(unpacked.told, SIZE, 'unarchive')
  const failed = unpacked.ran.result.failed ?? ''
  assert.match(failed, /archive/)
  assert.not.match(failed, /\x01/)
  const { ran } = await run(dash, get_url, { url: `${web.url}/broken`, dest: join(folder, 'broken') })
  assert.match(ran.result.failed ?? '', /^Request failed: curl: .*remaining to read$/)
})

test('of what is there at once nothing is told', async () => {
  for (const host of all) {
    const dest = join(folder, host.name)
    const { ran, told } = await run(host, get_url, { url: `${web.url}/small`, dest })
    assert.is(ran.result.failed, undefined)
    assert.equal(told, [])
  }
})

test.run()
