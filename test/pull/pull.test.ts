import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Checkout, checkoutText, removalText } from '../../src/pull/checkout.ts'
import { hostNames, limitTo } from '../../src/pull/names.ts'
import { playbooksIn } from '../../src/pull/playbooks.ts'
import { ProblemError } from '../../src/values/problem.ts'

const test = suite<{ folder: string }>('playbooks out of a repository')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'pull-'))
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

const PLAIN: Checkout = {
  module: 'git',
  url: 'https://example.com/{{ no }}/"x".git',
  dest: '/srv/site',
  acceptsHostKey: false,
  verifies: false,
  tracksSubmodules: false,
  isFull: false,
  isClean: false,
}

/** The arguments of the one task. */
function argumentsIn(text: string): string {
  return text
    .split('\n')
    .slice(4)
    .map((line) => line.trim())
    .join(' ')
    .trim()
}

const MORE = { version: 'v1', isFull: true, isClean: true }
const ALL = { ...MORE, acceptsHostKey: true, keyFile: '/k', verifies: true, tracksSubmodules: true }
const TEXTS: [asked: Partial<Checkout>, text: string][] = [
  [{}, 'depth: 1'],
  [
    ALL,
    'version: !unsafe "v1" accept_hostkey: true key_file: !unsafe "/k" verify_commit: true track_submodules: true force: true',
  ],
  [{ module: 'subversion' }, 'export: true'],
  [{ module: 'subversion', ...MORE }, 'revision: !unsafe "v1" force: true'],
]
for (const [asked, text] of TEXTS)
  test(`it is checked out with ${JSON.stringify(asked)}`, () => {
    const address = String.raw`repo: !unsafe "https://example.com/{{ no }}/\"x\".git" dest: !unsafe "/srv/site"`
    const module = asked.module ?? 'git'
    assert.is(argumentsIn(checkoutText({ ...PLAIN, ...asked })), `- ${module}: ${address} ${text}`)
  })

test('a folder is removed', () => {
  assert.is(
    argumentsIn(removalText('/srv/site')),
    '- file: path: !unsafe "/srv/site" state: !unsafe "absent"',
  )
})

test('a module that checks nothing out is a mistake', () => {
  assert.throws(
    () => checkoutText({ ...PLAIN, module: 'copy' }),
    (error: unknown) => error instanceof ProblemError && /with "copy"/.test(error.message),
  )
})

test('this machine has at least one name, the short one behind the full one', async () => {
  const names = await hostNames()
  assert.ok(names.includes(hostname()))
  for (const name of names.filter((one) => one.includes('.')))
    assert.ok(names.indexOf(name.split('.')[0]!) > names.indexOf(name))
})

test('the limit is this machine by each of its names, which are no patterns', () => {
  assert.is(limitTo(['a.b', 'a']), 'localhost,~^(a\\.b|a|127\\.0\\.0\\.1)$')
})

test('playbooks: the one for a name of the machine before local.yml, those that are named before both', ({
  folder,
}) => {
  const choice = (named: string[]) => {
    try {
      return playbooksIn(folder, named, ['a.b', 'a']).map((path) => path.slice(folder.length + 1))
    } catch (error) {
      return (error as ProblemError).message.replaceAll(folder, 'HERE')
    }
  }
  const why = ['a.b', 'a', 'local'].map((name) => `HERE/${name}.yml does not exist`)
  assert.is(choice([]), ['there is no playbook for this machine', ...why].join('\n'))
  for (const name of ['local', 'a', 'a.b']) {
    writeFileSync(join(folder, `${name}.yml`), '')
    assert.equal(choice([]), [`${name}.yml`])
  }
  assert.equal(choice(['local.yml', 'a.yml']), ['local.yml', 'a.yml'])
  assert.is(choice(['local.yml', 'b.yml']), 'HERE/b.yml does not exist')
})

test.run()
