import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Session } from '../../../src/remote/session.ts'
import type { Target } from '../../../src/remote/target.ts'
import { contentOf } from '../../../src/shell/content.ts'
import { TestKeeper } from '../../support/keeper.ts'
import { type Server, startServer } from '../../support/server.ts'
import { until } from '../../support/until.ts'

const test = suite('logins that are kept')
let server: Server
let keeper: TestKeeper

test.before.each(async () => {
  server = await startServer()
  keeper = new TestKeeper()
})

test.after.each(async () => {
  await keeper.end()
  await server.stop()
})

const target = (changes: Partial<Target> = {}) => server.target({ persist: 60, ...changes })

/** Logins that the server has seen. */
const logins = () => server.log().match(/Accepted publickey/g)?.length ?? 0

/** Shells that the server has started, once it starts no more. */
async function shellsInAll(): Promise<number> {
  const shells = () => server.log().match(/Starting session: command/g)?.length ?? 0
  for (let before = -1; before !== shells(); await sleep(1000)) before = shells()
  return shells()
}

async function told(session: Session, script: string): Promise<string> {
  return (await session.sh(script)).stdout.toString()
}

const said = (script: string, to = target()) => keeper.run(to, (session) => told(session, script))

test('the next run takes a login up, with a shell that has seen nothing of the run before', async () => {
  const left = 'echo one; cd /; umask 077; left=over; export left; ulimit -f 1; sleep 60 & '
  assert.is(await said(left), 'one\n')
  const about = 'echo "$PWD $left $(umask) $PATH $(ulimit -f)"; jobs; trap'
  const now = await said(about)
  assert.is(logins(), 1)
  assert.is(now, await said(about, server.target()))
  assert.is(logins(), 2)
})

test('many runs, one login', async () => {
  for (let run = 1; run <= 5; run += 1) assert.is(await said(`echo ${run}`), `${run}\n`)
  assert.is(logins(), 1)
})

test('what is turned off is not kept: persist 0, a word of ssh, a password', async () => {
  const ssh = (...words: string[]) => target({ sshArgs: [...target().sshArgs, ...words] })
  for (const to of [
    target({ persist: 0 }),
    ssh('-o', 'ControlPersist=no'),
    ssh('-oControlMaster=no'),
    ssh('-S', 'none'),
    target({ password: 'x' }),
  ])
    await said(':', to)
  assert.is(logins(), 5)
  assert.equal(keeper.pids(), [])
})

test("ssh's own ControlPersist says how long", async () => {
  const to = target({ sshArgs: [...target().sshArgs, '-o', 'ControlPersist=1s'] })
  await said(':', to)
  await until('the login has ended', () =>
    /Disconnected from|Connection closed|disconnected by user/.test(server.log()),
  )
  await said(':', to)
  assert.is(logins(), 2)
})

test('a keeper ends by itself once it has nothing to keep', async () => {
  await said(':', target({ persist: 1 }))
  await keeper.pid()
  await until('the keeper has ended', () => keeper.pids().length === 0)
})

test('a login to another user, by another way or with other arguments is another', async () => {
  await said(':')
  await said(
    ':',
    target({ sshArgs: [...target().sshArgs, '-o', 'Compression=no', '-o', 'ConnectTimeout=9'] }),
  )
  assert.is(logins(), 2)
  await said(':', target({ name: 'alias', timeout: 30 }))
  assert.is(logins(), 2)
})

test('as another user: a shell of theirs waits too, and a password is asked for each time', async () => {
  const root = { user: 'root', method: 'su' } as const
  const who = (become: typeof root) =>
    keeper.run(target(), async (_, pool) => told(await pool.session(target(), become), 'id -un'))
  assert.is(await who(root), 'root\n')
  assert.is(await who(root), 'root\n')
  assert.is(logins(), 1)
})

