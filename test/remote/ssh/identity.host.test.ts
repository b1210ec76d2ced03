import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  chownSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { Unreachable } from '../../../src/remote/channel.ts'
import { SessionPool } from '../../../src/remote/session-pool.ts'
import type { Target } from '../../../src/remote/target.ts'
import { generateKey, type Server, startServer } from '../../support/server.ts'

interface Context {
  server: Server
  folder: string
  agent: ChildProcess
  socket: string
}

const test = suite<Context>('keys')
const PASSPHRASE = 'open sesame'

test.before(async (context) => {
  context.server = await startServer()
  context.folder = mkdtempSync(join(tmpdir(), 'playssh-keys-'))
  context.socket = join(context.folder, 'agent')
  context.agent = spawn('ssh-agent', ['-D', '-a', context.socket], { stdio: ['ignore', 'pipe', 'ignore'] })
  await new Promise((resolve) => context.agent.stdout!.once('data', resolve))
  for (const [name, passphrase, type] of [
    ['locked', PASSPHRASE, 'ed25519'],
    ['rsa', '', 'rsa'],
    ['ecdsa', '', 'ecdsa'],
    ['stranger', '', 'ed25519'],
  ] as const) {
    generateKey(join(context.folder, name), passphrase, type)
    if (name === 'stranger') continue
    const list = join(context.server.folder, 'authorized_keys')
    appendFileSync(list, readFileSync(join(context.folder, `${name}.pub`)))
  }
})

test.after(async ({ server, folder, agent }) => {
  agent.kill()
  await server.stop()
  rmSync(folder, { recursive: true })
})

function load({ folder, socket }: Context, name: string): void {
  const env = { ...process.env, SSH_AUTH_SOCK: socket }
  execFileSync('ssh-add', ['-q', join(folder, name)], { env })
}

function unload({ socket }: Context): void {
  execFileSync('ssh-add', ['-q', '-D'], { env: { ...process.env, SSH_AUTH_SOCK: socket }, stdio: 'ignore' })
}

/** "in", or why not. */
async function outcome(target: Target): Promise<string> {
  const pool = new SessionPool()
  try {
    await pool.connect(target)
    return 'in'
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    return `${error.message}; ${error.advice}`
  } finally {
    await pool.close()
  }
}

const withOptions = ({ server }: Context, ...options: string[]): Target =>
  server.target({
    privateKeyFile: undefined,
    sshArgs: [...server.target().sshArgs, ...options.flatMap((option) => ['-o', option])],
  })

test('keys of other types log in too', async (context) => {
  for (const name of ['rsa', 'ecdsa']) {
    assert.is(
      await outcome(context.server.target({ privateKeyFile: join(context.folder, name) })),
      'in',
      name,
    )
  }
})

test('a key that is replaced between two connections', async (context) => {
  const file = join(context.folder, 'replaced')
  const connect = () => outcome(context.server.target({ privateKeyFile: file }))
  assert.match(await connect(), /cannot be read/)
  for (const name of ['rsa', 'stranger', 'ecdsa']) {
    copyFileSync(join(context.folder, name), file)
    assert.match(await connect(), name === 'stranger' ? /does not let .* in/ : /^in$/, name)
  }
})

test('a public key in place of the private one, and a file that is not a key', async (context) => {
  const key = (file: string) => outcome(context.server.target({ privateKeyFile: file }))
  assert.match(await key(join(context.folder, 'rsa.pub')), /is a public key/)
  assert.match(await key('/etc/passwd'), /is not a private key that can be used/)
})

test('keys that the agent holds, with a key that the configuration names in front', async (context) => {
  const agent = `IdentityAgent=${context.socket}`
  load(context, 'stranger')
  load(context, 'rsa')
  assert.is(await outcome(withOptions(context, agent, 'IdentityFile=none')), 'in')
  const only = withOptions(context, agent, `IdentityFile=${context.folder}/stranger`, 'IdentitiesOnly=yes')
  assert.match(await outcome(only), /tried key .*stranger; the server takes publickey/)
  unload(context)
  assert.match(await outcome(withOptions(context, agent, 'IdentityFile=none')), /no key or password/)
})

test('an agent that is not there is no agent', async (context) => {
  const target = withOptions(
    context,
    `IdentityAgent=${context.folder}/nobody`,
    `IdentityFile=${context.server.keyFile}`,
  )
  assert.is(await outcome(target), 'in')
})

