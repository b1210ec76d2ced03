import { keepSecret } from '../vault/secrets.ts'

const REMOTE = /^[a-z][a-z\d+.-]*:\/\//i
/** As ssh and git write it: user@host:path. */
const SCP = /^[\w.-]+@[\w.-]+:/

/** Whether it is an address of a server, or of a file as `file://`; a path is not. */
export function isAddress(text: string): boolean {
  return REMOTE.test(text) || SCP.test(text)
}

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

/** The name that a repository or an archive gives a role: "https://host/them/nginx.git" is "nginx". */
export function nameInAddress(address: string): string {
  if (!isAddress(address) && !/\.(tar(\.\w+)?|tgz)$/.test(address))
    return address.replace(/\/+$/, '').split('/').at(-1)!
  const path = address.replace(/[?#].*$/, '').replace(/\/+$/, '')
  const last = path.split(/[/:]/).at(-1)!
  return last.replace(/\.git$/, '').replace(/\.(tar(\.\w+)?|tgz)$/, '')
}
