import type { Change, ModuleContext } from '../sdk/module.ts'
import type { BatchedProbe, ProbeOutput } from '../sdk/probe.ts'
import { quote } from '../shell/quote.ts'
import type { ValueMap } from '../values/value.ts'
import { type FileState, octal, octalAsAnsible } from './file-state.ts'

/** Owner, group and permissions as a task names them. */
export interface Wanted {
  /** Name or id. */
  readonly owner?: string | undefined
  readonly group?: string | undefined
  /** Octal or symbolic. */
  readonly mode?: string | undefined
}

/** Numeric ids of the wanted owner and group; undefined when none is wanted. */
export interface Ids {
  readonly uid?: number | undefined
  readonly gid?: number | undefined
  /** Which user or group is not known on the host, as a sentence. */
  readonly unknown?: string
}

/** Owner, group and permissions to be set; what is left out stays as it is. */
export interface Attributes {
  readonly uid?: number | undefined
  readonly gid?: number | undefined
  /** Permission bits, 0 to 0o7777. */
  readonly mode?: number | undefined
}

const isId = (name: string) => /^\d+$/.test(name)

/** A batched probe of the ids of owner and group, where they are wanted by name; `readIds` reads it. */
export function idsProbe({ owner, group }: Wanted): BatchedProbe<string> {
  const items: string[] = []
  if (owner !== undefined && !isId(owner)) items.push(`passwd ${owner}`)
  if (group !== undefined && !isId(group)) items.push(`group ${group}`)
  return {
    kind: 'ids',
    items,
    script: (wanted) =>
      [
        ID_OF,
        ...wanted.map((item) => `id_of ${quote(item.slice(item.indexOf(' ') + 1))} ${item.split(' ')[0]}`),
      ].join('\n'),
    read: (output, wanted) => wanted.map(() => output.line()),
  }
}

// Reading the file costs no process; getent and id know what comes from elsewhere (LDAP).
const ID_OF = `id_of() {
  while IFS=: read -r name x id x; do
    [ "$name" = "$1" ] && { echo "$id"; return; }
  done 2>/dev/null <"/etc/$2"
  if command -v getent >/dev/null; then
    getent "$2" "$1" | { IFS=: read -r name x id x; echo "$id"; }
  elif [ "$2" = passwd ]; then id -u "$1" 2>/dev/null || echo
  else echo; fi
}`

/** The ids that `idsProbe` found. */
export function readIds(output: ProbeOutput, wanted: Wanted): Ids {
  const found = output.of(idsProbe(wanted))
  let unknown: string | undefined
  const idOf = (name: string | undefined, kind: string) => {
    if (name === undefined) return undefined
    if (isId(name)) return Number(name)
    const id = found.shift()!
    if (isId(id)) return Number(id)
    unknown ??= `there is no ${kind} "${name}" on this host; create it in an earlier task`
    return undefined
  }
  const uid = idOf(wanted.owner, 'user')
  const gid = idOf(wanted.group, 'group')
  return { uid, gid, ...(unknown !== undefined && { unknown }) }
}

/**
 * Why the wanted owner or group cannot be had, if so. Under check the user or group may be one that an earlier task
 * makes, which was not carried out: then it is only a difference.
 */
export function unknownOwner({ unknown }: Ids, { check }: ModuleContext): string | undefined {
  return check ? undefined : unknown
}

/**
 * The changes that bring owner, group and permissions of `file` (undefined: it will be new) to what is wanted, and
 * the attributes to set for it.
 */
