import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'

const launcher = fileURLToPath(new URL('../../run', import.meta.url))

interface Context {
  folder: string
  env: Readonly<Record<string, string | undefined>>
  /** `run pull` from the folder, of the repository there. */
  pull: (...words: string[]) => { status: number | null; stdout: string; stderr: string }
  /** Writes a file into the repository and commits it. */
  commit: (name: string, text: string) => void
}

const test = suite<Context>('run pull')

test.before.each((context) => {
  const folder = mkdtempSync(join(tmpdir(), 'pull-cli-'))
  const repository = join(folder, 'site')
  mkdirSync(repository)
  const env = { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1' }
  const git = (...words: string[]) =>
    execFileSync('git', ['-C', repository, '-c', 'user.name=a', '-c', 'user.email=a@b', ...words], { env })
  git('init', '-q', '-b', 'main')
  context.folder = folder
  context.env = env
  context.pull = (...words) =>
    spawnSync(launcher, ['pull', '-U', repository, ...words], { cwd: folder, env, encoding: 'utf8' })
  context.commit = (name, text) => {
    writeFileSync(join(repository, name), text)
    git('add', '.')
    git('commit', '-qm', name)
  }
  context.commit('local.yml', play(folder, 'local'))
})
test.after.each(({ folder }) => rmSync(folder, { recursive: true }))

/** A playbook that writes a word into the file `made`. */
function play(folder: string, word: string, hosts = 'all'): string {
  const copy = { content: word, dest: join(folder, 'made') }
  return JSON.stringify([{ hosts, gather_facts: false, tasks: [{ copy }] }])
}

const made = (folder: string) => readFileSync(join(folder, 'made'), 'utf8')

test('it is checked out and run; with -o only when something is new', ({ folder, pull, commit }) => {
  const { status, stdout } = pull()
  assert.is(status, 0)
  assert.match(stdout, /^localhost \| CHANGED =>\n\{\n {4}"after": "[\da-f]{40}"/)
  assert.is(made(folder), 'local')
  assert.ok(existsSync(join(folder, '.ansible/pull')))
  rmSync(join(folder, 'made'))
  const again = pull('-o')
  assert.is(again.status, 0)
  assert.match(again.stdout, 'the repository has nothing new; nothing is run\n')
  assert.not.ok(existsSync(join(folder, 'made')))
  commit('local.yml', play(folder, 'new'))
  assert.is(pull('-o').status, 0)
  assert.is(made(folder), 'new')
})

test('the playbook with the name of this machine comes before local.yml', ({ folder, pull, commit }) => {
  commit(`${hostname().split('.')[0]}.yml`, play(folder, 'own', 'localhost'))
  pull()
  assert.is(made(folder), 'own')
})

test('inventories and variables of the repository, and those from where the command was given', ({
  folder,
  pull,
  commit,
}) => {
  const name = hostname()
  commit(
    'hosts.yml',
    JSON.stringify({ all: { hosts: { [name]: { word: 'host' }, 'another.example.com': {} } } }),
  )
  commit('local.yml', play(folder, '{{ word }} {{ more }} {{ ansible_play_hosts | join(",") }}'))
  commit('more.yml', 'more: of the repository')
  writeFileSync(join(folder, 'here.yml'), 'more: from here')
  assert.is(pull('-d', 'out', '-i', 'hosts.yml', '-e', '@more.yml').status, 0)
  assert.is(made(folder), `host of the repository ${name}`)
  pull('-d', 'out', '-i', 'hosts.yml', '-e', '@here.yml')
  assert.is(made(folder), `host from here ${name}`)
})

test('what is encrypted in the repository is decrypted with a password from here', ({
  folder,
  pull,
  commit,
}) => {
  writeFileSync(join(folder, 'pw'), 'word')
  const vault = spawnSync(launcher, ['vault', 'encrypt', '--vault-password-file', 'pw'], {
    cwd: folder,
    input: 'secret: elephant',
    encoding: 'utf8',
  })
  commit('vars.yml', vault.stdout)
  const copy = { content: '{{ secret }}', dest: join(folder, 'made') }
  commit(
    'local.yml',
    JSON.stringify([{ hosts: 'all', gather_facts: false, vars_files: ['vars.yml'], tasks: [{ copy }] }]),
  )
  for (const flag of [
    ['--vault-password-file', 'pw'],
    ['--vault-id', 'x@pw'],
  ]) {
    rmSync(join(folder, 'made'), { force: true })
    const { status, stdout } = pull('-d', 'out', '--diff', ...flag)
    assert.is(status, 0)
    assert.not.match(stdout, 'elephant')
    assert.is(made(folder), 'elephant')
  }
})

test('--check changes nothing but the checkout, and --purge removes that', ({ folder, pull }) => {
  assert.is(pull('-d', 'out', '--check').status, 3)
  assert.not.ok(existsSync(join(folder, 'made')))
  assert.ok(existsSync(join(folder, 'out/local.yml')))
  assert.is(pull('-d', 'out', '--purge').status, 0)
  assert.is(made(folder), 'local')
  assert.not.ok(existsSync(join(folder, 'out')))
})

test('changes of files are an error; --clean throws them away, --force runs what is there', ({
  folder,
  pull,
}) => {
  pull('-d', 'out')
  writeFileSync(join(folder, 'out/local.yml'), play(folder, 'changed'))
  const { status, stdout } = pull('-d', 'out')
  assert.is(status, 2)
  assert.match(stdout, 'Local modifications exist in the destination')
  const forced = pull('-d', 'out', '-f')
  assert.is(forced.status, 0)
  assert.match(forced.stderr, 'nothing could be checked out; the playbook of before is run (--force)')
  assert.is(made(folder), 'changed')
  assert.is(pull('-d', 'out', '--clean').status, 0)
  assert.is(made(folder), 'local')
})

test('the exit status is that of the playbook, and a document is not spoiled', ({ pull, commit }) => {
  commit('local.yml', '[{hosts: all, gather_facts: false, tasks: [{command: "false"}]}]')
  const { status, stdout, stderr } = pull('--format', 'json')
  assert.is(status, 2)
  assert.is(JSON.parse(stdout).stats.localhost.failures, 1)
  assert.match(stderr, 'localhost | CHANGED')
})

test('subversion: an export, or with --full a working copy', ({ folder, env }) => {
  const address = `file://${folder}/svn`
  execFileSync('svnadmin', ['create', join(folder, 'svn')], { env })
  writeFileSync(join(folder, 'local.yml'), play(folder, 'svn'))
  execFileSync('svn', ['import', '-qm', 'one', 'local.yml', `${address}/local.yml`], { cwd: folder, env })
  for (const flags of [[], ['--full']]) {
    const words = ['pull', '-m', 'subversion', '-U', address, '-d', `out${flags.length}`, ...flags]
    assert.is(spawnSync(launcher, words, { cwd: folder, env }).status, 0)
    assert.is(made(folder), 'svn')
    assert.is(existsSync(join(folder, `out${flags.length}/.svn`)), flags.length === 1)
  }
})

test('a password in the address is not told', ({ folder, env }) => {
  const words = ['pull', '-vvv', '-U', 'ssh://user:elephant@127.0.0.1:1/{{ x }}', '-d', 'out']
  const { status, stdout, stderr } = spawnSync(launcher, words, { cwd: folder, env, encoding: 'utf8' })
  assert.is(status, 2)
  assert.match(stdout, 'FAILED')
  assert.not.match(stdout + stderr, 'elephant')
})

const WRONG: [words: string, said: RegExp][] = [
  ['nowhere.yml', /out\/nowhere.yml does not exist\n$/],
  ['-m hg', /^--module-name: nothing is checked out with "hg" here\n {2}it is git or subversion\n$/],
  ['-s soon', /It takes a whole number/],
  ['-d file', /file is no folder, and the repository is to be checked out there\n$/],
]
for (const [words, said] of WRONG)
  test(`a mistake is told without a stack: ${words}`, ({ folder, pull }) => {
    writeFileSync(join(folder, 'file'), '')
    const { status, stderr } = pull('-d', 'out', ...words.split(' '))
    assert.is(status, 1)
    assert.match(stderr, said)
  })

test('an address is needed', ({ folder, env }) => {
  const { status, stderr } = spawnSync(launcher, ['pull'], { cwd: folder, env, encoding: 'utf8' })
  assert.equal([status, stderr], [1, 'no repository is given\n  give its address: run pull -U URL\n'])
})

test.run()
