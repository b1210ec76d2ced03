import type { Command } from 'commander'
import { KIND_NAMES } from '../../manual/entry.ts'
import type { Expected } from './expected.ts'

/** What can be typed, and what it is. */
export type Candidate = readonly [text: string, description?: string]

/** What a shell is told: candidates, and which files can be typed besides. */
export interface Answer {
  readonly files: 'none' | 'files' | 'folders' | 'playbooks'
  readonly candidates: readonly Candidate[]
}

const NOTHING: Answer = { files: 'none', candidates: [] }

type Finds = (expected: Expected) => Answer | Promise<Answer>

/** What can stand for a word in the brackets of a flag or an argument. */
const FINDS: Readonly<Record<string, Finds>> = {
  file: () => ({ ...NOTHING, files: 'files' }),
  folder: () => ({ ...NOTHING, files: 'folders' }),
  path: () => ({ ...NOTHING, files: 'folders' }),
  playbook: () => ({ ...NOTHING, files: 'playbooks' }),
  source: () => ({ ...NOTHING, files: 'files' }),
  format: async () => choices((await import('../../report/formats.ts')).FORMATS),
  method: () => choices(['sudo', 'su']),
  type: () => choices(['ssh', 'local']),
  group: async (expected) => choices((await inventoryOf(expected)).groups.keys()),
  host: async (expected) => choices((await inventoryOf(expected)).hosts.keys()),
  module: async ({ typed }) => choices(await moduleNames(typed.includes('.'))),
  pattern: async (expected) => {
    const { hosts, groups } = await inventoryOf(expected)
    return {
      ...NOTHING,
      candidates: [...described(groups.keys(), 'group'), ...described(hosts.keys(), 'host')],
    }
  },
  subject: documented,
  tags: async (expected) => choices((await namesIn(expected)).tags),
  task: async (expected) => choices((await namesIn(expected)).tasks),
}

/** Words of one flag that stand together: a list, or a pattern of hosts. */
const SEPARATORS: Readonly<Record<string, RegExp>> = {
  format: /^.*,/s,
  pattern: /^.*[,:][!&]?|^[!&]/s,
  tags: /^.*,/s,
}

/** What the word can become: the whole words. Raises whatever the files of the project make of it. */
export async function candidatesFor(expected: Expected): Promise<Answer> {
  const { value, command, typed, before } = expected
  const own = value === undefined ? NOTHING : await valuesOf(value, expected)
  const inner = expected.commands
    ? command.commands.map((one) => [one.name(), one.description()] as const)
    : []
  const flags = expected.flags && typed.startsWith('-') ? flagsOf(command) : []
  const all = [...inner, ...own.candidates, ...flags]
  return {
    files: typed.startsWith('-') && expected.flags ? 'none' : own.files,
    candidates: all
      .filter(([text]) => text.startsWith(typed))
      .map(([text, ...description]) => [`${before}${text}`, ...description]),
  }
}

async function valuesOf({ kind, choices: known }: NonNullable<Expected['value']>, expected: Expected) {
  if (known !== undefined) return choices(known)
  if (!Object.hasOwn(FINDS, kind)) return NOTHING
  const start = SEPARATORS[kind]?.exec(expected.typed)?.[0] ?? ''
  const { files, candidates } = await FINDS[kind]!(expected)
  return { files, candidates: candidates.map(([text, ...said]): Candidate => [`${start}${text}`, ...said]) }
}

function flagsOf(command: Command): Candidate[] {
  const help = [['--help', 'say what there is'] as const]
  const options = command.options.filter(({ hidden }) => !hidden)
  return [
    ...options.flatMap(({ long, short, description }) =>
      [long, short].flatMap((flag): Candidate[] => (flag ? [[flag, description]] : [])),
    ),
    ...help,
  ]
}

function choices(names: Iterable<string>): Answer {
  return { ...NOTHING, candidates: [...names].map((name) => [name]) }
}

function described(names: Iterable<string>, what: string): Candidate[] {
  return [...names].map((name) => [name, what])
}

async function inventoryOf({ given }: Expected) {
  const [{ loadInventory }, { readSettings }, { keepTreesBy }] = await Promise.all([
    import('../../inventory/load.ts'),
    import('../settings/settings.ts'),
    import('../kept-trees.ts'),
  ])
  const settings = readSettings(undefined)
  keepTreesBy(settings)
  const sources = given.get('--inventory') ?? settings.inventory ?? []
  const options = { playbookDirs: [], cwd: process.cwd(), runsNothing: true } as const
  return (await loadInventory(sources, options)).inventory
}

async function namesIn({ args }: Expected) {
  const [{ namedIn }, { readSettings }] = await Promise.all([
    import('./named.ts'),
    import('../settings/settings.ts'),
  ])
  return namedIn(args, readSettings(args[0]).roles_path)
}

/** The names of modules, those of library/ too, without one being loaded. */
async function moduleNames(withCollections: boolean): Promise<string[]> {
  const [{ modules }, { libraryFiles }, { fullNameOf }] = await Promise.all([
    import('../../modules/index.ts'),
    import('../../playbook/module-programs.ts'),
    import('../../manual/modules.ts'),
  ])
  const names = Object.keys(modules)
  if (withCollections) return names.flatMap((name) => fullNameOf(name) ?? [])
  return [...names, ...libraryFiles({ playFolder: process.cwd(), role: undefined, collections: [] }).keys()]
}

async function documented({ given }: Expected): Promise<Answer> {
  const { kindsHere } = await import('../commands/doc.ts')
  const kinds = kindsHere()
  const [asked] = given.get('--type') ?? []
  const known = KIND_NAMES.filter((kind) => (asked === undefined ? kind !== 'role' : kind === asked))
  return {
    ...NOTHING,
    candidates: known.flatMap((kind) => described(kinds[kind].names(), kind)),
  }
}