export function planAttributes(
  wanted: Wanted,
  ids: Ids,
  file: FileState | undefined,
  isFolder = file?.type === 'directory',
): { changes: Change[]; set: Attributes } {
  const changes: Change[] = []
  const set: { -readonly [name in keyof Attributes]: Attributes[name] } = {}
  if (wanted.owner !== undefined && file?.uid !== ids.uid) {
    const before = file === undefined ? null : isId(wanted.owner) ? String(file.uid) : file.owner
    changes.push({ what: 'owner', before, after: wanted.owner })
    set.uid = ids.uid
  }
  if (wanted.group !== undefined && file?.gid !== ids.gid) {
    const before = file === undefined ? null : isId(wanted.group) ? String(file.gid) : file.group
    changes.push({ what: 'group', before, after: wanted.group })
    set.gid = ids.gid
  }
  if (wanted.mode !== undefined && file?.type !== 'link') {
    const mode = resolveMode(wanted.mode, file?.mode ?? freshMode(isFolder), isFolder)
    if (mode !== file?.mode) {
      changes.push({ what: 'mode', before: file === undefined ? null : octal(file.mode), after: octal(mode) })
      set.mode = mode
    }
  }
  return { changes, set }
}

/** What a new file or folder is given under the usual umask of 022. */
export function freshMode(isFolder: boolean): number {
  return isFolder ? 0o755 : 0o644
}

/** Permission bits for chmod: with four digits GNU chmod would leave a folder's setgid bit as it is. */
export function chmodMode(mode: number): string {
  return mode.toString(8).padStart(5, '0')
}

/** What `describe` will say once the attributes are set. */
export function describeAfter(set: Attributes, { owner, group }: Wanted): ValueMap {
  return {
    ...(set.uid !== undefined && { uid: set.uid, owner: owner! }),
    ...(set.gid !== undefined && { gid: set.gid, group: group! }),
    ...(set.mode !== undefined && { mode: octalAsAnsible(set.mode) }),
  }
}

/**
 * Permission bits after `mode` (octal or symbolic, chmod(1)) was applied to `current`, both 0 to 0o7777. Without
 * one of u, g, o, a before the operator it means all but what a umask of 022 takes away.
 */
export function resolveMode(mode: string, current: number, isFolder: boolean): number {
  if (/^[0-7]+$/.test(mode)) return Number.parseInt(mode, 8)
  let bits = current
  for (const clause of mode.split(',')) {
    const [, who = '', operations = ''] = /^([ugoa]*)(.*)$/.exec(clause) ?? []
    const classes = who === '' || who.includes('a') ? 'ugo' : who
    for (const [, operator, permissions = ''] of operations.matchAll(/([-+=])([rwxXstugo]*)/g)) {
      const given = [...classes].map((one) => bitsFor(one, permissions, bits, isFolder))
      const value = given.reduce((all, some) => all | some, 0) & (who === '' ? ~0o022 : 0o7777)
      if (operator === '-') bits &= ~value
      else if (operator === '+') bits |= value
      else bits = (bits & ~cleared(classes)) | value
    }
  }
  return bits
}

const SHIFT: Readonly<Record<string, number>> = { u: 6, g: 3, o: 0 }
const SPECIAL: Readonly<Record<string, number>> = { u: 0o4000, g: 0o2000, o: 0o1000 }

/** What permission letters mean for one of u, g and o. */
function bitsFor(who: string, permissions: string, current: number, isFolder: boolean): number {
  const place = (three: number) => three << SHIFT[who]!
  let bits = 0
  for (const letter of permissions) {
    if (letter === 'r') bits |= place(4)
    else if (letter === 'w') bits |= place(2)
    else if (letter === 'x') bits |= place(1)
    else if (letter === 'X') bits |= isFolder || (current & 0o111) !== 0 ? place(1) : 0
    else if (letter === 's') bits |= who === 'o' ? 0 : SPECIAL[who]!
    else if (letter === 't') bits |= who === 'o' ? 0o1000 : 0
    else bits |= place((current >> SHIFT[letter]!) & 7)
  }
  return bits
}

/** The bits that `=` takes away first. */
function cleared(classes: string): number {
  return [...classes].reduce((bits, who) => bits | (7 << SHIFT[who]!) | SPECIAL[who]!, 0)
}
