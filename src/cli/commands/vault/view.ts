import { spawn } from 'node:child_process'
import { viewed } from '../../../encryption/work.ts'
import { splitWords } from '../../../values/words.ts'
import { inputs, workedOn } from './files.ts'
import { withProgram } from './held.ts'
import { decryptingKeyring, type VaultActionFlags, vaultSettings } from './passwords.ts'

/** `run vault view`: what files hold, at a terminal in a pager. Gives the exit status. Raises ProblemError. */
export async function viewFiles(names: readonly string[], flags: VaultActionFlags): Promise<number> {
  const settings = vaultSettings()
  const keyring = await decryptingKeyring(flags, settings)
  const texts = workedOn(await inputs(names), (input) => viewed(input, keyring))
  const all = Buffer.concat(texts.flatMap(({ content }) => [content, ...lineEnd(content)]))
  if (!process.stdout.isTTY || !(await paged(settings.pager, all))) process.stdout.write(all)
  return 0
}

function lineEnd(content: Buffer): Buffer[] {
  return content.at(-1) === 10 ? [] : [Buffer.from('\n')]
}

/** Shows it in a pager. Gives whether there was one. */
function paged(command: string, content: Buffer): Promise<boolean> {
  const [program = '', ...words] = splitWords(command).map(({ text }) => text)
  const env = { LESS: 'FRSX', ...process.env }
  return withProgram(
    () =>
      new Promise((done) => {
        const pager = spawn(program, words, { stdio: ['pipe', 'inherit', 'inherit'], env })
        pager.once('error', () => done(false))
        pager.once('close', () => done(true))
        // Whoever has seen enough leaves before the end.
        pager.stdin.on('error', () => {})
        pager.stdin.end(content)
      }),
  )
}
