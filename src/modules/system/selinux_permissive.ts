import { defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { sh } from '../../sdk/plans.ts'
import type { ProbeOutput } from '../../sdk/probe.ts'
import { words } from '../../shell/quote.ts'
import { planSemanage } from './semanage.ts'

const declared = options({
  domain: {
    type: 'str',
    required: true,
    aliases: ['name'],
    help: 'The domain of processes, such as "httpd_t".',
  },
  permissive: { type: 'bool', required: true, help: 'Whether what the policy denies it is only logged.' },
  no_reload: {
    type: 'bool',
    default: false,
    help: 'Leave the policy in the kernel as it is until it is loaded again.',
  },
  store: { type: 'str', default: '', help: 'The policy, such as "targeted"; "" is the one that is in use.' },
})

type Args = ArgsOf<typeof declared>

interface State {
  /** The domains that were made permissive here; those that the policy itself has so are not among them. */
  readonly domains: readonly string[]
  readonly hasTool: boolean
}

/** Takes single domains out of what SELinux enforces. Semantics: community.general.selinux_permissive. */
export const selinux_permissive = defineModule<typeof declared, State>({
  name: 'selinux_permissive',
  summary: 'Lets a domain of SELinux do what the policy denies it, and only log that.',
  options: declared,
  validate: ({ domain, store }) => [
    ...(domain === undefined || isName(domain)
      ? []
      : [`domain: ${JSON.stringify(domain)} is not a name of a domain`]),
    ...(store === undefined || store === '' || isName(store)
      ? []
      : [`store: ${JSON.stringify(store)} is not a name of a policy`]),
  ],
  probe,
  parse,
  plan,
})

function isName(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(text)
}

function probe({ store }: Args): string {
  // semanage keeps each as a module of the policy; what it lists itself is of the policy that is in use.
  return `if command -v semanage >/dev/null && command -v semodule >/dev/null; then
  echo tool
  ${words('semodule', ...(store === '' ? [] : ['-s', store]), '-l')} || exit
fi`
}

function parse({ text }: ProbeOutput): State {
  const [tool, ...modules] = text.split('\n')
  return {
    hasTool: tool === 'tool',
    domains: modules.flatMap((line) => /^permissive_(\S+)/.exec(line)?.[1] ?? []),
  }
}

function plan(args: Args, { domains, hasTool }: State, view: ModuleContext): Plan {
  const { domain, permissive, no_reload, store } = args
  const result = { domain, permissive, store }
  if (domains.includes(domain) === permissive) return planSemanage(hasTool, [], result, view)
  const told = (is: boolean) => (is ? 'permissive' : 'enforcing')
  const change = { what: `domain ${domain}`, before: told(!permissive), after: told(permissive) }
  const flags = [...(no_reload ? ['-N'] : []), ...(store === '' ? [] : ['-S', store])]
  const command = words('semanage', 'permissive', permissive ? '-a' : '-d', ...flags, domain)
  return planSemanage(hasTool, [[change, sh(command)]], result, view)
}
