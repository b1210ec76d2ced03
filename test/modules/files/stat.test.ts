import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { stat } from '../../../src/modules/files/stat.ts'
import type { ValueMap } from '../../../src/values/value.ts'
import { footprintOf, planOf, problemsOf, type Raw } from '../../support/plan.ts'
import { FOLDER, filesText, statText } from '../../support/stat.ts'

const test = suite('stat')

const NUL = '\0'
const PLAIN = { get_checksum: false, get_mime: false, get_attributes: false }

function statOf(raw: Raw, output: string): ValueMap {
  const plan = planOf(stat, { path: '/f', ...raw }, output)
  assert.equal([plan.changes, plan.failed], [[], undefined])
  return plan.result?.stat as ValueMap
}

test('of what is not there it says only that', () => {
  assert.equal(statOf({}, `${filesText(undefined)}000\0\0cannot open\n\0\0`), { exists: false })
  assert.equal(statOf(PLAIN, `${filesText(undefined)}000\0`), { exists: false })
})

test('of a file it says everything that Ansible says', () => {
  const file = statText({ mode: 0o4750, uid: 1, gid: 77, owner: 'daemon', group: 'UNKNOWN', size: 3 })
  const output = `${filesText(file)}110\0abc  -\n\0text/plain; charset=us-ascii\n\x0024 ----i---e--- /f\n\0`
  assert.equal(statOf({}, output), {
    exists: true,
    path: '/f',
    mode: '4750',
    ...{ isdir: false, ischr: false, isblk: false, isreg: true },
    ...{ isfifo: false, islnk: false, issock: false },
    ...{ uid: 1, gid: 77, size: 3, inode: 7, dev: 42, nlink: 1 },
    ...{ atime: 946684800.5, mtime: 946684800.5, ctime: 946684800.5 },
    ...{ wusr: true, rusr: true, xusr: true },
    ...{ wgrp: false, rgrp: true, xgrp: true },
    ...{ woth: false, roth: false, xoth: false },
    ...{ isuid: true, isgid: false },
    ...{ blocks: 8, block_size: 4096, device_type: 0 },
    pw_name: 'daemon',
    ...{ readable: true, writeable: true, executable: false },
    checksum: 'abc',
    ...{ mimetype: 'text/plain', charset: 'us-ascii' },
    ...{ version: '24', attr_flags: 'ie', attributes: ['immutable', 'extents'] },
  })
})

test('a file with one name has to do with that alone, and of others nothing is said', () => {
  const of = (printed: string | undefined, raw: Raw = {}) =>
    footprintOf(stat, { path: '/f', ...PLAIN, ...raw }, `${filesText(printed)}000\0`)?.reads
  const file = { paths: ['/f'], names: [] }
  assert.equal(of(undefined), file)
  assert.equal(of(statText()), file)
  assert.equal(of(statText({ owner: 'UNKNOWN', uid: 77 })), { ...file, names: ['users', 'groups'] })
  assert.is(of(statText({ links: 2 })), undefined)
  assert.is(of(FOLDER), undefined)
  assert.is(of(statText(), { follow: true }), undefined)
})

const KINDS: [type: Parameters<typeof statText>[0], key: string][] = [
  [{ type: 'directory' }, 'isdir'],
  [{ type: 'char' }, 'ischr'],
  [{ type: 'block' }, 'isblk'],
  [{ type: 'fifo' }, 'isfifo'],
  [{ type: 'socket' }, 'issock'],
]

test('every kind of file is itself only', () => {
  for (const [type, key] of KINDS) {
    const found = statOf(PLAIN, `${filesText(statText(type))}000\0`)
    const kinds = Object.keys(found).filter((name) => /^is(dir|chr|blk|reg|fifo|lnk|sock)$/.test(name))
    assert.equal(
      kinds.filter((name) => found[name]),
      [key],
    )
  }
})

test('without file(1) and lsattr(1), and what was not asked for', () => {
  const { mimetype, charset, version, attr_flags, attributes } = statOf({}, `${filesText(FOLDER)}111\0\0\0\0`)
  assert.equal([mimetype, charset, version, attr_flags, attributes], ['unknown', 'unknown', null, '', []])
  const little = statOf(PLAIN, `${filesText(statText())}111\0`)
  for (const name of ['checksum', 'mimetype', 'attributes']) assert.not(name in little)
})

test('a link: itself, or what it leads to', () => {
  const link = statText({ type: 'link', mode: 0o777 })
  const itself = (target: string, source: string) => `1${link}${target}${NUL}0000${source}${NUL}`
  const { lnk_target, lnk_source, islnk } = statOf(PLAIN, itself('x', '/x'))
  assert.equal([lnk_target, lnk_source, islnk], ['x', '/x', true])
  assert.is(statOf(PLAIN, itself('no/where', '')).lnk_source, 'no/where')
  // With whose rights it is probed and whose folder it is in come first.
  const behind = (real: string) => `1${link}x${NUL}0${NUL}0 41ed\n${real}0000/x${NUL}`
  const followed = statOf({ ...PLAIN, follow: true }, behind(`1/x${NUL}${statText()}`))
  assert.equal([followed.isreg, followed.path, 'lnk_target' in followed], [true, '/f', false])
  assert.equal(statOf({ ...PLAIN, follow: true }, behind('0')), { exists: false })
})

test('wrong arguments are refused', () => {
  assert.match(problemsOf(stat, {})[0] ?? '', /missing required arguments: path/)
  assert.match(problemsOf(stat, { path: '/f', checksum: 'sha' })[0] ?? '', /"sha" is none of md5, sha1/)
})

test.run()
