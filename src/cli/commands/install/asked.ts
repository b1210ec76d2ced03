import { GalaxyServer } from '../../../galaxy/server.ts'
import { galaxyServers } from '../../settings/galaxy.ts'
import type { Settings } from '../../settings/settings.ts'

/** What the flags of `run install` and its actions ask for. */
export interface InstallFlags {
  readonly requirementsFile?: string
  readonly rolesPath?: string
  readonly collectionsPath?: string
  readonly server?: string
  readonly token?: string
  readonly ignoreCerts: boolean
  readonly timeout?: number
  readonly force: boolean
  readonly forceWithDeps: boolean
  readonly deps: boolean
  readonly upgrade: boolean
  readonly pre: boolean
  readonly offline: boolean
  readonly ignoreErrors: boolean
  readonly frozen: boolean
  readonly format: 'human' | 'json' | 'yaml'
}

/** What is meant by the names: roles, collections, or whatever they are. */
export type Kind = 'role' | 'collection' | undefined

/** What an action is given: its names, its flags, and what the settings say. */
export interface Asked {
  readonly kind: Kind
  readonly names: readonly string[]
  readonly flags: InstallFlags
  readonly settings: Settings
  /** Folders, the first that of new ones. */
  readonly rolesPath: readonly string[]
  readonly collectionsPath: readonly string[]
}

/** The Galaxy servers that are asked. */
export function serversOf({ flags, settings }: Asked): GalaxyServer[] {
  return galaxyServers(settings, flags).map((server) => new GalaxyServer(server))
}
