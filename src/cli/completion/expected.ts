import type { Command, Option } from 'commander'

/** What is to be typed next, as a command line says it. */
export interface Expected {
  /** The command, or the one within it, whose words these are. */
  readonly command: Command
  /** An argument or the value of a flag; undefined for what the command line does not know. */
  readonly value: Value | undefined
  /** Flags can stand there. */
  readonly flags: boolean
  /** Commands within can stand there. */
  readonly commands: boolean
  /** What stands before it in the same word: `--limit=`. */
  readonly before: string
  /** What of it has been typed. */
  readonly typed: string
  /** The arguments that have been typed. */
  readonly args: readonly string[]
  /** Values of the flags that have been typed, by their long names. */
  readonly given: ReadonlyMap<string, readonly string[]>
}

/** The word in its brackets, such as `file`, says of which kind it is. */
interface Value {
  readonly kind: string
  readonly choices: readonly string[] | undefined
}

/** What the last of the words can become; those before it are read as the command line reads them. */
export function expectedIn(whole: Command, words: readonly string[]): Expected {
  const last = words.at(-1) ?? ''
  const given = new Map<string, string[]>()
  const args: string[] = []
  let command = whole
  let waiting: Option | undefined
  let onlyArguments = false
  for (const word of words.slice(0, -1)) {
    if (waiting !== undefined) {
      keep(given, waiting, word)
      waiting = undefined
    } else if (onlyArguments || !/^-./.test(word)) {
      const inner = args.length === 0 ? command.commands.find((one) => one.name() === word) : undefined
      if (inner === undefined) args.push(word)
      else command = inner
    } else if (word === '--') onlyArguments = true
    else waiting = read(command, word, given)
  }
  const shared = { command, args, given }
  if (waiting !== undefined) return { ...shared, ...wantedBy(waiting), ...none, before: '', typed: last }
  const joined = onlyArguments ? null : /^(--[\w-]+)=([\s\S]*)$/.exec(last)
  if (joined !== null) {
    const option = optionNamed(command, joined[1]!)
    return { ...shared, ...wantedBy(option), ...none, before: `${joined[1]}=`, typed: joined[2]! }
  }
  const { registeredArguments: all } = command
  const argument = all[args.length] ?? (all.at(-1)?.variadic ? all.at(-1) : undefined)
  return {
    ...shared,
    value: argument && { kind: argument.name(), choices: argument.argChoices },
    flags: !onlyArguments,
    commands: args.length === 0,
    before: '',
    typed: last,
  }
}

const none = { flags: false, commands: false }

/** The flag of a word that waits for the next one; what the word says itself is kept. */
function read(command: Command, word: string, given: Map<string, string[]>): Option | undefined {
  const [, long, value] = /^(--[\w-]+)(?:=([\s\S]*))?$/.exec(word) ?? []
  if (long !== undefined) {
    const option = optionNamed(command, long)
    if (option === undefined || !takesValue(option)) return undefined
    if (value === undefined) return option
    keep(given, option, value)
    return undefined
  }
  // One letter a flag; the rest of the word is the value of the first that takes one.
  for (let at = 1; at < word.length; at++) {
    const option = optionNamed(command, `-${word[at]}`)
    if (option === undefined || !takesValue(option)) continue
    const rest = word.slice(at + 1)
    if (rest === '') return option
    keep(given, option, rest)
    return undefined
  }
  return undefined
}

function optionNamed(command: Command, flag: string): Option | undefined {
  return command.options.find(({ long, short }) => long === flag || short === flag)
}

function takesValue({ required, optional }: Option): boolean {
  return required || optional
}

function keep(given: Map<string, string[]>, option: Option, value: string): void {
  const name = option.long ?? option.short!
  given.set(name, [...(given.get(name) ?? []), value])
}

function wantedBy(option: Option | undefined): Pick<Expected, 'value'> {
  if (option === undefined) return { value: undefined }
  return { value: { kind: /[<[]([^\]>.]+)/.exec(option.flags)?.[1] ?? '', choices: option.argChoices } }
}
