import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SETTINGS } from '../../src/cli/settings/table.ts'

const run = fileURLToPath(new URL('../../run', import.meta.url))

const test = suite<{ folder: string }>('run config')

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'config-'))
})

test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

function config(folder: string, words: string, env: Readonly<Record<string, string>> = {}) {
  const { PATH } = process.env
  return spawnSync(run, ['config', ...words.split(' ')], {
    cwd: folder,
    env: { PATH, HOME: folder, ...env },
    encoding: 'utf8',
  })
}

test('what is set is told with its place, the strongest of several', ({ folder }) => {
  writeFileSync(join(folder, 'playssh.yml'), 'forks: 7\ntimeout: 20\n')
  writeFileSync(join(folder, 'ansible.cfg'), '[defaults]\nforks = 5\nremote_user = ada\n')
  const { stdout } = config(folder, 'dump --only-changed', { ANSIBLE_TIMEOUT: '30' })
  assert.equal(
    stdout.split('\n').map((line) => line.split(/ +/)),
    [
      ['forks', '7', 'playssh.yml:1:8'],
      ['timeout', '30', 'ANSIBLE_TIMEOUT'],
      ['remote_user', '"ada"', 'ansible.cfg:3:1'],
      [''],
    ],
  )
  assert.match(config(folder, 'view').stdout, /# playssh.yml\nforks: 7\n[\s\S]*# ansible.cfg\n\[defaults\]\n/)
})

test('what somebody logs in to Galaxy servers with is not told', ({ folder }) => {
  const server = '[galaxy_server.hub]\nurl = https://hub\ntoken = sesame\n  goes-on\npassword: sesame\n'
  writeFileSync(join(folder, 'ansible.cfg'), `[defaults]\nforks = 5\n[galaxy]\nserver_list = hub\n${server}`)
  const { stdout } = config(folder, 'view')
  assert.not.match(stdout, /sesame|goes-on/)
  assert.match(stdout, 'url = https://hub\ntoken = ********\npassword: ********\n')
  assert.not.match(config(folder, 'dump').stdout, 'sesame')
})

test('a file with every setting is written once, and sets nothing until somebody takes a # away', ({
  folder,
}) => {
  assert.is(config(folder, 'init').status, 0)
  assert.is(config(folder, 'dump --only-changed').stdout, '')
  const path = join(folder, 'playssh.yml')
  const text = readFileSync(path, 'utf8')
  for (const name of Object.keys(SETTINGS)) assert.match(text, new RegExp(`^# ${name}:`, 'm'))
  writeFileSync(path, text.replace(/^# (?=[a-z_]+: )/gm, ''))
  const all = config(folder, 'dump')
  assert.is(all.stderr, '')
  assert.match(all.stdout, /^forks +100 +playssh\.yml:\d+:8$/m)
  const again = config(folder, 'init')
  assert.is(again.status, 1)
  assert.match(again.stderr, /is there already/)
})

test('every setting is listed, and a word that is none of its own is told', ({ folder }) => {
  assert.match(config(folder, 'list').stdout, /^forks\n {2}Hosts worked on at the same time\.\n/m)
  assert.match(config(folder, 'dmp').stderr, /did you mean "dump"/)
})

test.run()
