import type { Change } from '../../../sdk/module.ts'

/** What zypper has said that it does, or why it does not. */
export interface Summary {
  readonly code: number
  readonly changes: readonly Change[]
  readonly complaint: string | undefined
}

/** It has done what it says: also when it wants the host restarted, was itself replaced, or passed a repository over. */
const FINE = [0, 102, 103, 106]

/** The output of --xmlout. */
export function readSummary(code: number, text: string): Summary {
  const changes = [...text.matchAll(/<to-([a-z-]+)>([\s\S]*?)<\/to-\1>/g)].flatMap(([, group, within]) =>
    [...within!.matchAll(/<solvable\b([^>]*)>/g)].map(([, attributes]) => changeOf(group!, attributes!)),
  )
  return { code, changes, complaint: FINE.includes(code) ? undefined : complaintOf(code, text) }
}

function changeOf(group: string, attributes: string): Change {
  const of = new Map(
    [...attributes.matchAll(/([a-z-]+)="([^"]*)"/g)].map(([, key, value]) => [key, plain(value!)]),
  )
  const [what = '', edition = 'installed', old] = ['name', 'edition', 'edition-old'].map((key) => of.get(key))
  if (group.startsWith('remove')) return { what, before: edition, after: null }
  if (group.startsWith('install')) return { what, before: null, after: edition }
  if (group.startsWith('reinstall')) return { what, before: edition, after: `${edition}, installed anew` }
  return { what, before: old ?? 'installed', after: edition }
}

/** What it could not find is told as it is, as in Ansible. */
export function complaintOf(code: number, text: string): string {
  const said = [...text.matchAll(/<message type="(?:error|warning)">([\s\S]*?)<\/message>/g)]
  const problems = [...text.matchAll(/<description>(Problem: [\s\S]*?)<\/description>/g)]
  const lines = [...said, ...problems].map(([, words]) => plain(words!).trim())
  const told = [...new Set(lines)].join('\n') || plain(text.replace(/<[^>]*>/g, '')).trim()
  if (code === 104) return told
  return `Zypper run command failed with return code ${code}.${told === '' ? '' : ` ${told}`}`
}

function plain(text: string): string {
  const signs: Readonly<Record<string, string>> = { lt: '<', gt: '>', apos: "'", quot: '"', amp: '&' }
  return text.replace(/&(lt|gt|apos|quot|amp);/g, (_, name: string) => signs[name]!)
}
