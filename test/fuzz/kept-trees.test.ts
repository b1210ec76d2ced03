import * as assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import type { Problem } from '../../src/values/problem.ts'
import { Source } from '../../src/values/source.ts'
import { keepTrees, parseYamlFile, writeTrees } from '../../src/yaml/kept/trees.ts'
import { type DoubleKeys, doubleKeys, takeDoubleKeys } from '../../src/yaml/yaml.ts'
import { assertSame } from '../yaml/kept/same.ts'
import { hostile, property } from './property.ts'

const test = suite('YAML that is kept')

const folder = mkdtempSync(join(tmpdir(), 'kept-trees-'))
test.before.each(() => takeDoubleKeys('error'))
test.after.each(() => {
  keepTrees(undefined)
  takeDoubleKeys('error')
})
test.after(() => rmSync(folder, { recursive: true }))

const place = (of: string) => ({ folder: join(folder, 'yaml'), of, version: '1' })

/** What is read of a text, and what is wrong with it or to be told. */
function read(text: string) {
  const { node, problems } = parseYamlFile('/some/file.yml', new Source('file.yml', text))
  return { node, told: [problems, doubleKeys()].map((list) => list.map(words)) }
}

function words({ message, hint, place }: Problem) {
  return [message, hint, place?.source.path, place?.start, place?.end]
}

let runs = 0

/** Reads texts without a cache, with a cold one, with what that run knows by then, and with a warm one. */
async function readInAllWays(texts: readonly string[]): Promise<void> {
  keepTrees(undefined)
  const plain = texts.map(read)
  runs += 1
  const same = () => {
    for (const [at, text] of texts.entries()) {
      const { node, told } = read(text)
      assert.deepEqual(told, plain[at]!.told, text)
      if (plain[at]!.told[0]!.length === 0) assertSame(node, plain[at]!.node)
    }
  }
  keepTrees(place(String(runs % 8)))
  same()
  same()
  await writeTrees()
  keepTrees(undefined)
  keepTrees(place(String(runs % 8)))
  same()
}

/** Every YAML text of this project: its files, and all that its tests write as a text of several lines, right or wrong. */
function texts(): string[] {
  const found = new Set<string>()
  for (const root of ['playbooks', 'roles', 'inventory', 'docs', 'test'])
    for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
      if (/\.ya?ml$/.test(name)) found.add(readFileSync(join(root, name), 'utf8'))
      if (/\.md$/.test(name))
        for (const [, text] of readFileSync(join(root, name), 'utf8').matchAll(/^```yaml\n(.*?)^```/gms))
          found.add(text!)
      if (/\.ts$/.test(name))
        for (const [, text] of readFileSync(join(root, name), 'utf8').matchAll(/[`']([^`']*)[`']/g))
          if (text!.includes('\n') || text!.includes('\\n')) found.add(text!.replaceAll('\\n', '\n'))
    }
  return [...found]
}

test('all texts of this project are the same in all ways', async () => {
  const all = texts()
  assert.ok(all.length > 1000, `${all.length} texts`)
  takeDoubleKeys('warn')
  await readInAllWays(all)
  const withDoubles = all.filter((text) => read(text).told[1]!.length > 0)
  assert.ok(withDoubles.length > 0)
  for (const doubles of ['error', 'ignore'] satisfies DoubleKeys[]) {
    takeDoubleKeys(doubles)
    await readInAllWays(withDoubles)
  }
})

const YAML =
  '- ,: ,a,b: c,[,],{,},",\',|,>,&a ,*a,!unsafe ,!!str ,!!int ,!,<<: *a,? ,#, #,---,%YAML 1.2,{{,}},0644,yes,~,1.0,2: ,\\,  ,\n,\n  ,\n- '
    .split(',')
    .concat(',')
const VALID = [
  '- hosts: all\n  vars: {a: &a [1, 2.0, yes], b: *a}\n  tasks:\n    - debug: {msg: "{{ a }}"}\n    - copy:\n        content: |\n          one\n          two\n        mode: 0644\n',
  'base: &base {a: 1}\nmore:\n  <<: *base\n  80: x\n  a: "\\u00e9"\n',
]
property(test, 'YAML: none, cold and warm are the same', hostile(YAML, VALID), (text) =>
  // What is short is not written.
  readInAllWays([`${text}${'\n#'.repeat(600)}`]),
)

test.run()
