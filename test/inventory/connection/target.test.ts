import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Keywords, readBecome, readTarget } from '../../../src/inventory/connection/target.ts'
import type { ConnectionDefaults } from '../../../src/protocol/request.ts'
import type { Value, ValueMap } from '../../../src/values/value.ts'

const test = suite('connection variables')

const DEFAULTS: ConnectionDefaults = { timeout: 10, become: false, becomeUser: 'root', becomeMethod: 'sudo' }

const target = (variables: ValueMap, defaults: Partial<ConnectionDefaults> = {}, keywords?: Keywords) =>
  readTarget('web1', (name) => variables[name], { ...DEFAULTS, ...defaults }, keywords)

const become = (variables: ValueMap, defaults: Partial<ConnectionDefaults> = {}, keywords?: Keywords) =>
  readBecome('web1', (name) => variables[name], { ...DEFAULTS, ...defaults }, keywords)

test('a host without variables is reached by its name over SSH', () => {
  assert.equal(target({}), {
    name: 'web1',
    connection: 'ssh',
    address: 'web1',
    port: undefined,
    user: undefined,
    privateKeyFile: undefined,
    password: undefined,
    sshArgs: [],
    hostKeyChecking: undefined,
    timeout: 10,
    persist: undefined,
  })
  assert.is(become({}), undefined)
})

test('how long a login stays: a time as for ssh, of the host or else of all', () => {
  const persist = (value: Value, all?: number) =>
    target({ ansible_ssh_persist: value }, { persist: all }).persist
  const cases: [Value, number][] = [
    ['60s', 60],
    ['1h30m', 5400],
    [90, 90],
    [0, 0],
    [false, 0],
    ['no', 0],
  ]
  for (const [value, seconds] of cases) assert.is(persist(value, 7), seconds, String(value))
  assert.is(target({}, { persist: 7 }).persist, 7)
  assert.throws(
    () => persist('soon'),
    /ansible_ssh_persist of host web1 must be a time, such as 60s, 5m or 0/,
  )
})

test('a map with names of JavaScript is only a map', () => {
  assert.throws(
    () => become({ ansible_become: { toString: 1, valueOf: 2 } }),
    /^ansible_become of host web1 must be true or false, found a map$/,
  )
})

const TARGETS: [variables: ValueMap, expected: object][] = [
  [{ ansible_host: '10.0.0.1' }, { address: '10.0.0.1', name: 'web1' }],
  [{ ansible_host: '10.0.0.1', ansible_ssh_host: '10.0.0.2' }, { address: '10.0.0.2' }],
  [{ ansible_host: 'ops@10.0.0.1' }, { address: '10.0.0.1', user: 'ops' }],
  [
    { ansible_host: 'ops@10.0.0.1', ansible_user: 'root' },
    { address: '10.0.0.1', user: 'root' },
  ],
  [{ ansible_host: '' }, { address: 'web1' }],
  [{ ansible_host: null }, { address: 'web1' }],
  [{ ansible_port: 2222 }, { port: 2222 }],
  [{ ansible_port: '2222' }, { port: 2222 }],
  [{ ansible_user: 'a', ansible_ssh_user: 'b' }, { user: 'b' }],
  [{ ansible_user: 1000 }, { user: '1000' }],
  [{ ansible_password: 'a b' }, { password: 'a b' }],
  [{ ansible_ssh_pass: 'x' }, { password: 'x' }],
  [{ ansible_ssh_private_key_file: '/k' }, { privateKeyFile: '/k' }],
  [{ ansible_ssh_private_key_file: 'keys/k' }, { privateKeyFile: resolve('keys/k') }],
  [{ ansible_private_key_file: '~/.ssh/k' }, { privateKeyFile: `${homedir()}/.ssh/k` }],
  [{ ansible_connection: 'local' }, { connection: 'local' }],
  [{ ansible_connection: 'smart' }, { connection: 'ssh' }],
  [{ ansible_connection: 'paramiko' }, { connection: 'ssh' }],
  [{ ansible_connection: 'ansible.builtin.ssh' }, { connection: 'ssh' }],
  [
    {
      ansible_ssh_extra_args: '-o Compression=yes',
      ansible_ssh_common_args: `-J root@galileo -o 'ProxyCommand=ssh -W "%h:%p" hop'`,
      ansible_ssh_args: '-4',
    },
    {
      sshArgs: ['-4', '-J', 'root@galileo', '-o', 'ProxyCommand=ssh -W "%h:%p" hop', '-o', 'Compression=yes'],
    },
  ],
  [{ ansible_host_key_checking: 'no' }, { hostKeyChecking: false }],
  [{ ansible_host_key_checking: 'no', ansible_ssh_host_key_checking: true }, { hostKeyChecking: true }],
  [{ ansible_timeout: 30 }, { timeout: 30 }],
  [{ ansible_ssh_timeout: '2.5' }, { timeout: 2.5 }],
]

for (const [variables, expected] of TARGETS) {
  test(`${JSON.stringify(variables)} says how the host is reached`, () =>
    assert.equal({ ...target(variables), ...expected }, target(variables)))
}

