import type { Change } from '../../sdk/module.ts'

/** An extension as openssl prints it. */
export interface Extension {
  readonly isCritical: boolean
  readonly text: string
}

/** Openssl's options for names: one field a line, by its short name, and nothing that a terminal would take for more. */
export const NAME_OPTIONS = '-nameopt sep_multiline,utf8,esc_ctrl,sname'

/** Those whose parts have no order. */
const SETS = new Set(['Subject Alternative Name', 'Key Usage', 'Extended Key Usage', 'TLS Feature'])

/** The extensions in what `-text` prints, by their names without "X509v3". Raises an Error when it makes no sense. */
export function extensionsIn(text: string): Map<string, Extension> {
  const found = new Map<string, Extension>()
  const lines = text.split('\n')
  const start = lines.findIndex((line) => /^ *(Requested Extensions|X509v3 extensions):\s*$/.test(line))
  if (start === -1) return found
  const rest = lines.slice(start + 1).filter((line) => line.trim() !== '')
  const indent = /^ */.exec(rest[0] ?? '')![0].length
  for (let at = 0; at < rest.length; ) {
    const [, name, critical] = /^ *(?:X509v3 )?([^:]+(?::[^:]+)*?): ?(critical)?\s*$/.exec(rest[at]!) ?? []
    if (name === undefined || depth(rest[at]!) !== indent)
      throw new Error(`openssl on the host printed "${rest[at]!.trim()}" where an extension was expected`)
    const end = rest.findIndex((line, index) => index > at && depth(line) <= indent)
    const content = rest.slice(at + 1, end === -1 ? rest.length : end).map(spaced)
    found.set(name, { isCritical: critical !== undefined, text: content.join('\n') })
    if (end === -1 || depth(rest[end]!) < indent) break
    at = end
  }
  return found
}

/** Openssl indents the same in a request otherwise than in a certificate, and an identifier as its version likes it. */
function spaced(line: string): string {
  return line
    .trim()
    .replace(/ {2,}/g, ' ')
    .replace(/^keyid:(?=[0-9A-F]{2}(:|$))/, '')
}

function depth(line: string): number {
  return /^ */.exec(line)![0].length
}

/** The fields in what `-subject` or `-issuer` prints. */
export function fieldsIn(text: string): string[] {
  return text
    .split('\n')
    .slice(1)
    .map((line) => line.replace(/^ {4}/, ''))
    .filter((line) => line !== '')
}

function comparable(name: string, { isCritical, text }: Extension): string {
  const parts = SETS.has(name) ? text.split(', ').sort().join(', ') : text
  return `${isCritical ? 'critical, ' : ''}${parts}`
}

/** How the extensions of two differ. */
export function extensionChanges(
  before: ReadonlyMap<string, Extension>,
  after: ReadonlyMap<string, Extension>,
): Change[] {
  const names = [...new Set([...before.keys(), ...after.keys()])]
  const told = (extensions: ReadonlyMap<string, Extension>, name: string) => {
    const extension = extensions.get(name)
    return extension === undefined ? null : comparable(name, extension)
  }
  return names
    .map((name) => ({ what: name, before: told(before, name), after: told(after, name) }))
    .filter((change) => change.before !== change.after)
}

/** How the fields of two subjects differ. */
export function subjectChanges(
  before: readonly string[],
  after: readonly string[],
  isOrdered: boolean,
): Change[] {
  const text = (fields: readonly string[]) => (isOrdered ? fields : [...new Set(fields)].sort()).join('\n')
  if (text(before) === text(after)) return []
  return [{ what: 'subject', before: before.join(', '), after: after.join(', ') }]
}
