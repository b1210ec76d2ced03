import { unpassable } from '../values/passable.ts'

/** Quotes a text as one word of POSIX sh, whatever it holds. Throws an Error for what no argument can hold. */
export function quote(text: string): string {
  if (/^[A-Za-z0-9_/:=.,@%+-]+$/.test(text)) return text
  const fault = unpassable(text)
  if (fault !== undefined) throw new Error(`a text for the host cannot be sent: ${fault}`)
  return `'${text.replaceAll("'", "'\\''")}'`
}

/** A path as a word that no program takes for an option; `~` and `~user` at its start are the host's. */
export function quotePath(path: string): string {
  const home = /^~[A-Za-z0-9_.-]*(?=\/|$)/.exec(path)?.[0]
  if (home !== undefined) return home + (path.length > home.length ? quote(path.slice(home.length)) : '')
  return quote(path.startsWith('-') ? `./${path}` : path)
}

/** Words quoted and joined by spaces. */
export function words(...texts: string[]): string {
  return texts.map(quote).join(' ')
}

/** A script that reads these bytes from its stdin. */
export function withStdin(script: string, bytes: Buffer): string {
  // Octal, but for what every printf and every sh take as it is.
  const octal = (byte: string) => `\\${byte.charCodeAt(0).toString(8).padStart(3, '0')}`
  const format = bytes.toString('latin1').replace(NOT_PLAIN, octal)
  return `printf '${format}' | (\n${script}\n)`
}

const NOT_PLAIN = /[^\n\t A-Za-z0-9!"#$&()*+,./:;<=>?@[\]^_`{|}~]/g
