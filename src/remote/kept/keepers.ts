import { existsSync } from 'node:fs'
import { KeeperLink } from './keeper-link.ts'
import { folderName, keeperFolder, socketsIn } from './place.ts'

/** All keepers of this user that answer, those of other versions too. Raises an Error with a sentence. */
export async function keepersThere(): Promise<KeeperLink[]> {
  if (!existsSync(folderName())) return []
  const links = socketsIn(keeperFolder()).map((path) => KeeperLink.to(path).catch(() => undefined))
  return (await Promise.all(links)).filter((link) => link !== undefined)
}
