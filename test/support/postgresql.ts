import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from './until.ts'

export interface PostgreSql {
  /** The folder of its socket. */
  readonly socket: string
  /** What statements print, as `postgres`: a line a row, its columns with `|` between them. */
  ask(sql: string, database?: string): string
  stop(): Promise<void>
}

/**
 * A PostgreSQL of the test's own, on a socket in a folder of its own. Its `postgres` comes in without a password, others
 * need one.
 */
export async function startPostgreSql(): Promise<PostgreSql> {
  const folder = mkdtempSync(join(tmpdir(), 'playssh-postgresql-'))
  const data = join(folder, 'data')
  const [uid, gid] = ['u', 'g'].map((id) => Number(execFileSync('id', [`-${id}`, 'postgres']))) as [
    number,
    number,
  ]
  chownSync(folder, uid, gid)
  const options = { uid, gid, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C' } }
  execFileSync(
    programOf('initdb'),
    ['-D', data, '-U', 'postgres', '-E', 'UTF8', '--no-sync', '--auth=trust'],
    {
      ...options,
      stdio: 'ignore',
    },
  )
  writeFileSync(join(data, 'pg_hba.conf'), 'local all postgres trust\nlocal all all scram-sha-256\n')
  const settings = {
    listen_addresses: '',
    unix_socket_directories: folder,
    fsync: 'off',
    shared_buffers: '8MB',
  }
  const words = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn(programOf('postgres'), ['-D', data, ...words], { ...options, stdio: 'ignore' })
  const ask = (sql: string, database = 'postgres') =>
    execFileSync(
      'psql',
      ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-h', folder, '-U', 'postgres', database],
      {
        input: sql,
        encoding: 'utf8',
        stdio: 'pipe',
      },
    )
  const stop = async () => {
    if (server.exitCode === null) {
      server.kill('SIGINT')
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
  return { socket: folder, ask, stop }
}

/** Debian keeps the programs of a server, for each of its versions, where no PATH leads. */
function programOf(name: string): string {
  const versions = readdirSync('/usr/lib/postgresql').sort((a, b) => Number(b) - Number(a))
  return join('/usr/lib/postgresql', versions[0]!, 'bin', name)
}
