import type { Change } from '../../../sdk/module.ts'

/** A row of the table in which dnf and yum show what they are about to do. */
export interface Row {
  readonly does: 'install' | 'change' | 'remove'
  readonly name: string
  readonly arch: string
  /** "[EPOCH:]VERSION-RELEASE". */
  readonly version: string
}

const HEADINGS: readonly [RegExp, Row['does']][] = [
  [/^Installing\b/, 'install'],
  [/^(Upgrading|Updating|Downgrading|Reinstalling)\b/, 'change'],
  [/^(Removing|Erasing)\b/, 'remove'],
]

/**
 * The packages of the table. What is too long for a column goes on in the next line, further to the right. Groups and
 * module streams have rows too: they are marked together with their packages, and alone they are no change.
 */
export function readTable(text: string): Row[] {
  const rows: Row[] = []
  let does: Row['does'] | undefined
  let words: string[] = []
  const take = () => {
    const [name, arch, version] = words
    if (does !== undefined && version !== undefined) rows.push({ does, name: name!, arch: arch!, version })
    words = []
  }
  for (const line of text.split('\n')) {
    const replaced = /^ +replacing +(\S+)\.(\S+) (\S+)$/.exec(line)
    if (replaced !== null) {
      const [, name, arch, version] = replaced
      rows.push({ does: 'remove', name: name!, arch: arch!, version: version! })
    } else if (/^ {2,}replacing /.test(line)) {
      // dnf 5 says so of the version that an upgrade replaces.
    } else if (/^ {2,}\S/.test(line)) {
      words.push(...line.trim().split(/\s+/))
    } else {
      take()
      if (/^ \S/.test(line)) words = line.trim().split(/\s+/)
      else does = headingOf(line)
    }
  }
  take()
  return rows
}

function headingOf(line: string): Row['does'] | undefined {
  if (!line.endsWith(':') || /\b(Groups|modules?|streams?|profiles?):$/i.test(line)) {
    if (!line.endsWith('group/module packages:')) return undefined
  }
  return HEADINGS.find(([pattern]) => pattern.test(line))?.[1]
}

/** The row as a change; `installed` has the versions by "name.arch". */
export function changeOf(row: Row, installed: ReadonlyMap<string, string>): Change {
  const { does, name, arch, version } = row
  const before = installed.get(`${name}.${arch}`) ?? 'installed'
  if (does === 'install') return { what: name, before: null, after: version }
  if (does === 'remove') return { what: name, before: version, after: null }
  return { what: name, before, after: version }
}

/** How Ansible writes it in its results. */
export function resultsOf(row: Row, installed: ReadonlyMap<string, string>, verb: string): string[] {
  const { does, name, arch, version } = row
  const old = installed.get(`${name}.${arch}`)
  return [
    ...(does === 'remove' ? [] : [`${verb}: ${name}-${version}.${arch}`]),
    ...(does === 'remove' ? [`Removed: ${name}-${version}.${arch}`] : []),
    ...(does === 'change' && old !== undefined ? [`Removed: ${name}-${old}.${arch}`] : []),
  ]
}
