import { execFileSync } from 'node:child_process'
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { modules } from '../../src/modules/index.ts'
import { readLocalFile } from '../../src/shell/content.ts'
import { type ApartHost, apartHosts } from '../support/apart.ts'
import { applyModule, type Host, hosts } from '../support/host.ts'
import { CHECK, type Raw, RUN, rows } from '../support/plan.ts'

const test = suite('attributes of chattr and labels of SELinux, on hosts')

let all: Host[] = []
let apart: ApartHost[] = []
let top = ''
let at = ''
let rounds = 0
test.before(async () => {
  all = await hosts()
  // A kernel without SELinux keeps labels all the same: that it is there is all that is put on.
  apart = await apartHosts(
    'mount -t tmpfs tmpfs /sys/fs && mkdir /sys/fs/selinux && echo 1 >/sys/fs/selinux/enforce',
  )
  top = mkdtempSync('/var/tmp/marks ')
})
test.before.each(() => {
  at = join(top, String(rounds++))
  mkdirSync(at)
})
test.after(async () => {
  for (const host of [...all, ...apart]) await host.close()
  execFileSync('find', [
    top,
    '(',
    '-type',
    'f',
    '-o',
    '-type',
    'd',
    ')',
    '-exec',
    'chattr',
    '-ia',
    '--',
    '{}',
    '+',
  ])
  rmSync(top, { recursive: true })
})

const flags = (path: string) =>
  execFileSync('lsattr', ['-d', '--', path], { encoding: 'utf8' }).split(' ')[0]!.replace(/[-e]/g, '')

type Runner = (module: string, raw: Raw) => Promise<unknown[]>

/** What check says is what the run does, and the run after it finds nothing. */
const exact =
  ({ session }: Pick<Host, 'session'>): Runner =>
  async (module, raw) => {
    const run = async (view = RUN) => {
      const { plan, result } = await applyModule(session, modules[module]!, raw, view)
      assert.is(result?.failed ?? plan.failed, undefined)
      return rows(plan)
    }
    const planned = await run(CHECK)
    assert.equal(await run(), planned)
    assert.equal(await run(), [])
    return planned
  }

const why = async (host: Host, module: string, raw: Raw, view = RUN) => {
  try {
    const { plan, result } = await applyModule(host.session, modules[module]!, raw, view)
    return result?.failed ?? plan.failed ?? ''
  } catch (error) {
    return (error as Error).message
  }
}

test('attributes are added, taken away and set, of files and folders of any name', async () => {
  for (const host of all) {
    const does = exact(host)
    for (const [name, state] of [
      [`-odd '\n" $x~${host.name}`, 'touch'],
      [`folder ${host.name}`, 'directory'],
    ]) {
      const path = join(at, name!)
      if (state === 'directory') mkdirSync(path)
      else writeFileSync(path, '')
      await does('file', { path, attributes: '=' })
      assert.equal(await does('file', { path, attributes: '+A' }), [['attributes', '', 'A']])
      assert.equal(await does('file', { path, attr: '+dA' }), [['attributes', 'A', 'Ad']])
      assert.is(flags(path), 'dA')
      assert.equal(await does('file', { path, attributes: '-A' }), [['attributes', 'Ad', 'd']])
      assert.equal(await does('file', { path, attributes: 'AS' }), [['attributes', 'd', 'AS']])
      assert.equal(await does('file', { path, attributes: '+i' }), [['attributes', 'AS', 'ASi']])
      assert.is(flags(path), 'SiA')
      assert.match(await why(host, 'file', { path, mode: '0700' }), /Operation not permitted/)
      assert.equal(
        (await does('file', { path, attributes: '-i', mode: '0711' })).map((row) => (row as unknown[])[0]),
        ['mode', 'attributes'],
      )
    }
  }
})

test('a file that is replaced keeps them; one that is new gets them', async () => {
  for (const host of all) {
    const does = exact(host)
    const dest = join(at, `f ${host.name}`)
    const planned = (await does('copy', { dest, content: 'one\n', attributes: '+A' })) as unknown[][]
    assert.equal(planned.at(-1), ['attributes', null, 'A'])
    assert.equal(
      ((await does('copy', { dest, content: 'two\n', attributes: '+A' })) as unknown[][]).map(
        ([what]) => what,
      ),
      ['content'],
    )
    assert.is(flags(dest), 'A')
    await does('lineinfile', { path: dest, line: 'three', attributes: '+Ad' })
    assert.is(flags(dest), 'dA')
    assert.is(readFileSync(dest, 'utf8'), 'two\nthree\n')
    assert.equal(
      readdirSync(at).filter((name) => name.startsWith('.')),
      [],
    )
  }
})

