import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { ShellOptions } from '../../src/remote/host-shell.ts'
import { Session } from '../../src/remote/session.ts'
import { SessionPool } from '../../src/remote/session-pool.ts'
import type { Become } from '../../src/remote/target.ts'
import { type Server, startServer } from '../support/server.ts'
import { TestUser } from '../support/user.ts'

interface Context {
  folder: string
  server: Server
  pool: SessionPool
}

const test = suite<Context>('login shell')

test.before(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'playssh-login-'))
  chmodSync(context.folder, 0o755)
  context.server = await startServer()
  // sshd reads the list of keys as the user who logs in.
  chmodSync(context.server.folder, 0o755)
  context.pool = new SessionPool()
  symlinkSync(pathOf('busybox'), join(context.folder, 'ash'))
})

test.after(async ({ folder, server, pool }) => {
  await pool.close()
  await server.stop()
  rmSync(folder, { recursive: true })
})

function pathOf(program: string): string {
  return execFileSync('/bin/sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim()
}

/** Does something as a new user with this login shell and start file. */
async function loggedIn(
  { folder, server, pool }: Context,
  shell: string,
  start: readonly [file: string, text: string],
  use: (
    session: (become?: Partial<Become>, options?: ShellOptions) => Session,
    user: TestUser,
  ) => Promise<void>,
): Promise<void> {
  const home = mkdtempSync(join(folder, 'home-'))
  chmodSync(home, 0o777)
  mkdirSync(dirname(join(home, start[0])), { recursive: true })
  writeFileSync(join(home, start[0]), start[1])
  const user = new TestUser({ shell, home })
  user.allow('ALL=(ALL:ALL) NOPASSWD: ALL')
  const sessions: Session[] = []
  try {
    const transport = await pool.connect(server.target({ user: user.name }))
    await use((become, options) => {
      const whole = become && ({ user: 'root', method: 'sudo', ...become } as const)
      const session = new Session(transport, whole, options)
      sessions.push(session)
      return session
    }, user)
  } finally {
    for (const session of sessions) await session.close()
    user.remove()
  }
}

const NOISE = 'echo "noise: "; echo "noise: " >&2\n'
const SHELLS: Record<string, [shell: (folder: string) => string, file: string, text: string]> = {
  fish: [
    () => pathOf('fish'),
    '.config/fish/config.fish',
    `${NOISE}function bye --on-event fish_exit; echo bye; end\n`,
  ],
  tcsh: [() => pathOf('tcsh'), '.tcshrc', 'echo "noise: "\nalias ls "echo no"\nset prompt="> "\n'],
  zsh: [() => pathOf('zsh'), '.zshenv', `${NOISE}TRAPEXIT() { echo bye }\nset -e\nsetopt EXTENDED_GLOB\n`],
  bash: [
    () => pathOf('bash'),
    '.bashrc',
    `${NOISE}trap 'echo bye; echo bye >&2' EXIT\nprintf() { echo no; }\nexport -f printf\nshopt -s expand_aliases\nalias cat=false\nset -e\nset -v\n`,
  ],
  busybox: [(folder) => join(folder, 'ash'), '.profile', NOISE],
  dash: [() => pathOf('dash'), '.profile', NOISE],
}

const ODD = `a\\\\b \\n 'it''s' "$HOME" !! \`id\` %s\n\ttab é ~ * {a,b} ^x^y #`

for (const [name, [shell, file, text]] of Object.entries(SHELLS)) {
  const inShell = (
    context: Context,
    use: (session: (become?: Partial<Become>) => Session) => Promise<void>,
  ) => loggedIn(context, shell(context.folder), [file, text], use)

  for (const become of [undefined, {}]) {
    const whom = become === undefined ? '' : ', become root'

    test(`${name}${whom}: what scripts are told and say passes the login shell as it is`, async (context) => {
      await inShell(context, async (session) => {
        const host = session(become)
        const who = become === undefined ? /^playssh/ : /^root/
        const environment = { odd: ODD }
        const script = `id -un; printf '%s' "$odd" '${ODD.replaceAll("'", `'\\''`)}'; exit 3`
        const resident = await host.sh(script, environment)
        const program = await host.exec(`${script.replace('exit 3', 'cat; exit 3')}`, {
          environment,
          stdin: ODD,
        })
        assert.match(program.stdout, who)
        assert.equal(program.stdout.slice(program.stdout.indexOf('\n') + 1), ODD + ODD + ODD)
        assert.equal([program.code, program.stderr], [3, ''])
        assert.is(resident.stdout.toString() + ODD, program.stdout)
        assert.equal([resident.code, resident.stderr], [3, ''])
      })
    })

    test(`${name}${whom}: files pass as they are`, async (context) => {
      await inShell(context, async (session) => {
        const host = session(become)
        const bytes = Buffer.from([...Array(70_000).keys()])
        const content = {
          ...{
            size: bytes.length,
            sha1: '',
            sha256: '',
            bytes: () => Buffer.alloc(0),
            text: () => undefined,
          },
          open: () => Readable.from([bytes]),
        }
        const far = join(context.folder, `far-${name}${become === undefined ? '' : '-root'}`)
        const near = join(context.folder, `near-${name}`)
        assert.is((await host.send(`cat >${become ? far : '/dev/null'}`, content)).code, 0)
        const outcome = await host.receive(become ? `cat ${far}` : `head -c 70000 /dev/zero`, near, 70_000)
        assert.equal([outcome.code, outcome.stdout, outcome.stderr], [0, '', ''])
        assert.ok(readFileSync(near).equals(become ? bytes : Buffer.alloc(70_000)))
      })
    })
  }
}

test('neither scripts nor environments are seen in what programs were started with', async (context) => {
  await loggedIn(context, pathOf('bash'), ['.bashrc', ''], async (session, { name, password }) => {
    for (const become of [undefined, {}, { password }, { method: 'su', user: name, password }] as const) {
      const host = session(become)
      const look = `: secret-script; ps -ww -eo args | grep 'secre[t]-' || echo none`
      const environment = { hidden: 'secret-value' }
      assert.is((await host.sh(look, environment)).stdout.toString(), 'none\n')
      assert.is((await host.exec(look, { environment, stdin: 'secret-stdin' })).stdout, 'none\n')
    }
  })
})

test('arguments of programs are seen by everybody, as on any machine', async (context) => {
  await loggedIn(context, pathOf('bash'), ['.bashrc', ''], async (session) => {
    const { stdout } = await session().exec("sh -c 'ps -ww -eo args | grep secre[t]' secret-argument")
    assert.match(stdout, /secret-argument/)
  })
})

async function refusal(doing: Promise<unknown>): Promise<Error> {
  return doing.then(
    () => new Error('it succeeded'),
    (error: Error) => error,
  )
}

for (const [name, shell, said] of [
  ['rbash', () => pathOf('rbash'), /rbash.*restricted/],
  ['nologin', () => '/usr/sbin/nologin', /This account is currently not available/],
  ['false', () => '/bin/false', /exit status 1/],
] as const) {
  test(`${name} is refused with what it said`, async (context) => {
    await loggedIn(context, shell(), ['.bashrc', ''], async (session) => {
      for (const host of [
        session(),
        session({ password: 'x' }),
        ...(name === 'false' ? [] : [session({})]),
      ]) {
        for (const error of [await refusal(host.sh('true')), await refusal(host.exec('true'))]) {
          assert.is(error.name, 'Unreachable')
          assert.match(error.message, /^the host did not start \/bin\/sh: /)
          assert.match(error.message, said)
        }
      }
    })
  })
}

test('what a login says before it ends is told, wherever it says it', async (context) => {
  const text = 'echo closed for today; echo come back tomorrow >&2; exit 4\n'
  await loggedIn(context, pathOf('bash'), ['.bashrc', text], async (session) => {
    const { message } = await refusal(session().sh('true'))
    assert.match(message, /did not start \/bin\/sh: come back tomorrow\nclosed for today$/)
  })
})

for (const [how, text] of [
  ['as it is', 'echo hello; exec cat\n'],
  ['with backslashes read', 'echo hello; while read line; do echo "$line"; done; exit\n'],
  ['line by line', `echo hello; exec sed -u 's/^/you said: /'\n`],
]) {
  test(`a login that says back what it is told is not taken for the host: ${how}`, async (context) => {
    await loggedIn(context, pathOf('bash'), ['.bashrc', text!], async (session) => {
      for (const become of [undefined, {}, { password: 'secret' }]) {
        const host = session(become)
        const environment = { password: 'secret' }
        const all = [host.sh('echo secret', environment), host.exec('echo secret', { environment })]
        for (const { message } of await Promise.all(all.map(refusal))) {
          assert.match(message, /only says back what it is told.*hello/)
          assert.not.match(message, /secret/)
        }
      }
    })
  })
}

/** Seconds in which a login has said what it says at first, on this machine as busy as it is. */
async function longEnough(context: Context): Promise<number> {
  const began = performance.now()
  await loggedIn(context, pathOf('bash'), ['.bashrc', ''], async (session) => {
    await session().sh('true')
  })
  return Math.ceil((performance.now() - began) / 1000) * 2
}

test('a login that waits is waited for as long as was said', async (context) => {
  const patience = await longEnough(context)
  await loggedIn(context, pathOf('bash'), ['.bashrc', 'echo one moment; sleep 100\n'], async (session) => {
    for (const become of [undefined, {}, { password: 'x' }]) {
      const host = session(become, { patience })
      const began = performance.now()
      for (const error of await Promise.all([refusal(host.sh('true')), refusal(host.exec('true'))])) {
        assert.is(error.name, 'Unreachable')
        assert.ok(
          error.message.startsWith(`no shell came up within ${patience} s; the host said: one moment`),
        )
      }
      assert.ok(performance.now() - began < 30_000 + patience * 1000)
    }
  })
})

test('a login that prints without end is cut off in little memory', async (context) => {
  const text = 'echo first; yes "$(head -c 200 /dev/zero | tr "\\\\0" x) and so on"\n'
  const patience = await longEnough(context)
  await loggedIn(context, pathOf('bash'), ['.bashrc', text], async (session) => {
    const before = process.memoryUsage().rss
    const { message } = await refusal(session(undefined, { patience }).sh('true'))
    assert.ok(message.startsWith(`no shell came up within ${patience} s; `))
    assert.match(message, /only the last 1000 bytes:\] [\s\S]*x and so on/)
    assert.ok(message.length < 1500)
    assert.ok(process.memoryUsage().rss - before < 100 * 1024 * 1024)
  })
})

test.run()
