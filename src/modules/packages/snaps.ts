import { readSections, section } from '../../host/sections.ts'

/** A snap in the revision that is its current one. */
export interface Snap {
  readonly version: string
  /** The channel that it follows; "-" for none. */
  readonly tracking: string
  readonly enabled: boolean
}

export const NAME = /^(?=[a-z0-9-]*[a-z])[a-z0-9]+(-[a-z0-9]+)*(_[a-z0-9]{1,10})?$/

export const NO_SNAP =
  'Failed to find required executable "snap" on this host: install the package snapd in an earlier task'

/** A probe that says whether there is a program snap, and if so, runs `parts`. */
export function snapProbe(...parts: readonly string[]): string {
  return ['export LC_ALL=C', section('snap', 'command -v snap >/dev/null'), ...parts].join(
    '\ncommand -v snap >/dev/null || exit 0\n',
  )
}

/** Sh that asks snap for what it may refuse, and then gives its words. */
export function tried(name: string, command: string): string {
  return section(name, `${command} || ${command} 2>&1`)
}

/** What `snapProbe` has printed, by names; undefined on a host without snap. */
export function answersIn(bytes: Buffer, names: readonly string[]) {
  const found = readSections(bytes, ['snap', ...names])
  return found.get('snap')?.code === 0 ? found : undefined
}

/** What `snap list` prints: Name, Version (perhaps empty), Rev, Tracking, Publisher, Notes. */
export function snapsIn(printed: string): Map<string, Snap> {
  return new Map(
    tableOf(printed, 'Name').map((fields): [string, Snap] => {
      if (fields.length < 5)
        throw new Error(`snap on the host listed "${fields.join(' ')}", which is no snap`)
      const [version, , tracking, , notes] = fields.slice(-5) as [string, string, string, string, string]
      const name = fields[0]!
      return [
        name,
        {
          version: fields.length > 5 ? version : '-',
          tracking,
          enabled: !notes.split(',').includes('disabled'),
        },
      ]
    }),
  )
}

/** The fields of a table's lines behind its heading; nothing is printed for no lines. */
export function tableOf(printed: string, heading: string): string[][] {
  const lines = printed.split('\n').filter((line) => line.trim() !== '')
  if (lines.length > 0 && !lines[0]!.startsWith(`${heading} `))
    throw new Error(`snap on the host printed no table, but "${lines[0]}"`)
  return lines.slice(1).map((line) => line.trim().split(/\s+/))
}

/** What snap complains of, in one line. */
export function complaintOf(text: string): string {
  return text
    .trim()
    .replace(/^error: /, '')
    .replace(/\s*\n\s*/g, ' ')
}
