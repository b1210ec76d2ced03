import { spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { lstat, mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { overwrite } from '../local/replaced-files.ts'
import { splitWords } from '../values/words.ts'

/** Where files lie in memory, and otherwise on a disk. mkdtemp makes folders of mode 0700. */
const PLACES = ['/dev/shm', tmpdir()]
/** How long an editor may take to end when it is told to, in ms. */
const PATIENCE = 5_000

/** An editor could not be started, failed, or was ended: a sentence. */
export class EditorFailed extends Error {}

/** A text that is in an editor: in a file that only its user can reach, within a folder of its own. */
export class Draft {
  readonly path: string
  readonly #folder: string

  private constructor(folder: string, name: string) {
    this.#folder = folder
    this.path = join(folder, name)
  }

  /** `name` is the file's, by whose ending editors know what is in it. Raises EditorFailed. */
  static async make(name: string, content: Buffer): Promise<Draft> {
    let why: unknown
    for (const place of PLACES) {
      try {
        return await Draft.#makeIn(await mkdtemp(join(place, 'vault-')), name, content)
      } catch (error) {
        why = error
      }
    }
    throw new EditorFailed(`there is no place for a text to edit: ${(why as Error).message}`)
  }

  static async #makeIn(folder: string, name: string, content: Buffer): Promise<Draft> {
    const draft = new Draft(folder, name)
    try {
      await writeFile(draft.path, content, { flag: 'wx', mode: 0o600 })
      return draft
    } catch (error) {
      await draft.shred()
      throw error
    }
  }

  /**
   * Lets somebody edit it with a command, to which its path is added, and gives what it holds then. Ctrl-C is the
   * editor's; with `end` it is ended. Raises EditorFailed.
   */
  async edit(command: string, end: AbortSignal): Promise<Buffer> {
    await ranEditor(wordsOf(command), this.path, end)
    try {
      return await readFile(this.path)
    } catch {
      throw new EditorFailed(`the editor has left no file ${this.path}`)
    }
  }

  /** Overwrites all that lies in the folder, an editor's copies too, and removes it. */
  async shred(): Promise<void> {
    for (const entry of await readdir(this.#folder, { recursive: true })) {
      const path = join(this.#folder, entry)
      if ((await lstat(path)).isFile()) await shredFile(path)
    }
    await rm(this.#folder, { recursive: true, force: true })
  }
}

async function shredFile(path: string): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_NOFOLLOW).catch(() => undefined)
  if (file === undefined) return
  try {
    await overwrite(file, (await file.stat()).size)
  } finally {
    await file.close()
  }
}

function wordsOf(command: string): string[] {
  try {
    return splitWords(command).map(({ text }) => text)
  } catch (error) {
    throw new EditorFailed(`the editor is "${command}": ${(error as Error).message}`)
  }
}

async function ranEditor([program = '', ...words]: readonly string[], path: string, end: AbortSignal) {
  if (end.aborted) throw new EditorFailed('interrupted')
  const child = spawn(program, [...words, path], { stdio: 'inherit' })
  const stop = () => {
    child.kill('SIGTERM')
    setTimeout(() => child.kill('SIGKILL'), PATIENCE).unref()
  }
  end.addEventListener('abort', stop)
  try {
    const ended = await new Promise<number | NodeJS.Signals>((done, failed) => {
      child.once('error', ({ code }: NodeJS.ErrnoException) =>
        failed(new EditorFailed(`the editor "${program}" cannot be started (${code})`)),
      )
      child.once('close', (code, signal) => done(code ?? signal!))
    })
    if (end.aborted) throw new EditorFailed('interrupted')
    if (ended === 0) return
    const how = typeof ended === 'number' ? `failed: exit status ${ended}` : `was ended by ${ended}`
    throw new EditorFailed(`the editor "${program}" ${how}`)
  } finally {
    end.removeEventListener('abort', stop)
  }
}
