import type { Section } from '../../../host/sections.ts'
import type { GitArgs } from './options.ts'

/** Why a signature that git has verified is not good enough; undefined if it is. */
export function signatureFault(
  { version, gpg_whitelist }: GitArgs,
  { code, printed }: Section,
): string | undefined {
  if (code !== 0) return `Failed to verify GPG signature of commit/tag "${version}"`
  if (gpg_whitelist.length === 0) return undefined
  const signers = signersIn(printed)
  if (gpg_whitelist.some((one) => signers.includes(one))) return undefined
  return `The gpg_whitelist does not include the public key "${signers[0] ?? ''}" for this commit`
}

/** Fingerprints of the key that has signed, and of the one that it belongs to (GnuPG's doc/DETAILS). */
function signersIn(printed: string): string[] {
  const [, said] = /^\[GNUPG:\] VALIDSIG (.*)$/m.exec(printed) ?? []
  const words = said?.split(' ') ?? []
  return [words[0], words[9]].filter((word) => word !== undefined)
}
