import { existsSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { writeWhole } from '../../local/written-file.ts'
import { locationOf } from '../../protocol/location.ts'
import { formatWarning, themeFor } from '../../report/index.ts'
import { formatSettingList, formatSettings } from '../../report/settings.ts'
import { cleanLines } from '../../report/text.ts'
import { didYouMean, ProblemError } from '../../values/problem.ts'
import { argumentOf, newCommand, readWords } from '../command-line.ts'
import { describedSettings } from '../settings/described.ts'
import { type KnownSetting, knownSettings } from '../settings/settings.ts'
import type { Found } from '../settings/types.ts'

interface ConfigFlags {
  readonly onlyChanged: boolean
  readonly format: 'default' | 'json'
  readonly output: string
}

const EXAMPLES = `
Examples:
  run config dump --only-changed      what is set, and where
  run config list                     every setting, what it does, and where it can be set
  run config view                     the files that settings come from
  run config init                     a playssh.yml with every setting in it, commented out
`

const ACTIONS = { dump, list, view, init }

/** `run config dump|list|view|init`. Raises CommandLineEnd and ProblemError. */
export async function showSettings(words: readonly string[]): Promise<number> {
  const command = readWords(commandLine(), words)
  const name = command.args[0] ?? 'dump'
  if (!Object.hasOwn(ACTIONS, name)) {
    const hint = didYouMean(name, Object.keys(ACTIONS)) ?? 'it is dump, list, view or init'
    throw new ProblemError({ message: `run config knows no "${name}"`, hint })
  }
  process.stdout.write(await ACTIONS[name as keyof typeof ACTIONS](command.opts<ConfigFlags>()))
  return 0
}

function commandLine(): Command {
  return newCommand('run config', 'Shows the settings, and where they come from.')
    .addArgument(argumentOf('[action]', 'what is done', Object.keys(ACTIONS)).default('dump'))
    .option('--only-changed', 'with dump, only those that somebody has set', false)
    .addOption(
      new Option('--format <format>', 'with dump, default or json')
        .choices(['default', 'json'])
        .default('default'),
    )
    .option('--output <file>', 'with init, the file that is written', 'playssh.yml')
    .addHelpText('after', EXAMPLES)
}

async function dump({ onlyChanged, format }: ConfigFlags): Promise<string> {
  const { known, warnings } = knownSettings(undefined)
  for (const message of warnings) process.stderr.write(`${formatWarning({ message })}\n`)
  const shown = known
    .map(({ name, value, found }) => ({ name, value, from: fromOf(found[0]) }))
    .filter(({ from }) => !onlyChanged || from !== 'default')
  if (format === 'json') return `${JSON.stringify(shown, null, 4)}\n`
  return formatSettings(shown, themeFor(process.stdout, process.env))
}

function fromOf(found: Found | undefined) {
  if (found === undefined) return 'default'
  return found.place === undefined ? found.from : locationOf(found.place)
}

async function list(): Promise<string> {
  return formatSettingList(Object.values(describedSettings()), themeFor(process.stdout, process.env))
}

/** The files that say anything, as they are. */
async function view(): Promise<string> {
  const places = knownSettings(undefined).known.flatMap(({ found }) =>
    found.flatMap(({ place }) => place ?? []),
  )
  const sources = new Map(places.map(({ source }) => [source.path, source]))
  if (sources.size === 0) return 'no file sets anything; "run config init" makes one\n'
  return [...sources.values()]
    .map(
      ({ path, text, isSecret }) =>
        `# ${path}\n${(isSecret ? ['********'] : cleanLines(withoutSecrets(text))).join('\n')}\n`,
    )
    .join('\n')
}

/** What Galaxy servers are logged in to with stands in ansible.cfg. */
function withoutSecrets(text: string): string {
  return text.replace(/^(\s*(?:token|password)\s*[=:]).*(\n[ \t]+.*)*/gim, '$1 ********')
}

async function init({ output }: ConfigFlags): Promise<string> {
  if (existsSync(output))
    throw new ProblemError({ message: `${output} is there already; it is left as it is` })
  try {
    await writeWhole(output, [skeleton(knownSettings(undefined).known)])
  } catch (error) {
    throw new ProblemError({ message: `${output} cannot be written: ${(error as Error).message}` })
  }
  return `${output} is written, with every setting commented out\n`
}

/** A settings file in which everything is a comment. */
function skeleton(known: readonly KnownSetting[]): string {
  const lines = known.map(
    ({ name, setting: { help, type, otherwise } }) =>
      `# ${help} (${type.name})\n# ${name}:${otherwise === undefined ? '' : ` ${JSON.stringify(otherwise)}`}\n`,
  )
  return `# Settings of playssh. Take the # away in front of what is to hold; "run config dump" shows what does.\n\n${lines.join('\n')}`
}
