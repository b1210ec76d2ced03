import { spawnSync } from 'node:child_process'
import {
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const launcher = fileURLToPath(new URL('../../run', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'init-'))

const test = suite('run init')
test.after(() => rmSync(folder, { recursive: true }))

function run(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(launcher, words, { cwd: folder, encoding: 'utf8' })
  return { status, out: `${stdout}${stderr}` }
}

const init = (...words: string[]) => run('init', ...words)
const read = (name: string) => readFileSync(join(folder, name), 'utf8')

test('what is written works as it is', () => {
  assert.is(init('role', 'web', '--init-path', 'roles').out, 'written: role web => roles/web\n')
  assert.match(init('role', 'elsewhere').out, /=> elsewhere\n {2}a playbook finds roles in roles\/ beside it/)
  assert.is(init('inventory', 'production').out, 'written: inventory production => production\n')
  assert.is(init('playbook', 'site').out, 'written: playbook site => site.yml\n')
  assert.is(init('collection', 'acme.tools').out, 'written: collection acme.tools => acme/tools\n')
  writeFileSync(join(folder, 'use.yml'), '- {hosts: all, gather_facts: false, roles: [web]}\n')
  for (const playbook of ['site.yml', 'use.yml']) {
    const checked = run(playbook, '-i', 'production', '--syntax-check')
    assert.is(checked.status, 0, checked.out)
    const done = run(playbook, '-i', 'production')
    assert.is(done.status, 0, done.out)
    assert.match(done.out, 'ok=1')
  }
  assert.match(run('use.yml', '-i', 'production').out, 'Hello, localhost')
  const built = run('install', 'collection', './acme/tools', '--collections-path', 'collections')
  assert.match(built.out, 'installed: collection acme.tools 1.0.0')
})

test('nothing is overwritten, unless --force says so; and then only what is of the skeleton', () => {
  writeFileSync(join(folder, 'site.yml'), 'mine')
  writeFileSync(join(folder, 'roles/web/tasks/main.yml'), 'mine')
  writeFileSync(join(folder, 'roles/web/tasks/other.yml'), 'mine')
  for (const words of [
    ['playbook', 'site'],
    ['role', 'web', '--init-path', 'roles'],
    ['inventory', 'production'],
    ['collection', 'acme.tools'],
  ]) {
    const { status, out } = init(...words)
    assert.is(status, 1)
    assert.match(out, 'is there already; it is left as it is\n  --force writes')
  }
  assert.is(read('site.yml'), 'mine')
  assert.is(read('roles/web/tasks/main.yml'), 'mine')
  assert.is(init('role', 'web', '--init-path', 'roles', '--force').status, 0)
  assert.match(read('roles/web/tasks/main.yml'), 'Say hello')
  assert.is(read('roles/web/tasks/other.yml'), 'mine')
})

test('names are checked', () => {
  for (const [kind, ...names] of [
    ['role', '../x', 'a/b', '-x', '.x', 'a b', ''],
    ['playbook', '../x', 'a/b', '.x'],
    ['inventory', '../x', 'a/b', '.x'],
    ['collection', 'x', 'A.b', 'a.b.c', 'a.', '../a.b'],
  ] as const)
    for (const name of names) {
      const { status, out } = init(kind, '--', name)
      assert.is(status, 1)
      assert.match(out, `"${name}" is no name of a`)
    }
  assert.match(init('role', 'my-role').out, 'such as my_role')
  assert.match(init('rol', 'x').out, 'did you mean "role"?')
})

test('no link of another user is followed', () => {
  mkdirSync(join(folder, 'target'))
  symlinkSync(join(folder, 'target'), join(folder, 'led'))
  lchownSync(join(folder, 'led'), 12345, 12345)
  assert.match(init('playbook', 'x', '--init-path', 'led').out, "is a link of another user's")
  assert.not(existsSync(join(folder, 'target/x.yml')))
})

test.run()
