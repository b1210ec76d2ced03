import { LANE } from '../queue/lane-messages.ts'
import { CommandLineEnd } from './command-line.ts'
import { COMMANDS, commandList, commandOf } from './commands/index.ts'
import { readFlags } from './options.ts'

// Whoever reads may go away (`| head`), and so may a terminal: the run goes on. All else is printed where it can be.
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE' && code !== 'EIO') process.stderr.write(`run: the output is cut: ${message}\n`)
})
process.stderr.on('error', () => {})

main(process.argv.slice(2)).then((status) => {
  process.exitCode = status
})

async function main(words: readonly string[]): Promise<number> {
  try {
    const run = await asked(words)
    const { told } = await import('./told.ts')
    return await told(run)
  } catch (error) {
    if (error instanceof CommandLineEnd) return words.length === 0 ? 1 : error.exitStatus
    throw error
  }
}

/** Help and mistakes in the command line of playbooks are answered before anything else is loaded. */
async function asked(words: readonly string[]): Promise<() => Promise<number>> {
  if (words[0] === '__complete') {
    const { complete } = await import('./completion/complete.ts')
    return () => complete(words.slice(2))
  }
  if (words[0] === LANE) {
    const { openLane } = await import('./commands/lane.ts')
    return async () => openLane() ?? 0
  }
  const command = commandOf(words)
  if (command !== undefined) {
    const run = await COMMANDS[command.name]!.load()
    return () => run(command.words)
  }
  const flags = readFlags(words.length === 0 ? ['--help'] : words, commandList())
  const { runPlaybooks } = await import('./commands/playbook.ts')
  return () => runPlaybooks(flags)
}