test('variables go before keywords, keywords before flags', () => {
  const flags = {
    user: 'flag',
    connection: 'local',
    sshCommonArgs: '-J hop',
    privateKeyFile: 'k',
    timeout: 3,
  }
  const fromFlags = target({}, flags)
  assert.is(fromFlags.user, 'flag')
  assert.is(fromFlags.connection, 'local')
  assert.is(fromFlags.privateKeyFile, resolve('k'))
  assert.is(fromFlags.timeout, 3)
  assert.equal(fromFlags.sshArgs, ['-J', 'hop'])
  const keywords = { remote_user: 'keyword', connection: 'ssh', port: 2200 }
  assert.is(target({}, flags, keywords).user, 'keyword')
  assert.is(target({}, flags, keywords).connection, 'ssh')
  assert.is(target({}, flags, keywords).port, 2200)
  const variables = { ansible_user: 'variable', ansible_port: 2201, ansible_ssh_common_args: '-4' }
  assert.is(target(variables, flags, keywords).user, 'variable')
  assert.is(target(variables, flags, keywords).port, 2201)
  assert.equal(target(variables, flags, keywords).sshArgs, ['-4'])
})

const BECOME: [variables: ValueMap, keywords: Keywords, expected: object | undefined][] = [
  [
    { ansible_become: true },
    {},
    { method: 'sudo', user: 'root', password: undefined, flags: undefined, exe: undefined },
  ],
  [
    { ansible_become: 'yes', ansible_become_user: 'app' },
    {},
    { method: 'sudo', user: 'app', password: undefined, flags: undefined, exe: undefined },
  ],
  [{ ansible_become: false }, { become: true }, undefined],
  [
    {},
    { become: true, become_user: 'app', become_method: 'su', become_flags: '-l' },
    { method: 'su', user: 'app', password: undefined, flags: '-l', exe: undefined },
  ],
  [
    {
      ansible_become_method: 'ansible.builtin.sudo',
      ansible_become_password: 's',
      ansible_become_flags: '-E',
      ansible_become_user: 'app',
    },
    { become: 'on', become_user: 'other' },
    { method: 'sudo', user: 'app', password: 's', flags: '-E', exe: undefined },
  ],
  [
    { ansible_become_pass: 's', ansible_sudo_pass: 't', ansible_su_pass: 'u' },
    { become: true },
    { method: 'sudo', user: 'root', password: 't', flags: undefined, exe: undefined },
  ],
]

for (const [variables, keywords, expected] of BECOME) {
  test(`variables and keywords ${JSON.stringify([variables, keywords])} say who to become`, () => {
    assert.equal(become(variables, {}, keywords), expected)
  })
}

test('flags say whom to become, unless a keyword says otherwise', () => {
  const flags = { become: true, becomeUser: 'app', becomeMethod: 'su', becomePassword: 'p' }
  assert.equal(become({}, flags), {
    method: 'su',
    user: 'app',
    password: 'p',
    flags: undefined,
    exe: undefined,
  })
  assert.is(become({}, flags, { become: false }), undefined)
})

const WRONG: [variables: ValueMap, message: string, hint?: string][] = [
  [{ ansible_host: ['a'] }, 'ansible_host of host web1 must be a text (in quotes), found a list'],
  [{ ansible_user: false }, 'ansible_user of host web1 must be a text (in quotes), found false'],
  [
    { ansible_password: { secret: 'x' } },
    'ansible_password of host web1 must be a text (in quotes), found a map',
  ],
  [{ ansible_port: 'ssh' }, 'ansible_port of host web1 must be a port from 1 to 65535, found "ssh"'],
  [{ ansible_port: 0 }, 'ansible_port of host web1 must be a port from 1 to 65535, found 0'],
  [{ ansible_port: 22.5 }, 'ansible_port of host web1 must be a port from 1 to 65535, found 22.5'],
  [{ ansible_port: true }, 'ansible_port of host web1 must be a port from 1 to 65535, found true'],
  [{ ansible_timeout: -1 }, 'ansible_timeout of host web1 must be a number of seconds, found -1'],
  [
    { ansible_host_key_checking: 'maybe' },
    'ansible_host_key_checking of host web1 must be true or false, found "maybe"',
  ],
  [
    { ansible_ssh_common_args: "-o 'x" },
    "ansible_ssh_common_args of host web1 cannot be split into words: the quote ' is not closed",
  ],
  [
    { ansible_connection: 'sssh' },
    'ansible_connection of host web1 is "sssh", which is not known here; known are ssh, smart, paramiko, paramiko_ssh, local',
    'did you mean "ssh"?',
  ],
  [
    { ansible_connection: 'winrm' },
    'ansible_connection of host web1 is "winrm", which is not known here; known are ssh, smart, paramiko, paramiko_ssh, local',
  ],
]

for (const [variables, message, hint] of WRONG) {
  test(`${JSON.stringify(variables)} is refused`, () => {
    assert.throws(
      () => target(variables),
      (error: Error & { hint?: string }) => error.message === message && error.hint === hint,
    )
  })
}

test('an unknown way to become is refused', () => {
  assert.throws(
    () => become({ ansible_become_method: 'sduo' }, {}, { become: true }),
    /^ansible_become_method of host web1 is "sduo", which is not known here; known are sudo, su$/,
  )
})

test.run()
