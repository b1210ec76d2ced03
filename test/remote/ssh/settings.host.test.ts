import { homedir } from 'node:os'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { algorithmsFor } from '../../../src/remote/ssh/algorithms.ts'
import { jumpTarget, readSettings, sshSettings } from '../../../src/remote/ssh/settings.ts'
import type { SshSettings } from '../../../src/remote/ssh/ssh-settings.ts'
import type { Target } from '../../../src/remote/target.ts'

const target = (changes: Partial<Target> = {}): Target => ({
  name: 'h',
  connection: 'ssh',
  address: 'h',
  sshArgs: ['-F', 'none'],
  timeout: 10,
  ...changes,
})

test('what ssh makes of arguments and variables', async () => {
  const F = ['-F', 'none']
  const table: [Partial<Target>, Partial<SshSettings>][] = [
    [{}, { host: 'h', port: 22, strict: 'yes', jumps: [], proxyCommand: undefined, family: 0 }],
    [
      { port: 2222, user: 'joe', sshArgs: [...F, '-p', '1', '-l', 'x'] },
      { port: 2222, user: 'joe' },
    ],
    [{ sshArgs: [...F, '-p', '1', '-l', 'x', '-4', '-C'] }, { port: 1, user: 'x', family: 4 }],
    [{ sshArgs: [...F, '-o', 'HostName=10.0.0.1'] }, { host: '10.0.0.1', alias: 'h' }],
    [{ address: 'fe80::1%eth0' }, { host: 'fe80::1%eth0' }],
    [{ hostKeyChecking: false, sshArgs: [...F, '-o', 'StrictHostKeyChecking=yes'] }, { strict: 'no' }],
    [{ sshArgs: [...F, '-oStrictHostKeyChecking=accept-new'] }, { strict: 'accept-new' }],
    [{ sshArgs: [...F, '-o', 'StrictHostKeyChecking off'] }, { strict: 'no' }],
    [{ sshArgs: [...F, '-J', 'a,joe@b:23'] }, { jumps: ['a', 'joe@b:23'] }],
    [
      { user: 'joe', sshArgs: [...F, '-o', 'ProxyCommand=nc -X %h %p %r %n %%'] },
      { proxyCommand: 'nc -X h 22 joe h %', jumps: [] },
    ],
    [{ sshArgs: [...F, '-o', 'UserKnownHostsFile=/a ~/b'] }, { userKnownHosts: ['/a', `${homedir()}/b`] }],
    [{ sshArgs: [...F, '-o', 'UserKnownHostsFile=none'] }, { userKnownHosts: [] }],
    [
      { sshArgs: [...F, '-o', 'IdentityFile=/k1', '-o', 'IdentityFile=~/k2'] },
      { identityFiles: ['/k1', `${homedir()}/k2`] },
    ],
    [
      { sshArgs: [...F, '-o', 'IdentitiesOnly=yes', '-o', 'IdentityAgent=/sock'] },
      { identitiesOnly: true, agent: '/sock' },
    ],
    [
      {
        sshArgs: [
          ...F,
          '-o',
          'ConnectTimeout=7',
          '-o',
          'ServerAliveInterval=3',
          '-o',
          'ServerAliveCountMax=2',
        ],
      },
      { connectTimeout: 7, aliveInterval: 3, aliveCount: 2 },
    ],
  ]
  for (const [changes, expected] of table) {
    const settings = await sshSettings(target(changes))
    for (const [name, value] of Object.entries(expected)) {
      assert.equal(settings[name as keyof SshSettings], value, `${name} of ${JSON.stringify(changes)}`)
    }
  }
})

test('jump hosts as they are written', () => {
  const table: [word: string, user: string | undefined, address: string, port: number | undefined][] = [
    ['galileo', undefined, 'galileo', undefined],
    ['root@galileo', 'root', 'galileo', undefined],
    ['root@galileo:2222', 'root', 'galileo', 2222],
    ['ssh://root@galileo:2222', 'root', 'galileo', 2222],
    ['127.0.0.1:2222', undefined, '127.0.0.1', 2222],
    ['[fe80::1%eth0]:2222', undefined, 'fe80::1%eth0', 2222],
    ['joe@[::1]', 'joe', '::1', undefined],
    ['fe80::1%eth0', undefined, 'fe80::1%eth0', undefined],
    ['a@b@galileo', 'a@b', 'galileo', undefined],
  ]
  for (const [word, user, address, port] of table) {
    const jump = jumpTarget(word, target({ sshArgs: ['-i', 'key', '-F', 'file', '-J', word] }))
    assert.equal([jump.user, jump.address, jump.port], [user, address, port], word)
    assert.equal(jump.sshArgs, ['-F', 'file'])
  }
  assert.throws(() => jumpTarget('', target()), /is not a jump host/)
})

test('algorithms: what is allowed, the quick ones and the known ones first', async () => {
  const settings = await sshSettings(target())
  const { kex, serverHostKey } = algorithmsFor(settings, ['ssh-rsa'])
  assert.is((kex as string[])[0], 'curve25519-sha256')
  assert.is((kex as string[]).includes('diffie-hellman-group1-sha1'), false)
  assert.equal((serverHostKey as string[]).slice(0, 3), ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519'])
  const old = await sshSettings(
    target({ sshArgs: ['-F', 'none', '-o', 'KexAlgorithms=+diffie-hellman-group14-sha1'] }),
  )
  assert.ok((algorithmsFor(old, []).kex as string[]).includes('diffie-hellman-group14-sha1'))
  const alien = readSettings(
    'h',
    'kexalgorithms sntrup761x25519-sha512@openssh.com\nhostkeyalgorithms ssh-ed25519\n',
  )
  assert.throws(() => algorithmsFor(alien, []), /none of the KexAlgorithms/)
})

test('what stands for %h or %r in a ProxyCommand is one word of sh, or an error', () => {
  const settings = (host: string, user: string) =>
    readSettings('web1', `hostname ${host}\nuser ${user}\nproxycommand nc -u %r %h %p\n`)
  assert.is(settings('2001:db8::1', 'DOM\\\\user').proxyCommand, 'nc -u DOM\\\\user 2001:db8::1 22')
  for (const bad of [
    '$(id)',
    '`id`',
    'a;id',
    'a&id',
    'a|id',
    'a b',
    "a'b",
    '-oProxyCommand=id',
    'a>b',
    'a\\'.slice(0, 2),
  ]) {
    assert.throws(() => settings(bad, 'ops'), /cannot stand for %h in a ProxyCommand/, bad)
    assert.throws(() => settings('web1', bad), /cannot stand for %r in a ProxyCommand/, bad)
  }
  // Where no sh reads them they are names like others.
  assert.is(readSettings('web1', 'hostname web1\nuser machine$\n').user, 'machine$')
})

test.run()
