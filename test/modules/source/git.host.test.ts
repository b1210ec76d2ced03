import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { runModule } from '../../../src/engine/task/run-module.ts'
import { git } from '../../../src/modules/source/git/index.ts'
import { readArguments } from '../../../src/sdk/arguments.ts'
import { type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'
import { type Server, startServer } from '../../support/server.ts'

const test = suite('git: on hosts')

const IDENTITY = [
  '-c',
  'user.name=a',
  '-c',
  'user.email=a@b',
  '-c',
  'init.defaultBranch=main',
  '-c',
  'protocol.file.allow=always',
]
// git takes no submodules from files unless it is told to.
const TRUSTING = {
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'protocol.file.allow',
  GIT_CONFIG_VALUE_0: 'always',
}
const run = (folder: string, ...words: string[]) =>
  execFileSync('git', [...IDENTITY, ...words], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim()

let all: Host[] = []
let server: Server
let folder = ''
let repo = ''
test.before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'playssh-git-'))
  all = await hosts()
  server = await startServer()
})
test.after(async () => {
  for (const host of all) await host.close()
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})
test.before.each(() => {
  repo = mkdtempSync(join(folder, 'repo-'))
  run(repo, 'init', '-q')
  commit('one')
  run(repo, 'tag', '-a', '-m', 't', 'first')
  run(repo, 'branch', 'dev')
  commit('two')
})

/** A commit of a file that holds its name; its hash. */
function commit(text: string): string {
  writeFileSync(join(repo, 'f'), `${text}\n`)
  run(repo, 'add', 'f')
  run(repo, 'commit', '-q', '-m', text)
  return run(repo, 'rev-parse', 'HEAD')
}

let count = 0
const fresh = () => join(folder, `dest-${count++}`)

async function applied({ session }: Host, raw: Raw, view = RUN) {
  const { args, problems } = readArguments(git, raw)
  assert.equal(problems, [])
  const { plan, result } = await runModule(git, args, session, { view, environment: TRUSTING })
  return {
    rows: rows(plan),
    failed: plan.failed ?? result.failed,
    result: { ...plan.result, ...result.result },
    plan,
  }
}

/** Check says what the run does and returns, and changes nothing; a second run finds nothing. */
async function settled(host: Host, raw: Raw) {
  const check = await applied(host, raw, CHECK)
  const made = await applied(host, raw)
  assert.equal([made.failed, made.rows], [undefined, check.rows], JSON.stringify(raw))
  assert.ok(made.rows.length > 0, JSON.stringify(raw))
  if (/^[0-9a-f]{40}$/.test(String(check.result.after))) assert.is(made.result.after, check.result.after)
  const second = await applied(host, raw)
  assert.equal([second.rows, second.failed], [[], undefined], JSON.stringify(raw))
  return made
}

const holds = (dest: string) => readFileSync(join(dest, 'f'), 'utf8').trim()

test('a repository is cloned, kept up to date, and taken to versions', async () => {
  for (const host of all) {
    const dest = join(fresh(), `odd 'd"\n$x~`)
    const raw = { repo, dest }
    const two = commit(`two ${host.name}`)
    const made = await settled(host, raw)
    assert.equal([made.result.before, made.result.after, holds(dest)], [null, two, `two ${host.name}`])
    const three = commit(`three ${host.name}`)
    const updated = await settled(host, raw)
    assert.equal([updated.result.after, holds(dest)], [three, `three ${host.name}`])
    await settled(host, { ...raw, version: 'first' })
    assert.is(holds(dest), 'one')
    await settled(host, { ...raw, version: three.slice(0, 10) })
    await settled(host, { ...raw, version: 'dev' })
    assert.equal([holds(dest), run(dest, 'symbolic-ref', '--short', 'HEAD')], ['one', 'dev'])
    await settled(host, { ...raw, version: 'main' })
    const same = await applied(host, { ...raw, version: three }, CHECK)
    assert.equal([same.rows, same.plan.silent], [[['branch', 'main', three]], true])
    const asIs = await applied(host, { ...raw, version: 'nowhere', update: false })
    assert.equal([asIs.rows, asIs.failed, asIs.result.after], [[], undefined, three])
  }
})

test('a version that is nowhere is a failure before anything is done', async () => {
  for (const host of all) {
    const dest = fresh()
    for (const view of [CHECK, RUN])
      assert.is(
        (await applied(host, { repo, dest, version: 'none' }, view)).failed,
        'Failed to checkout none',
      )
    assert.not(existsSync(dest))
    const away = await applied(host, { repo: join(folder, 'nowhere'), dest })
    assert.match(away.failed ?? '', /does not appear to be a git repository|not exist/)
    const hash = { repo, dest, version: '0123456789012345678901234567890123456789' }
    assert.match((await applied(host, hash)).failed ?? '', /^Failed to checkout 0123/)
  }
})

