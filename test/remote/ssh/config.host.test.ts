import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { askSsh } from '../../../src/remote/ssh/config.ts'

interface Context {
  folder: string
  path: string | undefined
}

const test = suite<Context>("ssh's configuration")

/** Puts a program in front of ssh that notes each time it is started. */
test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'playssh-config-'))
  context.path = process.env.PATH
  const ssh = execFileSync('/bin/sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).trim()
  const counted = join(context.folder, 'ssh')
  writeFileSync(counted, `#!/bin/sh\necho >>${join(context.folder, 'starts')}\nexec ${ssh} "$@"\n`)
  chmodSync(counted, 0o755)
  process.env.PATH = `${context.folder}:${context.path}`
})

test.after(({ folder, path }) => {
  process.env.PATH = path
  rmSync(folder, { recursive: true })
})

const HOSTS = [
  ...['galileo', 'hrouter', 'Frouter', 'web1', 'web2', 'web3', 'db.example.org', 'under_score'],
  ...['192.168.104.254', '192.168.104.1', '127.1', '0x7f.1', 'fe80::1%lo', '2001:db8:0::1', 'FE80::2', '::1'],
  ...['root@web2', 'a', 'jump', 'bad name', 'Jump'],
]

/** What hosts are told with a configuration, beside what ssh itself tells each, and how many were asked about. */
async function told(
  { folder }: Context,
  config: string,
  words: readonly string[] = [],
  hosts = HOSTS,
): Promise<{ ours: string[]; theirs: string[]; starts: number }> {
  const file = join(folder, `config-${Math.random()}`)
  const starts = join(folder, 'starts')
  writeFileSync(file, config.replaceAll('HERE', folder))
  writeFileSync(starts, '')
  const all = ['-T', '-G', '-F', file, ...words]
  const ours = await Promise.all(
    hosts.map((host) =>
      askSsh(all, host).catch(
        ({ message }: Error) => `refused: ${message.replace(/^.*? configuration: /, '')}\n`,
      ),
    ),
  )
  const count = readFileSync(starts, 'utf8').length
  const theirs = hosts.map((host) => {
    try {
      return execFileSync('ssh', [...all, '--', host], { encoding: 'utf8', stdio: 'pipe' })
    } catch (error) {
      return `refused: ${(error as { stderr: string }).stderr.trim().split('\n').at(-1)}\n`
    }
  })
  // We ask it to be talkative.
  const clean = (text: string) => text.replace(/^loglevel .*\n/m, '')
  return { ours: ours.map(clean), theirs: theirs.map(clean), starts: count }
}

const CONFIGS: readonly (readonly [config: string, words?: readonly string[]])[] = [
  [''],
  ['# Host web*\nHost *\n  SendEnv LANG LC_*\n  HashKnownHosts yes\n'],
  ['Host web*\n  User www\nHost * !web2\n  Port 2222\nHost Frouter WEB1\n  User f\nHost=db.*\nPort 5\n'],
  ['Host web?,galileo\n  User www\n"Host" "web1"\n  Port 3\n'],
  ['Host web* # mine\n  User www\n'],
  ['Match host web*\n  User www\n'],
  ['Match exec "test %h = web3"\n  User three\n'],
  ['Match final all\n  Port 4\n'],
  ['Host web1\n  HostName 10.0.0.1\n'],
  ['HostName %h.example.org\n'],
  ['UserKnownHostsFile ~/.ssh/%k\nIdentityFile ~/.ssh/%h\nProxyCommand nc %h %p\n'],
  ['UserKnownHostsFile ~/.ssh/known_%n.d\n', ['-J', 'jump']],
  ['ProxyJump jump\n'],
  ['', ['-J', 'galileo']],
  ['', ['-o', 'HostName=x']],
  ['CanonicalizeHostname always\n'],
  ['AddressFamily inet\nUser %h\n'],
  ['LogLevel QUIET\nHost web*\n  User www\n'],
  ['Host web*\n  User www\n', ['-q']],
  ['Host web*\n  User www\n', ['-E', '/dev/null']],
  ['Host web1\n  Include HERE/included\nHost web2\n  Port 9\n'],
  ['Include HERE/included\n'],
  ['NoSuchOption yes\n'],
]

test('every host is told what ssh itself would use', async (context) => {
  writeFileSync(join(context.folder, 'included'), 'Host web1 web3\n  User included\n')
  for (const [index, [config, words]] of CONFIGS.entries()) {
    const hosts = index % 2 === 0 ? HOSTS : HOSTS.toReversed()
    const { ours, theirs } = await told(context, config, words, hosts)
    for (const [at, host] of hosts.entries()) assert.is(ours[at], theirs[at], `${host}: ${config} ${words}`)
  }
})

test('hosts of one kind cost one process', async (context) => {
  const many = Array.from({ length: 40 }, (_, at) => (at < 20 ? `web${at}` : `10.0.0.${at}`))
  const starts = async (config: string, words: string[] = []) =>
    (await told(context, config, words, many)).starts
  assert.is(await starts(''), 1)
  assert.is(await starts('Host *\n  SendEnv LANG LC_*\n'), 1)
  assert.is(await starts('IdentityFile ~/.ssh/%h\nProxyCommand nc %h %p\nMatch final all\n'), 1)
  assert.is(await starts('ProxyJump jump\n', ['-o', 'User=root']), 1)
  assert.is(await starts('Host github.com\n  User git\nHost web*\n  User www\n'), 2)
  assert.is(await starts('Host web1? !web15\n  User www\n'), 2)
  assert.is(await starts('Match exec true\n  User www\n'), 40)
})

test.run()
