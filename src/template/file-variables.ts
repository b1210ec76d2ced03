import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { resolve } from 'node:path'
import { DateTime } from '../python/dates/datetime.ts'
import { strftime } from '../python/dates/strftime.ts'
import { localMoment, localZone } from '../python/dates/zone.ts'
import { statSync } from '../values/controller-files.ts'
import { mapOfRun } from '../values/of-run.ts'
import type { Value } from '../values/value.ts'
import type { Layer } from './variables.ts'

/**
 * What a template file knows of itself: `written` is its path as it was asked for, `managed` the variable
 * ansible_managed, `dest` where it is put.
 */
export function fileVariables(written: string, path: string, managed: string, dest?: Value): Layer {
  const changed = () => statSync(path).mtimeMs
  const user = () => userNamed(statSync(path).uid)
  // Jinja takes Python's objects for values.
  const time = (at: DateTime) => at as unknown as Value
  // Few templates ask for any of them.
  const computed: Readonly<Record<string, () => Value>> = {
    template_host: hostname,
    template_path: () => written,
    template_fullpath: () => resolve(path),
    template_mtime: () => time(DateTime.at(changed(), false)),
    template_uid: user,
    template_run_date: () => time(DateTime.now(false)),
    template_destpath: () => dest ?? null,
    ansible_managed: () => managedBy(managed, { file: () => written, host: hostname, uid: user }, changed),
  }
  return { name: 'template', computed: new Map(Object.entries(computed)) }
}

/** `{file}`, `{host}`, `{uid}` and strftime's directives in a text, which stand for a template's last change in ms. */
function managedBy(
  text: string,
  named: Readonly<Record<string, () => string>>,
  changed: () => number,
): string {
  const filled = text.replace(/\{(file|host|uid)\}/g, (_, name: string) => named[name]!())
  if (!filled.includes('%')) return filled
  const seconds = Math.floor(changed() / 1000)
  return strftime(filled, localMoment(seconds), localZone(seconds))
}

const users = mapOfRun<number, string>()

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
