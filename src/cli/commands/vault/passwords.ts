import type { Encryptor } from '../../../encryption/work.ts'
import { formatWarning } from '../../../report/index.ts'
import { didYouMean, ProblemError } from '../../../values/problem.ts'
import { DEFAULT_ID } from '../../../vault/envelope.ts'
import type { Keyring, VaultPassword } from '../../../vault/keyring.ts'
import { ask } from '../../ask.ts'
import type { VaultFlags } from '../../flags.ts'
import { ASKED, identified, readKeyring, vaultSources } from '../../keyring.ts'
import { type PasswordSource, passwordSource } from '../../passwords.ts'
import { readSettings, type Settings } from '../../settings/settings.ts'

/** The flags of the actions; each has some of them. */
export interface VaultActionFlags extends VaultFlags {
  readonly encryptVaultId?: string
  readonly newVaultId?: string
  readonly newVaultPasswordFile?: string
  readonly output?: string
}

/** The settings, whose warnings are told. Raises ProblemError. */
export function vaultSettings(): Settings {
  const settings = readSettings(undefined)
  told(settings.warnings)
  return settings
}

export function told(warnings: readonly string[]): void {
  for (const message of warnings) process.stderr.write(`${formatWarning({ message })}\n`)
}

/** The passwords to decrypt with; somebody is asked if none is given. Raises ProblemError. */
export function decryptingKeyring(flags: VaultFlags, settings: Settings): Promise<Keyring> {
  const sources = vaultSources(flags, settings)
  return keyringOf(sources.length > 0 ? sources : identified([ASKED], settings), settings)
}

/** What to encrypt with: one password, of several the one with the vault id that is asked for. Raises ProblemError. */
export async function encryptorOf(flags: VaultActionFlags, settings: Settings): Promise<Encryptor> {
  const id = flags.encryptVaultId ?? settings.vault_encrypt_identity
  const given = vaultSources(flags, settings)
  const sources = given.length > 0 ? given : identified([ASKED], settings)
  const { passwords } = await keyringOf(sources.map(asNew), settings)
  if (id === undefined && passwords.length > 1)
    throw new ProblemError({
      message: `passwords are given for the vault ids ${idsOf(passwords)}`,
      hint: 'say with --encrypt-vault-id which of them is to encrypt',
    })
  return encryptor(id === undefined ? passwords[0]! : passwordFor(id, passwords), settings)
}

/** What to encrypt with from now on; somebody is asked if nothing is given. Raises ProblemError. */
export async function newEncryptorOf(flags: VaultActionFlags, settings: Settings): Promise<Encryptor> {
  const { newVaultId, newVaultPasswordFile, encryptVaultId } = flags
  if (newVaultId !== undefined && newVaultPasswordFile !== undefined)
    throw new ProblemError({ message: '--new-vault-id and --new-vault-password-file do not go together' })
  const id = encryptVaultId ?? settings.vault_encrypt_identity
  const file = newVaultPasswordFile ?? (newVaultId === undefined ? settings.vault_password_file : undefined)
  const given = [
    ...(id === undefined ? [] : settings.vault_identity_list.map(passwordSource)),
    ...(newVaultId === undefined ? [] : [passwordSource(newVaultId)]),
    ...(file === undefined ? [] : [{ from: file }]),
  ]
  const sources = identified(given.length > 0 ? given : [ASKED], settings)
  const { passwords } = await keyringOf(sources.map(asNew), settings)
  return encryptor(id === undefined ? passwords[0]! : passwordFor(id, passwords), settings)
}

/** What `edit` is to encrypt with in place of what the file was encrypted with. Raises ProblemError. */
export function otherEncryptor(
  { encryptVaultId: id }: VaultActionFlags,
  settings: Settings,
  { passwords }: Keyring,
): Partial<Encryptor> {
  return { ...saltOf(settings), ...(id !== undefined && { password: passwordFor(id, passwords) }) }
}

async function keyringOf(sources: readonly PasswordSource[], settings: Settings): Promise<Keyring> {
  const wrong = sources.find(({ id }) => id?.includes(';'))
  if (wrong !== undefined)
    throw new ProblemError({ message: `the vault id "${wrong.id}" has a semicolon, which ends it in a file` })
  const warnings: string[] = []
  const keyring = await readKeyring(sources, settings, ask, warnings)
  told(warnings)
  return keyring
}

/** A password that is not known yet is asked for twice. */
function asNew(source: PasswordSource): PasswordSource {
  const { id = DEFAULT_ID, from, question } = source
  if (from !== 'prompt') return source
  return question === undefined
    ? {
        ...source,
        question: `New vault password (${id}): `,
        again: `Confirm new vault password (${id}): `,
      }
    : { ...source, question: 'New Vault password: ', again: 'Confirm New Vault password: ' }
}

function passwordFor(id: string, passwords: readonly VaultPassword[]): VaultPassword {
  const found = passwords.find((one) => one.id === id)
  if (found !== undefined) return found
  const ids = passwords.map((one) => one.id)
  throw new ProblemError({
    message: `no password is given for the vault id "${id}", which is to encrypt (there are: ${idsOf(passwords)})`,
    hint: didYouMean(id, ids) ?? `give it with --vault-id ${id}@FILE or ${id}@prompt`,
  })
}

function idsOf(passwords: readonly VaultPassword[]): string {
  return [...new Set(passwords.map(({ id }) => id))].join(', ')
}

function encryptor(password: VaultPassword, settings: Settings): Encryptor {
  return { password, ...saltOf(settings) }
}

function saltOf({ vault_encrypt_salt: salt }: Settings): Pick<Encryptor, 'salt'> {
  return salt ? { salt: Buffer.from(salt) } : {}
}
