import { defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { failure, inSteps, NOTHING, sh } from '../../sdk/plans.ts'
import type { ProbeOutput } from '../../sdk/probe.ts'
import { quote, words } from '../../shell/quote.ts'

const declared = options({
  name: {
    type: 'str',
    required: true,
    help: 'The boolean of the policy, such as "httpd_can_network_connect".',
  },
  state: { type: 'bool', required: true, help: 'Whether it is on.' },
  persistent: { type: 'bool', default: false, help: 'Keep it so after the next boot.' },
  ignore_selinux_state: {
    type: 'bool',
    default: false,
    help: 'Go on where SELinux does not run, as in a chroot.',
  },
})

type Args = ArgsOf<typeof declared>

interface State {
  /** SELinux runs. */
  readonly isEnabled: boolean
  /** Its value now; undefined for one that the policy does not have. */
  readonly live: boolean | undefined
  /** Its value after a boot; undefined if nobody says. */
  readonly kept: boolean | undefined
  readonly hasTool: boolean
}

/** Switches booleans of SELinux. Semantics: ansible.posix.seboolean. */
export const seboolean = defineModule<typeof declared, State>({
  name: 'seboolean',
  summary: 'Switches a boolean of the policy of SELinux on or off.',
  options: declared,
  validate: ({ name }) =>
    name === undefined || /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name)
      ? []
      : [`name: ${JSON.stringify(name)} is not a name of a boolean`],
  probe,
  parse,
  plan,
})

function probe({ name, persistent }: Args): string {
  const word = quote(name)
  // What was set to stay is in a file; what the policy itself says, only semanage tells.
  const kept = `policy=$(sed -n 's/^SELINUXTYPE=//p' /etc/selinux/config 2>/dev/null)
x=$(sed -n ${quote(`s/^${name}=//p`)} "/var/lib/selinux/$policy/active/booleans.local" "/etc/selinux/$policy/active/booleans.local" 2>/dev/null | tail -n 1)
if [ -z "$x" ] && command -v semanage >/dev/null; then
  x=$(LC_ALL=C semanage boolean -l -n | sed -n ${quote(`s/^${name} *([a-z]* *, *\\([a-z]*\\)).*/\\1/p`)})
fi
case $x in 1 | on | true) echo 'kept 1' ;; 0 | off | false) echo 'kept 0' ;; esac`
  return `d=
for e in /sys/fs/selinux /selinux; do [ ! -e "$e/enforce" ] || { d=$e; break; }; done
[ -z "$d" ] || echo enabled
if [ -n "$d" ] && [ -e "$d/booleans/"${word} ]; then read -r now x <"$d/booleans/"${word} || :; echo "live $now"; fi
if command -v setsebool >/dev/null; then echo tool; fi
${persistent ? kept : ':'}`
}

function parse({ text }: ProbeOutput): State {
  const lines = text.split('\n')
  const value = (what: string) => {
    const found = lines.find((line) => line.startsWith(`${what} `))
    return found === undefined ? undefined : found.slice(what.length + 1).startsWith('1')
  }
  return {
    isEnabled: lines.includes('enabled'),
    hasTool: lines.includes('tool'),
    live: value('live'),
    kept: value('kept'),
  }
}

function plan(
  { name, state, persistent, ignore_selinux_state }: Args,
  found: State,
  view: ModuleContext,
): Plan {
  const result = { name, persistent, state }
  if (!found.isEnabled && !ignore_selinux_state)
    return { ...failure('SELinux is disabled on this host.'), result }
  // Under check an earlier task may be the one that brings it.
  const mayCome = view.check || !found.isEnabled
  if (found.live === undefined && !mayCome)
    return { ...failure(`SELinux boolean ${name} does not exist.`), result }
  if (!found.hasTool && !view.check)
    return {
      ...failure('Failed to find required executable "setsebool"'),
      result,
      advice: 'install the package policycoreutils',
    }
  const isLive = !found.isEnabled || found.live === state
  if (isLive && (!persistent || found.kept === state)) return { ...NOTHING, result }
  const told = (is: boolean | undefined) => (is === undefined ? null : is ? 'on' : 'off')
  const before = isLive ? `${told(found.live) ?? 'unknown'} until boot` : told(found.live)
  const change = { what: `boolean ${name}`, before, after: told(state) }
  const flags = [...(persistent ? ['-P'] : []), ...(found.isEnabled ? [] : ['-N'])]
  return { ...inSteps([[change, sh(words('setsebool', ...flags, name, told(state)!))]]), result }
}
