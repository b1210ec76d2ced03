import { execFileSync } from 'node:child_process'
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { listedArchive } from '../../../src/engine/archive-file.ts'
import { unarchive } from '../../../src/modules/files/unarchive/index.ts'
import type { Session } from '../../../src/remote/session.ts'
import type { Plan } from '../../../src/sdk/module.ts'
import { readLocalFile } from '../../../src/shell/content.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../../support/plan.ts'
import { applyWith, page, programsWithout, startWeb, type Web } from '../../support/web.ts'

const test = suite('unarchive on hosts')

/** What makes an archive of what is in the working folder. */
const KINDS: Readonly<Record<string, string>> = {
  tar: 'tar -cf',
  'tar.gz': 'tar -czf',
  'tar.bz2': 'tar -cjf',
  'tar.xz': 'tar -cJf',
  'tar.zst': 'tar --zstd -cf',
  zip: 'zip -qry',
}

let all: Host[] = []
let top = ''
let dest = ''
let web: Web

const at = (...names: string[]) => join(top, ...names)

/** Sh in the folder of what is packed. */
function sh(script: string, cwd = at('in')): void {
  execFileSync('/bin/sh', ['-c', script], { cwd, stdio: ['ignore', 'ignore', 'inherit'] })
}

test.before(async () => {
  all = await hosts()
  top = mkdtempSync(join(tmpdir(), 'unarchive '))
  mkdirSync(at('in'))
  sh(`mkdir -p d/e 'o dd'
    echo one >d/one; echo two >d/e/two; chmod 0640 d/e/two; chmod 0750 d/e
    printf 'x' >'o dd/-n "$x~ü'; ln -s e/two d/link; touch -d '2020-02-03 04:05:06' d/one`)
  for (const [kind, pack] of Object.entries(KINDS)) sh(`${pack} ../a.${kind} d 'o dd'`)
  web = await startWeb({
    '/a.tar.gz': page(readFileSync(at('a.tar.gz'))),
    '/a.zip': page(readFileSync(at('a.zip'))),
  })
})
test.after(async () => {
  for (const host of all) await host.close()
  await web.close()
  rmSync(top, { recursive: true })
})
test.before.each(() => {
  dest = at('to $x')
  mkdirSync(dest)
})
test.after.each(() => rmSync(dest, { recursive: true, force: true }))

async function local(path: string, more: Raw = {}): Promise<Raw> {
  const words = (name: string) => (more[name] as string[] | undefined) ?? []
  const listing = { exclude: words('exclude'), include: words('include'), extra: words('extra_opts') }
  const place = { source: undefined, start: 0, end: 0 } as never
  return { ...more, src: await listedArchive(await readLocalFile(path), listing, place), dest }
}

function assertUnpacked(): void {
  assert.is(readFileSync(join(dest, 'd/one'), 'utf8'), 'one\n')
  assert.is(readFileSync(join(dest, 'd/e/two'), 'utf8'), 'two\n')
  assert.is(readlinkSync(join(dest, 'd/link')), 'e/two')
  assert.is(readFileSync(join(dest, 'o dd/-n "$x~ü'), 'utf8'), 'x')
  assert.is(statSync(join(dest, 'd/e/two')).mode & 0o7777, 0o640)
  assert.is(statSync(join(dest, 'd/e')).mode & 0o7777, 0o750)
  assert.equal(readdirSync(dest).sort(), ['d', 'o dd'], 'nothing else is left')
}

async function failedOf(work: Promise<{ plan: Plan; result: { failed?: string } }>): Promise<string> {
  try {
    const { plan, result } = await work
    return plan.failed ?? result.failed ?? ''
  } catch (error) {
    return (error as Error).message
  }
}

function filesOf(result: Raw | undefined): string[] {
  return result!.files as string[]
}

/** Fails with what the module says. */
async function done(session: Session, raw: Raw) {
  const run = await applyModule(session, unarchive, raw)
  assert.is(run.plan.failed ?? run.result.failed, undefined, JSON.stringify(raw))
  return run
}