test('what is large passes whole in both directions, and so does what a program says last', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kept-'))
  try {
    const content = randomBytes(20_000_000)
    await keeper.run(target(), async (session) => {
      const sent = await session.send(`cat >${folder}/there`, contentOf(content))
      assert.is(sent.code, 0)
      const got = await session.receive(`cat ${folder}/there`, join(folder, 'back'), content.length)
      assert.is(got.code, 0)
      const both = await session.exec(
        'head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2; echo end; exit 7',
      )
      assert.equal([both.code, both.stdout.length, both.stderr.length], [7, 3_000_004, 3_000_000])
      const script = `# ${'x'.repeat(3_000_000)}\necho done`
      assert.is(await told(session, script), 'done\n')
    })
    assert.ok(readFileSync(join(folder, 'back')).equals(content))
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('a login that was left to the keeper gets new keys when its server wants them', async () => {
  const narrow = await startServer(['RekeyLimit 1M'])
  const folder = mkdtempSync(join(tmpdir(), 'kept-'))
  try {
    const to = narrow.target({ persist: 60 })
    const content = randomBytes(8_000_000)
    for (let run = 1; run <= 3; run += 1)
      await keeper.run(to, async (session) => {
        assert.is((await session.send(`cat >${folder}/there`, contentOf(content))).code, 0)
        assert.ok(readFileSync(join(folder, 'there')).equals(content))
        await session.receive(`cat ${folder}/there`, join(folder, 'back'), content.length)
        assert.ok(readFileSync(join(folder, 'back')).equals(content))
      })
    assert.is(narrow.log().match(/Accepted publickey/g)?.length, 1)
  } finally {
    rmSync(folder, { recursive: true })
    await narrow.stop()
  }
})

test('what a run left running hears of its end, and its channels are free for the next', async () => {
  const narrow = await startServer(['MaxSessions 3'])
  try {
    const to = narrow.target({ persist: 60 })
    const mark = join(narrow.folder, 'ended')
    for (let run = 1; run <= 4; run += 1) {
      await keeper.run(to, async (session) => {
        const script = `touch ${mark}.${run}; cat; echo >>${mark}`
        session.converse(script, new PassThrough(), new PassThrough()).catch(() => {})
        await until('it runs', () => existsSync(`${mark}.${run}`))
      })
      await until('it has ended', () => readFileSync(mark, { flag: 'a+' }).length === run)
    }
    assert.is(narrow.log().match(/Accepted publickey/g)?.length, 1)
  } finally {
    await narrow.stop()
  }
})

test('a cipher that has more to it than a key: the login ends with its run', async () => {
  const other = target({ sshArgs: [...target().sshArgs, '-o', 'Ciphers=aes128-ctr'] })
  for (let run = 1; run <= 2; run += 1) assert.is(await said('echo in', other), 'in\n')
  assert.is(logins(), 2)
  assert.equal(keeper.pids(), [])
})

test('a program that reads nothing holds neither the keeper nor others', async () => {
  await keeper.run(target(), async (session) => {
    const stuck = session.send('exec sleep 60', contentOf(randomBytes(8_000_000))).catch(() => 'cut')
    assert.is(await told(session, 'echo meanwhile'), 'meanwhile\n')
    session.kill()
    await stuck
  })
  assert.is(await said('echo after'), 'after\n')
  assert.is(logins(), 1)
})

test('through a jump host, both logins are kept', async () => {
  const other = await startServer()
  try {
    const behind = other.target({
      persist: 60,
      name: 'behind',
      sshArgs: [...other.target().sshArgs, '-o', 'ProxyJump=jump'],
    })
    const options = { hop: () => target({ name: 'jump' }) }
    for (let run = 1; run <= 2; run += 1)
      assert.is(await keeper.run(behind, (session) => told(session, 'echo in'), options), 'in\n')
    assert.is(logins(), 1)
    assert.is(other.log().match(/Accepted publickey/g)?.length, 1)
  } finally {
    await other.stop()
  }
})

test('through a ProxyCommand, which has the environment of the run', async () => {
  const relay =
    's = require("net").connect(process.env.PROXY_PORT); process.stdin.pipe(s).pipe(process.stdout)'
  const to = target({ sshArgs: [...target().sshArgs, '-o', `ProxyCommand=node -e '${relay}'`] })
  process.env.PROXY_PORT = String(server.port)
  try {
    for (let run = 1; run <= 2; run += 1) assert.is(await said('echo in', to), 'in\n')
    assert.is(logins(), 1)
    process.env.PROXY_PORT = '1'
    await said(':', to).then(
      () => assert.unreachable('another environment is another way'),
      (error: Error) => assert.match(error.message, /hung up/),
    )
  } finally {
    delete process.env.PROXY_PORT
  }
})

test('where few programs are allowed at a time, shells that wait make room', async () => {
  const narrow = await startServer(['MaxSessions 2'])
  try {
    const to = narrow.target({ persist: 60 })
    await keeper.run(to, (session) => told(session, ':'))
    await keeper.run(to, async (_, pool) => {
      const one = await pool.session(to, { user: userInfo().username, method: 'sudo' })
      const [first, second] = [one.exec('echo 1; sleep 0.3'), one.exec('echo 2')]
      assert.equal([(await first).stdout, (await second).stdout], ['1\n', '2\n'])
    })
    assert.is(narrow.log().match(/Accepted publickey/g)?.length, 1)
  } finally {
    await narrow.stop()
  }
})

test('behind a jump host that the run was on already, both logins are kept', async () => {
  const other = await startServer()
  try {
    const jump = target({ name: 'jump' })
    const behind = other.target({
      persist: 60,
      name: 'behind',
      sshArgs: [...other.target().sshArgs, '-o', 'ProxyJump=jump'],
    })
    const both = () =>
      keeper.run(
        jump,
        async (session, pool) => {
          assert.is(await told(session, 'echo first'), 'first\n')
          assert.is(await told(await pool.session(behind), 'echo behind'), 'behind\n')
        },
        { hop: () => jump },
      )
    for (let run = 1; run <= 3; run += 1) await both()
    // The first run was on the jump host before there was a keeper.
    assert.is(logins(), 2)
    const before = await shellsInAll()
    await both()
    assert.is(await shellsInAll(), before + 1, 'it has the one that waited, and leaves one')
    assert.is(other.log().match(/Accepted publickey/g)?.length, 1)
  } finally {
    await other.stop()
  }
})

test('a login that one run gives up serves another to its end, and nobody else', async () => {
  await said(':')
  await keeper.run(target(), async (one, pool) => {
    assert.is(await told(one, 'echo one'), 'one\n')
    await keeper.run(target(), async (other) => {
      const mark = join(server.folder, 'go')
      const acting = other.exec(`touch ${mark}; while [ -e ${mark} ]; do sleep 0.1; done; echo done`)
      await until('it runs', () => existsSync(mark))
      await pool.drop(target())
      assert.is(await told(await pool.session(target()), 'echo anew'), 'anew\n')
      rmSync(mark)
      assert.is((await acting).stdout, 'done\n')
    })
  })
  assert.is(logins(), 2)
  assert.is(await said('echo next'), 'next\n')
  assert.is(logins(), 2)
})

test('where programs of others take up what a server allows on a connection, a run has one of its own', async () => {
  const narrow = await startServer(['MaxSessions 1'])
  try {
    const to = narrow.target({ persist: 60 })
    const seen = () => narrow.log().match(/Accepted publickey/g)?.length ?? 0
    await keeper.run(to, (session) => told(session, ':'))
    await keeper.run(to, async (one) => {
      assert.is(await told(one, 'echo one'), 'one\n')
      for (let run = 1; run <= 2; run += 1)
        assert.is(await keeper.run(to, (other) => told(other, 'echo other')), 'other\n')
      assert.ok(seen() >= 2)
      assert.is(await told(one, 'echo still'), 'still\n')
    })
  } finally {
    await narrow.stop()
  }
})

test("a program that a run has left there, and that hears nothing of its end, is in no other run's way", async () => {
  const narrow = await startServer(['MaxSessions 1'])
  const mark = join(narrow.folder, 'on')
  try {
    const to = narrow.target({ persist: 60 })
    await keeper.run(to, (session) => told(session, ':'))
    await keeper.run(to, async (session) => {
      session.exec(`touch ${mark}; while [ -e ${mark} ]; do sleep 0.1; done`).catch(() => {})
      await until('it runs', () => existsSync(mark))
    })
    assert.is(await keeper.run(to, (session) => told(session, 'echo next')), 'next\n')
  } finally {
    rmSync(mark, { force: true })
    await narrow.stop()
  }
})

test.run()
