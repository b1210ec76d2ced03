import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Source } from '../../../src/values/source.ts'
import { toValue } from '../../../src/values/value.ts'
import { packedTree } from '../../../src/yaml/kept/packed-tree.ts'
import { digestOf, treeFile } from '../../../src/yaml/kept/tree-file.ts'
import { keepTrees, parseYamlFile, type TreePlace, writeTrees } from '../../../src/yaml/kept/trees.ts'
import { parseYaml } from '../../../src/yaml/yaml.ts'

const LONG = `read: anew\n${'# a comment\n'.repeat(200)}`
const LIE = { read: 'from the cache' }
const TRUTH = { read: 'anew' }
const PLACE = { of: '/project', version: 'one' }

const test = suite<{ above: string; folder: string }>('YAML that is kept from one command to the next')

test.before.each((context) => {
  context.above = mkdtempSync(join(tmpdir(), 'kept-'))
  context.folder = join(context.above, 'cache', 'yaml')
})
test.after.each(({ above }) => {
  keepTrees(undefined)
  rmSync(above, { recursive: true, force: true })
})

function read(text: string, path = '/project/file.yml') {
  const { node } = parseYamlFile(path, new Source('file.yml', text))
  return node && toValue(node)
}

/** As a new process begins. */
function begin(place: TreePlace): void {
  keepTrees(undefined)
  keepTrees(place)
}

/** Has the cache say of LONG what it does not say, and gives the path of its file: so it is seen who asks it. */
async function lie(folder: string): Promise<string> {
  begin({ ...PLACE, folder })
  read(LONG)
  await writeTrees()
  const [name] = readdirSync(folder)
  const path = join(folder, name!)
  // Nothing of it stands in its text as it is, so all of it is in the tree.
  const escaped = [...LIE.read].map((one) => `\\x${one.charCodeAt(0).toString(16)}`).join('')
  const text = `"\\x72ead": "${escaped}"`
  const tree = packedTree(parseYaml(new Source('lie', text)).node, text)!
  writeFileSync(path, treeFile('one', new Map([[digestOf(LONG), tree]])))
  return path
}

/** What a new process reads of LONG. */
function readAfresh(folder: string, version = 'one') {
  begin({ ...PLACE, folder, version })
  return read(LONG)
}

test('what was parsed is not parsed again by the next one', async ({ folder }) => {
  await lie(folder)
  assert.equal(readAfresh(folder), LIE)
})

test('only this user may read it', async ({ folder, above }) => {
  const path = await lie(folder)
  const modes = [path, folder, join(above, 'cache')].map((one) => statSync(one).mode & 0o777)
  assert.equal(modes, [0o600, 0o700, 0o700])
})

test('another version, another folder and another text are missed', async ({ folder }) => {
  await lie(folder)
  assert.equal(readAfresh(folder, 'two'), TRUTH)
  begin({ ...PLACE, folder, of: '/elsewhere' })
  assert.equal(read(LONG), TRUTH)
  begin({ ...PLACE, folder })
  assert.equal(read(`${LONG}\n`), TRUTH)
})

test('a file in which any byte is another is missed', async ({ folder }) => {
  const path = await lie(folder)
  const whole = readFileSync(path)
  for (let at = 0; at < whole.length; at += 1) {
    const bent = Buffer.from(whole)
    bent[at]! ^= 0x10
    writeFileSync(path, bent)
    assert.equal(readAfresh(folder), TRUTH, `byte ${at}`)
  }
  writeFileSync(path, whole)
  assert.equal(readAfresh(folder), LIE)
})

test('a file that was cut is missed, at whatever length', async ({ folder }) => {
  const path = await lie(folder)
  for (let length = statSync(path).size - 1; length >= 0; length -= 1) {
    truncateSync(path, length)
    assert.equal(readAfresh(folder), TRUTH, `${length} bytes`)
  }
})

test('what is missed is written anew', async ({ folder }) => {
  const path = await lie(folder)
  writeFileSync(path, 'damaged')
  readAfresh(folder)
  await writeTrees()
  assert.equal(readAfresh(folder), TRUTH)
  const before = statSync(path).ino
  await writeTrees()
  assert.is(statSync(path).ino, before, 'what was known is not written again')
})

test('a file or folder that others may read or write is not read, nor written to', async ({ folder }) => {
  const path = await lie(folder)
  for (const [changed, mode] of [
    [path, 0o640],
    [path, 0o602],
    [folder, 0o750],
    [folder, 0o701],
  ] as const) {
    const { mode: before } = statSync(changed)
    chmodSync(changed, mode)
    assert.equal(readAfresh(folder), TRUTH, `${changed} ${mode.toString(8)}`)
    chmodSync(changed, before)
  }
  assert.equal(readAfresh(folder), LIE)
  chmodSync(folder, 0o755)
  begin({ ...PLACE, folder, of: '/other' })
  read(LONG)
  await writeTrees()
  assert.is(readdirSync(folder).length, 1)
})

