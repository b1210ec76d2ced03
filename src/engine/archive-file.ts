import { spawn } from 'node:child_process'
import { buffer, text } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import type { OptionTypes } from '../sdk/options.ts'
import { kindOf, type ListingWords, tarFunctions, ZIP_END } from '../shell/archive.ts'
import type { Content, LocalFile } from '../shell/content.ts'
import { mapOfRun } from '../values/of-run.ts'
import { ProblemError } from '../values/problem.ts'
import type { SourceSpan } from '../values/source.ts'

type Archive = Extract<OptionTypes['archive'], LocalFile>

/** Arguments that say what of an archive is meant, by the names that they have in `ListingWords`. */
export const SAYS_WHAT_IS_MEANT: Readonly<Record<string, keyof ListingWords>> = {
  exclude: 'exclude',
  include: 'include',
  extra_opts: 'extra',
}

/** What has been listed, by the digest of its archive and the words. */
const known = mapOfRun<string, Promise<Archive['listing']>>()

/** An archive of this machine with what it holds, which programs of this machine list. Raises ProblemError. */
export async function listedArchive(
  file: LocalFile,
  listing: ListingWords,
  place: SourceSpan,
): Promise<Archive> {
  const { content } = file
  if (content === undefined)
    throw new ProblemError({ message: `${file.path} is a folder, and not an archive`, place })
  const key = JSON.stringify([content.sha256, listing])
  const found = known.get(key) ?? list(content, listing)
  known.set(key, found)
  try {
    return { ...file, content, listing: await found }
  } catch (error) {
    known.delete(key)
    throw new ProblemError({ message: (error as Error).message, place })
  }
}

async function list(content: Content, listing: ListingWords): Promise<Archive['listing']> {
  const kind = kindOf(await beginningOf(content))
  if (kind === 'zip') return { kind, bytes: await endOf(content) }
  const script = `${tarFunctions(listing)}\nunpacked ${kind} | list_tar`
  const child = spawn('/bin/sh', ['-c', script], { stdio: 'pipe' })
  // A program that ends early does not read the rest.
  const sent = pipeline(content.open(), child.stdin).catch(() => {})
  const ended = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve(code ?? 1))
  })
  const [bytes, said, code] = await Promise.all([buffer(child.stdout), text(child.stderr), ended, sent])
  if (code !== 0) throw new Error(`Unable to list files in the archive: ${said.trim()}`)
  return { kind, bytes }
}

async function beginningOf(content: Content): Promise<Buffer> {
  const stream = content.open()
  for await (const chunk of stream) {
    stream.destroy()
    return (chunk as Buffer).subarray(0, 6)
  }
  return Buffer.alloc(0)
}

async function endOf(content: Content): Promise<Buffer> {
  let end = Buffer.alloc(0)
  for await (const chunk of content.open()) {
    end = Buffer.concat([end, chunk as Buffer])
    if (end.length > 2 * ZIP_END) end = end.subarray(-ZIP_END)
  }
  return end.subarray(-ZIP_END)
}
