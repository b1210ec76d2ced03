import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { homedir } from 'node:os'
import { resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { type Problem, ProblemError } from '../values/problem.ts'
import { DEFAULT_ID, isVault } from '../vault/envelope.ts'
import { decrypt, Locked, unlockWith, type VaultPassword } from '../vault/keyring.ts'
import { fileBytes } from '../yaml/file-bytes.ts'
import { isFile, shownPath } from '../yaml/files.ts'

export type Ask = (prompt: string, isPrivate: boolean) => Promise<string | undefined>

/** Where a vault password comes from: `prompt`, or a file that holds it or, when executable, prints it. */
export interface PasswordSource {
  readonly id?: string
  readonly from: string
  readonly question?: string
  /** Asked behind the question, for the same answer again. */
  readonly again?: string
}

/** How long a script may take, in ms: it may ask somebody. */
const PATIENCE = 600_000

/** `id@source`, or a source alone. */
export function passwordSource(text: string): PasswordSource {
  const at = text.indexOf('@')
  const id = text.slice(0, at)
  return { from: text.slice(at + 1), ...(at > 0 && { id }) }
}

/**
 * The passwords of these sources, in their order; a password file may be encrypted with one before it. A source that
 * gives none is a warning, and a ProblemError when there is no other.
 */
export async function readPasswords(
  sources: readonly PasswordSource[],
  ask: Ask,
): Promise<{ passwords: readonly VaultPassword[]; warnings: string[] }> {
  const passwords: VaultPassword[] = []
  const problems: Problem[] = []
  for (const source of sources) {
    try {
      const password = await passwordOf(source, ask)
      passwords.push({ id: source.id ?? DEFAULT_ID, password: password.toString('base64') })
      unlockWith({ passwords, matchIds: false })
    } catch (error) {
      problems.push(...problemsOf(error))
    }
  }
  if (passwords.length === 0 && problems.length > 0) throw new ProblemError(problems)
  return { passwords, warnings: problems.map(({ message }) => message) }
}

/** What is wrong, of a ProblemError; another error is raised again. */
export function problemsOf(error: unknown): readonly Problem[] {
  if (error instanceof ProblemError) return error.problems
  throw error
}

async function passwordOf(source: PasswordSource, ask: Ask): Promise<Buffer> {
  const { id, from } = source
  return from === 'prompt' ? asked(source, ask) : passwordIn(from, id)
}

/**
 * The password that a file holds or, when it is executable, prints; `-` is stdin. `id` is the vault id that it is for.
 * Raises ProblemError.
 */
export async function passwordIn(file: string, id?: string): Promise<Buffer> {
  const path = file === '-' ? '/dev/stdin' : resolve(file.replace(/^~(?=\/|$)/, homedir()))
  const shown = `the password file ${shownPath(path)}`
  const password = isExecutable(path) ? await printed(path, id) : read(path, shown)
  if (password.length > 0) return password
  throw problem(`${shown} gives an empty password`)
}

async function asked({ id, question, again }: PasswordSource, ask: Ask): Promise<Buffer> {
  const answer = await ask(question ?? `Vault password (${id ?? DEFAULT_ID}): `, true)
  const password = Buffer.from(answer?.trim() ?? '')
  if (password.length > 0) {
    if (again === undefined || (await ask(again, true))?.trim() === answer?.trim()) return password
    throw problem('the two passwords are not the same')
  }
  const message =
    answer === undefined
      ? 'there is no terminal to ask for the vault password at'
      : 'the vault password is empty'
  throw problem(message, 'give it with --vault-password-file FILE')
}

/** The password that a file holds, without the blanks around it; the file may be encrypted itself. */
function read(path: string, shown: string): Buffer {
  let held: Buffer
  try {
    held = fileBytes(path)
  } catch (error) {
    throw problem(`${shown} ${(error as Error).message}`, 'give the path of a file, or "prompt"')
  }
  if (!isVault(held)) return trimmed(held, BLANKS)
  try {
    return trimmed(decrypt(held.toString()), LINE_ENDS)
  } catch (error) {
    if (error instanceof Locked) throw problem(`${shown} cannot be read: ${error.message}`, error.hint)
    throw error
  }
}

/** What a script prints, without line ends around it. One called `...-client` is given the id and may not know it. */
async function printed(path: string, id: string | undefined): Promise<Buffer> {
  const shown = `the password script ${shownPath(path)}`
  const isClient = /-client(?:\.[^./]*)?$/.test(path)
  const words = isClient && id !== undefined ? ['--vault-id', id] : []
  const child = spawn(path, words, { stdio: ['inherit', 'pipe', 'inherit'] })
  const ended = new Promise<number | NodeJS.Signals>((done, failed) => {
    child.once('error', ({ code }: NodeJS.ErrnoException) => {
      const hint = 'if it holds the password itself, take its x bit away: chmod -x'
      failed(problem(`${shown} cannot be started (${code})`, hint))
    })
    child.once('close', (code, signal) => done(code ?? signal!))
  })
  const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE)
  const [output, status] = await Promise.all([buffer(child.stdout), ended]).finally(() =>
    clearTimeout(patience),
  )
  if (status === 0) return trimmed(output, LINE_ENDS)
  if (isClient && status === UNKNOWN_ID) throw problem(`${shown} knows no password for the vault id "${id}"`)
  throw problem(
    typeof status === 'number' ? `${shown} failed: exit status ${status}` : `${shown} was ended by ${status}`,
  )
}

const UNKNOWN_ID = 2

const BLANKS = ' \t\n\r\v\f'
const LINE_ENDS = '\r\n'

function trimmed(bytes: Buffer, blanks: string): Buffer {
  const isBlank = (byte: number) => blanks.includes(String.fromCharCode(byte))
  const start = bytes.findIndex((byte) => !isBlank(byte))
  return start === -1
    ? Buffer.alloc(0)
    : bytes.subarray(start, bytes.findLastIndex((byte) => !isBlank(byte)) + 1)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return isFile(path)
  } catch {
    return false
  }
}

function problem(message: string, hint?: string): ProblemError {
  return new ProblemError({ message, hint })
}
