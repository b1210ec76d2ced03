import { execFile, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { connectScript, listenScript } from '../../../src/modules/control/wait_for/connect.ts'
import { wait_for } from '../../../src/modules/control/wait_for/index.ts'
import { applyModule, type Host, hosts } from '../../support/host.ts'
import { CHECK } from '../../support/plan.ts'

interface Context {
  hosts: Host[]
  server: Server
  port: number
  folder: string
}

const real = suite<Context>('wait_for: on hosts')

real.before(async (context) => {
  context.hosts = await hosts()
  context.folder = mkdtempSync(join(tmpdir(), 'playssh-wait-'))
  context.server = createServer((socket) => {
    socket.on('error', () => {})
    socket.write('220 ready\n')
  })
  await new Promise<void>((resolve) => context.server.listen(0, '0.0.0.0', resolve))
  const bound = context.server.address()
  context.port = typeof bound === 'object' && bound !== null ? bound.port : 0
})
real.after(async ({ hosts, server, folder }) => {
  for (const host of hosts) await host.close()
  server.close()
  rmSync(folder, { recursive: true })
})

function ownAddress(): string {
  const outside = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  return outside.find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'
}

real('a port that opens or closes ends the waiting', async ({ hosts, port }) => {
  for (const { session } of hosts) {
    for (const host of ['127.0.0.1', 'localhost', ownAddress()]) {
      const started = performance.now()
      const { plan } = await applyModule(session, wait_for, { port, host, timeout: 0 })
      const took = Math.round((performance.now() - started) / 1000)
      assert.equal(plan.changes, [])
      assert.ok(Number(plan.result?.elapsed) <= took, `${plan.result?.elapsed} s of ${took} s`)
      await fails(
        session,
        { port, host, state: 'stopped', timeout: 0 },
        `Timeout when waiting for ${host}:${port} to stop.`,
      )
    }
    const { plan } = await applyModule(session, wait_for, {
      port,
      search_regex: '^(?P<code>\\d+) ready',
      timeout: 0,
    })
    assert.equal(plan.result?.match_groupdict, { code: '220' })
    await applyModule(session, wait_for, { port: 1, state: 'stopped', timeout: 0 })
    await fails(session, { port: 1, timeout: 0 }, 'Timeout when waiting for 127.0.0.1:1')
    await fails(session, { port: 1, timeout: 0, msg: "it's late" }, "it's late")
    assert.equal((await applyModule(session, wait_for, { port: 1 }, CHECK)).plan.changes, [])
  }
})

async function fails(session: Host['session'], raw: Record<string, unknown>, message: string) {
  try {
    await applyModule(session, wait_for, raw)
  } catch (error) {
    return assert.is((error as Error).message, message)
  }
  assert.unreachable(message)
}

real('a file that comes, and goes', async ({ hosts, folder }) => {
  for (const { session } of hosts) {
    const path = join(folder, "-it's a")
    await fails(session, { path, timeout: 0 }, `Timeout when waiting for file ${path}`)
    const writer = spawn('/bin/sh', [
      '-c',
      'sleep 1; echo half >"$1"; sleep 1; echo done 42 >>"$1"',
      'sh',
      path,
    ])
    const ended = new Promise((resolve) => writer.once('exit', resolve))
    const { plan } = await applyModule(session, wait_for, { path, search_regex: '^done (\\d+)', timeout: 20 })
    assert.equal(plan.result?.match_groups, ['42'])
    assert.ok(Number(plan.result?.elapsed) >= 1)
    await ended
    rmSync(path)
    await applyModule(session, wait_for, { path, state: 'absent', timeout: 0 })
  }
})

real('a drained port, and merely waiting, end as they should', async ({ hosts, port }) => {
  for (const { session } of hosts) {
    await applyModule(session, wait_for, { port: 1, state: 'drained', timeout: 0 })
    await applyModule(session, wait_for, {
      port,
      state: 'drained',
      timeout: 0,
      active_connection_states: ['CLOSING'],
    })
    const started = performance.now()
    await applyModule(session, wait_for, { timeout: 1 })
    assert.ok(performance.now() - started >= 990)
  }
})

const run = promisify(execFile)

// One that has -z, as OpenBSD's; port 1 is closed.
const NC = '#!/bin/sh\n[ "$1 $2 $3 $4" = "-z -w 1 127.0.0.1" ] && [ "$5" != 1 ]\n'

// Each way to connect alone: a PATH that holds nothing but it. Not every machine has Python.
const WAYS = [['nc'], ['bash', 'timeout'], ['busybox', 'timeout'], ['perl'], []]
if (existsSync('/usr/bin/python3')) WAYS.push(['python3'])
for (const programs of WAYS) {
  real(
    `a port is tried with ${programs.join(' and ') || 'nothing but what all hosts have'}`,
    async ({ port, folder }) => {
      const bin = mkdtempSync(join(folder, 'bin-'))
      for (const program of programs) {
        const name = program === 'busybox' ? 'nc' : program
        if (program === 'nc') writeFileSync(join(bin, name), NC, { mode: 0o755 })
        else symlinkSync(found(program), join(bin, name))
      }
      const ask = async (script: string) => {
        writeFileSync(join(bin, 'script'), script)
        return (await run('/bin/sh', [join(bin, 'script')], { env: { PATH: bin } })).stdout
      }
      if (programs.length === 0) {
        for (const script of [connectScript('127.0.0.1', port, 1), listenScript('127.0.0.1', port, 1)]) {
          const said = await ask(script).catch((error: Error) => error.message)
          assert.match(said, /nothing here can try a port/)
        }
        return
      }
      assert.is(await ask(connectScript('127.0.0.1', port, 1)), 'open\n')
      assert.is(await ask(connectScript('127.0.0.1', 1, 1)), 'closed\n')
      if (programs[0] !== 'nc')
        assert.match(await ask(listenScript('127.0.0.1', port, 1)), /^open\n220 ready\n/)
    },
  )
}

function found(program: string): string {
  const script = 'PATH=/usr/bin:/bin; command -v "$1"'
  return execFileSync('/bin/sh', ['-c', script, 'sh', program], { encoding: 'utf8' }).trim()
}

real.run()
