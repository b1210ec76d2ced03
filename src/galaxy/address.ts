import { keepSecret } from '../vault/secrets.ts'

export function isWebAddress(text: string): boolean {
  return /^https?:\/\//i.test(text)
}

/** An address as it may be told: without what its user logs in with. */
export function shownAddress(address: string): string {
  return address.replace(/^([a-z][a-z\d+.-]*:\/\/)([^@/?#]*)@/i, (_, scheme: string, login: string) =>
    /^https?:/i.test(scheme) ? scheme : `${scheme}${login.split(':')[0]}@`,
  )
}

/** What an address of the web logs in with, apart from it; what is secret in it is not told from now on. */
export function splitLogin(address: string): { address: string; login?: string } {
  const [, scheme, login, rest] = /^(https?:\/\/)([^@/?#]*)@(.*)$/is.exec(address) ?? []
  if (scheme === undefined || login === undefined) return { address }
  const plain = decoded(login)
  const [user = '', ...password] = plain.split(':')
  // Tokens stand in place of the user too.
  keepSecret(password.length > 0 && password.join(':') !== '' ? password.join(':') : user)
  return { address: `${scheme}${rest}`, login: plain }
}

/** Keeps all that addresses in a text log in with from being told, before anything of it is. */
export function keepLogins(text: string): void {
  for (const [address] of text.matchAll(/https?:\/\/[^@/?#\s'"]*@/gi)) splitLogin(address)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** The header that logs in as `user:password`. */
export function basic(login: string): string {
  return `Basic ${Buffer.from(login).toString('base64')}`
}
