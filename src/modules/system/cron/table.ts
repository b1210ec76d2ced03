import type { Action } from '../../../sdk/module.ts'
import type { BatchedProbe } from '../../../sdk/probe.ts'
import { contentOf } from '../../../shell/content.ts'
import { CHANGED_MEANWHILE } from '../../../shell/outcome.ts'
import { quote } from '../../../shell/quote.ts'

/** Sh that makes `"$@"` the crontab(1) of a user; only root may name one, even itself. */
function command(user: string | undefined): string {
  if (!user) return 'set -- crontab'
  return `if [ "$(id -un)" = ${quote(user)} ]; then set -- crontab; else set -- crontab -u ${quote(user)}; fi`
}

/** A crontab; its bytes are a text with a character a byte. */
export interface Table {
  readonly bytes: string
  /** It cannot be had, and why. */
  readonly missing?: string | undefined
}

/** The crontab of a user, or without one of the task's. */
export function tableOf(user = ''): BatchedProbe<Table> {
  return {
    kind: 'crontabs',
    items: [user],
    apart: true,
    script: ([only]) => tableScript(only),
    read: (output) => [readTable(output.rest())],
  }
}

/** How footprints name the crontab of a user; that of the task's may be that of any. */
export function tableTrace(user = ''): string {
  return user === '' ? 'crontabs' : `crontabs/${user}`
}

/** Sh that prints a user's crontab, and behind it a NUL and what became of it. */
function tableScript(user: string | undefined): string {
  const known = user
    ? [`id -u -- ${quote(user)} >/dev/null 2>&1 || { printf '\\0user %s' ${quote(user)}; exit 0; }`]
    : []
  return [
    "command -v crontab >/dev/null || { printf '\\0program'; exit 0; }",
    ...known,
    command(user),
    'exec 8>&1',
    'said=$(LC_ALL=C "$@" -l 2>&1 >&8 8>&-)',
    'status=$?',
    'exec 8>&-',
    // Programs end with 1 for whoever has no crontab, and for what may not be looked at.
    'case $status,$said in',
    // What busybox says where crontabs cannot be at all.
    `*"can't change directory"*) echo "crontab cannot be read: $said" >&2; exit 1 ;;`,
    "0,*|*'no crontab for '*|*'No such file or directory'*) printf '\\0read' ;;",
    '*) echo "crontab cannot be read: $said" >&2; exit 1 ;;',
    'esac',
  ].join('\n')
}

export function readTable(output: Buffer): Table {
  const text = output.toString('latin1')
  const end = text.lastIndexOf('\0')
  if (end === -1) throw new Error('the host did not say how reading the crontab ended')
  const [word, name = ''] = text.slice(end + 1).split(' ')
  if (word === 'program')
    return {
      bytes: '',
      missing: 'Failed to find required executable "crontab": install cron on this host in an earlier task',
    }
  if (word === 'user')
    return {
      bytes: '',
      missing: `there is no user ${JSON.stringify(name)} on this host; create it in an earlier task`,
    }
  return { bytes: text.slice(0, end) }
}

interface Writing {
  readonly user: string | undefined
  /** What was read, as it was. */
  readonly was: string
  readonly content: string
  readonly backup: boolean
}

/** Installs a user's crontab in the place of the one that was read; prints the path of a copy. */
export function writeTable({ user, was, content, backup }: Writing): Action {
  const { sha256 } = contentOf(Buffer.from(was, 'latin1'))
  const script = [
    command(user),
    `case $("$@" -l 2>/dev/null </dev/null | sha256sum) in ${sha256}*) ;; *)`,
    `  echo 'the crontab was changed by somebody else meanwhile; it was left as it is' >&2; exit ${CHANGED_MEANWHILE} ;;`,
    'esac',
    ...(backup
      ? [
          'copy=$(mktemp -t crontabXXXXXX) || exit',
          '"$@" -l >"$copy" 2>/dev/null </dev/null',
          '"$@" - >&2 || { status=$?; rm -f -- "$copy"; exit $status; }',
          `printf '%s\\n' "$copy"`,
        ]
      : ['"$@" - >&2']),
  ]
  return {
    do: 'send',
    script: script.join('\n'),
    content: contentOf(Buffer.from(content, 'latin1')),
    brief: true,
  }
}
