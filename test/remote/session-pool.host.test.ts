import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { SessionPool } from '../../src/remote/session-pool.ts'
import { type Server, startServer } from '../support/server.ts'
import { until } from '../support/until.ts'

async function withServer(use: (server: Server) => Promise<void>): Promise<void> {
  const server = await startServer()
  try {
    await use(server)
  } finally {
    await server.stop()
  }
}

/** Two ways to log in to one server. */
function twoLogins(server: Server) {
  const target = server.target()
  return [target, { ...target, sshArgs: [...target.sshArgs, '-o', 'Compression=no'] }] as const
}

test('a session for each login, host and identity', async () => {
  await withServer(async (server) => {
    const told: string[] = []
    const pool = new SessionPool({
      onConnecting: (host) => told.push(`connecting ${host}`),
      onConnected: (host) => told.push(`connected ${host}`),
    })
    const [one, other] = twoLogins(server)
    const root = { user: 'root', method: 'su' } as const
    try {
      const sessions = await Promise.all([
        pool.session(one),
        pool.session({ ...one, timeout: 5 }),
        pool.session(one, root),
        pool.session({ ...one, name: 'alias' }),
        pool.session(other),
      ])
      assert.is(sessions[0], sessions[1])
      assert.is(new Set(sessions).size, 4)
      assert.is(server.log().match(/Accepted publickey/g)?.length, 2)
      assert.equal(told.sort(), [
        ...['connected alias', 'connected testhost', 'connected testhost'],
        ...['connecting alias', 'connecting testhost', 'connecting testhost'],
      ])
    } finally {
      await pool.close()
    }
  })
})

test('a login that is not there is not made for who only prefetches', async () => {
  await withServer(async (server) => {
    const pool = new SessionPool()
    const [one, other] = twoLogins(server)
    try {
      assert.is(pool.openSession(one), undefined)
      const session = await pool.session(one)
      assert.is(pool.openSession(one), session)
      assert.is(pool.openSession(other), undefined)
      await (await pool.connect(one)).close()
      assert.is(pool.openSession(one), undefined)
      assert.is(server.log().match(/Accepted publickey/g)?.length, 1)
    } finally {
      await pool.close()
    }
  })
})

test('a login is dropped for all hosts that share it, and no other is', async () => {
  await withServer(async (server) => {
    const pool = new SessionPool()
    const [one, other] = twoLogins(server)
    try {
      const before = [await pool.connect(one), await pool.connect(other)]
      await pool.drop({ ...one, name: 'alias' })
      assert.equal(
        before.map(({ closed }) => closed),
        [true, false],
      )
      assert.is((await (await pool.session(one)).exec('echo hello')).stdout, 'hello\n')
      assert.is(await pool.connect(other), before[1])
    } finally {
      await pool.close()
    }
  })
})

test('a dropped jump host serves whom it serves until the end', async () => {
  const [far, near] = [await startServer(), await startServer()]
  const pool = new SessionPool({ hop: () => near.target() })
  try {
    const target = far.target()
    const session = await pool.session({ ...target, sshArgs: [...target.sshArgs, '-J', 'near'] })
    const jump = await pool.connect(near.target())
    await pool.drop(near.target())
    assert.is((await session.exec('echo hello')).stdout, 'hello\n')
    assert.is.not(await pool.connect(near.target()), jump)
    await pool.close()
    const { pid } = near.process
    await until('both logins at the jump host have ended', () => {
      return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8') === ''
    })
  } finally {
    await pool.close()
    await Promise.all([far.stop(), near.stop()])
  }
})

test('all that runs is ended, over whatever login', async () => {
  await withServer(async (server) => {
    const pool = new SessionPool()
    try {
      const sessions = await Promise.all(twoLogins(server).map((target) => pool.session(target)))
      let lines = 0
      const onLine = () => {
        lines += 1
      }
      const running = sessions.map((session) => session.exec('echo on; exec sleep 300', { onLine }))
      await until('both run', () => lines === 2)
      pool.kill()
      const codes = (await Promise.all(running)).map(({ code }) => code)
      assert.equal(codes, [143, 143])
    } finally {
      await pool.close()
    }
  })
})

test('a local shell ends with the login that it belonged to', async () => {
  const pool = new SessionPool()
  const target = { name: 'one', connection: 'local', address: 'one', sshArgs: [], timeout: 10 } as const
  const session = await pool.session(target)
  const pid = Number((await session.sh('echo $$')).stdout.toString())
  const isThere = () => {
    try {
      return process.kill(pid, 0)
    } catch {
      return false
    }
  }
  await pool.drop(target)
  await until('the shell has ended', () => !isThere())
  await pool.close()
})

test('a pool that is shown shows no password', async () => {
  await withServer(async (server) => {
    const pool = new SessionPool()
    const become = { user: 'root', method: 'su', password: 'battery' } as const
    try {
      await pool.session(server.target({ password: 'horse' }), become)
      assert.not.match(inspect(pool, { depth: 9, showHidden: true }), /horse|battery/)
    } finally {
      await pool.close()
    }
  })
})

test('what a run has not asked for is closed behind it, and all else stays for the next', async () => {
  await withServer(async (server) => {
    const pool = new SessionPool()
    const [one, other] = twoLogins(server)
    const root = { user: 'root', method: 'su' } as const
    try {
      const kept = await pool.session(one)
      const become = await pool.session(one, root)
      const away = await pool.session(other)
      await Promise.all([kept, become, away].map((session) => session.sh(':')))
      const told: string[] = []
      pool.serve({ onConnecting: (host) => told.push(host) })
      assert.is(await pool.session(one), kept)
      await pool.closeUnused()
      assert.equal(told, [])
      assert.is(pool.openSession(other), undefined)
      assert.is.not(await pool.session(one, root), become)
      assert.is(String((await kept.sh('echo hi')).stdout), 'hi\n')
      assert.is.not(await pool.session(other), away)
      assert.equal(told, ['testhost'])
      assert.is(server.log().match(/Accepted publickey/g)?.length, 3)
    } finally {
      await pool.close()
    }
  })
})

test('a login over which no answer comes is made anew', async () => {
  await withServer(async (server) => {
    const pool = new SessionPool()
    try {
      const target = server.target()
      const session = await pool.session(target)
      const { stdout } = await session.sh('echo $$')
      await pool.dropSilent(60_000)
      assert.is(await pool.session(target), session)
      process.kill(Number(stdout), 'SIGSTOP')
      await pool.dropSilent(300)
      process.kill(Number(stdout), 'SIGKILL')
      const again = await pool.session(target)
      assert.is.not(again, session)
      assert.is(String((await again.sh('echo hi')).stdout), 'hi\n')
    } finally {
      await pool.close()
    }
  })
})

test.run()
