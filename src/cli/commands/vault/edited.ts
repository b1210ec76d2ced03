import { accessSync, constants, lstatSync, mkdirSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { Draft, EditorFailed } from '../../../encryption/draft.ts'
import { editable } from '../../../encryption/edited.ts'
import { encrypted } from '../../../encryption/work.ts'
import { reasonOf } from '../../../local/replaced-files.ts'
import { type Problem, ProblemError } from '../../../values/problem.ts'
import { INTERRUPTED } from '../../signals.ts'
import { fileCalled, replace, writeOutput } from './files.ts'
import { withProgram } from './held.ts'
import {
  decryptingKeyring,
  encryptorOf,
  otherEncryptor,
  told,
  type VaultActionFlags,
  vaultSettings,
} from './passwords.ts'

/** `run vault edit`: files in an editor, one after the other. Gives the exit status. Raises ProblemError. */
export async function editFiles(names: readonly string[], flags: VaultActionFlags): Promise<number> {
  const settings = vaultSettings()
  const keyring = await decryptingKeyring(flags, settings)
  const other = otherEncryptor(flags, settings, keyring)
  for (const name of names) {
    const file = await fileCalled(name)
    const { plain, sealed } = editable(file, keyring, other)
    writable(dirname(file.real))
    const status = await inEditor(basename(file.real), plain, settings.editor, async (edited) => {
      if (edited.equals(plain)) return 0
      const { content, warnings } = sealed(edited)
      const status = await replace([{ file, content }])
      told(warnings)
      return status
    })
    if (status !== 0) return status
  }
  return 0
}

/** `run vault create`: a new file, from an editor. Gives the exit status. Raises ProblemError. */
export async function createFile(name: string, flags: VaultActionFlags): Promise<number> {
  absent(name)
  const settings = vaultSettings()
  const encryptor = await encryptorOf(flags, settings)
  const folder = dirname(resolve(name))
  try {
    if (mkdirSync(folder, { recursive: true, mode: 0o700 }) !== undefined)
      told([`the folder ${folder} was not there, and is made`])
  } catch (error) {
    throw new ProblemError({ message: `the folder ${folder} cannot be made: ${reasonOf(error)}` })
  }
  writable(folder)
  return inEditor(basename(name), Buffer.alloc(0), settings.editor, async (edited) => {
    const content = encrypted({ path: name, content: edited }, encryptor)
    absent(name)
    return writeOutput(name, content)
  })
}

function absent(name: string): void {
  try {
    lstatSync(name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw new ProblemError({ message: `${name} cannot be written: ${reasonOf(error)}` })
  }
  throw new ProblemError({ message: `${name} is there already`, hint: `"run vault edit ${name}" changes it` })
}

/** Better now than when something has been written. */
function writable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK)
  } catch {
    throw new ProblemError({ message: `nothing can be written in the folder ${folder}` })
  }
}

/**
 * Has a text edited and used. It is overwritten and removed afterwards, but where it cannot be used: it stays then, and
 * the problem says where it is.
 */
function inEditor(
  name: string,
  plain: Buffer,
  editor: string,
  use: (edited: Buffer) => Promise<number>,
): Promise<number> {
  return withProgram(async (end) => {
    let draft: Draft | undefined
    try {
      draft = await Draft.make(name, plain)
      const edited = await draft.edit(editor, end)
      const { path } = draft
      return await use(edited).catch((error: Error) => {
        draft = undefined
        throw withDraft(error, path)
      })
    } catch (error) {
      if (!(error instanceof EditorFailed)) throw error
      if (end.aborted) return INTERRUPTED
      const hint = `nothing is written${/cannot be started/.test(error.message) ? '; EDITOR names the editor' : ''}`
      throw new ProblemError({ message: error.message, hint })
    } finally {
      await draft?.shred()
    }
  })
}

function withDraft(error: Error, path: string): ProblemError {
  const problems: readonly Problem[] =
    error instanceof ProblemError ? error.problems : [{ message: error.message }]
  const kept = `what you have written is in ${path}, in plain text: remove it when you have used it`
  return new ProblemError(problems.map((one) => ({ message: one.message, hint: kept })))
}
