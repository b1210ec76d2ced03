import { resolve } from 'node:path'
import { Argument, Command, CommanderError, InvalidArgumentError } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { visibleLines } from '../values/visible.ts'

/** The command line was wrong, or only asked for help: what was to be said has been said. */
export class CommandLineEnd extends Error {
  readonly exitStatus: number

  constructor(exitStatus: number) {
    super('command line')
    this.exitStatus = exitStatus
  }
}

/** A command to which arguments and flags are added; `name` is what is typed, "run ad-hoc". */
export function newCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .version(packageJson.version)
    .showHelpAfterError(`${name} --help lists the arguments and flags`)
    .configureOutput({ outputError: (text, write) => write(visibleLines(text)) })
    .exitOverride()
}

/** Raised in place of reading words, while a command line is only asked for. */
class AskedFor extends Error {
  readonly command: Command

  constructor(command: Command) {
    super('command line')
    this.command = command
  }
}

let isAsking = false

/** The command line that something reads first of all; undefined if it reads none. Nothing else of it is done. */
export async function commandLineOf(run: () => unknown): Promise<Command | undefined> {
  isAsking = true
  try {
    await run()
  } catch (error) {
    if (error instanceof AskedFor) return error.command
  } finally {
    isAsking = false
  }
  return undefined
}

/** Reads what was typed behind the name. Raises CommandLineEnd. */
export function readWords(command: Command, words: readonly string[]): Command {
  if (isAsking) throw new AskedFor(command)
  try {
    return command.parse(words.map(withoutAlias), { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError) throw new CommandLineEnd(error.exitCode === 0 ? 0 : 1)
    throw error
  }
}

/** Ansible's other names for flags. */
const ALIASES: Readonly<Record<string, string>> = {
  '--api-key': '--token',
  '--ask-vault-password': '--ask-vault-pass',
  '--become-pass-file': '--become-password-file',
  '--conn-pass-file': '--connection-password-file',
  '--inventory-file': '--inventory',
  '--list_files': '--list-files',
  '--key-file': '--private-key',
  '--role-file': '--requirements-file',
  '--subset': '--limit',
  '--update': '--upgrade',
  '--vault-pass-file': '--vault-password-file',
}

function withoutAlias(word: string): string {
  return word.replace(/^--[a-z_-]+/, (flag) => (Object.hasOwn(ALIASES, flag) ? ALIASES[flag]! : flag))
}

/** An argument of which these are the values that are proposed; whoever reads it says what is wrong with others. */
export function argumentOf(name: string, description: string, choices: readonly string[]): Argument {
  return Object.assign(new Argument(name, description), { argChoices: [...choices] })
}

/** For a flag that may be repeated. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value]
}

/** The same for words between commas. */
export function collectWords(value: string, before: readonly string[]): string[] {
  const words = value.split(',').map((word) => word.trim())
  return [...before, ...words.filter(Boolean)]
}

/** Folders between colons, the nearest first. */
export function folders(value: string, before: readonly string[] = []): string[] {
  const found = value.split(':').filter((folder) => folder !== '')
  return [...found.map((folder) => resolve(folder)), ...before]
}

export function positive(value: string): number {
  const number = Number(value)
  if (Number.isInteger(number) && number > 0) return number
  throw new InvalidArgumentError('It takes a number above 0.')
}

export function count(value: string): number {
  const number = Number(value)
  if (value.trim() !== '' && Number.isInteger(number) && number >= 0) return number
  throw new InvalidArgumentError('It takes a whole number from 0 on.')
}