test('links are not followed, and what is no file is not read', async ({ folder, above }) => {
  const path = await lie(folder)
  renameSync(path, join(above, 'file'))
  symlinkSync(join(above, 'file'), path)
  assert.equal(readAfresh(folder), TRUTH)
  rmSync(path)
  mkdirSync(path)
  assert.equal(readAfresh(folder), TRUTH)
  await writeTrees()
  rmSync(path, { recursive: true })
  renameSync(join(above, 'file'), path)
  assert.equal(readAfresh(folder), LIE)
  renameSync(folder, join(above, 'moved'))
  symlinkSync(join(above, 'moved'), folder)
  assert.equal(readAfresh(folder), TRUTH)
})

test('a file that is too large is not read', async ({ folder }) => {
  const path = await lie(folder)
  truncateSync(path, 33 * 1024 * 1024)
  assert.equal(readAfresh(folder), TRUTH)
})

test('what was decrypted, and what comes from a pipe, is not kept', async ({ folder }) => {
  begin({ ...PLACE, folder })
  const secret = new Source('file.yml', LONG, false, true)
  parseYamlFile('/project/file.yml', secret)
  for (const path of ['/dev/stdin', '/dev/fd/5', '/proc/self/fd/5']) read(LONG, path)
  await writeTrees()
  assert.throws(() => statSync(folder), /ENOENT/)
})

test('what is little is not written', async ({ folder }) => {
  begin({ ...PLACE, folder })
  read('a: 1')
  await writeTrees()
  assert.throws(() => statSync(folder), /ENOENT/)
})

test('two who end one after the other lose nothing of each other', async ({ folder }) => {
  begin({ ...PLACE, folder })
  read(LONG)
  const path = await lie(folder)
  begin({ ...PLACE, folder })
  read(`${LONG}# of another\n`)
  await writeTrees()
  assert.equal(readAfresh(folder), LIE)
  assert.is(statSync(path).mode & 0o777, 0o600)
})

test('many who end at the same time leave a whole file, and nothing else', async ({ folder }) => {
  const writes: Promise<void>[] = []
  for (let one = 0; one < 8; one += 1) {
    begin({ ...PLACE, folder })
    read(`${LONG}# number ${one}\n`)
    writes.push(writeTrees())
  }
  await Promise.all(writes)
  const names = readdirSync(folder)
  assert.is(names.length, 1)
  const before = statSync(join(folder, names[0]!)).ino
  begin({ ...PLACE, folder })
  for (let one = 0; one < 8; one += 1) read(`${LONG}# number ${one}\n`)
  await writeTrees()
  // At least one of them is in it, and now all are.
  begin({ ...PLACE, folder })
  for (let one = 0; one < 8; one += 1) read(`${LONG}# number ${one}\n`)
  const after = statSync(join(folder, names[0]!)).ino
  await writeTrees()
  assert.is(statSync(join(folder, names[0]!)).ino, after)
  assert.ok(before)
})

test('one process that reads again and again goes on with what it has', async ({ folder }) => {
  await lie(folder)
  assert.equal(readAfresh(folder), LIE)
  rmSync(folder, { recursive: true })
  keepTrees({ ...PLACE, folder })
  assert.equal(read(LONG), LIE)
})

test('the oldest files go, and what a process that has gone has left', async ({ folder }) => {
  const path = await lie(folder)
  const old = new Date(Date.now() - 2 * 60 * 60_000)
  for (let one = 0; one < 70; one += 1) {
    writeFileSync(join(folder, `old${one}`), '', { mode: 0o600 })
    utimesSync(join(folder, `old${one}`), old, new Date(old.getTime() - one * 1000))
  }
  for (const name of ['.left.part', '.now.part']) writeFileSync(join(folder, name), '')
  utimesSync(join(folder, '.left.part'), old, old)
  begin({ ...PLACE, folder, of: '/other' })
  read(LONG)
  await writeTrees()
  const names = readdirSync(folder)
  assert.is(names.filter((name) => !name.endsWith('.part')).length, 64)
  assert.equal(
    ['old0', 'old61', 'old62', '.left.part', '.now.part'].map((name) => names.includes(name)),
    [true, true, false, false, true],
  )
  assert.ok(statSync(path).isFile())
})

test('what a run has no use for stays for others, but not without end', async ({ folder }) => {
  begin({ ...PLACE, folder })
  const large = (name: string) => `${name}: "${`${name.repeat(70)}\\u00e9 `.repeat(12_000)}"`
  for (const name of ['a', 'b', 'c', 'd']) read(large(name))
  await writeTrees()
  const [name] = readdirSync(folder)
  const all = statSync(join(folder, name!)).size
  begin({ ...PLACE, folder })
  read(`${LONG}# new\n`)
  await writeTrees()
  const left = statSync(join(folder, name!)).size
  assert.ok(all > 3_500_000 && left > 1_000_000 && left < 2_200_000, `${all} bytes, then ${left}`)
})

test.run()