test('every kind of archive, from here and from the host, is planned, unpacked and found', async () => {
  for (const { session, name } of all) {
    for (const kind of Object.keys(KINDS)) {
      for (const raw of [await local(at(`a.${kind}`)), { src: at(`a.${kind}`), dest, remote_src: true }]) {
        const title = `${name}, ${kind}, ${typeof raw.src}`
        const planned = await applyModule(session, unarchive, raw, CHECK)
        assert.is(planned.plan.failed, undefined, title)
        assert.equal(readdirSync(dest), [], title)
        const { plan, result } = await applyModule(session, unarchive, raw)
        assert.is(plan.failed ?? result.failed, undefined, title)
        assert.equal(rows(plan), rows(planned.plan), title)
        assertUnpacked()
        assert.equal(rows((await applyModule(session, unarchive, raw, CHECK)).plan), [], title)
        assert.equal(rows((await applyModule(session, unarchive, raw)).plan), [], title)
        rmSync(join(dest, 'd/one'))
        writeFileSync(join(dest, 'd/e/two'), 'other')
        const again = await applyModule(session, unarchive, raw)
        assert.equal(
          rows(again.plan)
            .map(([what]) => what)
            .sort(),
          ['d/e/two', 'd/one'],
          title,
        )
        assertUnpacked()
        rmSync(dest, { recursive: true })
        mkdirSync(dest)
      }
    }
  }
})

test('owner, group and permissions are those of the task, and a change of them unpacks nothing', async () => {
  for (const { session } of all) {
    for (const kind of ['tar.gz', 'zip']) {
      const raw = {
        src: at(`a.${kind}`),
        dest,
        remote_src: true,
        owner: 'daemon',
        group: '2',
        mode: 'u+rwX,go=',
      }
      await applyModule(session, unarchive, raw)
      for (const [path, mode] of [
        ['d', 0o700],
        ['d/one', 0o600],
        ['o dd', 0o700],
      ] as const) {
        const found = statSync(join(dest, path))
        assert.equal([found.uid, found.gid, found.mode & 0o7777], [1, 2, mode], path)
      }
      assert.is(lstatSync(join(dest, 'd/link')).uid, 1)
      assert.equal(rows((await applyModule(session, unarchive, raw)).plan), [])
      const inode = statSync(join(dest, 'd/one')).ino
      const { plan } = await applyModule(session, unarchive, { ...raw, mode: 'a+r' })
      assert.ok(plan.changes.length > 0)
      assert.equal(
        [statSync(join(dest, 'd/one')).mode & 0o7777, statSync(join(dest, 'd/one')).ino],
        [0o644, inode],
      )
      rmSync(dest, { recursive: true })
      mkdirSync(dest)
    }
  }
})

test('what is excluded, or not included, stays away, and names are listed', async () => {
  for (const { session, name } of all) {
    for (const kind of ['tar', 'zip']) {
      for (const more of [{ exclude: ['d/e/*', 'o dd/*'] }, { include: ['d/one', 'd/link'] }]) {
        const both = { ...more, list_files: true }
        if (name === 'busybox' && kind === 'tar' && 'exclude' in more) {
          const raw = { src: at('a.tar'), dest, remote_src: true, ...both }
          assert.match(
            await failedOf(applyModule(session, unarchive, raw)),
            /need GNU tar, which is not on the host/,
          )
          continue
        }
        for (const raw of [
          await local(at(`a.${kind}`), both),
          { src: at(`a.${kind}`), dest, remote_src: true, ...both },
        ]) {
          const { plan } = await done(session, raw)
          assert.ok(existsSync(join(dest, 'd/one')))
          assert.not(existsSync(join(dest, 'd/e/two')))
          assert.not(existsSync(join(dest, 'o dd/-n "$x~ü')))
          assert.ok(filesOf(plan.result).includes('d/one'))
          assert.equal(rows((await applyModule(session, unarchive, raw)).plan), [], JSON.stringify(more))
          rmSync(dest, { recursive: true })
          mkdirSync(dest)
        }
      }
    }
  }
})

