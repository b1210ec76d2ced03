import { linesOf, toBytes } from '../../../host/edit.ts'

/** An entry of fstab; texts have a character a byte, and signs that separate fields are written in octal. */
export interface Entry {
  readonly src: string
  readonly name: string
  readonly fstype: string
  readonly opts: string
  readonly dump: string
  readonly passno: string
}

/** A text as a field of fstab. */
export function fieldOf(text: string): string {
  return toBytes(text)
    .replace(/[\\ &\t]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`)
    .replace(/^#/, '\\043')
}

/** fstab with an entry. */
export function withEntry(text: string, entry: Entry): string {
  const wanted = `${entry.src} ${entry.name} ${entry.fstype} ${entry.opts} ${entry.dump} ${entry.passno}\n`
  let isThere = false
  const lines = endedLines(text).map((line) => {
    const found = entryIn(line)
    if (found === undefined || !isOf(found, entry.name, entry.src)) return line
    isThere = true
    return isSame(found, entry) ? line : wanted
  })
  // That its last line has no end is no reason to write it.
  if (!isThere) return [...lines, wanted].join('')
  return lines.join('') === endedLines(text).join('') ? text : lines.join('')
}

/** fstab without the entries of a name. */
export function withoutEntry(text: string, name: string, src: string | undefined): string {
  return linesOf(text)
    .filter((line) => {
      const found = entryIn(line)
      return found === undefined || !isOf(found, name, src)
    })
    .join('')
}

/** The lines of a name, as a change shows them; null for none. */
export function entriesOf(text: string, name: string, src: string | undefined): string | null {
  const found = endedLines(text).filter((line) => {
    const entry = entryIn(line)
    return entry !== undefined && isOf(entry, name, src)
  })
  return found.length === 0 ? null : found.join('').trimEnd()
}

function endedLines(text: string): string[] {
  return linesOf(text).map((line) => (line.endsWith('\n') ? line : `${line}\n`))
}

/** The entry in a line; the last two fields may be left out. */
function entryIn(line: string): Partial<Entry> | undefined {
  const fields = line.split(/[ \t\r\n\v\f]+/).filter(Boolean)
  if (fields.length < 4 || fields.length > 6 || fields[0]!.startsWith('#')) return undefined
  const [src, name, fstype, opts, dump, passno] = fields
  return {
    src: src!,
    name: name!,
    fstype: fstype!,
    opts: opts!,
    ...(dump && { dump }),
    ...(passno && { passno }),
  }
}

/** Swap has no place where it is mounted, and is known by what it is. */
function isOf(entry: Partial<Entry>, name: string, src: string | undefined): boolean {
  if (entry.name !== name) return false
  return src === undefined || entry.name !== 'none' || entry.fstype !== 'swap' || entry.src === src
}

function isSame(found: Partial<Entry>, entry: Entry): boolean {
  return (['src', 'fstype', 'opts', 'dump', 'passno'] as const).every(
    (field) => found[field] === entry[field],
  )
}
