import type { Change, Outcome } from '../../../sdk/module.ts'
import type { Value, ValueMap } from '../../../values/value.ts'
import { MARK } from './command.ts'

const KINDS: Readonly<Record<string, string>> = {
  f: 'file',
  d: 'directory',
  L: 'link',
  D: 'device',
  S: 'special',
}

/** What differs, by the letters of rsync's itemized list and their places in it. */
const DIFFERENT: readonly (readonly [at: number, letters: string, what: string])[] = [
  [2, 'c', 'content'],
  [3, 's', 'size'],
  [4, 'tT', 'time'],
  [5, 'p', 'permissions'],
  [6, 'o', 'owner'],
  [7, 'g', 'group'],
  [9, 'a', 'acl'],
  [10, 'x', 'attributes'],
]

/** What rsync says that becomes of each file. Beside hard links (`hasLinks`) it tells also of what stays as it is. */
export function changesOf(stdout: string, hasLinks: boolean): Change[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith(MARK))
  return lines.flatMap((line): Change[] => {
    const [, how, name] = /^(.{11}) (.*)$/.exec(line.slice(MARK.length)) ?? []
    if (how === undefined || name === undefined)
      throw new Error(`rsync answered ${JSON.stringify(line)}, which makes no sense`)
    if (hasLinks && how.startsWith('.')) return []
    return [{ what: name, ...sides(how) }]
  })
}

function sides(how: string): { before: Value; after: Value } {
  if (how.startsWith('*')) return { before: 'there', after: null }
  const kind = KINDS[how[1]!] ?? 'file'
  if (how[0] === 'h') return { before: null, after: 'hard link' }
  // With hard links, rsync has no signs for what is new.
  if (/\+{3}|^c. *$/.test(how)) return { before: null, after: kind }
  const differs = DIFFERENT.filter(([at, letters]) => letters.includes(how[at]!)).map(([, , what]) => what)
  return { before: `${kind} with other ${differs.join(', ') || 'link'}`, after: kind }
}

/** What Ansible's module returns of what rsync said. */
export function resultOf({ stdout, code }: Pick<Outcome, 'stdout' | 'code'>, cmd: string): ValueMap {
  const msg = stdout.replaceAll(MARK, '')
  return { msg, rc: code, cmd, stdout_lines: msg.split('\n').filter((line) => line !== '') }
}
