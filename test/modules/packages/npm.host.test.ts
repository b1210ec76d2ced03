import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { npm } from '../../../src/modules/packages/npm.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, rows } from '../../support/plan.ts'

const test = suite('npm: on hosts')

let all: Host[] = []
let folder = ''
let registry = ''
let server: Server
const VERSIONS = ['1.0.0', '1.1.0', '2.0.0']

test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'playssh-npm-'))
  const manifest = (version: string) => ({ name: 'playssh-test', version })
  for (const version of VERSIONS) {
    mkdirSync(join(folder, 'package'), { recursive: true })
    writeFileSync(join(folder, 'package/package.json'), JSON.stringify(manifest(version)))
    execFileSync('tar', ['-czf', `${version}.tgz`, 'package'], { cwd: folder })
  }
  server = createServer(({ url = '' }, response) => {
    if (url.endsWith('.tgz')) return response.end(readFileSync(join(folder, url)))
    if (url !== '/playssh-test') return response.writeHead(404).end('{}')
    const versions = VERSIONS.map((version) => [
      version,
      { ...manifest(version), dist: { tarball: `${registry}/${version}.tgz` } },
    ])
    const document = {
      name: 'playssh-test',
      'dist-tags': { latest: '2.0.0' },
      versions: Object.fromEntries(versions),
    }
    response.end(JSON.stringify(document))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
  server.close()
  rmSync(folder, { recursive: true })
})

async function settled({ session }: Host, raw: Raw) {
  const check = await applyModule(session, npm, raw, CHECK)
  assert.is(check.plan.failed, undefined)
  assert.ok(check.plan.changes.length > 0, JSON.stringify(raw))
  const { plan, result } = await applyModule(session, npm, raw)
  assert.equal([result.failed, rows(plan)], [undefined, rows(check.plan)])
  assert.equal((await applyModule(session, npm, raw)).plan.changes, [], JSON.stringify(raw))
  return rows(plan)
}

test('packages come, change and go in a folder', async () => {
  for (const host of all) {
    const path = join(folder, `odd '"$x~ é-${host.name}`)
    const raw = { path, registry, name: 'playssh-test' }
    assert.equal(await settled(host, { ...raw, version: '1.0.0' }), [
      [`folder ${path}`, null, 'directory'],
      ['playssh-test', null, '1.0.0'],
    ])
    assert.equal((await applyModule(host.session, npm, raw)).plan.changes, [])
    const wanted = { dependencies: { 'playssh-test': '^1.0.0' } }
    writeFileSync(join(path, 'package.json'), JSON.stringify(wanted))
    assert.equal(await settled(host, { path, registry, state: 'latest' }), [
      ['playssh-test', '1.0.0', '1.1.0'],
    ])
    rmSync(join(path, 'node_modules'), { recursive: true })
    await settled(host, { path, registry })
    await settled(host, { ...raw, state: 'absent' })
    const none = await applyModule(host.session, npm, { ...raw, name: 'playssh-none' })
    assert.match(none.result.failed ?? '', /404/)
  }
})

test('a host without npm is told so', async () => {
  for (const { session } of all) {
    const raw = { path: folder, name: 'a', executable: 'npm-of-nobody' }
    assert.match((await applyModule(session, npm, raw)).plan.failed ?? '', /executable "npm-of-nobody"/)
  }
})

test.run()
