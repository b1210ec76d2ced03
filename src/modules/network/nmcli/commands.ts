import type { Action } from '../../../sdk/module.ts'
import { sh } from '../../../sdk/plans.ts'
import { contentOf } from '../../../shell/content.ts'
import { words } from '../../../shell/quote.ts'
import type { Difference } from './compare.ts'
import type { Type } from './options.ts'
import { isSecret, type Settings, TUNNELS } from './settings.ts'

type Actions = [Action, ...Action[]]

const ENVIRONMENT = 'LC_ALL=C PATH=$PATH:/usr/sbin:/sbin; export LC_ALL'

/** Makes a connection; one that does not get its secrets is taken away again. */
export function addition(name: string, type: Type, settings: Settings, comesUp: boolean): Actions {
  const kind = TUNNELS.includes(type) ? 'ip-tunnel' : type
  const add = command('add', 'type', kind, 'con-name', name, ...plain(settings))
  const undo = `nmcli ${words('connection', 'delete', 'id', name)} >/dev/null 2>&1`
  const up = comesUp ? [sh(script(command('up', 'id', name)))] : []
  return [sh(script(add)), ...secretly(name, settings, undo), ...up]
}

/** Sets properties; if nmcli refuses the secrets among them, the others become again what they were. */
export function modification(name: string, found: readonly Difference[]): Actions {
  const open = found.filter(({ property }) => !isSecret(property))
  const modify = (parts: readonly string[]) => command('modify', 'id', name, ...parts)
  const undo = open.length === 0 ? ':' : modify(back(found))
  const parts = open.flatMap(({ property, after }) => [property, after])
  const first = open.length === 0 ? [] : [sh(script(modify(parts)))]
  const settings = new Map(found.map(({ property, after }) => [property, after]))
  return [...first, ...secretly(name, settings, undo)] as unknown as Actions
}

/** Words that make properties what they were; of a setting that was not there none stays. */
function back(found: readonly Difference[]): string[] {
  const isNew = ({ before }: Difference) => before === undefined
  const settings = new Set(found.filter(isNew).map(({ property }) => property.replace(/\..*/, '')))
  const old = found.filter((one) => !isNew(one) && !isSecret(one.property))
  return [
    ...[...settings].flatMap((setting) => ['remove', setting]),
    ...old.flatMap(({ property, before = '' }) => [property, before]),
  ]
}

export function removal(name: string): string {
  const down = `nmcli ${words('connection', 'down', 'id', name)} >/dev/null 2>&1`
  return script(`${down}\n${command('delete', 'id', name)}`)
}

function command(...parts: string[]): string {
  return `nmcli ${words('connection', ...parts)} </dev/null >/dev/null`
}

function script(commands: string): string {
  return `${ENVIRONMENT}\n${commands}`
}

function plain(settings: Settings): string[] {
  return [...settings].flatMap(([property, value]) => (isSecret(property) ? [] : [property, value]))
}

/**
 * Secrets go to nmcli's editor over stdin. It ends well whatever happens, and repeats what it reads: only its own words
 * tell whether all was saved, and they are passed on without the lines that it was given.
 */
function secretly(name: string, settings: Settings, undo: string): Action[] {
  const secrets = [...settings].filter(([property]) => isSecret(property))
  if (secrets.length === 0) return []
  const lines = secrets.map(([property, value]) => `set ${property} ${value}`)
  const edit = `x=$(nmcli ${words('connection', 'edit', 'id', name)} 2>&1)
case $x in
*"successfully updated"*) case $x in *"
Error: "*) ;; *) exit 0;; esac;;
esac
${undo}
printf '%s\\n' "$x" | grep '^Error: ' >&2 || echo 'nmcli did not save the secrets' >&2
exit 1`
  return [
    {
      do: 'send',
      script: script(edit),
      content: contentOf([...lines, 'save', 'quit', 'yes', ''].join('\n')),
      brief: true,
    },
  ]
}
