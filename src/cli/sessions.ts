import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { KeeperClient } from '../remote/kept/keeper-client.ts'

/** The way to the process that keeps logins from one run to the next. */
export function keeper(): KeeperClient {
  return new KeeperClient(join(fileURLToPath(new URL('../../dist/', import.meta.url)), 'keeper.cjs'))
}
