import type { Command } from 'commander'
import { decrypted, encrypted, rekeyed } from '../../../encryption/work.ts'
import { didYouMean, ProblemError } from '../../../values/problem.ts'
import { CommandLineEnd, collect, newCommand, readWords } from '../../command-line.ts'
import { type FlagGroup, vaultFlags, verbosityFlags, withFlags } from '../../flags.ts'
import { createFile, editFiles } from './edited.ts'
import { inputs, workedOn, writeResults } from './files.ts'
import {
  decryptingKeyring,
  encryptorOf,
  newEncryptorOf,
  type VaultActionFlags,
  vaultSettings,
} from './passwords.ts'
import { encryptStrings, type StringFlags } from './strings.ts'
import { viewFiles } from './view.ts'

interface Action {
  readonly summary: string
  /** As commander takes it. */
  readonly takes: string
  readonly flags: readonly FlagGroup[]
  /** Gives the exit status. Raises ProblemError. */
  run(words: readonly string[], flags: VaultActionFlags): Promise<number>
}

const encryptIdFlags: FlagGroup = (command) =>
  command.option('--encrypt-vault-id <id>', 'the vault id to encrypt with, when there are several')

const outputFlags: FlagGroup = (command) =>
  command.option('--output <file>', 'write the result into this file, or to stdout with -')

const newPasswordFlags: FlagGroup = (command) =>
  command
    .option('--new-vault-id <id@source>', 'the new password: prompt, or a file or script')
    .option('--new-vault-password-file <file>', 'file or script with the new password')

const stringFlags: FlagGroup = (command) =>
  command
    .option('-n, --name <name>', 'the name of the variable, one for each text; repeatable', collect, [])
    .option('--stdin-name <name>', 'the name of the variable for the text from stdin')
    .option('-p, --prompt', 'ask for the text', false)
    .option('--show-input', 'with -p, show what is typed', false)

const ACTIONS: Readonly<Record<string, Action>> = {
  create: {
    summary: 'write a new encrypted file in an editor',
    takes: '<file>',
    flags: [encryptIdFlags],
    run: ([name], flags) => createFile(name!, flags),
  },
  edit: {
    summary: 'change an encrypted file, or the !vault values of a YAML file, in an editor',
    takes: '<file...>',
    flags: [encryptIdFlags],
    run: editFiles,
  },
  view: {
    summary: 'show what encrypted files, or the !vault values of YAML files, hold',
    takes: '<file...>',
    flags: [],
    run: viewFiles,
  },
  encrypt: {
    summary: 'encrypt files',
    takes: '[file...]',
    flags: [outputFlags, encryptIdFlags],
    run: encrypt,
  },
  encrypt_string: {
    summary: 'encrypt texts, as values for YAML files',
    takes: '[text...]',
    flags: [outputFlags, encryptIdFlags, stringFlags],
    run: (words, flags) => encryptStrings(words, flags as StringFlags),
  },
  decrypt: { summary: 'decrypt files', takes: '[file...]', flags: [outputFlags], run: decrypt },
  rekey: {
    summary: 'encrypt files, and the !vault values of YAML files, with another password',
    takes: '<file...>',
    flags: [encryptIdFlags, newPasswordFlags],
    run: rekey,
  },
}

/** `run vault ACTION`: what ansible-vault does. Raises CommandLineEnd and ProblemError. */
export async function vault(words: readonly string[]): Promise<number> {
  const [name = '', ...rest] = words
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name]! : undefined
  if (action === undefined) return withoutAction(words)
  const command = newCommand(`run vault ${name}`, `${sentence(action.summary)}.`).argument(action.takes)
  readWords(
    withFlags(command, ...action.flags, vaultFlags, verbosityFlags).addHelpText('after', EXAMPLES[name]!),
    rest,
  )
  return action.run(command.args, command.opts<VaultActionFlags>())
}

