import { withoutPasswords, withPasswordsLeftOut } from '../../../values/url.ts'

/** Addresses in one form: as zypper shows `file:///x` as `file:/x`, and a blank as `%20`. */
function formOf(address: string): string {
  const whole = address.startsWith('/') ? `dir:${address}` : address
  const [, scheme = '', rest = ''] = /^([a-zA-Z][a-zA-Z0-9+.-]*):(.*)$/s.exec(whole.trim()) ?? []
  const path = rest.replace(/^\/{3,}/, '/').replace(/\/+$/, '')
  return `${scheme.toLowerCase()}:${decoded(path)}`
}

/** zypper keeps a password elsewhere when it writes the file, and an address of its build service as another one. */
export function isSame(wanted: string, there: string): boolean {
  const [one, other] = [formOf(wanted), formOf(there)]
  if (one === other || formOf(withPasswordsLeftOut(wanted)) === other) return true
  const project = /^obs:\/\/([^/]+)\/(.+)$/.exec(one)
  return (
    project !== null && other.endsWith(`/repositories/${project[1]!.replaceAll(':', ':/')}/${project[2]}`)
  )
}

export function hasPassword(address: string): boolean {
  return withPasswordsLeftOut(address) !== address
}

/** A text without the passwords of its addresses. */
export function shown(text: string): string {
  return withoutPasswords(text).replace(/^(\s*(?:proxy_?)?pass(?:word)?\s*=).*$/gim, '$1 (hidden)')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
