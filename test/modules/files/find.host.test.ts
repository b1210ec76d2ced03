import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { find } from '../../../src/modules/files/find/index.ts'
import type { ValueMap } from '../../../src/values/value.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK, type Raw } from '../../support/plan.ts'

const test = suite('find: on hosts')
const ODD = '-odd \'\n" $x~'

let all: Host[] = []
let folder = ''
test.before(async () => {
  all = await hosts()
  folder = mkdtempSync(join(tmpdir(), 'find '))
  mkdirSync(join(folder, 'a/b/c'), { recursive: true })
  mkdirSync(join(folder, '.h'))
  writeFileSync(join(folder, 'a/1.txt'), 'data\nmore\n')
  writeFileSync(join(folder, 'a/b/2.log'), 'x')
  writeFileSync(join(folder, 'a/b/c/3.txt'), '')
  writeFileSync(join(folder, '.h/4.txt'), Buffer.from([0xff, 0, 0x0a]))
  writeFileSync(join(folder, ODD), 'odd\n')
  symlinkSync('a/b', join(folder, 'link'))
  symlinkSync('nowhere', join(folder, 'dead'))
  utimesSync(join(folder, 'a/1.txt'), 1e9, 1e9)
})
test.after(async () => {
  for (const host of all) await host.close()
  rmSync(folder, { recursive: true })
})

const TABLE: [raw: Raw, paths: string[], examined: number][] = [
  [{}, [ODD], 5],
  [{ recurse: true }, [ODD, 'a/1.txt', 'a/b/2.log', 'a/b/c/3.txt', '.h/4.txt'], 11],
  [{ recurse: true, patterns: '*.txt', excludes: '4*' }, ['a/1.txt', 'a/b/c/3.txt'], 11],
  [{ recurse: true, use_regex: true, patterns: '[0-9]\\.log$' }, ['a/b/2.log'], 11],
  [{ recurse: true, file_type: 'directory' }, ['a', 'a/b', 'a/b/c'], 11],
  [{ file_type: 'directory', hidden: true }, ['a', '.h'], 5],
  [{ file_type: 'link' }, ['link', 'dead'], 5],
  [{ file_type: 'any', patterns: 'l*,d*' }, ['link', 'dead'], 5],
  [{ recurse: true, depth: 2 }, [ODD, 'a/1.txt', '.h/4.txt'], 10],
  [{ recurse: true, follow: true, patterns: '2.log' }, ['a/b/2.log', 'link/2.log'], 14],
  [{ recurse: true, size: 4 }, ['a/1.txt', ODD], 11],
  [{ recurse: true, size: -1 }, ['a/b/2.log', 'a/b/c/3.txt'], 11],
  [{ recurse: true, age: '1w' }, ['a/1.txt'], 11],
  [{ recurse: true, age: '-1d', patterns: '*.txt' }, ['a/b/c/3.txt', '.h/4.txt'], 11],
  [{ recurse: true, contains: 'more|odd' }, ['a/1.txt', ODD], 11],
  [{ recurse: true, contains: 'a\nm', read_whole_file: true }, ['a/1.txt'], 11],
]

test('on hosts what there is is found, and nothing is changed', async () => {
  for (const { session, name } of all) {
    for (const [raw, paths, examined] of TABLE) {
      const { plan } = await applyModule(session, find, { paths: folder, ...raw }, CHECK)
      const told = `${name} ${JSON.stringify(raw)}`
      const found = (plan.result!.files as ValueMap[]).map(({ path }) => String(path))
      assert.equal(found.sort(), paths.map((path) => join(folder, path)).sort(), told)
      assert.is(plan.result!.examined, examined, told)
      assert.is(plan.result!.msg, 'All paths examined', told)
      assert.equal(plan.changes, [])
    }
  }
})

test('on hosts a checksum is that of the file, whatever it is called', async () => {
  for (const { session } of all) {
    const { plan } = await applyModule(session, find, { paths: folder, get_checksum: true })
    const [file] = plan.result!.files as ValueMap[]
    assert.is(file!.checksum, '07b5fa755b79e8c578a270d8cda41700c9e0e46b')
    assert.equal([file!.isreg, file!.size, file!.pw_name], [true, 4, 'root'])
  }
})

test('on hosts paths are those of the host, and one that is no folder is skipped', async () => {
  for (const { session } of all) {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the host.
    const paths = ['~', '$HOME/none', '${HOME}', '/$none-x', join(folder, ODD)]
    const { plan } = await applyModule(session, find, { paths, patterns: '.*' })
    const skipped = plan.result!.skipped_paths as Record<string, string>
    assert.equal(Object.keys(skipped).sort(), [join(folder, ODD), '/$none-x', '/root/none'].sort())
    assert.is(skipped['/root/none'], "'/root/none' is not a directory")
    assert.is(plan.result!.msg, 'Not all paths examined, check warnings for details')
  }
})

test.run()
