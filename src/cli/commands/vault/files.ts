import { buffer } from 'node:stream/consumers'
import type { Named } from '../../../encryption/work.ts'
import {
  type FoundFile,
  findFile,
  type Replacement,
  reasonOf,
  replaceAll,
} from '../../../local/replaced-files.ts'
import { writePrivate } from '../../../local/written-file.ts'
import { type Problem, ProblemError } from '../../../values/problem.ts'
import { problemsOf } from '../../passwords.ts'
import { held } from './held.ts'
import { told } from './passwords.ts'

/** Of a file that is encrypted or decrypted, in bytes: it is four times as long when it is encrypted. */
const FILE_AT_MOST = 64 * 1024 * 1024

/** What a file holds, or stdin. */
export type Input = FoundFile | (Named & { readonly real?: undefined })

/** The files of these names, each once; `-`, or no name, is stdin. Raises ProblemError. */
export async function inputs(names: readonly string[]): Promise<Input[]> {
  const found = new Map<string | undefined, Input>()
  const problems: Problem[] = []
  for (const name of names.length > 0 ? names : ['-']) {
    try {
      const input = name === '-' ? await stdin() : await fileCalled(name)
      if (!found.has(input.real)) found.set(input.real, input)
    } catch (error) {
      problems.push(...problemsOf(error))
    }
  }
  if (problems.length > 0) throw new ProblemError(problems)
  return [...found.values()]
}

async function stdin(): Promise<Input> {
  if (process.stdin.isTTY) process.stderr.write('Reading input from stdin, to the end of it (Ctrl-D)\n')
  return { path: 'stdin', content: await buffer(process.stdin) }
}

/** A file that is to be replaced. Raises ProblemError. */
export async function fileCalled(name: string): Promise<FoundFile> {
  try {
    return await findFile(name, FILE_AT_MOST)
  } catch (error) {
    throw new ProblemError({ message: `${name} ${(error as Error).message}` })
  }
}

/** What becomes of all of them, before anything is written. Raises ProblemError with all that is wrong. */
export function workedOn(
  given: readonly Input[],
  work: (input: Input) => Buffer,
): { readonly input: Input; readonly content: Buffer }[] {
  const problems: Problem[] = []
  const done = given.flatMap((input) => {
    try {
      return [{ input, content: work(input) }]
    } catch (error) {
      problems.push(...problemsOf(error))
      return []
    }
  })
  if (problems.length > 0) throw new ProblemError(problems)
  return done
}

/**
 * Writes what has become of them: into `output` (`-` is stdout), or each into its file and what came from stdin to
 * stdout. Gives the exit status. Raises ProblemError.
 */
export async function writeResults(
  results: ReturnType<typeof workedOn>,
  output: string | undefined,
  shreds: boolean,
): Promise<number> {
  const replacements: Replacement[] = []
  for (const { input, content } of results) {
    if (output === '-' || (output === undefined && input.real === undefined)) process.stdout.write(content)
    else if (output !== undefined) return writeOutput(output, content)
    else if (input.real !== undefined) replacements.push({ file: input, content, shreds })
  }
  return replace(replacements)
}

/** Writes it into a file that only its user may read. Raises ProblemError. */
export function writeOutput(path: string, content: Buffer): Promise<number> {
  return held(async () => {
    try {
      await writePrivate(path, content)
    } catch (error) {
      throw new ProblemError({ message: `${path} cannot be written: ${reasonOf(error)}` })
    }
  })
}

/** Replaces all files or none. Gives the exit status. Raises ProblemError. */
export function replace(replacements: readonly Replacement[]): Promise<number> {
  return held(async () => {
    try {
      told(await replaceAll(replacements))
    } catch (error) {
      throw new ProblemError({ message: (error as Error).message })
    }
  })
}
