import type { ModuleContext } from '../../../sdk/module.ts'
import type { BatchedProbe, ProbeOutput } from '../../../sdk/probe.ts'
import { words } from '../../../shell/quote.ts'
import type { FileArgs } from './options.ts'

/** A batched probe of whether the wanted owner and group are there, under check, where an earlier step may make them. */
export function ownersProbe(args: FileArgs, view: ModuleContext): BatchedProbe<boolean> {
  return {
    kind: 'known owners',
    items: view.check ? ownersOf(args).map(({ file, name }) => `${file} ${name}`) : [],
    script: (items) =>
      [
        KNOWN,
        ...items.map((item) => {
          const space = item.indexOf(' ')
          return words('known', item.slice(0, space), item.slice(space + 1))
        }),
      ].join('\n'),
    read: (output, items) => items.map(() => output.take(1).toString() === '1'),
  }
}

// getent knows what comes from elsewhere (LDAP); without it only the files can be asked.
const KNOWN = `known() {
  while IFS=: read -r name x id x; do
    if [ "$name" = "$2" ] || [ "$id" = "$2" ]; then printf 1; return; fi
  done 2>/dev/null <"/etc/$1"
  if command -v getent >/dev/null && getent "$1" "$2" >/dev/null; then printf 1; else printf 0; fi
}`

function ownersOf({ state, owner, group }: FileArgs) {
  if (state === 'absent') return []
  return [
    ...(owner === undefined ? [] : [{ file: 'passwd', kind: 'user', name: owner }]),
    ...(group === undefined ? [] : [{ file: 'group', kind: 'group', name: group }]),
  ]
}

/** A warning for each that is not there, in Ansible's words. */
export function ownerWarnings(found: ProbeOutput, args: FileArgs, view: ModuleContext): string[] {
  const known = found.of(ownersProbe(args, view))
  return ownersOf(args)
    .filter((_, index) => known[index] === false)
    .map(({ kind, name }) => {
      const id = kind === 'user' ? 'uid' : 'gid'
      const called = /^\d+$/.test(name) ? `${kind} with ${id} ${name}` : `${kind} ${name}`
      return `failed to look up ${called}. Create ${kind} up to this point in real play`
    })
}
