import { didYouMean, ProblemError } from '../../values/problem.ts'
import { argumentOf, newCommand, readWords } from '../command-line.ts'
import { SCRIPTS } from '../completion/scripts.ts'

const EXAMPLES = `
Examples:
  source <(run completion bash)                         in ~/.bashrc
  source <(run completion zsh)                          in ~/.zshrc, behind compinit
  run completion fish | source                          in ~/.config/fish/config.fish
`

/** `run completion SHELL`: what a shell runs to complete words. Raises CommandLineEnd and ProblemError. */
export async function showCompletion(words: readonly string[]): Promise<number> {
  const command = newCommand('run completion', 'Prints what makes a shell complete the words behind run.')
    .addArgument(argumentOf('<shell>', 'the shell', Object.keys(SCRIPTS)))
    .addHelpText('after', EXAMPLES)
  const shell = readWords(command, words).args[0]!
  if (!Object.hasOwn(SCRIPTS, shell)) {
    const hint = didYouMean(shell, Object.keys(SCRIPTS)) ?? `it is one of ${Object.keys(SCRIPTS).join(', ')}`
    throw new ProblemError({ message: `there is no completion for "${shell}"`, hint })
  }
  process.stdout.write(SCRIPTS[shell]!())
  return 0
}
