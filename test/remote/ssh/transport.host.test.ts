import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { Unreachable } from '../../../src/remote/channel.ts'
import { Session } from '../../../src/remote/session.ts'
import { SessionPool } from '../../../src/remote/session-pool.ts'
import type { Target } from '../../../src/remote/target.ts'
import { freePort, generateKey, type Server, startServer } from '../../support/server.ts'
import { until } from '../../support/until.ts'
import { TestUser } from '../../support/user.ts'

/** A server and a pool for one test; both are gone when it is over. */
async function withServer(
  config: readonly string[],
  use: (server: Server, pool: SessionPool) => Promise<void>,
): Promise<void> {
  const server = await startServer(config)
  const pool = new SessionPool()
  try {
    await use(server, pool)
  } finally {
    await pool.close()
    await server.stop()
  }
}

async function failureOf(doing: Promise<unknown>): Promise<Unreachable> {
  const failure = await doing.then(
    () => new Error('it succeeded'),
    (error: Error) => error,
  )
  if (!(failure instanceof Unreachable)) throw failure
  return failure
}

async function greets(pool: SessionPool, target: Target): Promise<void> {
  const session = new Session(await pool.connect(target))
  assert.is((await session.exec('echo hello')).stdout, 'hello\n')
}

/** The processes that serve a server's connections. */
function servants(server: Server): number[] {
  const children = (pid: number): number[] =>
    readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
      .split(' ')
      .filter((word) => word !== '')
      .map(Number)
  return children(server.process.pid!).flatMap((pid) => [pid, ...children(pid).filter(isSshd)])
}

function isSshd(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').startsWith('sshd')
  } catch {
    // It has ended: the one that served the login does when that is over.
    return false
  }
}

const options = (server: Server, ...more: string[]) => [
  ...['-F', 'none', '-o', `UserKnownHostsFile=${server.knownHostsFile}`],
  ...more.flatMap((option) => ['-o', option]),
]

test('a host is connected to once, and again when the connection is gone', async () => {
  await withServer([], async (server, pool) => {
    const [first, second] = await Promise.all([pool.connect(server.target()), pool.connect(server.target())])
    assert.is(first, second)
    await first.close()
    assert.ok(first.closed)
    assert.is.not(await pool.connect(server.target()), first)
    await greets(pool, server.target())
  })
})

test('a refused port is told of as such', async () => {
  await withServer([], async (server, pool) => {
    const failure = await failureOf(pool.connect(server.target({ port: await freePort() })))
    assert.match(failure.message, /^127\.0\.0\.1 port \d+ refused the connection$/)
    assert.match(failure.advice ?? '', /ansible_port/)
  })
})

test('a name without an address is reported as such', async () => {
  await withServer([], async (server, pool) => {
    const failure = await failureOf(pool.connect(server.target({ address: 'no.such.name.invalid' })))
    assert.match(failure.message, /no address|not answered for/)
  })
})

test('a port on which something else answers, and one that says nothing', async () => {
  for (const [says, expected] of [
    ['HTTP/1.1 400 Bad Request\r\n\r\n', /saying "HTTP\/1\.1 400 Bad Request"/],
    [undefined, /said nothing for 1 s/],
  ] as const) {
    const other = createServer((socket) => {
      socket.on('error', () => {})
      if (says !== undefined) socket.end(says)
    })
    const port = await freePort()
    await new Promise<void>((resolve) => other.listen(port, '127.0.0.1', resolve))
    try {
      await withServer([], async (server, pool) => {
        const failure = await failureOf(pool.connect(server.target({ port, timeout: 1 })))
        assert.match(failure.message, expected)
      })
    } finally {
      other.close()
    }
  }
})

test('a key that the server does not take, and no key at all', async () => {
  await withServer([], async (server, pool) => {
    const other = join(server.folder, 'other')
    generateKey(other)
    const refused = await failureOf(pool.connect(server.target({ privateKeyFile: other })))
    assert.match(refused.message, /does not let \S+ in: tried key .*\/other; the server takes publickey/)
    const missing = await failureOf(pool.connect(server.target({ privateKeyFile: `${other}-not` })))
    assert.match(missing.message, /other-not cannot be read/)
    const none = await failureOf(
      pool.connect(
        server.target({
          privateKeyFile: undefined,
          sshArgs: options(server, 'IdentityFile=none', 'IdentityAgent=none'),
        }),
      ),
    )
    assert.match(none.message, /there was no key or password to try/)
  })
})

