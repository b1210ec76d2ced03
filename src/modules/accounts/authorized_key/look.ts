import { parseUser, type User } from '../../../host/accounts.ts'
import { type FileState, readFiles } from '../../../host/file-state.ts'
import { LOOK, lookingSettings } from '../../../host/look.ts'
import { folderOf, trimmed } from '../../../host/paths.ts'
import type { BatchedProbe } from '../../../sdk/probe.ts'
import type { Output } from '../../../shell/output.ts'
import { quote, quotePath } from '../../../shell/quote.ts'

/** What there is of a user and their file of keys. */
export interface Looked {
  /** Undefined when there is no such user. */
  readonly user: User | undefined
  /** What is at the path itself: perhaps a link to a file. */
  readonly itself: FileState | undefined
  readonly bytes: string
  /** The folder of the file, and the one above. */
  readonly folder: FileState | undefined
  readonly above: FileState | undefined
}

/** A probe of the file at a path, or without one of that in the user's home. */
export function lookOf(whose: Whose): BatchedProbe<Looked> {
  return {
    kind: 'authorized keys',
    items: [scriptOf(whose)],
    apart: true,
    script: ([only]) => only!,
    read: (output) => [read(output)],
  }
}

interface Whose {
  readonly user: string
  readonly path?: string | undefined
}

function scriptOf({ user, path }: Whose): string {
  const name = quote(user)
  const file = path === undefined ? undefined : trimmed(path)
  const paths =
    file === undefined
      ? '"$home" "$home/.ssh" "$home/.ssh/authorized_keys"'
      : [folderOf(folderOf(file)), folderOf(file), file].map(quotePath).join(' ')
  return [
    LOOK,
    lookingSettings({ follow: true }),
    'find_user() {',
    `  while IFS= read -r line; do case $line in ${name}:*) printf '%s\\n' "$line"; return ;; esac; done </etc/passwd`,
    `  if command -v getent >/dev/null; then getent passwd ${name}; fi`,
    '}',
    `user=$(find_user); home=\${user%:*}; home=\${home##*:}`,
    'printf "%s\\n" "$user"',
    ...(file === undefined ? ['[ -n "$home" ] || exit 0'] : []),
    `set -- ${paths}`,
    'look "$@"; links "$@"; regular "$@"',
    '[ ! -f "$3" ] || cat -- "$3"',
  ].join('\n')
}

function read(output: Output): Looked {
  const user = parseUser(output.line())
  if (output.done) return { user, itself: undefined, bytes: '', folder: undefined, above: undefined }
  const [above, folder, itself] = readFiles(output, 3, { follow: true })
  return { user, itself, bytes: output.rest().toString('latin1'), folder, above }
}
