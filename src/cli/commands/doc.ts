import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { type Entry, KIND_NAMES, type KindName } from '../../manual/entry.ts'
import { entriesDocument } from '../../manual/json.ts'
import { entriesNamed, type Kinds, kindsOf, meantEntries } from '../../manual/kinds.ts'
import { snippet } from '../../manual/snippet.ts'
import { formatEntry, formatList, type Look } from '../../manual/text.ts'
import { modules } from '../../modules/index.ts'
import { searchCollections } from '../../playbook/collections.ts'
import { searchModules } from '../../playbook/module-programs.ts'
import { themeFor } from '../../report/index.ts'
import { type Problem, ProblemError } from '../../values/problem.ts'
import { folders, newCommand, readWords } from '../command-line.ts'
import { page } from '../pager.ts'
import { describedSettings } from '../settings/described.ts'
import { readSettings } from '../settings/settings.ts'

interface DocFlags {
  readonly type?: KindName
  readonly list: boolean
  readonly listFiles: boolean
  readonly snippet: boolean
  readonly json: boolean
  readonly entryPoint?: string
  readonly rolesPath?: readonly string[]
  readonly modulePath?: readonly string[]
  readonly playbookDir: string
}

const EXAMPLES = `
Examples:
  run doc copy                            what copy does, and its arguments
  run doc -s apt                          a task to be filled in
  run doc -l -t filter                    every filter
  run doc become                          of the kinds, the first that has such a name
  run doc -t role -r roles web            the arguments of a role, as its argument specs tell them
`

/** `run doc [NAME...]`: what can be said in playbooks, and what it means. Raises CommandLineEnd and ProblemError. */
export async function showDocumentation(words: readonly string[]): Promise<number> {
  const command = readWords(commandLine(), words)
  const names = command.args
  const flags = command.opts<DocFlags>()
  const kinds = documented(flags)
  if (flags.list || flags.listFiles) show(listOf(names, kinds, flags), flags)
  else if (names.length === 0)
    throw new ProblemError({ message: 'run doc takes a name', hint: '"run doc -l" lists the modules' })
  else describe(names, kinds, flags)
  return 0
}

function commandLine(): Command {
  return newCommand('run doc', 'Tells what can be said in playbooks, and what it means.')
    .argument('[subject...]', 'what is to be told of; with -l, a part of the names that are listed')
    .addOption(
      new Option('-t, --type <type>', 'what it is; without it, whatever has the name').choices(KIND_NAMES),
    )
    .option('-l, --list', 'list the modules, or all of a type', false)
    .option('-F, --list-files', 'list them with the files that bring them', false)
    .option('-s, --snippet', 'what can be put into a playbook and filled in', false)
    .option('-j, --json', 'as JSON', false)
    .option('-e, --entry-point <name>', 'of a role, only this way into it')
    .option('-r, --roles-path <path>', 'folders of roles; may be repeated', folders)
    .option('-M, --module-path <path>', "folders of modules of one's own; may be repeated", folders)
    .option('--playbook-dir <folder>', 'where library, filter_plugins and roles are looked for', '.')
    .addHelpText('after', EXAMPLES)
}

/** What there is to be told of in a folder of playbooks, without anything in it being run. */
export function kindsHere(playbookDir = '.'): Kinds {
  return documented({ playbookDir }, true)
}

function documented(
  { rolesPath, modulePath = [], playbookDir, entryPoint }: Partial<DocFlags> & Pick<DocFlags, 'playbookDir'>,
  runsNothing = false,
): Kinds {
  const settings = readSettings(undefined)
  searchCollections(settings.collections_path)
  searchModules({ library: [...modulePath, ...settings.library], moduleUtils: settings.module_utils })
  return kindsOf({
    modules,
    settings: describedSettings(),
    folder: resolve(playbookDir),
    rolesPath: rolesPath ?? settings.roles_path,
    entryPoint,
    runsNothing,
  })
}

/** Rows of names and what they are, or where. */
function listOf(parts: readonly string[], kinds: Kinds, { type = 'module', listFiles }: DocFlags) {
  const entries = kinds[type]
    .names()
    .flatMap((name) => kinds[type].find(name))
    .filter(
      ({ name, fullName = name }) =>
        parts.length === 0 || parts.some((part) => `${name} ${fullName}`.includes(part)),
    )
  return entries.map((entry): readonly [string, string] => [
    entry.kind === 'role' && !listFiles ? `${entry.name} ${entry.facts!['entry point']}` : entry.name,
    listFiles ? (entry.file ?? '(built in)') : entry.summary,
  ])
}

function show(rows: ReturnType<typeof listOf>, { json }: DocFlags): void {
  if (json) process.stdout.write(`${JSON.stringify(Object.fromEntries(rows), null, 4)}\n`)
  else page(formatList(rows, look()))
}

/** Tells of all that are there, and then raises ProblemError for the others. */
function describe(names: readonly string[], kinds: Kinds, flags: DocFlags): void {
  const { type, json } = flags
  const found = names.map((name) => ({ name, ...entriesNamed(name, kinds, type) }))
  const entries = found.flatMap((one) => one.entries)
  if (json) process.stdout.write(`${JSON.stringify(entriesDocument(entries), null, 4)}\n`)
  else if (entries.length > 0) page(entries.map((entry) => textOf(entry, flags)).join(''))
  for (const { name, others } of found)
    for (const other of others)
      process.stderr.write(`There is a ${other} ${name} too: run doc -t ${other} ${name}\n`)
  const missing = found.filter((one) => one.entries.length === 0)
  if (missing.length > 0) throw new ProblemError(missing.map(({ name }) => unknown(name, kinds, flags)))
}

function textOf(entry: Entry, flags: DocFlags): string {
  return flags.snippet ? snippet(entry) : formatEntry(entry, look())
}

function unknown(name: string, kinds: Kinds, { type, entryPoint }: DocFlags): Problem {
  if (type === 'role' && entryPoint !== undefined)
    return { message: `there is no role "${name}" with an entry point "${entryPoint}"` }
  const meant = meantEntries(name, kinds, type).map((one) => `the ${one.kind} "${one.name}"`)
  const flag = type === undefined ? '' : ` -t ${type}`
  const hint =
    meant.length === 0 ? `"run doc -l${flag}" lists what there is` : `did you mean ${meant.join(' or ')}?`
  return {
    message: type === undefined ? `nothing is called "${name}"` : `there is no ${type} "${name}"`,
    hint,
  }
}

function look(): Look {
  const { stdout, env } = process
  return { columns: stdout.columns ?? (Number(env.COLUMNS) || 80), theme: themeFor(stdout, env) }
}
