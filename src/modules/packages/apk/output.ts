import type { Change } from '../../../sdk/module.ts'

/** A change of a package; `what` is its name. */
export type PackageChange = Change

/** What apk says that it does, or would do: "(1/2) Upgrading name (1.0-r0 -> 1.1-r0)". */
export function changesIn(text: string): PackageChange[] {
  return text.split('\n').flatMap((line): PackageChange[] => {
    const [, verb, name, versions] = /^\(\d+\/\d+\) (\w+) (\S+) \(([^)]*)\)/.exec(line) ?? []
    if (name === undefined) return []
    const what = name.replace(/@.*/, '')
    const [before, after = before] = versions!.split(' -> ') as [string, string | undefined]
    if (verb === 'Installing') return [{ what, before: null, after: before }]
    if (verb === 'Purging') return [{ what, before, after: null }]
    return [{ what, before, after: before === after ? `${after}, installed anew` : after! }]
  })
}

/** Apk's own lines about an error. */
export function complaintOf(text: string): string {
  const lines = text.trim().split('\n')
  const first = lines.findIndex((line) => line.startsWith('ERROR:'))
  return lines
    .slice(Math.max(first, 0))
    .filter((line) => !/^(\(\d+\/\d+\)|fetch |OK:|Executing )/.test(line))
    .map((line) => line.trim().replace(/^ERROR: /, ''))
    .join(' ')
}
