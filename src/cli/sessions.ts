import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { RunRequest } from '../protocol/request.ts'
import { KeeperClient } from '../remote/kept/keeper-client.ts'

/** The way to the process that keeps logins from one run to the next; undefined when none are to be kept. */
export function keeperFor({ connection, execution }: RunRequest): KeeperClient | undefined {
  if (!connection.persist || execution.onlyReads) return undefined
  return new KeeperClient(keeperProgram())
}

/** Node's, for the keeper: a process that mostly waits need not be quick, it is to be small. */
export const KEEPER_FLAGS = ['--max-semi-space-size=1', '--v8-pool-size=1', '--optimize-for-size']

/** The program of the keeper that belongs to this one. */
function keeperProgram() {
  const folder = fileURLToPath(new URL('../', import.meta.url))
  const file = join(folder, '../dist/keeper.bin')
  return { file, argv: [...KEEPER_FLAGS, join(folder, 'start.cjs'), '__keep'] }
}
