/** What the option `checksum` says. */
export interface Wanted {
  /** Program that prints such digests. */
  readonly program: string
  /** Where digests are found, or the digest. */
  readonly url?: string
  readonly digest?: string
}

const PROGRAMS: Readonly<Record<string, string>> = {
  md5: 'md5sum',
  sha1: 'sha1sum',
  sha224: 'sha224sum',
  sha256: 'sha256sum',
  sha384: 'sha384sum',
  sha512: 'sha512sum',
  blake2b: 'b2sum',
}

/** What a checksum says; undefined without one. Raises an Error with a sentence for one that makes no sense. */
export function readChecksum(text: string): Wanted | undefined {
  if (text === '') return undefined
  const [, algorithm, rest] = /^([^:]*):(.*)$/s.exec(text) ?? []
  if (algorithm === undefined || rest === undefined)
    throw new Error('The checksum parameter has to be in format <algorithm>:<checksum>')
  const program = PROGRAMS[algorithm.toLowerCase()]
  if (program === undefined)
    throw new Error(
      `checksum: there is no algorithm ${JSON.stringify(algorithm)}; ${Object.keys(PROGRAMS).join(', ')} are known`,
    )
  if (/^(https?|ftp|file):/i.test(rest)) return { program, url: rest }
  return { program, digest: cleaned(rest) }
}

/** A digest without the signs that stand around it at times. Raises an Error when it is none. */
function cleaned(text: string): string {
  const digest = text.replace(/[^\p{L}\p{N}_]+/gu, '').toLowerCase()
  if (!/^[0-9a-f]+$/.test(digest)) throw new Error('The checksum format is invalid')
  return digest
}

/** The digest of the file called `name` in the text of a file of digests. Raises an Error when it is not there. */
export function digestIn(text: string, name: string, url: string): string {
  const lines = text.split(/\r?\n/)
  if (lines.at(-1) === '') lines.pop()
  const [only] = lines
  if (lines.length === 1 && only !== undefined && /^\s*\S+\s*$/.test(only)) return cleaned(only)
  for (const line of lines) {
    const [, digest, rest] = /^([^ ]*) (.*)$/.exec(line) ?? []
    if (digest !== undefined && rest!.replace(/^[ *]/, '').replace(/^[./]+/, '') === name)
      return cleaned(digest)
  }
  throw new Error(`Unable to find a checksum for file '${name}' in '${url}'`)
}

/** The last part of a URL's path, which is what a download is called. */
export function nameInUrl(url: string): string {
  const path = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*([^?#]*)/i.exec(url)?.[1] ?? ''
  return path.slice(path.lastIndexOf('/') + 1) || 'index.html'
}
