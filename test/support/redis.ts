import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from './server.ts'
import { until } from './until.ts'

/** A server of Redis of a test's own, on loopback. */
export interface Redis {
  readonly port: number
  readonly password: string
  readonly pid: number
  /** What redis-cli prints for a command; "" where it fails. */
  ask(...command: string[]): string
  stop(): Promise<void>
}

export async function startRedis(): Promise<Redis> {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-redis-'))
  const port = await freePort()
  const password = `s3cret "pä' $x`
  const words = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '']
  const server = spawn('redis-server', words, { stdio: 'ignore' })
  const ask = (...command: string[]) => {
    const env = { ...process.env, REDISCLI_AUTH: password }
    const options = { encoding: 'utf8', env, stdio: 'pipe' } as const
    try {
      return execFileSync('redis-cli', ['-p', String(port), ...command], options).trim()
    } catch {
      return ''
    }
  }
  await until('the server answers', () => ask('PING') === 'PONG')
  ask('CONFIG', 'SET', 'requirepass', password)
  return {
    port,
    password,
    pid: server.pid!,
    ask,
    async stop() {
      server.kill()
      await once(server, 'exit')
      rmSync(folder, { recursive: true })
    },
  }
}
