import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { archive } from '../../../src/modules/files/archive/index.ts'
import type { Session } from '../../../src/remote/session.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw, rows } from '../../support/plan.ts'

const test = suite('archive on hosts')

let all: Host[] = []
let top = ''
const at = (...names: string[]) => join(top, ...names)

test.before(async () => {
  all = await hosts()
})
test.after(async () => {
  for (const host of all) await host.close()
})
test.before.each(() => {
  top = mkdtempSync(join(tmpdir(), 'archive '))
  mkdirSync(at('in/d'), { recursive: true })
  writeFileSync(at('in/one'), 'one\n')
  writeFileSync(at('in/d/-two "$x'), 'two\n', { mode: 0o600 })
  symlinkSync('d', at('in/link'))
  mkdirSync(at('out'))
})
test.after.each(() => rmSync(top, { recursive: true }))

/** What an archive holds, by the programs of this machine. */
function names(path: string, format: string): string[] {
  const [program, ...words] = format === 'zip' ? ['unzip', '-Z1'] : ['tar', '--quoting-style=literal', '-tf']
  return execFileSync(program!, [...words, path], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .sort()
}

async function done(session: Session, raw: Raw) {
  const run = await applyModule(session, archive, raw)
  assert.is(run.plan.failed ?? run.result.failed, undefined, JSON.stringify(raw))
  return run
}

test('a folder is planned, packed in every format, and found', async () => {
  for (const { session, name } of all) {
    for (const format of ['gz', 'bz2', 'xz', 'tar', 'zip']) {
      const title = `${name}, ${format}`
      const dest = at('out', `a.${format}`)
      const raw = { path: at('in'), dest, format, mode: '0640' }
      if (name === 'busybox' && format === 'xz') {
        const { plan } = await applyModule(session, archive, raw)
        assert.is(plan.failed, 'xz is needed on the host to pack this, and is not there')
        continue
      }
      const planned = await applyModule(session, archive, raw, CHECK)
      assert.is(planned.plan.failed, undefined, title)
      assert.equal(readdirSync(at('out')), [], title)
      const { plan, result } = await done(session, raw)
      assert.equal(rows(plan), rows(planned.plan), title)
      assert.equal(names(dest, format), [
        'in/d/',
        'in/d/-two "$x',
        format === 'zip' ? 'in/link/' : 'in/link',
        'in/one',
      ])
      assert.is(statSync(dest).mode & 0o7777, 0o640)
      assert.equal([plan.result?.dest_state, plan.result?.arcroot], ['archive', `${top}/`])
      assert.is(result.result?.state, 'file')
      assert.equal(rows((await applyModule(session, archive, raw, CHECK)).plan), [], title)
      assert.equal(rows((await done(session, raw)).plan), [], title)
      assert.equal(rows((await done(session, { ...raw, mode: '0600' })).plan), [['mode', '0640', '0600']])
      writeFileSync(at('in/one'), 'changed\n')
      assert.equal(
        rows((await done(session, raw)).plan).map(([what]) => what),
        ['archive', 'mode'],
        title,
      )
      rmSync(dest)
      writeFileSync(at('in/one'), 'one\n')
    }
  }
})

test('a single file is compressed, or becomes an archive if that is said', async () => {
  for (const { session, name } of all) {
    for (const [format, program] of [
      ['gz', 'gzip'],
      ['bz2', 'bzip2'],
      ['xz', 'xz'],
    ] as const) {
      if (name === 'busybox' && format === 'xz') continue
      const raw = { path: at('in/one'), format }
      const dest = at(`in/one.${format}`)
      const { plan } = await done(session, raw)
      assert.equal([plan.result?.dest, plan.result?.dest_state], [dest, 'compress'])
      assert.is(execFileSync(program, ['-dc', dest], { encoding: 'utf8' }), 'one\n')
      assert.equal(rows((await done(session, raw)).plan), [])
      assert.equal(rows((await done(session, { ...raw, force_archive: true, dest })).plan).length, 1)
      assert.equal(names(dest, format), ['one'])
      rmSync(dest)
    }
  }
})

test('patterns mean what there is, less what is excluded', async () => {
  for (const { session } of all) {
    const dest = at('out/a.tar')
    const raw = { path: [at('in/*'), at('in/none')], exclude_path: [at('in/l*')], dest, format: 'tar' }
    const { plan } = await done(session, { ...raw, exclusion_patterns: ['*two*'] })
    assert.equal(names(dest, 'tar'), ['one'])
    assert.equal([plan.result?.dest_state, plan.result?.missing], ['incomplete', [at('in/none')]])
    assert.equal(plan.result?.expanded_exclude_paths, [at('in/link')])
    await done(session, raw)
    assert.equal(names(dest, 'tar'), ['d/-two "$x', 'one'])
    rmSync(dest)
  }
})

test('what was packed is removed if that is said, and then there is nothing to do', async () => {
  for (const { session, name } of all) {
    mkdirSync(at(name, 'sub'), { recursive: true })
    writeFileSync(at(name, 'sub/f'), 'x')
    const raw = { path: at(name), dest: at('out', `${name}.tar.gz`), remove: true }
    await done(session, raw)
    assert.not(existsSync(at(name)))
    assert.equal(names(raw.dest, 'gz'), [`${name}/sub/`, `${name}/sub/f`])
    const { plan } = await done(session, raw)
    assert.equal([rows(plan), plan.result?.dest_state], [[], 'archive'])
  }
})

test('what cannot be packed says why, and the old archive stays', async () => {
  for (const { session } of all) {
    const failed = async (raw: Raw) => {
      const { plan, result } = await applyModule(session, archive, raw)
      return plan.failed ?? result.failed ?? ''
    }
    const dest = at('out/a.tar')
    assert.is(await failed({ path: at('none*'), dest }), 'Error, no source paths were found')
    assert.match(await failed({ path: at('in') }), /must specify "dest"/)
    assert.match(await failed({ path: at('in'), dest: at('in/a.tar'), remove: true }), /can not be contained/)
    assert.match(await failed({ path: at('in'), dest: at('none/a') }), /there is no folder .*none/)
    assert.match(await failed({ path: at('in'), dest: at('out') }), /is a directory, and an archive/)
    writeFileSync(dest, 'old')
    chmodSync(dest, 0o600)
    await done(session, { path: at('in'), dest, format: 'tar' })
    assert.is(statSync(dest).mode & 0o7777, 0o600, 'it keeps its permissions')
    assert.not(readFileSync(dest, 'latin1').startsWith('old'))
    assert.equal(readdirSync(at('out')), ['a.tar'])
    rmSync(dest)
  }
})

test.run()
