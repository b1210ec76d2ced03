import { hostname, userInfo } from 'node:os'
import { strftime } from '../python/dates/strftime.ts'
import { localMoment, localZone } from '../python/dates/zone.ts'
import type { ValueMap } from '../values/value.ts'

let names: { readonly host: string; readonly user: string } | undefined

/** What a template knows of its own file; `managed` is the variable ansible_managed, `changed` its last change in ms. */
export function templateFacts(path: string, written: string, changed: number, managed: string): ValueMap {
  names ??= { host: hostname(), user: userName() }
  const { host, user } = names
  const named: Readonly<Record<string, string>> = { file: written, host, uid: user }
  const said = managed.replace(/\{(file|host|uid)\}/g, (_, name: string) => named[name]!)
  return {
    template_path: written,
    template_fullpath: path,
    template_host: host,
    template_uid: user,
    ansible_managed: said.includes('%') ? dated(said, changed) : said,
  }
}

function dated(format: string, changed: number): string {
  const seconds = Math.floor(changed / 1000)
  return strftime(format, localMoment(seconds), localZone(seconds))
}

/** A user without a name has a number. */
function userName(): string {
  try {
    return userInfo().username
  } catch {
    return String(process.getuid?.() ?? '')
  }
}
