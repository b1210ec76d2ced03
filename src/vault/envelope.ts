import type { Sealed } from './cipher.ts'

/** An encrypted text as it stands in files: whose password it wants, and what it holds. */
export interface Envelope {
  /** The vault id in its header; "default" when there is none. */
  readonly id: string
  readonly sealed: Sealed
}

export const DEFAULT_ID = 'default'
const BEGINNING = '$ANSIBLE_VAULT'
const LINE = 80

/** Whether a text, or a file that begins with these bytes, is encrypted as ansible-vault does it. */
export function isVault(content: string | Buffer): boolean {
  return typeof content === 'string'
    ? content.startsWith(BEGINNING)
    : content.toString('latin1', 0, BEGINNING.length) === BEGINNING
}

/**
 * Reads `$ANSIBLE_VAULT;1.2;AES256;id` with the lines behind it, whatever their ends and the blanks around them.
 * Raises an Error with a sentence.
 */
export function readEnvelope(text: string): Envelope {
  const [header = '', ...lines] = text
    .split(/[\r\n]+/)
    .map((line) => line.trim())
    .filter(Boolean)
  const [beginning, version, cipher, id = DEFAULT_ID] = header.split(';').map((word) => word.trim())
  if (beginning !== BEGINNING || version === undefined || cipher === undefined)
    throw new Error(`a vault begins with ${BEGINNING};1.1;AES256`)
  if (version !== '1.1' && version !== '1.2') throw new Error(`vaults of version ${version} cannot be read`)
  if (cipher !== 'AES256')
    throw new Error(`vaults encrypted with ${cipher} cannot be read, only those with AES256`)
  const [salt, mac, data] = bytesOf(lines.join('')).toString('latin1').split('\n').map(bytesOf)
  if (salt === undefined || mac === undefined || data === undefined)
    throw new Error('the vault is cut off: its salt, its proof or its content is missing')
  return { id, sealed: { salt, mac, data } }
}

/** The text of an envelope, with a line end behind it; its header names the id unless that is the default one. */
export function writeEnvelope({ id, sealed }: Envelope): string {
  const parts = [sealed.salt, sealed.mac, sealed.data].map((part) => part.toString('hex'))
  const body = Buffer.from(parts.join('\n')).toString('hex')
  const header = id === DEFAULT_ID ? `${BEGINNING};1.1;AES256` : `${BEGINNING};1.2;AES256;${id}`
  const lines = Array.from({ length: Math.ceil(body.length / LINE) }, (_, at) =>
    body.slice(at * LINE, (at + 1) * LINE),
  )
  return `${[header, ...lines].join('\n')}\n`
}

function bytesOf(hex: string): Buffer {
  if (!/^(?:[\da-f]{2})*$/i.test(hex))
    throw new Error(
      'what stands behind the header of a vault are hexadecimal digits, and here is something else',
    )
  return Buffer.from(hex, 'hex')
}
