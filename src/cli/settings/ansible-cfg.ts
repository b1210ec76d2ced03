import { homedir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { ProblemError } from '../../values/problem.ts'
import { Source } from '../../values/source.ts'
import { firstFile, isFolder, readWritten, shownPath } from '../../yaml/files.ts'
import { type IniEntry, readIni } from './ini.ts'
import { SETTINGS, type SettingName } from './table.ts'
import { isTrusted } from './trusted.ts'
import type { Found } from './types.ts'

export interface AnsibleCfg {
  /** The file; undefined if there is none. */
  readonly path?: string
  readonly settings: ReadonlyMap<SettingName, Found>
  /** What it says of Galaxy servers, by `NAME.key`. */
  readonly servers: ReadonlyMap<string, IniEntry>
  /** What somebody should know, and what only somebody who asks for more. */
  readonly warnings: readonly string[]
  readonly notes: readonly string[]
}

/**
 * What the ansible.cfg says that Ansible would read: the one that ANSIBLE_CONFIG names, else the one in the current
 * folder, `~/.ansible.cfg` or `/etc/ansible/ansible.cfg`. Raises ProblemError.
 */
export function readAnsibleCfg(): AnsibleCfg {
  const warnings: string[] = []
  const path = findAnsibleCfg(warnings)
  if (path === undefined) return { settings: new Map(), servers: new Map(), warnings, notes: [] }
  const source = readWritten(path)
  if (!(source instanceof Source)) throw new ProblemError(source)
  const entries = readIni(source)
  const settings = new Map<SettingName, Found>()
  const used = new Set<string>()
  for (const [name, { cfg }] of Object.entries(SETTINGS)) {
    for (const key of cfg) used.add(key)
    const entry = cfg.map((key) => entries.get(key)).find((one) => one !== undefined)
    if (entry === undefined) continue
    const { text: written, place } = entry
    settings.set(name as SettingName, { written, from: shownPath(path), folder: dirname(path), place })
  }
  const said = [...entries.keys()].filter((key) => WITHOUT_EFFECT[key] !== undefined)
  for (const key of said) warnings.push(`${shownPath(path)}: ${key}: ${WITHOUT_EFFECT[key]}`)
  const ofServers = [...entries].filter(([key]) => key.startsWith(SERVER))
  const servers = new Map(ofServers.map(([key, entry]) => [key.slice(SERVER.length), entry]))
  const unknown = [...entries.keys()].filter(
    (key) => !used.has(key) && !said.includes(key) && !key.startsWith(SERVER),
  )
  const notes = unknown.length === 0 ? [] : [`${shownPath(path)}: without effect here: ${unknown.join(', ')}`]
  return { path, settings, servers, warnings, notes }
}

function findAnsibleCfg(warnings: string[]): string | undefined {
  const given = process.env.ANSIBLE_CONFIG
  if (given !== undefined && given !== '') {
    const path = resolve(given.replace(/^~(?=\/|$)/, homedir()))
    const file = firstFile([isFolder(path) ? join(path, 'ansible.cfg') : path])
    if (file !== undefined) return file
  }
  const here = firstFile([resolve('ansible.cfg')])
  if (here !== undefined && isTrusted(here, warnings)) return here
  return firstFile([join(homedir(), '.ansible.cfg'), '/etc/ansible/ansible.cfg'])
}

const SERVER = 'galaxy_server.'

const PYTHON = 'it is Python, which is not run here'

/** Settings whose effect somebody may miss. */
const WITHOUT_EFFECT: Readonly<Record<string, string>> = {
  'defaults.library': `modules of one's own are not found: ${PYTHON}`,
  'defaults.module_utils': PYTHON,
  'defaults.action_plugins': PYTHON,
  'defaults.callback_plugins': `callbacks of one's own are not called: ${PYTHON}`,
  'defaults.connection_plugins': PYTHON,
  'defaults.filter_plugins': `filters of one's own are not found: ${PYTHON}`,
  'defaults.inventory_plugins': PYTHON,
  'defaults.lookup_plugins': `lookups of one's own are not found: ${PYTHON}`,
  'defaults.strategy_plugins': PYTHON,
  'defaults.test_plugins': `tests of one's own are not found: ${PYTHON}`,
  'defaults.vars_plugins': PYTHON,
  'defaults.jinja2_extensions':
    'extensions of Jinja are Python, but for do and loopcontrols, which are always there',
  'defaults.jinja2_native': 'templates give text, or the value of a single expression, as without it',
}
