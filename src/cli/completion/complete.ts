import { commandLineOf } from '../command-line.ts'
import { COMMANDS, commandOf } from '../commands/index.ts'
import { readFlags } from '../options.ts'
import { type Answer, type Candidate, candidatesFor } from './candidates.ts'
import { expectedIn } from './expected.ts'

/** How long a shell waits, in seconds. */
const PATIENCE = 5

/**
 * `run __complete -- WORD...`: prints for a shell what the last word can become: on the first line which files can stand
 * there (none, files, folders, playbooks), then the words, each with what it is behind a tab. It says nothing where
 * something is wrong.
 */
export async function complete(words: readonly string[]): Promise<number> {
  setTimeout(() => process.exit(0), PATIENCE * 1000).unref()
  try {
    process.stdout.write(shown(await answerFor(words)))
  } catch {
    process.stdout.write('none\n')
  }
  return 0
}

async function answerFor(words: readonly string[]): Promise<Answer> {
  const done = words.slice(0, -1)
  const asked = commandOf(done)
  const { run, behind } =
    asked === undefined
      ? { run: () => readFlags(['--help']), behind: words }
      : {
          run: async () => (await COMMANDS[asked.name]!.load())([...asked.words, '--help']),
          behind: [...asked.words, words.at(-1) ?? ''],
        }
  const command = await commandLineOf(run)
  if (command === undefined) return { files: 'none', candidates: [] }
  const answer = await candidatesFor(expectedIn(command, behind))
  return done.length > 0
    ? answer
    : { ...answer, candidates: [...commandsFrom(words[0] ?? ''), ...answer.candidates] }
}

function commandsFrom(typed: string): Candidate[] {
  return Object.entries(COMMANDS)
    .filter(([name]) => name.startsWith(typed))
    .map(([name, { summary }]) => [name, summary])
}

function shown({ files, candidates }: Answer): string {
  const lines = candidates.map(([text, said]) => (said === undefined ? text : `${text}\t${said}`))
  // A name with a line end in it would be two.
  return [files, ...lines.filter((line) => !/[\n\r]/.test(line))].map((line) => `${line}\n`).join('')
}