test('changes of files are kept, or thrown away with force', async () => {
  for (const host of all) {
    const raw = { repo, dest: fresh() }
    await settled(host, raw)
    const head = commit(`next ${host.name}`)
    writeFileSync(join(raw.dest, 'f'), 'mine\n')
    writeFileSync(join(raw.dest, 'new'), 'mine\n')
    for (const view of [CHECK, RUN])
      assert.is(
        (await applied(host, raw, view)).failed,
        `Local modifications exist in the destination: ${raw.dest} (force=no).`,
      )
    assert.is(holds(raw.dest), 'mine')
    const forced = await settled(host, { ...raw, force: true })
    assert.equal([forced.result.after, holds(raw.dest)], [head, `next ${host.name}`])
    assert.ok(existsSync(join(raw.dest, 'new')))
  }
})

test('a folder that holds something else is left as it is, an empty one is filled', async () => {
  for (const host of all) {
    const dest = fresh()
    mkdirSync(dest)
    chmodSync(dest, 0o750)
    writeFileSync(join(dest, 'x'), '')
    const failed = `fatal: destination path '${dest}' already exists and is not an empty directory.`
    for (const view of [CHECK, RUN]) assert.is((await applied(host, { repo, dest }, view)).failed, failed)
    rmSync(join(dest, 'x'))
    await settled(host, { repo, dest })
    assert.is(statSync(dest).mode & 0o777, 0o750)
  }
})

test('where others can write, a clone is made apart and put in place', async () => {
  for (const host of all) {
    const open = fresh()
    mkdirSync(open)
    chmodSync(open, 0o1777)
    const dest = join(open, 'd')
    commit(`open ${host.name}`)
    await settled(host, { repo, dest, umask: '0027' })
    assert.equal(
      [holds(dest), statSync(dest).mode & 0o777, statSync(join(dest, 'f')).mode & 0o777],
      [`open ${host.name}`, 0o750, 0o640],
    )
    const separate = { repo, dest: join(open, 'e'), separate_git_dir: join(fresh(), 's') }
    mkdirSync(join(separate.separate_git_dir, '..'))
    await settled(host, separate)
    assert.is(run(separate.dest, 'status', '--porcelain'), '')
    commit(`later ${host.name}`)
    await settled(host, separate)
    assert.is(holds(separate.dest), `later ${host.name}`)
  }
})

test('shallow and single clones, other remotes, refspecs and bare repositories', async () => {
  for (const host of all) {
    const shallow = { repo, dest: fresh(), depth: 1 }
    await settled(host, shallow)
    assert.is(run(shallow.dest, 'rev-list', '--count', 'HEAD'), '1')
    for (const version of ['first', 'dev', 'main', 'HEAD']) {
      const { failed } = await applied(host, { ...shallow, version })
      assert.is(failed, undefined)
      assert.equal((await applied(host, { ...shallow, version })).rows, [], version)
    }
    const single = { repo, dest: fresh(), single_branch: true, version: 'dev', remote: 'up' }
    await settled(host, single)
    assert.is(run(single.dest, 'branch', '-r'), 'up/dev')
    await settled(host, { ...single, version: 'main' })
    run(repo, 'update-ref', 'refs/odd/it', run(repo, 'commit-tree', '-m', 'odd', 'HEAD^{tree}'))
    const hash = run(repo, 'rev-parse', 'refs/odd/it')
    await settled(host, { repo, dest: fresh(), version: hash, refspec: 'refs/odd/it' })
    const bare = { repo, dest: fresh(), bare: true, remote: 'up' }
    await settled(host, bare)
    commit(`bare ${host.name}`)
    await settled(host, bare)
    assert.is(run(bare.dest, 'rev-parse', 'HEAD'), run(repo, 'rev-parse', 'HEAD'))
  }
})

test('another address of the repository is set', async () => {
  for (const host of all) {
    const other = join(folder, `other-${host.name}`)
    run(folder, 'clone', '-q', repo, other)
    const raw = { repo, dest: fresh() }
    await settled(host, raw)
    const moved = await settled(host, { ...raw, repo: other })
    assert.is(moved.result.remote_url_changed, true)
    assert.is(run(raw.dest, 'remote', 'get-url', 'origin'), `file://${other}`)
  }
})

