import { quotePath } from '../../shell/quote.ts'
import { keysIn, type PublicKey } from './openpgp.ts'

/**
 * Sh that prints the files of keys that apt trusts, or another one: a line of base64 a file. What apt-key itself lists is
 * the same, but it writes temporary files.
 */
export function keyringsScript(keyring: string | undefined): string {
  const all = `trusted=/etc/apt/trusted.gpg parts=/etc/apt/trusted.gpg.d/
eval "$(apt-config shell trusted Dir::Etc::Trusted/f parts Dir::Etc::TrustedParts/d)"
set -- "$trusted" "\${parts%/}"/*.gpg "\${parts%/}"/*.asc`
  return `${keyring === undefined ? all : `set -- ${quotePath(keyring)}`}
for ring; do
  [ -f "$ring" ] || continue
  b=$(base64 <"$ring") || exit
  printf '%s' "$b" | tr -d '\\n'
  echo
done`
}

/** The keys that are not expired, each once. Raises an Error for what the script does not print. */
export function readKeyrings(printed: string, now: number): PublicKey[] {
  const found = new Map<string, PublicKey>()
  for (const line of printed.split('\n')) {
    if (!/^[A-Za-z0-9+/=]*$/.test(line))
      throw new Error(`the host answered ${JSON.stringify(line)} where a file of keys was expected`)
    for (const key of keysIn(Buffer.from(line, 'base64'), now))
      if (!key.isExpired) found.set(key.fingerprint, key)
  }
  return [...found.values()]
}
