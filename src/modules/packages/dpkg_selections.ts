import { literally } from '../../host/accounts.ts'
import { defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { NOTHING, together } from '../../sdk/plans.ts'
import type { BatchedProbe } from '../../sdk/probe.ts'
import { contentOf } from '../../shell/content.ts'
import { quote } from '../../shell/quote.ts'

const declared = options({
  name: { type: 'str', required: true, help: 'The package.' },
  selection: {
    type: 'str',
    required: true,
    choices: ['install', 'hold', 'deinstall', 'purge'],
    help: 'What dpkg is to do with it.',
  },
})

type Args = ArgsOf<typeof declared>

interface State {
  /** Undefined if dpkg has none for it. */
  readonly selection: string | undefined
  /** Only of a package that it knows dpkg keeps a selection. */
  readonly isKnown: boolean
}

/** Says what dpkg is to do with a package. Semantics: ansible.builtin.dpkg_selections. */
export const dpkg_selections = defineModule<typeof declared, State>({
  name: 'dpkg_selections',
  summary: 'Holds a package of Debian and its kin at its version, or selects it for dpkg in another way.',
  options: declared,
  validate: ({ name }) =>
    name === undefined || /^[A-Za-z0-9][A-Za-z0-9+._-]*(:[a-z0-9-]+)?$/.test(name)
      ? []
      : [`name: ${JSON.stringify(name)} is not a name of a package`],
  probe: ({ name }) => [selectionOf(name)],
  parse: (output, { name }) => output.of(selectionOf(name))[0]!,
  plan,
})

function selectionOf(name: string): BatchedProbe<State> {
  return {
    kind: 'dpkg selections',
    items: [name],
    script: (items) =>
      [
        `command -v dpkg >/dev/null || { echo 'dpkg is missing: this host has no packages of Debian' >&2; exit 1; }`,
        ...items.map(
          (item) =>
            `dpkg --get-selections -- ${quote(item)} 2>/dev/null || :
printf '\\0'
grep -sqx ${quote(`Package: ${literally(item.replace(/:.*/, ''))}`)} "\${DPKG_ADMINDIR:-/var/lib/dpkg}/available" && printf 1
printf '\\0'`,
        ),
      ].join('\n'),
    read: (output, items) =>
      items.map(() => {
        const [listed, isAvailable] = [output.field(), output.field()]
        const selection = /^\S+\s+(\S+)$/.exec(listed.split('\n')[0]!)?.[1]
        if (listed.trim() !== '' && selection === undefined)
          throw new Error(
            `dpkg on the host answered ${JSON.stringify(listed)} where a selection was expected`,
          )
        return { selection, isKnown: selection !== undefined || isAvailable === '1' }
      }),
  }
}

function plan({ name, selection }: Args, state: State, view: ModuleContext): Plan {
  const before = state.selection ?? 'not present'
  const result = { before, after: selection }
  if (before === selection) return { ...NOTHING, result }
  // Under check, an earlier task that was not carried out may be the one that installs it.
  if (!state.isKnown && !view.check) {
    const warning = `dpkg does not know the package ${name} on this host, and keeps no selection of it; install it in an earlier task`
    return { ...NOTHING, result: { before, after: before }, warnings: [warning] }
  }
  const change = { what: name, before: state.selection ?? null, after: selection }
  const content = contentOf(`${name} ${selection}\n`)
  return {
    ...together([change], { do: 'send', script: 'dpkg --set-selections', content, brief: true }),
    result,
  }
}