test('a password that is refused is reported as such', async () => {
  await withServer([], async (server, pool) => {
    const failure = await failureOf(
      pool.connect(
        server.target({
          privateKeyFile: undefined,
          password: 'wrong',
          sshArgs: options(server, 'IdentityFile=none', 'IdentityAgent=none'),
        }),
      ),
    )
    assert.match(failure.message, /tried password.*; the server takes publickey/)
  })
})

test('a password, in both of its forms, in front of keys that nobody named, and behind one', async () => {
  const user = new TestUser()
  try {
    const forms = [
      ['PasswordAuthentication yes'],
      ['UsePAM yes', 'PasswordAuthentication no', 'KbdInteractiveAuthentication yes'],
      ['PasswordAuthentication yes', 'AuthenticationMethods publickey,password'],
    ]
    for (const config of forms) {
      await withServer(config, async (server, pool) => {
        chmodSync(server.folder, 0o755)
        const target = server.target({
          ...{ user: user.name, password: user.password, privateKeyFile: undefined },
          sshArgs: options(server, `IdentityFile=${server.keyFile}`, 'IdentityAgent=none'),
        })
        await greets(pool, target)
        assert.is(server.log().includes('Accepted password'), config[0] === 'PasswordAuthentication yes')
        await greets(pool, { ...target, privateKeyFile: server.keyFile })
      })
    }
  } finally {
    user.remove()
  }
})

test('an unknown host key: refused, ignored, accepted for good', async () => {
  await withServer([], async (server, pool) => {
    const file = join(server.folder, 'new', 'known_hosts')
    const asking = (strict: string) =>
      server.target({
        sshArgs: options(server, `StrictHostKeyChecking=${strict}`).map((word) =>
          word.replace(server.knownHostsFile, file),
        ),
      })
    const failure = await failureOf(pool.connect(asking('ask')))
    assert.match(failure.message, /its host key is unknown: it shows ssh-ed25519 SHA256:\S{43}$/)
    assert.not.match(server.log(), /Accepted publickey/)
    await greets(pool, asking('no'))
    assert.not.ok(existsSync(file))
    await greets(pool, asking('accept-new'))
    const key = readFileSync(`${server.hostKeyFile}.pub`, 'utf8').split(' ').slice(0, 2).join(' ')
    assert.is(readFileSync(file, 'utf8'), `[127.0.0.1]:${server.port} ${key}\n`)
    assert.is(statSync(join(server.folder, 'new')).mode & 0o777, 0o700)
    await greets(pool, asking('yes'))
  })
})

test('a changed host key refuses whatever is said, before anything is proved', async () => {
  await withServer([], async (server, pool) => {
    const other = join(server.folder, 'other')
    generateKey(other)
    const name = `[127.0.0.1]:${server.port}`
    writeFileSync(server.knownHostsFile, `# a comment\n${name} ${readFileSync(`${other}.pub`, 'utf8')}`)
    for (const strict of ['yes', 'accept-new', 'no']) {
      const target = server.target({ sshArgs: options(server, `StrictHostKeyChecking=${strict}`) })
      const failure = await failureOf(pool.connect(target))
      assert.match(
        failure.message,
        /has changed: it shows ssh-ed25519 SHA256:.*known_hosts line 2 says ssh-ed25519 SHA256:/,
      )
      const command = /ssh-keygen -f .*$/.exec(failure.advice ?? '')?.[0] ?? 'false'
      if (strict === 'no') execFileSync('/bin/sh', ['-c', command], { stdio: 'ignore' })
    }
    assert.not.match(server.log(), /Accepted|Postponed|userauth/)
    assert.is(readFileSync(server.knownHostsFile, 'utf8'), '# a comment\n')
  })
})

