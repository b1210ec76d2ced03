import type { Found } from '../finding.ts'
import type { Rule } from '../rule.ts'
import { argument, type LintTask } from '../tasks.ts'
import { writtenText } from '../written.ts'

/** What may keep the mode of its source. */
const PRESERVING = ['copy', 'template']
const MAKES_FILES = [
  'archive',
  'community.general.archive',
  'assemble',
  'copy',
  'file',
  'get_url',
  'replace',
  'template',
]
/** Modules with `create`, and what that is if nobody says it. */
const MAY_CREATE: Readonly<Record<string, boolean>> = {
  blockinfile: false,
  htpasswd: true,
  'community.general.htpasswd': true,
  ini_file: true,
  'community.general.ini_file': true,
  lineinfile: false,
}
const HAS_MODE = [
  'assemble',
  'copy',
  'file',
  'ini_file',
  'lineinfile',
  'replace',
  'synchronize',
  'template',
  'unarchive',
]

export const permissions: readonly Rule[] = [
  {
    id: 'risky-file-permissions',
    description: 'Say the mode of every file that a task makes.',
    severity: 'VERY_HIGH',
    tags: ['unpredictability'],
    profile: 'safety',
    on: 'task',
    check: checkMissing,
  },
  {
    id: 'risky-octal',
    description: 'Write modes as text, "0644".',
    severity: 'VERY_HIGH',
    tags: ['formatting'],
    profile: 'safety',
    on: 'task',
    check: checkOctal,
  },
]

function* checkMissing({ action }: LintTask): Iterable<Found> {
  if (action === undefined) return
  const { short, place, args } = action
  const mode = args.get('mode')
  const isNever = mode !== undefined && argument(action, 'mode') === 'preserve' && !PRESERVING.includes(short)
  if (MAKES_FILES.includes(short) || Object.hasOwn(MAY_CREATE, short)) {
    if (isNever)
      yield {
        message: `${short} cannot preserve a mode`,
        place: mode.place,
        hint: 'say the mode, such as "0644"',
      }
    else if (mode === undefined && isMade(action))
      yield {
        message: `${short} makes a file whose mode nobody says`,
        place,
        hint: 'add mode: "0644", or what fits',
      }
  }
}

function isMade(action: NonNullable<LintTask['action']>): boolean {
  const { short } = action
  if (Object.hasOwn(MAY_CREATE, short)) return isSet(argument(action, 'create') ?? MAY_CREATE[short]!)
  const state = argument(action, 'state')
  if (state === 'absent' || state === 'link' || isSet(argument(action, 'recurse'))) return false
  return short !== 'replace' && !(short === 'file' && (state ?? 'file') === 'file')
}

function isSet(value: unknown): boolean {
  return (
    value !== undefined &&
    value !== null &&
    value !== false &&
    value !== '' &&
    !/^(no|false)$/i.test(String(value))
  )
}

function* checkOctal({ action }: LintTask): Iterable<Found> {
  if (action === undefined || !HAS_MODE.includes(action.short)) return
  const node = action.args.get('mode')
  if (node?.kind !== 'scalar') return
  const { value, place } = node
  if (typeof value !== 'number' || !isOdd(value)) return
  const written = writtenText(place)
  const octal = value.toString(8).padStart(4, '0')
  // 644 was meant as 0644 and never was it: the file would get another mode, so that is for somebody to decide.
  yield {
    message: `the mode ${written} is the number ${value}, which is ${octal} in octal`,
    place,
    hint: /^[0-7]{3,4}$/.test(written)
      ? `write "${written.padStart(4, '0')}" if that is meant`
      : `write "${octal}"`,
  }
}

/** A number that nobody means as a mode: somebody may write but not read, or others may more than the owner. */
function isOdd(mode: number): boolean {
  const [user, group, other] = [(mode >> 6) & 7, (mode >> 3) & 7, mode & 7]
  const mayExecute = (user & 1) === 1
  const writesUnread = (bits: number, executes: boolean) => bits > 0 && bits < 4 && !(bits === 1 && executes)
  return (
    writesUnread(other, mayExecute) ||
    writesUnread(group, mayExecute) ||
    writesUnread(user, true) ||
    other > group ||
    other > user ||
    group > user
  )
}
