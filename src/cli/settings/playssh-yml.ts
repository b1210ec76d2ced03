import { dirname, join, resolve } from 'node:path'
import { type Problem, ProblemError } from '../../values/problem.ts'
import type { Node } from '../../values/value.ts'
import { Fields, isNull } from '../../yaml/fields.ts'
import { Files, firstFile } from '../../yaml/files.ts'
import { SETTINGS, type SettingName } from './table.ts'
import { isTrusted } from './trusted.ts'
import type { Found, Written } from './types.ts'

const settingsFile = 'playssh.yml'

/**
 * What playssh.yml says: the one in the current folder or above it, else the one beside or above the playbook. Raises
 * ProblemError when it is no map of settings; what is wrong with its keys is added to the problems.
 */
export function readPlaysshYml(
  playbook: string | undefined,
  warnings: string[],
  problems: Problem[],
): { path?: string; settings: ReadonlyMap<SettingName, Found> } {
  const find = (folder: string) => findAbove(folder, warnings)
  const path = find(process.cwd()) ?? (playbook && find(dirname(resolve(playbook))))
  if (path === undefined || path === '') return { settings: new Map() }
  const files = new Files()
  const node = files.yaml(path)
  if (files.problems.length > 0) throw new ProblemError(files.problems)
  if (node === undefined || isNull(node)) return { path, settings: new Map() }
  if (node.kind !== 'map') {
    throw new ProblemError({ message: `${settingsFile} is a map of settings`, place: node.place })
  }
  new Fields(node, problems).rejectUnknown('settings file', Object.keys(SETTINGS))
  const settings = new Map<SettingName, Found>()
  for (const { key, value } of node.entries) {
    const written = isNull(value) ? undefined : writtenIn(value, problems)
    if (written === undefined) continue
    settings.set(key as SettingName, { written, from: path, folder: dirname(path), place: value.place })
  }
  return { path, settings }
}

function findAbove(folder: string, warnings: string[]): string | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const path = firstFile([join(at, settingsFile)])
    if (path !== undefined && isTrusted(path, warnings)) return path
    if (dirname(at) === at) return undefined
  }
}

function writtenIn(node: Node, problems: Problem[]): Written | undefined {
  if (node.kind === 'scalar') return String(node.value)
  if (node.kind === 'list' && node.items.every((item) => item.kind === 'scalar'))
    return node.items.map((item) => String(item.kind === 'scalar' ? item.value : ''))
  problems.push({ message: 'a single value or a list of them is expected', place: node.place })
  return undefined
}
