import { CommandLineEnd, type Flags, readFlags } from './options.ts'

// Whoever reads may go away (`| head`), and so may a terminal: the run goes on. All else is printed where it can be.
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE' && code !== 'EIO') process.stderr.write(`run: the output is cut: ${message}\n`)
})
process.stderr.on('error', () => {})

main(process.argv.slice(2)).then((status) => {
  process.exitCode = status
})

async function main(args: readonly string[]): Promise<number> {
  let flags: Flags
  try {
    flags = readFlags(args)
  } catch (error) {
    if (error instanceof CommandLineEnd) return error.exitStatus
    throw error
  }
  // Help and mistakes in the command line are answered before anything else is loaded.
  const { runPlaybooks } = await import('./commands/playbook.ts')
  return runPlaybooks(flags)
}
