import { join } from 'node:path'
import { type Content, contentOf, type LocalFile } from '../shell/content.ts'
import { readFileSync } from '../values/controller-files.ts'
import type { SourceSpan } from '../values/source.ts'
import { isVault } from '../vault/envelope.ts'
import { decrypt } from '../vault/keyring.ts'
import { keepSecretPart } from '../vault/secrets.ts'
import { shownPath } from '../yaml/files.ts'
import { unlocked } from '../yaml/vaulted.ts'

/** A file, or a folder with all that is below it, in which what is encrypted with ansible-vault is decrypted. Raises ProblemError. */
export function decryptedFile(file: LocalFile, place: SourceSpan): LocalFile {
  const { path, content, below } = file
  return {
    ...file,
    content: content && decryptedContent(path, content, place),
    ...(below && {
      below: below.map((entry) =>
        entry.content === undefined
          ? entry
          : { ...entry, content: decryptedContent(join(path, entry.path), entry.content, place) },
      ),
    }),
  }
}

function decryptedContent(path: string, content: Content, place: SourceSpan): Content {
  if (content.beginning === undefined || !isVault(content.beginning)) return content
  const plain = unlocked(() => decrypt(readFileSync(path, 'latin1')), shownPath(path), place)
  const decrypted = contentOf(plain)
  keepSecretPart(decrypted.text() ?? '')
  return decrypted
}
