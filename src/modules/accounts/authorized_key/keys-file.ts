import { fromBytes, linesOf, toBytes } from '../../../host/edit.ts'
import type { Change } from '../../../sdk/module.ts'

/** A key as a line of an authorized_keys file names it (sshd(8), AUTHORIZED_KEYS FILE FORMAT). */
export interface AuthorizedKey {
  /** As they are written, with commas; "" for none. */
  readonly options: string
  readonly type: string
  /** In base64: what makes it this key and no other. */
  readonly blob: string
  readonly comment: string
}

export interface KeysWanted {
  readonly keys: readonly AuthorizedKey[]
  readonly state: 'present' | 'absent'
  /** All other keys go. */
  readonly exclusive: boolean
}

const TYPE = /^(ssh|ecdsa|rsa|sk|webauthn)-[\w@.-]+$/

/** The key in a line; undefined when it holds none that sshd would understand. */
export function parseKey(line: string): AuthorizedKey | undefined {
  const text = line.trim()
  if (text.startsWith('#')) return undefined
  // Spaces within quotes belong to an option; a backslash keeps a quote from ending it.
  const [, first = '', rest = ''] = /^((?:[^\s"]|"(?:\\"|\\(?!")|[^"\\])*")+)\s+(.*)$/s.exec(text) ?? []
  const [type = '', blob = '', ...comment] = (TYPE.test(first) ? text : rest).split(/\s+/)
  if (!TYPE.test(type) || blob === '') return undefined
  return { options: TYPE.test(first) ? '' : first, type, blob, comment: comment.join(' ') }
}

function format({ options, type, blob, comment }: AuthorizedKey): string {
  return [options, type, blob, comment].filter((part) => part !== '').join(' ')
}

/** Options as a text that is the same for options that mean the same: the order of different ones is no matter. */
function canonical(options: string): string {
  const parts = options.match(/(?:[^,"]|"(?:\\"|\\(?!")|[^"\\])*")+/g) ?? []
  const name = (part: string) => part.split('=', 1)[0]!
  return parts.toSorted((one, other) => (name(one) < name(other) ? -1 : +(name(one) > name(other)))).join(',')
}

function isSame(one: AuthorizedKey, other: AuthorizedKey): boolean {
  return (
    one.type === other.type &&
    one.blob === other.blob &&
    one.comment === other.comment &&
    canonical(one.options) === canonical(other.options)
  )
}

/** The keys among lines of text; raises an Error with a sentence for a line that is none. */
export function readKeys(text: string): AuthorizedKey[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '' && !line.trim().startsWith('#'))
  return lines.map((line) => {
    const key = parseKey(line)
    if (key !== undefined) return key
    const start = line.length > 40 ? `${line.slice(0, 40)}...` : line
    throw new Error(
      `${JSON.stringify(start)} is not a public key; a line of a .pub file such as id_ed25519.pub is`,
    )
  })
}

/** What the bytes of an authorized_keys file become; every line that has nothing to do with it stays. */
export function editKeys(bytes: string, wanted: KeysWanted): { bytes: string; changes: Change[] } {
  // Of a key that is given twice the last one counts.
  const keys = new Map(wanted.keys.map((key) => [key.blob, key]))
  const changes: Change[] = []
  const met = new Set<string>()
  const kept = linesOf(bytes).flatMap((line) => {
    const text = fromBytes(line).trim()
    const found = parseKey(text)
    const key = found && keys.get(found.blob)
    if (key === undefined) {
      const isNote = text === '' || text.startsWith('#')
      if (isNote || !wanted.exclusive || wanted.state === 'absent') return [line]
      changes.push({ what: nameOf(found), before: text, after: null })
      return []
    }
    const isFirst = !met.has(key.blob)
    met.add(key.blob)
    if (wanted.state === 'present' && isSame(found!, key)) return [line]
    const after = wanted.state === 'present' && isFirst ? format(key) : null
    changes.push({ what: nameOf(key), before: text, after })
    return after === null ? [] : [`${toBytes(after)}\n`]
  })
  if (wanted.state === 'present') {
    for (const key of keys.values()) {
      if (met.has(key.blob)) continue
      changes.push({ what: nameOf(key), before: null, after: format(key) })
      if (kept.length > 0) kept.push(kept.pop()!.replace(/\n?$/, '\n'))
      kept.push(`${toBytes(format(key))}\n`)
    }
  }
  return { bytes: kept.join(''), changes }
}

/** A key by its comment, or else by its end, where keys differ. */
function nameOf(key: AuthorizedKey | undefined): string {
  return key === undefined ? 'line' : `key ${key.comment || key.blob.slice(-12)}`
}
