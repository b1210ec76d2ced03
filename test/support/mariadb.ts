import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './until.ts'

export interface MariaDb {
  readonly socket: string
  /** What statements print, run by the root of the server: a line a row. */
  ask(sql: string, user?: string, password?: string): string
  stop(): Promise<void>
}

/** A MariaDB of the test's own, on a socket in a folder of its own; root of this machine is its root. */
export async function startMariaDb(): Promise<MariaDb> {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-mariadb-'))
  const socket = join(folder, 'socket')
  const data = join(folder, 'data')
  const of = (name: string) => execFileSync('id', [`-${name}`, 'mysql'], { encoding: 'utf8' })
  chownSync(folder, Number(of('u')), Number(of('g')))
  const own = ['--no-defaults', '--user=mysql', `--datadir=${data}`]
  execFileSync('mariadb-install-db', [...own, '--skip-test-db', '--auth-root-authentication-method=socket'], {
    stdio: 'ignore',
  })
  const small = ['--innodb-buffer-pool-size=8M', '--innodb-flush-method=nosync', '--skip-log-bin']
  const server = spawn(
    'mariadbd',
    [...own, ...small, `--socket=${socket}`, '--skip-networking', `--pid-file=${join(folder, 'pid')}`],
    { stdio: 'ignore' },
  )
  const ask = (sql: string, user = 'root', password = '') =>
    execFileSync(
      'mariadb',
      ['--no-defaults', `--socket=${socket}`, `--user=${user}`, '--batch', '--skip-column-names'],
      { input: sql, encoding: 'utf8', stdio: 'pipe', env: { ...process.env, MYSQL_PWD: password } },
    )
  const stop = async () => {
    if (server.exitCode === null) {
      server.kill()
      await once(server, 'exit')
    }
    rmSync(folder, { recursive: true, force: true })
  }
  await until('the server answers', () => {
    try {
      return ask('SELECT 1') === '1\n'
    } catch {
      return false
    }
  })
  return { socket, ask, stop }
}
