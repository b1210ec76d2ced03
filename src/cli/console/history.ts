import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writePrivate } from '../../local/written-file.ts'
import { MOST_LINES } from './lines.ts'

/** The lines of consoles before, the newest first; none where there is no such file. */
export async function readLines(path: string): Promise<string[]> {
  const text = await readFile(path, 'utf8').catch(() => '')
  return text.split('\n').filter(Boolean)
}

/** Keeps lines, readable for their user alone. Nothing that goes wrong here disturbs anybody. */
export async function keepLines(path: string, lines: readonly string[]): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 })
    await writePrivate(path, `${lines.slice(0, MOST_LINES).join('\n')}\n`)
  } catch {
    // The next console begins without them.
  }
}