test('a host known by one type of key is asked for that type', async () => {
  const server = await startServer()
  const rsa = join(server.folder, 'rsa')
  generateKey(rsa, '', 'ecdsa')
  const config = join(server.folder, 'sshd_config')
  writeFileSync(config, `HostKey ${rsa}\n${readFileSync(config, 'utf8')}`)
  const pool = new SessionPool()
  try {
    server.process.kill('SIGHUP')
    writeFileSync(server.knownHostsFile, `[127.0.0.1]:${server.port} ${readFileSync(`${rsa}.pub`, 'utf8')}`)
    await until('the server listens again', () => server.log().split('listening on').length >= 3)
    await greets(pool, server.target())
  } finally {
    await pool.close()
    await server.stop()
  }
})

test('a frozen server is unreachable within the timeout', async () => {
  await withServer([], async (server, pool) => {
    server.process.kill('SIGSTOP')
    try {
      const failure = await failureOf(pool.connect(server.target({ timeout: 1 })))
      assert.match(failure.message, /takes connections, but said nothing for 1 s/)
    } finally {
      server.process.kill('SIGCONT')
    }
  })
})

test('a server need not prove its other host keys, and hears from us when it has told them', async () => {
  await withServer(['LogLevel DEBUG3'], async (server, pool) => {
    await greets(pool, server.target())
    assert.match(server.log(), /sent 1 hostkeys/)
    assert.not.match(server.log(), /hostkeys-prove/)
    assert.match(server.log(), /sent 1 hostkeys[\s\S]*rtype keepalive@openssh\.com/)
  })
})

