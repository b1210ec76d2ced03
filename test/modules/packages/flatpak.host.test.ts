import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type ModuleRun, runModule } from '../../../src/engine/task/run-module.ts'
import { flatpak } from '../../../src/modules/packages/flatpak/index.ts'
import { flatpak_remote } from '../../../src/modules/packages/flatpak_remote.ts'
import { readArguments } from '../../../src/sdk/arguments.ts'
import type { Module } from '../../../src/sdk/module.ts'
import { said } from '../../support/applied.ts'
import { type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'
import { startWeb, type Web } from '../../support/web.ts'
import { ARCH, exportTo } from './flatpakrepo.ts'

const test = suite('flatpak and flatpak_remote: on hosts')

const RUNTIME = `org.playssh.Platform/${ARCH}/stable`
const APP = { id: 'org.playssh.App', runtime: RUNTIME }

let all: Host[] = []
let base = ''
let folder = ''
let web: Web
test.before(async () => {
  base = mkdtempSync('/dev/shm/playssh-flatpak-base-')
  folder = mkdtempSync('/dev/shm/playssh-flatpak-')
  exportTo(join(base, 'repo'), [
    { kind: 'runtime', id: 'org.playssh.Platform', content: '1' },
    { ...APP, content: '1' },
    { ...APP, id: 'org.playssh.Other-x', content: '1' },
    { ...APP, id: 'org.playssh.Two', content: '1' },
    { ...APP, id: 'org.playssh.Two', branch: 'beta', content: '1' },
  ])
  all = await hosts()
  const ref = (fields: string) => (_request: unknown, response: { end(text: string): unknown }) =>
    response.end(`[Flatpak Ref]\n${fields}\nBranch=stable\nUrl=file://${folder}/repo\n`)
  web = await startWeb({
    '/odd.flatpakref': ref('Name=org.playssh.Other-x'),
    '/none.flatpakref': ref('Title=None'),
  })
})
test.after(async () => {
  for (const host of all) await host.close()
  await web.close()
  for (const one of [base, folder]) rmSync(one, { recursive: true })
})

/** A repository of its own, and the home folder and system installation of a host that knows nothing yet. */
interface Own extends Host {
  readonly home: string
  readonly repo: string
  readonly environment: Readonly<Record<string, string>>
}

function fresh(host: Host): Own {
  rmSync(folder, { recursive: true })
  const home = join(folder, `home $x'é`)
  const repo = join(folder, 'repo')
  mkdirSync(home, { recursive: true })
  cpSync(join(base, 'repo'), repo, { recursive: true })
  writeFileSync(join(folder, '-odd $x~ é.flatpakrepo'), repoFile(`Url=file://${repo}`))
  return { ...host, home, repo, environment: { HOME: home, FLATPAK_SYSTEM_DIR: join(folder, 'system') } }
}

function repoFile(fields: string): string {
  return `[Flatpak Repo]\nTitle=Own\n${fields}\n`
}

function apply({ session, environment }: Own, module: Module, raw: Raw, view = RUN): Promise<ModuleRun> {
  const { args, problems } = readArguments(module, raw)
  assert.equal(problems, [])
  return runModule(module, args, session, { view, environment })
}

/** Check says what apply does, and a second run finds nothing; gives the changes. */
async function settled(own: Own, module: Module, raw: Raw): Promise<unknown[][]> {
  const check = await apply(own, module, raw, CHECK)
  assert.is(check.plan.failed, undefined)
  const run = await apply(own, module, raw)
  assert.equal([run.plan.failed ?? run.result.failed, rows(run.plan)], [undefined, rows(check.plan)])
  assert.equal(rows((await apply(own, module, raw)).plan), [], JSON.stringify(raw))
  return rows(run.plan)
}

/** The same without the commits, which nobody knows before. */
async function changed(own: Own, raw: Raw): Promise<unknown[][]> {
  const sides = (side: unknown) => (/^[0-9a-f]{12}$/.test(String(side)) ? 'commit' : side)
  return (await settled(own, flatpak, raw)).map((row) => row.map(sides))
}

const failed = (own: Own, raw: Raw, module = flatpak, view = RUN) => said(apply(own, module, raw, view))

const remote = (raw: Raw = {}) => ({
  ...{ name: 'own', method: 'user', flatpakrepo_url: join(folder, '-odd $x~ é.flatpakrepo') },
  ...raw,
})
const ours = (raw: Raw) => ({ method: 'user', remote: 'own', ...raw })

test('a remote comes, is disabled and enabled, and goes', async () => {
  for (const host of all)
    for (const method of ['user', 'system']) {
      const own = fresh(host)
      const url = remote().flatpakrepo_url
      assert.equal(await settled(own, flatpak_remote, remote({ method, state: 'absent' })), [])
      assert.equal(await settled(own, flatpak_remote, remote({ method })), [['remote own', null, url]])
      const off = { name: 'own', method, enabled: false }
      assert.equal(await settled(own, flatpak_remote, off), [['remote own enabled', true, false]])
      const on = { name: 'own', method }
      assert.equal(await settled(own, flatpak_remote, on), [['remote own enabled', false, true]])
      const gone = await settled(own, flatpak_remote, { ...on, state: 'absent' })
      assert.equal(gone, [['remote own', `file://${own.repo}`, null]])
      assert.equal(await settled(own, flatpak_remote, remote({ method, enabled: false })), [
        ['remote own', null, url],
        ['remote own enabled', null, false],
      ])
    }
})

test('a look leaves nothing in a home without an installation', async () => {
  for (const host of all) {
    const own = fresh(host)
    await apply(own, flatpak_remote, remote(), CHECK)
    await apply(own, flatpak, ours({ name: APP.id }), CHECK)
    await apply(own, flatpak, { name: APP.id, state: 'latest' }, CHECK)
    assert.equal([readdirSync(own.home), existsSync(own.environment.FLATPAK_SYSTEM_DIR!)], [[], false])
  }
})

test('apps and runtimes come, are updated and go', async () => {
  for (const [method, host] of [
    ['user', all[0]!],
    ['system', all[1]!],
  ] as const) {
    const own = fresh(host)
    const app = `${APP.id}/${ARCH}/stable`
    const other = `org.playssh.Other-x/${ARCH}/stable`
    const both = { method, remote: 'own', name: [APP.id, 'org.playssh.Other-x'] }
    await settled(own, flatpak_remote, remote({ method }))
    assert.equal(await changed(own, both), [
      [app, null, 'commit'],
      [other, null, 'commit'],
    ])
    assert.equal(await changed(own, { ...both, state: 'latest' }), [])
    exportTo(own.repo, [
      { kind: 'runtime', id: 'org.playssh.Platform', content: '2' },
      { ...APP, content: '2' },
    ])
    assert.equal(await changed(own, both), [])
    assert.equal(await changed(own, { ...both, state: 'latest', no_dependencies: true }), [
      [app, 'commit', 'commit'],
    ])
    assert.equal(await changed(own, { ...both, state: 'latest' }), [[RUNTIME, 'commit', 'commit']])
    const needed = await failed(own, { method, name: 'org.playssh.Platform', state: 'absent' })
    assert.is(needed, `${RUNTIME} cannot be removed: ${app} needs it`)
    assert.equal(await changed(own, { ...both, state: 'absent' }), [
      [app, 'commit', null],
      [other, 'commit', null],
    ])
    assert.equal(await changed(own, { method, name: `runtime/${RUNTIME}`, state: 'absent' }), [
      [RUNTIME, 'commit', null],
    ])
  }
})

test('of several branches one is named, and all go', async () => {
  for (const host of all) {
    const own = fresh(host)
    await settled(own, flatpak_remote, remote())
    const name = 'org.playssh.Two'
    for (const view of [CHECK, RUN])
      assert.match(await failed(own, ours({ name }), flatpak, view), /specify one of: .*Two\/.*\/beta/)
    const beta = [[`${name}/${ARCH}/beta`, null, 'commit']]
    assert.equal(await changed(own, ours({ name: `${name}//beta` })), beta)
    assert.equal(await changed(own, ours({ name })), [])
    await changed(own, ours({ name: `${name}//stable`, no_dependencies: true }))
    exportTo(own.repo, [
      { ...APP, id: name, content: '2' },
      { ...APP, id: name, branch: 'beta', content: '2' },
    ])
    assert.is((await changed(own, ours({ name, state: 'latest' }))).length, 2)
    assert.is((await changed(own, ours({ name, state: 'absent' }))).length, 2)
  }
})

test('a .flatpakref is read for the id that it is of', async () => {
  for (const host of all) {
    const own = fresh(host)
    const url = `${web.url}/odd.flatpakref`
    await settled(own, flatpak_remote, remote())
    assert.equal(await changed(own, ours({ name: url })), [
      ['org.playssh.Other-x//stable', null, 'installed'],
    ])
    exportTo(own.repo, [{ ...APP, id: 'org.playssh.Other-x', content: '2' }])
    const app = `org.playssh.Other-x/${ARCH}/stable`
    assert.equal(await changed(own, ours({ name: url, state: 'latest' })), [[app, 'commit', 'commit']])
    assert.equal(await changed(own, ours({ name: url, state: 'absent' })), [[app, 'commit', null]])
    const named = ours({ name: 'org.playssh.Other-x', from_url: url })
    assert.equal(await changed(own, named), [['org.playssh.Other-x//stable', null, 'installed']])
    const asked = web.asked.length
    await apply(own, flatpak, named)
    assert.is(web.asked.length, asked, 'nothing is fetched for what is there')
    await changed(own, ours({ name: 'org.playssh.Other-x', state: 'absent' }))
    for (const view of [CHECK, RUN]) {
      const wrong = await failed(own, ours({ name: APP.id, from_url: url }), flatpak, view)
      assert.is(wrong, `${url} is of org.playssh.Other-x//stable, and not of ${APP.id}`)
      const none = await failed(own, ours({ name: `${web.url}/none.flatpakref` }), flatpak, view)
      assert.match(none, /none.flatpakref: it is no .flatpakref that names an id$/)
      const lost = await failed(own, ours({ name: `${web.url}/lost.flatpakref` }), flatpak, view)
      assert.match(lost, /lost.flatpakref: .*404/)
    }
    assert.equal(
      await changed(own, ours({ name: `${web.url}/org.playssh.App.flatpakref`, state: 'absent' })),
      [],
    )
  }
})

test('what is held, or whose remote is disabled or gone, is not updated', async () => {
  for (const host of all) {
    const own = fresh(host)
    await settled(own, flatpak_remote, remote())
    await changed(own, ours({ name: APP.id }))
    exportTo(own.repo, [{ ...APP, content: '2' }])
    const latest = ours({ name: APP.id, state: 'latest' })
    const ownFlatpak = (...words: string[]) => host.session.sh(`flatpak ${words.join(' ')}`, own.environment)
    await ownFlatpak('mask', '--user', 'org.playssh.*')
    const { plan } = await apply(own, flatpak, latest)
    assert.equal([plan.changes, plan.warnings?.length], [[], 1])
    await ownFlatpak('mask', '--user', '--remove', 'org.playssh.*')
    await settled(own, flatpak_remote, remote({ enabled: false }))
    assert.equal(await changed(own, latest), [])
    await settled(own, flatpak_remote, remote({ state: 'absent' }))
    assert.equal(await changed(own, latest), [])
    await settled(own, flatpak_remote, remote())
    renameSync(own.repo, `${own.repo}-away`)
    for (const view of [CHECK, RUN])
      assert.match(await failed(own, latest, flatpak, view), /from remote own: /)
    renameSync(`${own.repo}-away`, own.repo)
    assert.is((await changed(own, latest)).length, 1)
  }
})

test('failures have a sentence, and leave what was there', async () => {
  for (const host of all) {
    const own = fresh(host)
    const missing = ours({ name: APP.id })
    assert.is(
      await failed(own, missing),
      'remote "own" is not in the user installation: see to it in an earlier task of flatpak_remote',
    )
    await settled(own, flatpak_remote, remote({ enabled: false }))
    assert.match(await failed(own, missing), /^remote "own" is disabled/)
    assert.equal(rows((await apply(own, flatpak, missing, CHECK)).plan), [[APP.id, null, 'installed']])
    await settled(own, flatpak_remote, remote())
    for (const view of [CHECK, RUN]) {
      const none = await failed(own, ours({ name: [APP.id, 'org.playssh.None'] }), flatpak, view)
      assert.match(none, /Can't find ref org.playssh.None/)
    }
    assert.equal(await changed(own, ours({ name: APP.id, state: 'absent' })), [])
    const bad = (name: string, fields: string) => {
      writeFileSync(join(folder, `${name}.flatpakrepo`), repoFile(fields))
      return { name, method: 'user', flatpakrepo_url: join(folder, `${name}.flatpakrepo`) }
    }
    const unsigned = { name: 'bad', method: 'user', flatpakrepo_url: `file://${own.repo}` }
    for (const raw of [unsigned, bad('key', 'Url=file:///nowhere\nGPGKey=aGFsbG8K'), bad('no', '')]) {
      assert.is.not(await failed(own, raw, flatpak_remote), '')
      assert.equal(await settled(own, flatpak_remote, { ...raw, state: 'absent' }), [], raw.name)
    }
    assert.match(
      await failed(own, { name: 'new', method: 'user' }, flatpak_remote),
      /^remote "new" is not there, and flatpakrepo_url does not say where it is$/,
    )
    for (const module of [flatpak, flatpak_remote]) {
      const raw = { ...(module === flatpak ? missing : remote()), executable: 'flatpak-of-nobody' }
      assert.match(await failed(own, raw, module), /^Executable 'flatpak-of-nobody' was not found/)
    }
  }
})

test.run()
