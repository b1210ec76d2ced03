import { lookup, lookupService } from 'node:dns/promises'
import { hostname } from 'node:os'
import { setTimeout } from 'node:timers/promises'

/** How long is waited for a name server, in ms. */
const PATIENCE = 5_000

/** The names of this machine: the full one if there is any, that without its domain, then the same of its own name. */
export async function hostNames(): Promise<readonly string[]> {
  const own = hostname()
  const names = [await fullName(own), own].flatMap((name) => [name, shortName(name)])
  return [...new Set(names)].filter((name) => name !== '')
}

/** As Python's socket.getfqdn finds it: what the address of the own name is called. */
async function fullName(own: string): Promise<string> {
  const asked = lookup(own).then(({ address }) => lookupService(address, 0))
  const found = asked.then((service) => service.hostname).catch(() => own)
  const timer = new AbortController()
  const late = setTimeout(PATIENCE, own, { ref: false, signal: timer.signal }).catch(() => own)
  const name = await Promise.race([found, late])
  timer.abort()
  return name === 'localhost' ? own : name
}

function shortName(name: string): string {
  return name.split('.')[0]!
}

/** A limit for the hosts of an inventory that are this machine, by whichever of its names. */
export function limitTo(names: readonly string[]): string {
  const written = [...names, '127.0.0.1'].map((name) => name.replace(/[\\^$.*+?()[\]{}|,]/g, '\\$&'))
  return `localhost,~^(${written.join('|')})$`
}