async function encrypt(names: readonly string[], flags: VaultActionFlags): Promise<number> {
  single(names, flags)
  const given = await inputs(names)
  const encryptor = await encryptorOf(flags, vaultSettings())
  const results = workedOn(given, (input) => encrypted(input, encryptor))
  return said('Encryption successful', await writeResults(results, flags.output, true))
}

async function decrypt(names: readonly string[], flags: VaultActionFlags): Promise<number> {
  single(names, flags)
  const given = await inputs(names)
  const keyring = await decryptingKeyring(flags, vaultSettings())
  const results = workedOn(given, (input) => decrypted(input, keyring).plain)
  return said('Decryption successful', await writeResults(results, flags.output, false))
}

async function rekey(names: readonly string[], flags: VaultActionFlags): Promise<number> {
  const given = await inputs(names)
  const settings = vaultSettings()
  const keyring = await decryptingKeyring(flags, settings)
  const encryptor = await newEncryptorOf(flags, settings)
  const results = workedOn(given, (input) => rekeyed(input, keyring, encryptor))
  const status = await writeResults(results, undefined, false)
  if (status === 0) process.stderr.write('Rekey successful\n')
  return status
}

function single(names: readonly string[], { output }: VaultActionFlags): void {
  if (output !== undefined && names.length > 1)
    throw new ProblemError({ message: `--output takes one file, and ${names.length} are given` })
}

/** Told to somebody at a terminal alone, as ansible-vault does. */
function said(what: string, status: number): number {
  if (status === 0 && process.stdout.isTTY) process.stderr.write(`${what}\n`)
  return status
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Help, or a mistake in the name. */
function withoutAction(words: readonly string[]): number {
  const width = Math.max(...Object.keys(ACTIONS).map((name) => name.length))
  const list = Object.entries(ACTIONS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}\n`)
  const command: Command = newCommand(
    'run vault',
    'Encrypts and decrypts files and values as ansible-vault does.',
  )
    .argument('<action>', 'one of those below; each has --help')
    .argument('[words...]')
    .addHelpText('after', `\nActions:\n${list.join('')}`)
  if (words.length === 0) {
    command.outputHelp()
    throw new CommandLineEnd(1)
  }
  readWords(command, words)
  const name = command.args[0]!
  const hint = didYouMean(name, Object.keys(ACTIONS)) ?? `it is ${Object.keys(ACTIONS).join(', ')}`
  throw new ProblemError({ message: `run vault knows no "${name}"`, hint })
}

const EXAMPLES: Readonly<Record<string, string>> = {
  create: `
Examples:
  run vault create secrets.yml                     the password is asked for
  run vault create secrets.yml --vault-id prod@prompt
`,
  edit: `
EDITOR, or else VISUAL, names the editor (vi otherwise); one with a window of its own must wait: EDITOR='code --wait'.

Examples:
  run vault edit secrets.yml
  run vault edit group_vars/all.yml                its !vault values are plain in the editor
`,
  view: `
Examples:
  run vault view secrets.yml
  run vault view group_vars/all.yml --vault-password-file ~/.vault-password
`,
  encrypt: `
Examples:
  run vault encrypt secrets.yml keys.yml
  run vault encrypt --output secrets.yml < plain.yml
  run vault encrypt secrets.yml --vault-id dev@dev-pw --vault-id prod@prod-pw --encrypt-vault-id prod
`,
  encrypt_string: `
A text on the command line can be seen by others on this machine; one from stdin or -p cannot.

Examples:
  run vault encrypt_string -p
  pwgen 20 1 | tr -d '\\n' | run vault encrypt_string --stdin-name db_password
  run vault encrypt_string 'one' 'two' -n first -n second
`,
  decrypt: `
Examples:
  run vault decrypt secrets.yml
  run vault decrypt secrets.yml --output -
`,
  rekey: `
All files get the new password, or none does.

Examples:
  run vault rekey secrets.yml group_vars/*.yml     old and new passwords are asked for
  run vault rekey secrets.yml --vault-password-file old --new-vault-id prod@new
`,
}