/** One that had ended before it was stopped is gone when its parent has taken note. */
function thaw(pid: number): void {
  try {
    process.kill(pid, 'SIGCONT')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

test('a goodbye waits for no answer', async () => {
  await withServer([], async (server, pool) => {
    const transport = await pool.connect(server.target())
    const frozen = servants(server)
    for (const pid of frozen) process.kill(pid, 'SIGSTOP')
    const { setTimeout } = globalThis
    try {
      // Whoever waits for a time to pass now waits for ever.
      globalThis.setTimeout = (() => ({})) as unknown as typeof setTimeout
      const closing = transport.close()
      globalThis.setTimeout = setTimeout
      const late = new Promise<never>((_, reject) => setTimeout(reject, 5000, new Error('still waiting')))
      await Promise.race([closing, late])
    } finally {
      globalThis.setTimeout = setTimeout
      for (const pid of frozen) thaw(pid)
    }
  })
})

test('hosts that say nothing do not delay the others behind their jump host', async () => {
  const jump = await startServer()
  const far = await startServer()
  const silent = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => silent.once('listening', resolve))
  const { port } = silent.address() as AddressInfo
  const hop = (name: string) => (name === 'near' ? jump.target() : undefined)
  const pool = new SessionPool({ hop })
  const through = (target: Partial<Target>) =>
    far.target({ sshArgs: [...options(far), '-J', 'near'], ...target })
  try {
    const over: string[] = []
    const silences = Array.from({ length: 12 }, (_, at) =>
      // A user each: a connection of its own each.
      failureOf(pool.connect(through({ port, user: `u${at}`, timeout: 6 }))).then(({ message }) => {
        over.push('silent')
        assert.match(message, /said nothing for 6 s/)
      }),
    )
    await Promise.all([greets(pool, through({})).then(() => over.push('greeted')), ...silences])
    assert.is(over[0], 'greeted')
  } finally {
    silent.close()
    await pool.close()
    await Promise.all([jump.stop(), far.stop()])
  }
})

test('only so many connections are being made at a time', async () => {
  const pool = new SessionPool({ most: 3 })
  let most = 0
  const sockets = new Set<Socket>()
  const silent = createServer((socket) => {
    sockets.add(socket.on('error', () => {}).resume())
    most = Math.max(most, sockets.size)
    // Nothing is heard of the first ones before all that may come have come.
    if (sockets.size === 3) setTimeout(() => hangUp(), 300)
  }).listen(0)
  const hangUp = () => {
    for (const socket of sockets) socket.end('This is not a SSH server.\r\n')
    sockets.clear()
  }
  await new Promise((resolve) => silent.once('listening', resolve))
  const { port } = silent.address() as AddressInfo
  const target = (address: string): Target => ({
    ...{
      name: address,
      connection: 'ssh',
      address,
      port,
      user: 'nobody',
      sshArgs: ['-F', 'none'],
      timeout: 20,
    },
  })
  try {
    // An address each: a server each.
    const addresses = Array.from({ length: 9 }, (_, at) => `127.0.9.${at + 1}`)
    await Promise.all(addresses.map((address) => failureOf(pool.connect(target(address)))))
    assert.is(most, 3)
  } finally {
    silent.close()
    await pool.close()
  }
})

test('a server that freezes under a command is found by its silence', async () => {
  await withServer([], async (server, pool) => {
    const sshArgs = options(server, 'ServerAliveInterval=1', 'ServerAliveCountMax=1')
    const transport = await pool.connect(server.target({ sshArgs }))
    const running = new Session(transport).exec('sleep 300')
    await new Promise((resolve) => setTimeout(resolve, 300))
    const frozen = servants(server)
    for (const pid of frozen) process.kill(pid, 'SIGSTOP')
    try {
      const failure = await failureOf(running)
      assert.match(failure.message, /has stopped answering/)
      assert.ok(transport.closed)
    } finally {
      for (const pid of frozen) process.kill(pid, 'SIGCONT')
    }
  })
})

test('a server killed in the middle of commands', async () => {
  await withServer([], async (server, pool) => {
    const transport = await pool.connect(server.target())
    const session = new Session(transport)
    const running = ['exec', 'sh', 'exec'].map((how) =>
      failureOf(how === 'sh' ? session.sh('sleep 300') : session.exec('sleep 300')),
    )
    await new Promise((resolve) => setTimeout(resolve, 300))
    for (const pid of servants(server)) process.kill(pid, 'SIGKILL')
    for (const failure of await Promise.all(running))
      assert.match(failure.message, /the connection to 127\.0\.0\.1 was lost/)
    assert.ok(transport.closed)
    assert.match((await failureOf(session.exec('true'))).message, /lost|closed/)
    await greets(pool, server.target())
  })
})

test('logins that the server drops because there are too many are tried again', async () => {
  await withServer(['MaxStartups 2:100:2', 'LoginGraceTime 20'], async (server) => {
    const crowd = Array.from({ length: 12 }, () => new SessionPool())
    try {
      await Promise.all(crowd.map((pool) => greets(pool, server.target())))
      assert.match(server.log(), /drop connection|MaxStartups/)
    } finally {
      await Promise.all(crowd.map((pool) => pool.close()))
    }
  })
})

test('more programs than the server allows at a time wait for their turn', async () => {
  await withServer(['MaxSessions 2'], async (server, pool) => {
    const session = new Session(await pool.connect(server.target()))
    const outcomes = await Promise.all([1, 2, 3, 4, 5].map((n) => session.exec(`sleep 0.1; echo ${n}`)))
    assert.equal(
      outcomes.map(({ stdout }) => stdout),
      ['1\n', '2\n', '3\n', '4\n', '5\n'],
    )
  })
  await withServer(['MaxSessions 0'], async (server, pool) => {
    const session = new Session(await pool.connect(server.target()))
    assert.match((await failureOf(session.exec('true'))).message, /allows no more programs/)
  })
})

test('a program that has ended before its start is answered', async () => {
  await withServer([], async (server, pool) => {
    // A busy machine sends so: what the server says within a while comes at once.
    const slow = createServer((client) => {
      const upstream = connect(server.port, '127.0.0.1')
      client.pipe(upstream)
      let held: Buffer[] = []
      upstream.on('data', (chunk) => {
        if (held.push(chunk) > 1) return
        setTimeout(() => {
          client.write(Buffer.concat(held))
          held = []
        }, 200)
      })
      client.once('close', () => upstream.destroy())
    })
    slow.listen(0, '127.0.0.1')
    await once(slow, 'listening')
    try {
      const { port } = slow.address() as AddressInfo
      const sshArgs = [...options(server), '-o', 'StrictHostKeyChecking=no']
      const session = new Session(await pool.connect(server.target({ port, sshArgs })))
      const { code, stdout } = await session.exec('echo hello; exit 3')
      assert.equal({ code, stdout }, { code: 3, stdout: 'hello\n' })
    } finally {
      await pool.close()
      slow.close()
    }
  })
})

test('through jump hosts, each its own key checked', async () => {
  const [far, near] = [await startServer(), await startServer()]
  const pool = new SessionPool({
    hop: (name) => (name === 'near' ? near.target({ name }) : undefined),
  })
  try {
    const through = (...more: string[]) => far.target({ sshArgs: [...options(far), ...more] })
    await greets(pool, through('-J', 'near'))
    await greets(pool, through('-o', 'ProxyJump=near'))
    assert.is(near.log().match(/Accepted publickey/g)?.length, 1)

    const refused = await failureOf(pool.connect({ ...through('-J', 'near'), port: await freePort() }))
    assert.match(refused.message, /cannot be reached from the jump host 127\.0\.0\.1: Connection refused/)

    const config = join(near.folder, 'config')
    const user = near.target().user
    writeFileSync(
      config,
      [
        `Host bridge\n HostName 127.0.0.1\n Port ${near.port}\n User ${user}\n IdentityFile ${near.keyFile}`,
        ` UserKnownHostsFile ${near.knownHostsFile}`,
        `Host far\n HostName 127.0.0.1\n Port ${far.port}\n UserKnownHostsFile ${far.knownHostsFile}\n ProxyJump bridge`,
      ].join('\n'),
    )
    chmodSync(config, 0o600)
    const byConfig = far.target({ address: 'far', port: undefined, sshArgs: ['-F', config] })
    await greets(pool, byConfig)

    const loop = near.target({ name: 'near', sshArgs: [...options(near), '-J', 'loop'] })
    const circle = new SessionPool({ hop: () => loop })
    assert.match((await failureOf(circle.connect(loop))).message, /through itself/)
    await circle.close()
  } finally {
    await pool.close()
    await far.stop()
    await near.stop()
  }
})

test('a jump host that forbids forwarding, and one that dies', async () => {
  const [far, near] = [await startServer(), await startServer(['AllowTcpForwarding no'])]
  const open = await startServer()
  const forbidden = new SessionPool({ hop: () => near.target() })
  const dying = new SessionPool({ hop: () => open.target() })
  try {
    const target = far.target({ sshArgs: [...options(far), '-J', 'near'] })
    assert.match((await failureOf(forbidden.connect(target))).message, /does not let us through/)
    const session = new Session(await dying.connect(target))
    const running = session.exec('sleep 300')
    await new Promise((resolve) => setTimeout(resolve, 300))
    for (const pid of servants(open)) process.kill(pid, 'SIGKILL')
    assert.match((await failureOf(running)).message, /was lost/)
  } finally {
    await Promise.all([forbidden.close(), dying.close()])
    for (const server of [far, near, open]) await server.stop()
  }
})

test('through a ProxyCommand, and one that fails', async () => {
  await withServer([], async (server, pool) => {
    const relay = `busybox nc %h %p`
    await greets(pool, server.target({ sshArgs: [...options(server), '-o', `ProxyCommand=${relay}`] }))
    const broken = server.target({
      sshArgs: [...options(server), '-o', 'ProxyCommand=echo no way >&2; false'],
      timeout: 2,
    })
    assert.match((await failureOf(pool.connect(broken))).message, /no way/)
  })
})

test('options that cannot be followed or understood are said so', async () => {
  await withServer([], async (server, pool) => {
    const revoked = server.target({ sshArgs: options(server, 'RevokedHostKeys=/some/file') })
    assert.match((await failureOf(pool.connect(revoked))).message, /revokedhostkeys .* cannot be followed/)
    const misspelt = server.target({ sshArgs: options(server, 'StrictHostKeyCheking=no') })
    assert.match((await failureOf(pool.connect(misspelt))).message, /stricthostkeycheking/i)
  })
})

test('an account that runs no commands', async () => {
  await withServer(['ForceCommand echo this account is closed >&2; exit 1'], async (server, pool) => {
    const session = new Session(await pool.connect(server.target()))
    assert.match(
      (await failureOf(session.sh('true'))).message,
      /did not start \/bin\/sh: this account is closed/,
    )
  })
})

test('a host can be reached over IPv6', async () => {
  const server = await startServer([], '::1')
  const pool = new SessionPool()
  try {
    await greets(pool, server.target())
  } finally {
    await pool.close()
    await server.stop()
  }
})

test.run()
