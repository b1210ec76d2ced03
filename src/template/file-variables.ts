import { readFileSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { DateTime } from '../python/dates/datetime.ts'
import { strftime } from '../python/dates/strftime.ts'
import { localMoment, localZone } from '../python/dates/zone.ts'
import type { Value, ValueMap } from '../values/value.ts'

/**
 * What a template file knows of itself: `written` is its path as it was asked for, `managed` the variable
 * ansible_managed, `dest` where it is put.
 */
export function fileVariables(written: string, path: string, managed: string, dest?: Value): ValueMap {
  const { mtimeMs, uid } = statSync(path)
  const user = userNamed(uid)
  // Jinja takes Python's objects for values.
  const time = (at: DateTime) => at as unknown as Value
  return {
    template_host: hostname(),
    template_path: written,
    template_fullpath: resolve(path),
    template_mtime: time(DateTime.at(mtimeMs, false)),
    template_uid: user,
    template_run_date: time(DateTime.now(false)),
    template_destpath: dest ?? null,
    ansible_managed: managedBy(managed, { file: written, host: hostname(), uid: user }, mtimeMs),
  }
}

/** `{file}`, `{host}`, `{uid}` and strftime's directives in a text, which stand for a template's last change in ms. */
function managedBy(text: string, named: Readonly<Record<string, string>>, changed: number): string {
  const filled = text.replace(/\{(file|host|uid)\}/g, (_, name: string) => named[name]!)
  if (!filled.includes('%')) return filled
  const seconds = Math.floor(changed / 1000)
  return strftime(filled, localMoment(seconds), localZone(seconds))
}

const users = new Map<number, string>()

/** The name of a user of this machine, or the number of one without. */
function userNamed(uid: number): string {
  let name = users.get(uid)
  if (name === undefined) {
    name = passwd().find((fields) => fields[2] === String(uid))?.[0] ?? String(uid)
    users.set(uid, name)
  }
  return name
}

function passwd(): string[][] {
  try {
    return readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .map((line) => line.split(':'))
  } catch {
    return []
  }
}