test('an immutable file is changed by who takes that away, and by nobody else', async () => {
  for (const host of all) {
    const does = exact(host)
    const dest = join(at, `f ${host.name}`)
    await does('copy', { dest, content: 'one\n', attributes: '+i' })
    const stuck = { dest, content: 'two\n', attributes: '+i' }
    assert.match(
      await why(host, 'copy', stuck),
      /is immutable \(attribute i\), and is to be changed; a task of "file"/,
    )
    const { plan } = await applyModule(host.session, modules.copy!, stuck, CHECK)
    assert.match(plan.warnings?.[0] ?? '', /is immutable/)
    assert.match(await why(host, 'copy', { dest, content: 'two\n' }), /Operation not permitted/)
    assert.is(readFileSync(dest, 'utf8'), 'one\n')
    await does('copy', { dest, content: 'two\n', attributes: '-i' })
    assert.is(readFileSync(dest, 'utf8'), 'two\n')
  }
})

test('a tree gets them, from here and on the host, and all that is below a folder', async () => {
  for (const host of all) {
    const does = exact(host)
    const src = join(at, `src ${host.name}`)
    mkdirSync(join(src, 'sub'), { recursive: true })
    writeFileSync(join(src, 'a\nb'), 'a')
    writeFileSync(join(src, 'sub/c'), 'c')
    symlinkSync('a\nb', join(src, 'link'))
    const here = await readLocalFile(`${src}/`)
    for (const [name, more] of [
      ['here', { src: here, local_follow: false }],
      ['there', { src: `${src}/`, remote_src: true, local_follow: false }],
    ] as const) {
      const dest = join(at, `${name} ${host.name}`)
      await does('copy', { ...more, dest, attributes: '+A' })
      assert.equal(
        ['a\nb', 'sub', 'sub/c'].map((one) => flags(join(dest, one))),
        ['A', 'A', 'A'],
      )
      await does('file', { path: dest, state: 'directory', recurse: true, attributes: '-A' })
      assert.equal(
        ['', 'a\nb', 'sub', 'sub/c'].map((one) => flags(join(dest, one))),
        ['', '', '', ''],
      )
    }
  }
})

test("in another user's folder a file is held; what cannot be held is said", async () => {
  for (const host of all) {
    const folder = join(at, `theirs ${host.name}`)
    mkdirSync(folder)
    writeFileSync(join(folder, 'f'), '')
    for (const one of ['', 'f']) chownSync(join(folder, one), 65534, 65534)
    const path = join(folder, 'f')
    await exact(host)('file', { path, attributes: '+A' })
    assert.is(flags(path), 'A')
    assert.match(
      await why(host, 'file', { path, attributes: '+i' }),
      /only where nobody else can swap the file/,
    )
    assert.equal(readdirSync(folder), ['f'])
  }
})

test('labels are set part by part; _default is what the policy says', async () => {
  const host = apart[0]!
  writeFileSync(join(host.bin, 'matchpathcon'), '#!/bin/sh\necho system_u:object_r:etc_t:s0\n', {
    mode: 0o755,
  })
  const does = exact(host)
  const label = (path: string) => execFileSync('stat', ['-c', '%C', '--', path], { encoding: 'utf8' }).trim()
  const path = join(at, "-odd '\n x")
  writeFileSync(path, '')
  execFileSync('setfattr', ['-n', 'security.selinux', '-v', 'root:object_r:tmp_t:s0', '--', path])
  assert.equal(await does('file', { path, setype: 'my_t' }), [['setype', 'tmp_t', 'my_t']])
  assert.is(label(path), 'root:object_r:my_t:s0')
  assert.equal(
    await does('copy', { dest: path, content: 'new', setype: '_default', seuser: 'a_u', selevel: 's0:c1' }),
    [
      ['content', '0 bytes, e3b0c44298fc', '3 bytes, 11507a0e2f5e'],
      ['seuser', 'root', 'a_u'],
      ['setype', 'my_t', 'etc_t'],
      ['selevel', 's0', 's0:c1'],
    ],
  )
  assert.is(label(path), 'a_u:object_r:etc_t:s0:c1')
  const { plan } = await applyModule(host.session, modules.file!, { path, setype: 'etc_t' })
  assert.is(plan.result?.secontext, 'a_u:object_r:etc_t:s0:c1')
})

test('without SELinux labels do nothing', async () => {
  for (const host of all) {
    const path = join(at, `f ${host.name}`)
    writeFileSync(path, '')
    assert.equal(await exact(host)('file', { path, setype: 'my_t', selevel: '_default' }), [])
  }
})

test('what is wrong is said: no lsattr, a link, an archive', async () => {
  const [host] = all as [Host]
  symlinkSync('/nowhere', join(at, 'link'))
  const link = { path: join(at, 'link'), src: '/nowhere', state: 'link', follow: false, force: true }
  assert.match(
    await why(host, 'file', { ...link, attributes: '+A' }),
    /has no attributes: chattr is for files and folders/,
  )
  assert.match(
    await why(host, 'file', { path: at, attributes: '+?' }),
    /is not \+, - or = and letters of chattr/,
  )
  assert.match(await why(host, 'file', { path: at, setype: '-x' }), /setype: "-x" is not a name of SELinux/)
})

test.run()
