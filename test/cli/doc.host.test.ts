import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { typed } from '../support/terminal.ts'

const run = fileURLToPath(new URL('../../run', import.meta.url))

const test = suite<{ folder: string }>('run doc')

test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'doc-'))
})

test.after(({ folder }) => rmSync(folder, { recursive: true }))

function environment(folder: string) {
  return { PATH: process.env.PATH, HOME: folder }
}

function doc(folder: string, ...words: string[]) {
  return spawnSync(run, ['doc', ...words], { cwd: folder, env: environment(folder), encoding: 'utf8' })
}

test('the built program has the examples', ({ folder }) => {
  assert.match(doc(folder, 'copy').stdout, /EXAMPLES:\n\n- name: [\s\S]*\n {2}copy:/)
})

test('what is there is told, what is not is a mistake with what may be meant', ({ folder }) => {
  const { status, stdout, stderr } = doc(folder, 'ping', 'cpy')
  assert.is(status, 1)
  assert.match(stdout, /^> PING /)
  assert.is(stderr, 'nothing is called "cpy"\n  did you mean the module "copy"?\n')
})

test('names that several kinds have are told of as the first, and of the others where they are', ({
  folder,
}) => {
  const { stdout, stderr } = doc(folder, 'become')
  assert.match(stdout, /\(keyword\)/)
  assert.is(stderr, 'There is a setting become too: run doc -t setting become\n')
  assert.match(doc(folder, '-t', 'setting', 'become').stdout, /\(setting\)/)
})

test('lists are cut to names that have a part, or a collection', ({ folder }) => {
  const { stdout } = doc(folder, '-l', 'community.crypto', '-j')
  assert.ok(Object.keys(JSON.parse(stdout)).includes('openssl_csr'))
  assert.not(Object.keys(JSON.parse(stdout)).includes('copy'))
  assert.match(doc(folder, '--list_files', 'copy').stdout, /^copy +\(built in\)\n$/)
})

test('without a name, and with a type that is none, it says what to do', ({ folder }) => {
  assert.is(doc(folder).status, 1)
  assert.match(doc(folder, '-t', 'callback', 'x').stderr, /Allowed choices are module, keyword/)
})

test('PAGER shows it on a terminal alone, and nothing else is needed where there is none', ({ folder }) => {
  const paged = { ...environment(folder), TERM: 'xterm', PAGER: "sed 's/^/paged /'" }
  const shell = ['sh', '-c', `${run} doc ping; cat`]
  assert.is(typed(shell, [['', 'paged > .*PING']], { cwd: folder, env: paged }), '')
  const missing = { ...paged, PAGER: 'no-such-pager' }
  assert.is(typed(shell, [['', '> .*PING[^\\n]*\\(module']], { cwd: folder, env: missing }), '')
  const { stdout } = spawnSync(run, ['doc', 'ping'], { cwd: folder, env: paged, encoding: 'utf8' })
  assert.match(stdout, /^> PING/)
})

test.run()