test("options of GNU's tar change names here as there", async () => {
  const { session } = all[0]!
  const more = { extra_opts: ['--strip-components=1', '--transform', 's/one/1/'] }
  for (const raw of [
    await local(at('a.tar.gz'), more),
    { src: at('a.tar.gz'), dest, remote_src: true, ...more },
  ]) {
    await done(session, raw)
    assert.equal(readdirSync(dest).sort(), ['-n "$x~ü', '1', 'e', 'link'])
    assert.equal(rows((await applyModule(session, unarchive, raw)).plan), [])
    rmSync(dest, { recursive: true })
    mkdirSync(dest)
  }
  const wrong = { src: at('a.tar'), dest, remote_src: true, extra_opts: ['--no-such-é'] }
  assert.match(
    await failedOf(applyModule(session, unarchive, wrong)),
    /^Unable to list files in the archive: \/.*\/tar: unrecognized option '--no-such-é'/,
  )
})

test('newer files stay with keep_newer', async () => {
  for (const { session } of all) {
    for (const kind of ['tar', 'zip']) {
      const raw = { src: at(`a.${kind}`), dest, remote_src: true }
      mkdirSync(join(dest, 'd'))
      writeFileSync(join(dest, 'd/one'), 'mine')
      await applyModule(session, unarchive, { ...raw, keep_newer: true })
      assert.is(readFileSync(join(dest, 'd/one'), 'utf8'), 'mine')
      assert.ok(existsSync(join(dest, 'd/e/two')))
      utimesSync(join(dest, 'd/one'), new Date('2001-01-01'), new Date('2001-01-01'))
      await applyModule(session, unarchive, { ...raw, keep_newer: true })
      assertUnpacked()
      rmSync(dest, { recursive: true })
      mkdirSync(dest)
    }
  }
})

test('creates, a missing folder, and what is no archive', async () => {
  for (const { session } of all) {
    const raw = { src: at('a.tar'), dest, remote_src: true }
    const { plan } = await applyModule(session, unarchive, { ...raw, creates: at('in') })
    assert.is(plan.skipped, `skipped, since ${at('in')} exists`)
    const failed = (more: Raw) => failedOf(applyModule(session, unarchive, { ...raw, ...more }))
    assert.is(await failed({ dest: at('none') }), `dest '${at('none')}' must be an existing dir`)
    assert.is(await failed({ dest: at('a.tar') }), `dest '${at('a.tar')}' must be an existing dir`)
    assert.is(await failed({ src: at('none.tar') }), `Source '${at('none.tar')}' does not exist`)
    writeFileSync(at('empty'), '')
    assert.is(await failed({ src: at('empty') }), `Invalid archive '${at('empty')}', the file is 0 bytes`)
    writeFileSync(at('text'), 'no archive at all\n'.repeat(100))
    assert.match(await failed({ src: at('text') }), /^Unable to list files in the archive: /)
    writeFileSync(at('half.tar.gz'), readFileSync(at('a.tar.gz')).subarray(0, 100))
    assert.match(await failed({ src: at('half.tar.gz') }), /^Unable to list files in the archive: /)
    assert.equal(readdirSync(dest), [])
  }
})

test('an archive from a URL is fetched and unpacked, and the same is no change', async () => {
  for (const { session } of all) {
    for (const kind of ['tar.gz', 'zip']) {
      const raw = { src: `${web.url}/a.${kind}`, dest, remote_src: true, list_files: true }
      assert.is((await applyModule(session, unarchive, raw, CHECK)).plan.changes.length, 1)
      assert.equal(readdirSync(dest), [])
      const { result } = await applyModule(session, unarchive, raw)
      assert.equal([result.failed, result.changed], [undefined, true])
      assert.ok(filesOf(result.result).includes('d/one'))
      assertUnpacked()
      assert.is((await applyModule(session, unarchive, raw)).result.changed, false)
      assert.match(
        await failedOf(applyModule(session, unarchive, { ...raw, src: `${web.url}/none` })),
        /^Failure downloading http:.*\/none: 404 Not Found$/,
      )
      rmSync(dest, { recursive: true })
      mkdirSync(dest)
    }
  }
})