test('submodules come along, and follow', async () => {
  for (const host of all) {
    const sub = repo
    commit(`first ${host.name}`)
    repo = mkdtempSync(join(folder, 'super-'))
    run(repo, 'init', '-q')
    run(repo, 'submodule', '--quiet', 'add', `file://${sub}`, 'sub')
    commit('super')
    const raw = { repo, dest: fresh() }
    await settled(host, raw)
    assert.is(holds(join(raw.dest, 'sub')), `first ${host.name}`)
    writeFileSync(join(sub, 'f'), `sub ${host.name}\n`)
    run(sub, 'commit', '-qam', 'sub')
    assert.equal((await applied(host, raw)).rows, [])
    await settled(host, { ...raw, track_submodules: true })
    assert.is(holds(join(raw.dest, 'sub')), `sub ${host.name}`)
    const back = await settled(host, { ...raw, force: true })
    assert.equal([back.rows.at(-1)?.[0], back.result.submodules_changed], ['submodules', true])
    const without = { repo, dest: fresh(), recursive: false }
    await settled(host, without)
    assert.not(existsSync(join(without.dest, 'sub/f')))
    repo = sub
  }
})

test('an archive is made, and made anew only when it differs', async () => {
  for (const host of all) {
    const raw = { repo, dest: fresh(), archive: join(fresh(), 'a.tar.gz'), archive_prefix: 'p x/' }
    mkdirSync(join(raw.archive, '..'))
    await settled(host, raw)
    const list = () => execFileSync('tar', ['-tzf', raw.archive], { encoding: 'utf8' })
    assert.is(list(), 'p x/\np x/f\n')
    rmSync(raw.archive)
    await settled(host, { ...raw, update: false })
    commit(`archived ${host.name}`)
    assert.is((await settled(host, raw)).rows.length, 2)
    assert.is((await settled(host, { ...raw, archive: join(raw.archive, '../b.zip') })).rows.length, 1)
  }
})

test('the repository moves to where it is to lie', async () => {
  for (const host of all) {
    const raw = { repo, dest: fresh() }
    await settled(host, raw)
    const separate_git_dir = fresh()
    await settled(host, { ...raw, separate_git_dir })
    assert.ok(existsSync(join(separate_git_dir, 'config')))
    mkdirSync(`${separate_git_dir}-x`)
    const taken = await applied(host, { ...raw, separate_git_dir: `${separate_git_dir}-x` })
    assert.is(taken.failed, `Separate-git-dir path ${separate_git_dir}-x already exists.`)
    writeFileSync(join(raw.dest, '.git'), 'gitdir: /nowhere\n')
    assert.match(
      (await applied(host, raw)).failed ?? '',
      /does not have a valid reference to a separate Git dir/,
    )
  }
})

test('over SSH an unknown host key is a failure at once, unless it is taken', async () => {
  const url = `ssh://${userInfo().username}@127.0.0.1:${server.port}${repo}`
  for (const host of all) {
    const known = join(folder, `known-${host.name}`)
    const raw = {
      ...{ repo: url, dest: fresh(), key_file: server.keyFile },
      ssh_opts: `-F none -o UserKnownHostsFile=${known}`,
    }
    const unknown = await applied(host, raw)
    assert.match(unknown.failed ?? '', /Host key verification failed/)
    assert.match(unknown.plan.advice ?? '', /known_hosts/)
    const taken = { ...raw, accept_newhostkey: true }
    await applied(host, taken, CHECK)
    assert.not(existsSync(known), 'a look writes nothing')
    await settled(host, taken)
    assert.equal((await applied(host, raw)).rows, [])
    await settled(host, { ...raw, dest: fresh(), accept_hostkey: true })
  }
})

test('without a folder the version of the other side is returned', async () => {
  for (const host of all) {
    const { result, rows } = await applied(host, { repo, clone: false, update: false })
    const head = run(repo, 'rev-parse', 'HEAD')
    assert.equal([result.before, result.after, rows], [null, head, [['version', null, head]]])
  }
})

test('the diff is that of git', async () => {
  const view = { ...RUN, diff: true }
  for (const host of all) {
    const raw = { repo, dest: fresh() }
    const made = await applied(host, raw, view)
    assert.equal(made.result.diff, { prepared: `>> Newly checked out ${made.result.after}` })
    commit(`differs ${host.name}`)
    const { prepared } = (await applied(host, raw, view)).result.diff as { prepared: string }
    assert.match(prepared, /^diff --git a\/f b\/f\n(.*\n)*\+differs/)
  }
})

test.run()
