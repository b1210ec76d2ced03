import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const run = fileURLToPath(new URL('../../../run', import.meta.url))

const test = suite<{ folder: string }>('completion runs nothing')

test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'quiet-'))
})

test.after(({ folder }) => rmSync(folder, { recursive: true }))

function completed(cwd: string, ...words: string[]) {
  const env = { PATH: process.env.PATH, HOME: cwd }
  return spawnSync(run, ['__complete', '--', ...words], { cwd, env, encoding: 'utf8' })
}

test('neither scripts nor plugins of the project are run, and the other hosts are proposed', ({ folder }) => {
  const trace = join(folder, 'trace')
  const touch = `require('node:fs').writeFileSync(${JSON.stringify(trace)}, '')`
  for (const name of ['inventory', 'library', 'filter_plugins', 'lookup_plugins', 'inventory_plugins']) {
    mkdirSync(join(folder, name))
    if (name !== 'inventory')
      writeFileSync(join(folder, name, 'mine.js'), `${touch}\nexports.mine = () => {}`)
  }
  writeFileSync(join(folder, 'inventory/a.sh'), `#!/bin/sh\ntouch ${trace}\n`)
  chmodSync(join(folder, 'inventory/a.sh'), 0o755)
  writeFileSync(join(folder, 'inventory/b.yml'), 'plugin: mine\n')
  writeFileSync(join(folder, 'inventory/c.yml'), 'all: {hosts: {web1: }}\n')
  writeFileSync(join(folder, 'inventory/d.yml'), '$ANSIBLE_VAULT;1.1;AES256\n00\n')
  writeFileSync(join(folder, 'site.yml'), '- {hosts: all, tags: x, tasks: [{mine: , tags: y}]}\n')
  writeFileSync(
    join(folder, 'ansible.cfg'),
    `[defaults]\ninventory = inventory\nvault_password_file = inventory/a.sh\n`,
  )
  assert.match(completed(folder, '-l', 'we').stdout, /^none\nweb1\thost\n$/)
  assert.is(completed(folder, 'site.yml', '-t', '').stdout, 'none\nx\ny\n')
  assert.match(completed(folder, 'all', '-m', 'mi').stdout, /^none\nmine\n/)
  assert.match(completed(folder, 'doc', 'mi').stdout, /mine\tmodule\n/)
  assert.not(existsSync(trace))
})

test('it says nothing where something is wrong, and ends with 0', ({ folder }) => {
  const wrong = mkdtempSync(join(folder, 'wrong-'))
  writeFileSync(join(wrong, 'ansible.cfg'), '[defaults]\nforks = many\n')
  writeFileSync(join(wrong, 'site.yml'), '- hosts: [\n')
  for (const words of [
    ['-l', ''],
    ['site.yml', '-t', ''],
    ['-i', 'missing', '-l', ''],
    ['history', ''],
    [],
  ]) {
    const { status, stderr, stdout } = completed(wrong, ...words)
    assert.equal([status, stderr], [0, ''], words.join(' '))
    assert.match(stdout, /^(none|files|folders|playbooks)\n/)
  }
})

test.run()
