import type { Become, Target } from './target.ts'

const numbers = new Map<string, number>()

/**
 * Tells logins apart: equal for two targets if what is done on the one may as well go over a login made for the other.
 * That is a number of this process, and holds none of the passwords and arguments it stands for, so it may be printed.
 *
 * The host's name does not count, as several may mean one account; only this machine has no login to share. The timeout
 * neither: it says how long to wait for a login, not for whose.
 */
export function loginKey(target: Target): number {
  const known = keys.get(target) ?? numberOf(partsOf(target))
  keys.set(target, known)
  return known
}

/** Of those that were asked for already: each is asked for more than once. */
const keys = new WeakMap<Target | Become, number>()

function partsOf(target: Target): unknown[] {
  const { name, connection, address, port, user, privateKeyFile, password, sshArgs, hostKeyChecking } = target
  if (connection === 'local') return [connection, name]
  const isLax = hostKeyChecking === false
  return [connection, address, port, user, privateKeyFile, password, isLax, ...sshArgs]
}

/** Tells apart whom a session becomes, undefined for nobody; a number as above. */
export function becomeKey(become: Become | undefined): number {
  if (become === undefined) return 0
  const { method, user, password, exe, flags } = become
  const known = keys.get(become) ?? numberOf([method, user, password, exe, flags])
  keys.set(become, known)
  return known
}

/** Never 0. */
function numberOf(parts: readonly unknown[]): number {
  const text = JSON.stringify(parts)
  const number = numbers.get(text) ?? numbers.size + 1
  numbers.set(text, number)
  return number
}
