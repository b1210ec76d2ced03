import { PLUGINS } from '../inventory/sources/plugin.ts'
import { KEYWORDS, type KeywordHelp, LOOP_CONTROL, PROMPT } from '../playbook/keywords.ts'
import { commentAbove } from '../plugins/comment.ts'
import { pluginsIn } from '../plugins/find.ts'
import { shownPath } from '../yaml/files.ts'
import { type Entry, type Kind, type OptionEntry, optionEntry } from './entry.ts'

/** What the command line tells of a setting. */
export interface DescribedSetting {
  readonly help: string
  readonly type: string
  readonly default: string | undefined
  /** `section.key` of ansible.cfg, and variables of the environment. */
  readonly cfg: readonly string[]
  readonly env: readonly string[]
}

/** What keywords hold that are maps themselves. */
const WITHIN = { controls: LOOP_CONTROL, prompts: PROMPT }

export const keywordKind = listed(KEYWORDS as Readonly<Record<string, KeywordHelp>>, keywordEntry)

function keywordEntry(name: string, keyword: KeywordHelp): Entry {
  const { help, type, elements, ...rest } = optionEntry(keyword)
  const within = WITHIN[keyword.type as keyof typeof WITHIN] ?? {}
  return {
    kind: 'keyword',
    name,
    summary: help[0]!,
    options: Object.fromEntries(Object.entries(within).map(([key, option]) => [key, optionEntry(option)])),
    facts: {
      'applies to': keyword.in.filter((place) => place !== 'handler' || !keyword.in.includes('task')),
      type: [elements === undefined ? type : `${type} of ${elements}`],
      ...(rest.choices && { choices: rest.choices.map(String) }),
    },
  }
}

export function settingKind(settings: Readonly<Record<string, DescribedSetting>>): Kind {
  return listed(settings, (name, setting) => ({
    kind: 'setting',
    name,
    summary: setting.help,
    options: {},
    facts: {
      type: [setting.type],
      ...(setting.default !== undefined && { default: [setting.default] }),
      'playssh.yml': [name],
      ...(setting.cfg.length > 0 && { 'ansible.cfg': setting.cfg }),
      ...(setting.env.length > 0 && { environment: setting.env }),
    },
  }))
}

/** The inventory plugins, those of `folders` too. */
export function inventoryKind(folders: readonly string[]): Kind {
  const here = listed(PLUGINS, (name, { summary, options }) => ({
    kind: 'inventory',
    name,
    fullName: `ansible.builtin.${name}`,
    summary,
    options: Object.fromEntries(
      Object.entries(options).map(([key, option]): [string, OptionEntry] => [key, optionEntry(option)]),
    ),
  }))
  const own = () => new Map(folders.flatMap((folder) => [...pluginsIn(folder)]).reverse())
  return {
    names: () => [...new Set([...here.names(), ...own().keys()])].sort(),
    find: (name) => {
      const file = own().get(name)
      if (file === undefined) return here.find(name)
      const summary = commentAbove(file, name) ?? `The inventory plugin of ${shownPath(file)}.`
      return [{ kind: 'inventory', name, file, summary, options: {} }]
    },
  }
}

function listed<T>(table: Readonly<Record<string, T>>, entry: (name: string, one: T) => Entry): Kind {
  return {
    names: () => Object.keys(table).sort(),
    find: (written) => {
      const name = written.replace(/^ansible\.(builtin|legacy)\./, '')
      return Object.hasOwn(table, name) ? [entry(name, table[name]!)] : []
    },
  }
}
