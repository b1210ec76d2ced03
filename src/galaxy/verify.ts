import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openArchive, unpack } from './archive.ts'
import type { InstalledCollection } from './installed.ts'
import { differences, MANIFEST, sha256Of } from './manifest.ts'
import type { GalaxyServer } from './server.ts'

/**
 * How an installed collection differs from what the first of the servers that has its version gives, each difference as a
 * sentence; without servers, from what its own manifest says. Raises an Error with a sentence.
 */
export async function verify(
  { name, version, path, manifest }: InstalledCollection,
  servers: readonly GalaxyServer[],
): Promise<string[]> {
  if (manifest === undefined) return [`it has no ${MANIFEST}: it was not installed, but written there`]
  if (servers.length === 0) return differences(path)
  const [namespace, short] = name.split('.') as [string, string]
  for (const server of servers) {
    const versions = await server.collectionVersions(namespace, short)
    if (versions?.includes(version))
      return differences(path, await manifestOn(server, [namespace, short, version]))
  }
  throw new Error(
    `no server has it: ${servers.map(({ shown }) => shown).join(', ')}; --offline compares it with its own list`,
  )
}

async function manifestOn(
  server: GalaxyServer,
  [namespace, name, version]: [string, string, string],
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'verify-'))
  try {
    const { downloadUrl, sha256 } = await server.collectionVersion(namespace, name, version)
    const archive = join(folder, 'archive')
    if ((await server.download(downloadUrl, archive)) !== sha256)
      throw new Error(`${downloadUrl} came broken`)
    const tree = join(folder, 'tree')
    await unpack(await openArchive(archive, join(folder, 'archive.tar')), '', tree)
    return sha256Of(join(tree, MANIFEST))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
