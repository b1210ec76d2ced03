import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { BecomeError } from '../../src/remote/become.ts'
import { Session } from '../../src/remote/session.ts'
import { SessionPool } from '../../src/remote/session-pool.ts'
import type { Become } from '../../src/remote/target.ts'
import { type Server, startServer } from '../support/server.ts'
import { TestUser } from '../support/user.ts'

interface Context {
  sessions: Session[]
  user: TestUser
  server: Server
  pool: SessionPool
}

const test = suite<Context>('become')

test.before(async (context) => {
  context.user = new TestUser()
  context.server = await startServer()
  // sshd reads the list of keys as the user who logs in.
  chmodSync(context.server.folder, 0o755)
  context.pool = new SessionPool()
  context.sessions = []
})

test.after(async ({ user, server, pool, sessions }) => {
  for (const session of sessions) await session.close()
  await pool.close()
  await server.stop()
  user.remove()
})

const FREE = 'ALL=(ALL:ALL) NOPASSWD: ALL'
const ASKING = 'ALL=(ALL:ALL) ALL'

async function as({ user, server, pool, sessions }: Context, become: Partial<Become>): Promise<Session> {
  const transport = await pool.connect(server.target({ user: user.name }))
  const session = new Session(transport, { user: 'root', method: 'sudo', ...become })
  sessions.push(session)
  return session
}

async function failureOf(doing: Promise<unknown>): Promise<BecomeError> {
  const failure = await doing.then(
    () => new Error('it succeeded'),
    (error: Error) => error,
  )
  if (!(failure instanceof BecomeError)) throw failure
  return failure
}

async function isRoot(session: Session): Promise<void> {
  assert.is((await session.sh('id -un')).stdout.toString(), 'root\n')
  const size = 100_000
  const content = {
    ...{ size, sha1: '', sha256: '' },
    open: () => Readable.from([Buffer.alloc(size, 'x')]),
    bytes: () => Buffer.alloc(0),
    text: () => undefined,
  }
  const sent = await session.send('id -un; wc -c', content)
  assert.equal(sent.stdout.split(/\s+/).slice(0, 2), ['root', String(size)])
  const outcome = await session.exec('echo "$HOME"; echo err >&2; exit 3')
  assert.equal([outcome.code, outcome.stdout, outcome.stderr], [3, '/root\n', 'err\n'])
}

test('sudo becomes root without a password', async (context) => {
  context.user.allow(FREE)
  await isRoot(await as(context, {}))
})

test('sudo takes the right password, also when none would be needed', async (context) => {
  for (const rule of [ASKING, FREE]) {
    context.user.allow(rule)
    await isRoot(await as(context, { password: context.user.password }))
  }
})

test('sudo that wants a password says so', async (context) => {
  context.user.allow(ASKING)
  const session = await as(context, {})
  for (const failure of [await failureOf(session.sh('true')), await failureOf(session.exec('true'))]) {
    assert.is(failure.message, 'sudo wants a password for becoming root')
    assert.match(failure.advice ?? '', /-K/)
  }
})

test('sudo with a wrong password is refused', async (context) => {
  context.user.allow(ASKING)
  const failure = await failureOf((await as(context, { password: 'wrong' })).sh('true'))
  assert.is(failure.message, 'sudo refused the password for becoming root')
})

test('sudo that is not allowed is refused', async (context) => {
  context.user.allow(undefined)
  const failure = await failureOf((await as(context, { password: context.user.password })).sh('true'))
  assert.match(failure.message, /cannot become root with sudo: .*not in the sudoers/)
})

test('a user who does not exist', async (context) => {
  context.user.allow(FREE)
  const failure = await failureOf((await as(context, { user: 'nobody-of-that-name' })).sh('true'))
  assert.match(failure.message, /cannot become nobody-of-that-name with sudo: .*unknown user/)
})

test('what is not a name of a user is not become', async (context) => {
  context.user.allow(FREE)
  const names = ['', '-', '-l', '--', '--login', '-s', '#-1', '#4294967295', '#', 'a:b', 'a\nb', '../root']
  for (const method of ['sudo', 'su'] as const) {
    for (const user of method === 'su' ? [...names, '#0'] : names) {
      const session = await as(context, { method, user })
      for (const doing of [() => session.sh('id -u'), () => session.exec('id -u')]) {
        assert.match((await failureOf(doing())).message, /is not a name of a user to become/)
      }
    }
  }
})

test('a name with what a shell would take for more, and a number', async (context) => {
  context.user.allow(FREE)
  for (const user of ['a b', "it's", '$(id)', 'domain\\user', 'user@domain', 'a;b', '0', '!!']) {
    const failure = await failureOf((await as(context, { user })).sh('true'))
    assert.match(failure.message, /unknown user/, user)
    assert.ok(failure.message.includes(user), failure.message)
  }
  await isRoot(await as(context, { user: '#0' }))
})

test('flags are words for sudo and nothing else', async (context) => {
  context.user.allow(FREE)
  const mark = `/tmp/playssh-flags-${process.pid}`
  await isRoot(await as(context, { flags: '-P "--close-from=3"' }))
  const odd = await failureOf((await as(context, { flags: `; touch ${mark};` })).sh('true'))
  assert.match(odd.message, /cannot become root with sudo/)
  assert.not.ok(existsSync(mark))
  const open = await failureOf((await as(context, { flags: '-p "' })).sh('true'))
  assert.match(open.message, /become_flags are no words for sudo: the quote " is not closed/)
})

test('su with the password of the user to become', async (context) => {
  const { name, password } = context.user
  const right = await as(context, { method: 'su', user: name, password })
  assert.is((await right.sh('id -un')).stdout.toString(), `${name}\n`)
  assert.is((await right.exec('cat', { stdin: 'whole' })).stdout, 'whole')
  const wrong = await failureOf(
    (await as(context, { method: 'su', user: name, password: 'wrong' })).sh('true'),
  )
  assert.is(wrong.message, `su refused the password for becoming ${name}`)
  const none = await failureOf((await as(context, { method: 'su', user: name })).sh('true'))
  assert.is(none.message, `su wants a password for becoming ${name}`)
})

test('what runs as another user is ended with it', async (context) => {
  context.user.allow(FREE)
  const session = await as(context, {})
  const mark = `sleep 300.${process.pid}`
  const running = session.exec(`${mark}; echo not here`)
  await session.sh(`until ps -eo args | grep -qx '${mark}'; do sleep 0.05; done`)
  session.kill()
  assert.is.not((await running).code, 0)
  assert.throws(() => execFileSync('/bin/sh', ['-c', `ps -eo args | grep -x '${mark}'`]))
})

test.run()
