import { buffer } from 'node:stream/consumers'
import { type Encryptor, encrypted } from '../../../encryption/work.ts'
import { ProblemError } from '../../../values/problem.ts'
import { ask } from '../../ask.ts'
import { writeOutput } from './files.ts'
import { encryptorOf, type VaultActionFlags, vaultSettings } from './passwords.ts'

export interface StringFlags extends VaultActionFlags {
  readonly name: readonly string[]
  readonly stdinName?: string
  readonly prompt: boolean
  readonly showInput: boolean
}

/** A text to encrypt: its name as a variable, and where it came from, for people. */
interface Given {
  readonly text: Buffer
  readonly from: string
  readonly name?: string | undefined
}

/** `run vault encrypt_string`: texts as values of YAML. Gives the exit status. Raises ProblemError. */
export async function encryptStrings(words: readonly string[], flags: StringFlags): Promise<number> {
  const readsStdin =
    words.includes('-') || flags.stdinName !== undefined || (words.length === 0 && !flags.prompt)
  if (flags.prompt && readsStdin)
    throw new ProblemError({ message: '--prompt does not go together with a text from stdin' })
  const encryptor = await encryptorOf(flags, vaultSettings())
  const given = await texts(
    words.filter((word) => word !== '-'),
    flags,
    readsStdin,
  )
  const values = given.map((one) => asYaml(one, encryptor))
  if (given.length > 1) for (const [at, one] of given.entries()) process.stderr.write(heading(one, at + 1))
  const text = values.join('\n')
  const { output } = flags
  if (output !== undefined && output !== '-') return writeOutput(output, Buffer.from(text))
  process.stdout.write(process.stdout.isTTY ? `${text}\n` : text)
  return 0
}

async function texts(words: readonly string[], flags: StringFlags, readsStdin: boolean): Promise<Given[]> {
  // Where there is one text alone, a name can only be meant for that.
  const [only] = words.length === 0 && flags.name.length === 1 ? flags.name : []
  const given: Given[] = []
  if (flags.prompt) given.push(await prompted(only, flags.showInput))
  if (readsStdin) given.push(await fromStdin(flags.stdinName ?? only))
  return [...given, ...fromWords(words, only === undefined ? flags.name : [])]
}

async function prompted(known: string | undefined, showsInput: boolean): Promise<Given> {
  const name = known ?? (await ask('Variable name (enter for no name): ', false))
  const text = await ask(showsInput ? 'String to encrypt: ' : 'String to encrypt (hidden): ', !showsInput)
  if (text === undefined)
    throw new ProblemError({
      message: 'there is no terminal to ask for the text at',
      hint: 'give it on stdin, with --stdin-name NAME',
    })
  return { text: filled(text, 'the prompt'), from: 'the interactive prompt', name: name || undefined }
}

async function fromStdin(name: string | undefined): Promise<Given> {
  if (process.stdin.isTTY)
    process.stderr.write(
      'Reading the text from stdin, to the end of it (Ctrl-D, twice in the middle of a line)\n',
    )
  const text = await buffer(process.stdin)
  return { text: filled(text, 'stdin'), from: 'stdin', name }
}

/** Texts of the command line, the first of them with names. */
function fromWords(words: readonly string[], names: readonly string[]): Given[] {
  if (names.length > 0 && words.length > names.length)
    process.stderr.write(
      `There are ${words.length} texts and ${names.length} --name: those behind "${names.at(-1)}" have no name.\n`,
    )
  if (names.length > words.length)
    throw new ProblemError({ message: `there is no text for --name "${names[words.length]}"` })
  return words.map((word, at) => ({
    text: filled(word, 'the command line'),
    from: 'the command line args',
    name: names[at],
  }))
}

function filled(text: string | Buffer, from: string): Buffer {
  if (text.length === 0)
    throw new ProblemError({ message: `the text from ${from} is empty; it is not encrypted` })
  return Buffer.from(text)
}

const INDENT = ' '.repeat(10)

function asYaml({ text: content, from, name }: Given, encryptor: Encryptor): string {
  const lines = encrypted({ path: from, content }, encryptor).toString().trimEnd().split('\n')
  return [`${name === undefined ? '' : `${name}: `}!vault |`, ...lines.map((line) => INDENT + line)].join(
    '\n',
  )
}

/** As ansible-vault writes it to stderr, its bracket too. */
function heading({ name, from }: Given, number: number): string {
  return name === undefined
    ? `# The encrypted version of the string #${number} from ${from}.)\n`
    : `# The encrypted version of variable ("${name}", the string #${number} from ${from}).\n`
}
