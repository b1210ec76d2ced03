import { quote, words } from '../../shell/quote.ts'
import type { Ids, Wanted } from '../attributes.ts'
import type { FileState } from '../file-state.ts'
import { STAT_FORMAT } from '../look.ts'
import { BACKUP, BOTH, unchanged } from '../write.ts'

/** How what has come is put in place. */
export interface Placing {
  readonly wanted: Wanted
  readonly ids: Ids
  /** What was probed there, undefined for nothing; without it the name is known only once something has come. */
  readonly probed?: Probed
  readonly backup?: boolean
}

interface Probed {
  readonly file: FileState | undefined
  /** The regular file, there or behind a link that may be followed, whose owner and permissions are kept. */
  readonly old: FileState | undefined
}

/**
 * Sh that puts the file `./body` of the stage where it belongs, as `$n` in the folder around it: only if that is not the
 * same already, with owner and permissions of what it replaces unless others are wanted. Sets `$changed`, `$before`
 * (SHA-1 of the old file), `$after`, `$b` (path of the backup) and `$now` (what stat says of the file).
 */
export function placeBody({ wanted, ids, probed, backup }: Placing): string {
  const isOwned = ids.uid !== undefined || ids.gid !== undefined
  const owner = `${ids.uid ?? ''}${ids.gid === undefined ? '' : `:${ids.gid}`}`
  const isBehind = probed?.file?.type === 'link' && probed.old !== undefined
  return [
    BOTH,
    'b= before= kept= changed=1 new=./$n old=../$n up=..',
    '[ "$n" = body ] || mv -f -- ./body "./$n" || exit',
    '[ -h "$old" ] || [ ! -d "$old" ] || fail "$w/$n is a folder"',
    `if [ -f "$old" ]${isBehind ? '' : ' && [ ! -h "$old" ]'}; then`,
    '  before=$(sha1sum <"$old") || exit',
    `  before=\${before%% *}`,
    `  ${keptOf(probed)}`,
    'fi',
    'chmod 0644 "$new" || exit',
    'if [ "$kept" ]; then',
    `  [ "$(stat -c %u:%g -- "$new")" = "\${kept% *}" ] || chown "\${kept% *}" "$new" 2>/dev/null`,
    `  chmod "0\${kept#* }" "$new" || exit`,
    'fi',
    ...(isOwned ? [`chown ${owner} "$new" || exit`] : []),
    ...(wanted.mode === undefined ? [] : [`(umask 022; chmod ${quote(wanted.mode)} "$new") || exit`]),
    'after=$(sha1sum <"$new") || exit',
    `after=\${after%% *}`,
    'if [ "$before" = "$after" ]; then',
    `  if [ "$(stat -c '%u:%g %a' -- "$new")" = "$kept" ]; then changed=; else touch -r "$old" "$new"; fi`,
    'fi',
    'both',
    ...(probed === undefined ? [] : [unchanged(probed.file ?? null, undefined)]),
    'if [ "$changed" ]; then',
    ...(backup ? ['if [ "$before" != "$after" ]; then', BACKUP, 'fi'] : []),
    '  put',
    'else',
    `  now=$(stat -L -c ${words(STAT_FORMAT)} -- "$old") || exit`,
    'fi',
  ].join('\n')
}

/** Sh that says whose the old file is, and its permissions: what was probed, for another may be there by now. */
function keptOf(probed: Probed | undefined): string {
  if (probed === undefined)
    return `kept=$(stat -c '%u:%g %a' -- "$old" | sed 's/[0-7]*\\([0-7]\\{3\\}\\)$/\\1/') || exit`
  const { old } = probed
  return old === undefined ? ':' : `kept='${old.uid}:${old.gid} ${old.mode.toString(8)}'`
}
