import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const project = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(project, 'test/cli/inventory')

const test = suite('run inventory')

function inventory(flags: string) {
  const words = ['inventory', '-i', 'hosts.yml', '-i', 'more.ini', ...flags.split(' ')]
  return spawnSync(join(project, 'run'), words, { cwd: folder, encoding: 'utf8' })
}

/** Flags, and the file that holds what ansible-inventory 2.14 prints. */
const SAME = [
  ['--list', 'list.txt'],
  ['--list --export', 'export.txt'],
  ['--host w1', 'host.txt'],
  ['--host w1 -e q=1', 'extra.txt'],
  ['--host w1 --playbook-dir beside', 'beside.txt'],
  ['--graph', 'graph.txt'],
  ['--graph --vars', 'graph-vars.txt'],
  ['par --graph', 'graph-par.txt'],
] as const

for (const [flags, file] of SAME)
  test(`${flags} prints what Ansible does`, () => {
    const { stdout, stderr } = inventory(flags)
    assert.is(stderr, '')
    assert.is(stdout, readFileSync(join(folder, 'ansible', file), 'utf8'))
  })

test('YAML keeps what is no template', () => {
  assert.match(inventory('--list --export -y').stdout, /^ {4}u: !unsafe "\{\{ x \}\}"$/m)
})

/** Flags, and what is said against them. */
const WRONG: [flags: string, said: RegExp][] = [
  ['--list --toml', /TOML has no word for null, which is .*\.nul/],
  ['--host w3x', /no host or group is called "w3x"/],
  ['--host web', /--host takes one host, and "web" means 2/],
  ['wbe --graph', /no group is called "wbe"/],
  ['--list --host w1', /--list and --host do not go together/],
]

for (const [flags, said] of WRONG)
  test(`a mistake is told: ${flags}`, () => {
    const { status, stdout, stderr } = inventory(flags)
    assert.equal([status, stdout], [1, ''])
    assert.match(stderr, said)
  })

test.run()
