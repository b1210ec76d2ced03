import { posix } from 'node:path'
import { defineModule, type Plan } from '../../../sdk/module.ts'
import type { ArgsOf } from '../../../sdk/options.ts'
import { NOTHING } from '../../../sdk/plans.ts'
import { globToRegExp } from '../../../values/glob.ts'
import { matching } from '../../../values/matching.ts'
import { pythonRegExp, regexpProblems } from '../../../values/regexp.ts'
import type { ValueMap } from '../../../values/value.ts'
import { statValues } from '../stat-values.ts'
import { declared } from './options.ts'
import { type Entry, type Found, parse, probe } from './probe.ts'

type Args = ArgsOf<typeof declared>

/** Finds files, folders and links of a host, and never changes them. Semantics: ansible.builtin.find. */
export const find = defineModule<typeof declared, Found>({
  name: 'find',
  summary: 'Returns the files, folders or links below folders of the host that meet conditions.',
  options: declared,
  validate: problems,
  probe: (args) => probe(args, sizeAtLeast(args)),
  parse: ({ bytes }, args) => parse(bytes, args),
  plan,
})

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }
const BYTES = { b: 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 }

/** A number with a unit behind it; undefined for what is none. */
function measure(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, number, unit = ''] = /^(-?\d+)([a-z])?$/.exec(text.toLowerCase()) ?? []
  const factor = unit === '' ? 1 : Object.hasOwn(units, unit) ? units[unit] : undefined
  return number === undefined || factor === undefined ? undefined : Number(number) * factor
}

function sizeAtLeast({ size }: Args): number | undefined {
  const bytes = size === undefined ? undefined : measure(size, BYTES)
  return bytes !== undefined && bytes > 0 ? bytes : undefined
}

function problems(args: Partial<Args>): string[] {
  const { age, size, contains, use_regex, patterns = [], excludes = [] } = args
  const found: string[] = []
  if (age !== undefined && measure(age, SECONDS) === undefined)
    found.push(`failed to process age: ${JSON.stringify(age)} is no number with s, m, h, d or w behind it`)
  if (size !== undefined && measure(size, BYTES) === undefined)
    found.push(`failed to process size: ${JSON.stringify(size)} is no number with b, k, m, g or t behind it`)
  const expressions = [
    ...(contains === undefined ? [] : [['contains', contains] as const]),
    ...(use_regex ? patterns.map((one) => ['patterns', one] as const) : []),
    ...(use_regex ? excludes.map((one) => ['excludes', one] as const) : []),
  ]
  return [...found, ...regexpProblems(expressions)]
}

function plan(args: Args, { now, places }: Found): Plan {
  const files: ValueMap[] = []
  const skipped = new Map<string, string>()
  let examined = 0
  for (const place of places) {
    if (!place.isFolder) skipped.set(place.path, `'${place.path}' is not a directory`)
    if (place.refused !== '') skipped.set(place.path, place.refused)
    examined += place.examined
    for (const entry of place.entries)
      if (isMeant(args, entry, now)) files.push(described(args, place.path, entry))
  }
  const warnings = [...skipped].map(
    ([path, why]) => `Skipped '${path}' path due to this access issue: ${why}`,
  )
  const msg = skipped.size === 0 ? 'All paths examined' : 'Not all paths examined, check warnings for details'
  const result = { files, matched: files.length, examined, msg, skipped_paths: Object.fromEntries(skipped) }
  return { ...NOTHING, result, warnings }
}

function isMeant(args: Args, entry: Entry, now: number): boolean {
  const { file, path } = entry
  const { file_type, recurse, depth = 0, hidden, age, age_stamp, size } = args
  const name = path.slice(path.lastIndexOf('/') + 1)
  if (recurse && depth !== 0 && path.split('/').length > depth) return false
  if (name.startsWith('.') && !hidden) return false
  if (file_type !== 'any' && file.type !== file_type) return false
  if (!isNamed(args, name)) return false
  if (age !== undefined && !reaches(now - file[age_stamp], measure(age, SECONDS)!)) return false
  if (size !== undefined && file.type === 'file' && !reaches(file.size, measure(size, BYTES)!)) return false
  return args.contains === undefined || file_type !== 'file' || holds(args, args.contains, entry)
}

/** At least as much as is said, or at most if that is negative. */
function reaches(value: number, wanted: number): boolean {
  return wanted < 0 ? value <= -wanted : value >= wanted
}

function isNamed({ patterns, excludes = [], use_regex }: Args, name: string): boolean {
  const fits = (pattern: string) => (use_regex ? begins(pattern, name) : globToRegExp(pattern).test(name))
  return (patterns.length === 0 || patterns.some(fits)) && !excludes.some(fits)
}

/** Whether a user's expression matches at the beginning of a name. */
function begins(pattern: string, name: string): boolean {
  const expression = pythonRegExp(pattern, 'y')
  return matching({ expression, written: pattern, text: name, name }, () => expression.test(name))
}

/** As Python reads texts: what is no UTF-8 holds nothing, and every kind of line break is one. */
function holds({ read_whole_file }: Args, pattern: string, { bytes, path }: Entry): boolean {
  if (bytes === undefined) return false
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return false
  }
  text = text.replace(/\r\n?/g, '\n')
  const expression = pythonRegExp(pattern, read_whole_file ? '' : 'y')
  const beginsWith = (line: string) => {
    expression.lastIndex = 0
    return expression.test(line)
  }
  const lines = text.match(/[^\n]*\n|[^\n]+$/g) ?? []
  return matching({ expression, written: pattern, text, name: path }, () =>
    read_whole_file ? expression.test(text) : lines.some(beginsWith),
  )
}

function described({ get_checksum }: Args, folder: string, { path, file }: Entry): ValueMap {
  const { owner, group, uid, gid, digest } = file
  return {
    path: posix.normalize(posix.join(folder, path)),
    ...statValues(file),
    pw_name: owner === String(uid) ? '' : owner,
    gr_name: group === String(gid) ? '' : group,
    ...(get_checksum && digest !== undefined && { checksum: digest }),
  }
}