/** Runs a command on a terminal of its own, script(1)'s, and answers each question for a passphrase in turn. */
function onTerminal(command: string, answers: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const terminal = spawn('script', ['-qec', command, '/dev/null'], { stdio: ['pipe', 'pipe', 'ignore'] })
    let shown = ''
    let asked = 0
    terminal.stdout.on('data', (chunk: Buffer) => {
      shown += chunk
      for (; asked < shown.split('Passphrase for').length - 1; asked += 1) {
        terminal.stdin.write(answers[asked] ?? '\u0003')
      }
    })
    terminal.once('close', () => resolve(shown))
  })
}

test('a key with a passphrase is asked for at a terminal, and once', async ({ server, folder }) => {
  const program = fileURLToPath(new URL('../../support/connect.ts', import.meta.url))
  const target = JSON.stringify(server.target({ privateKeyFile: join(folder, 'locked') }))
  const command = `"${process.execPath}" --import tsx "${program}" '${target}'`
  const right = await onTerminal(command, ['wrong\r', `${PASSPHRASE}x\u007f\r`])
  assert.match(right, /Passphrase for .*\/locked: /)
  assert.match(right, /That was not it\. Passphrase/)
  assert.match(right, /in, in/)
  assert.not.match(right, new RegExp(PASSPHRASE))
  assert.match(
    await onTerminal(command, ['\u0004']),
    /is locked with a passphrase; load it into ssh-agent \(ssh-add/,
  )
})

test('without a terminal a locked key says what to do', (context) => {
  const program = fileURLToPath(new URL('../../support/connect.ts', import.meta.url))
  const target = JSON.stringify(context.server.target({ privateKeyFile: join(context.folder, 'locked') }))
  const said = execFileSync('setsid', ['--wait', process.execPath, '--import', 'tsx', program, target], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  assert.match(said, /is locked with a passphrase; load it into ssh-agent/)
})

test('a private key that others may read is refused, with the command that mends it', async (context) => {
  for (const name of ['rsa', 'locked']) {
    const file = join(context.folder, `open-${name}`)
    copyFileSync(join(context.folder, name), file)
    for (const mode of [0o644, 0o640, 0o604, 0o666]) {
      chmodSync(file, mode)
      assert.is(
        await outcome(context.server.target({ privateKeyFile: file })),
        `permissions 0${mode.toString(8)} of the private key ${file} are too open; chmod 600 ${file}`,
      )
    }
  }
  chmodSync(join(context.folder, 'open-rsa'), 0o400)
  assert.is(await outcome(context.server.target({ privateKeyFile: join(context.folder, 'open-rsa') })), 'in')
})

test('the key of somebody else is theirs to keep, as ssh has it', async (context) => {
  const file = join(context.folder, 'theirs')
  copyFileSync(join(context.folder, 'rsa'), file)
  chmodSync(file, 0o644)
  chownSync(file, 65534, 65534)
  assert.is(await outcome(context.server.target({ privateKeyFile: file })), 'in')
})

test('one that the configuration lists is warned of once, and the next is taken', async (context) => {
  const file = join(context.folder, 'listed')
  copyFileSync(join(context.folder, 'rsa'), file)
  chmodSync(file, 0o644)
  const warnings: string[] = []
  const connect = async (...options: string[]) => {
    const pool = new SessionPool({ warn: (message) => warnings.push(message) })
    try {
      await pool.connect(withOptions(context, 'IdentityAgent=none', `IdentityFile=${file}`, ...options))
      await pool.connect(withOptions(context, 'IdentityAgent=none', `IdentityFile=${file}`, 'Compression=no'))
      return 'in'
    } catch (error) {
      return (error as Error).message
    } finally {
      await pool.close()
    }
  }
  assert.match(await connect(), /no key or password to try/)
  const told = `permissions 0644 of the private key ${file} are too open, and is not used: chmod 600 ${file}`
  assert.equal(warnings, [told])
  await connect(`IdentityFile=${context.server.keyFile}`)
  assert.equal(warnings, [told, told])
})

test('what the agent holds needs no file that is kept well', async (context) => {
  const file = join(context.folder, 'held')
  copyFileSync(join(context.folder, 'rsa'), file)
  chmodSync(file, 0o644)
  load(context, 'rsa')
  const sshArgs = [...context.server.target().sshArgs, '-o', `IdentityAgent=${context.socket}`]
  assert.is(await outcome(context.server.target({ privateKeyFile: file, sshArgs })), 'in')
  unload(context)
})

test.run()