/** Archives that lead out of their folder, by sh that makes each. */
const HOSTILE: Readonly<Record<string, string>> = {
  'a name with ..': 'tar -cPf ../bad ../out',
  'an absolute name': 'tar -cPf ../bad "$PWD/../out"',
  'a link to the root': 'ln -s / l; tar -cf ../bad l',
  'a link up': 'mkdir s; ln -s ../../out s/l; tar -cf ../bad s',
  'a link by the way of another':
    'mkdir -p s/t; ln -s t/.. s/a; ln -s s/a/.. b; ln -s b/.. c; tar -cf ../bad s b c',
  'a file behind a link':
    'mkdir s; ln -s s l; echo x >s/f; tar -cf ../bad l s; mv l k; mkdir l; echo x >l/f; tar -rf ../bad l/f',
  'a hard link to what is elsewhere':
    'echo x >f; ln f g; tar -P --transform "flags=h;s,f,../out," -cf ../bad f g',
  'a zip with a link': 'ln -s /etc l; zip -qy ../bad.zip l; mv ../bad.zip ../bad',
}

test('an archive that leads out of its folder is refused, and nothing is changed', async () => {
  for (const { session, name } of all) {
    for (const [title, script] of Object.entries(HOSTILE)) {
      rmSync(at('evil'), { recursive: true, force: true })
      rmSync(at('bad'), { force: true })
      mkdirSync(at('evil'))
      writeFileSync(at('out'), 'out\n')
      sh(script, at('evil'))
      for (const view of [CHECK, RUN]) {
        for (const raw of [await local(at('bad')), { src: at('bad'), dest, remote_src: true }]) {
          // What a link of a zip says is known only when it is unpacked.
          if (view === CHECK && title === 'a zip with a link') continue
          const failed = await failedOf(applyModule(session, unarchive, raw, view))
          assert.match(failed, /; nothing was unpacked$/, `${name}: ${title}: ${failed}`)
          assert.equal(readdirSync(dest), [], `${name}: ${title}`)
        }
      }
    }
    assert.is(readFileSync(at('out'), 'utf8'), 'out\n')
  }
})

test('a link of our own to a folder is followed, and stays', async () => {
  for (const { session } of all) {
    mkdirSync(at('real'))
    symlinkSync(at('real'), join(dest, 'd'))
    symlinkSync(dest, at('by-link'))
    const raw = { src: at('a.tar'), dest: at('by-link'), remote_src: true }
    await applyModule(session, unarchive, raw)
    assert.is(readFileSync(at('real/one'), 'utf8'), 'one\n')
    assert.ok(lstatSync(join(dest, 'd')).isSymbolicLink())
    assert.equal(rows((await applyModule(session, unarchive, raw)).plan), [])
    for (const path of [at('by-link'), join(dest, 'd')]) rmSync(path)
    rmSync(at('real'), { recursive: true })
    rmSync(dest, { recursive: true })
    mkdirSync(dest)
  }
})

test('hard links stay one file', async () => {
  for (const { session } of all) {
    rmSync(at('evil'), { recursive: true, force: true })
    mkdirSync(at('evil'))
    writeFileSync(at('evil/a'), 'same')
    linkSync(at('evil/a'), at('evil/b'))
    sh('tar -cf ../hard.tar a b', at('evil'))
    const raw = { src: at('hard.tar'), dest, remote_src: true }
    await applyModule(session, unarchive, raw)
    assert.is(statSync(join(dest, 'a')).ino, statSync(join(dest, 'b')).ino)
    assert.equal(rows((await applyModule(session, unarchive, raw)).plan), [])
    for (const name of ['a', 'b']) rmSync(join(dest, name))
  }
})

test('a program that is missing is named', async () => {
  const { session } = all[0]!
  const lacking = programsWithout('unzip', 'zipinfo', 'xz')
  for (const [kind, said] of [
    ['zip', /^Unable to find required 'unzip' or 'zipinfo' binary in the path$/],
    ['tar.xz', /Unable to find required 'xz' binary in the path/],
  ] as const) {
    for (const raw of [await local(at(`a.${kind}`)), { src: at(`a.${kind}`), dest, remote_src: true }])
      assert.match(await failedOf(applyWith(lacking, session, unarchive, raw)), said)
  }
  rmSync(lacking, { recursive: true })
})

test.run()
