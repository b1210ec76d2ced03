import { DEFAULT_ID } from '../vault/envelope.ts'
import { type Keyring, unlockWith } from '../vault/keyring.ts'
import type { VaultFlags } from './flags.ts'
import { type Ask, type PasswordSource, passwordSource, readPasswords } from './passwords.ts'
import type { Settings } from './settings/settings.ts'

type VaultSettings = Pick<
  Settings,
  'vault_identity' | 'vault_identity_list' | 'vault_password_file' | 'ask_vault_pass' | 'vault_id_match'
>

/** Where passwords of vaults come from, in the order in which they are tried. */
export function vaultSources(flags: VaultFlags, settings: VaultSettings): PasswordSource[] {
  const files = [...flags.vaultPasswordFile, settings.vault_password_file ?? []].flat()
  const asks = flags.askVaultPass || settings.ask_vault_pass
  const sources = [
    ...[...settings.vault_identity_list, ...flags.vaultId].map(passwordSource),
    ...files.map((from) => ({ from })),
    ...(asks ? [ASKED] : []),
  ]
  return identified(sources, settings)
}

/** What -J asks. */
export const ASKED: PasswordSource = { from: 'prompt', question: 'Vault password: ' }

/** Sources for which no vault id is given have that of the settings. */
export function identified(
  sources: readonly PasswordSource[],
  { vault_identity: id }: VaultSettings,
): PasswordSource[] {
  return id === DEFAULT_ID ? [...sources] : sources.map((source) => ({ id, ...source }))
}

/** The passwords of these sources, which are decrypted with from now on. Raises ProblemError. */
export async function readKeyring(
  sources: readonly PasswordSource[],
  settings: VaultSettings,
  ask: Ask,
  warnings: string[],
): Promise<Keyring> {
  const { passwords, warnings: said } = await readPasswords(sources, ask)
  warnings.push(...said)
  const keyring = { passwords, matchIds: settings.vault_id_match === true }
  unlockWith(keyring)
  return keyring
}
