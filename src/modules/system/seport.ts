import { defineModule, type ModuleContext, type Plan } from '../../sdk/module.ts'
import { type ArgsOf, options } from '../../sdk/options.ts'
import { type PlannedChange, sh } from '../../sdk/plans.ts'
import { words } from '../../shell/quote.ts'
import { type Listed, listing, planListed, readListed, selinuxNameProblems } from './semanage.ts'

const declared = options({
  ports: { type: 'strings', required: true, help: 'Ports, or ranges of them: 8080, 8000-8010.' },
  proto: { type: 'str', required: true, choices: ['tcp', 'udp'], help: 'Their protocol.' },
  setype: { type: 'str', required: true, help: 'The type of the policy, such as http_port_t.' },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether they are of this type.',
  },
  local: {
    type: 'bool',
    default: false,
    help: 'Only what was set here counts, and not what the policy says.',
  },
  reload: { type: 'bool', default: true, help: 'Load the policy into the kernel at once.' },
  ignore_selinux_state: {
    type: 'bool',
    default: false,
    help: 'Go on where SELinux does not run, as in a chroot.',
  },
})

type Args = ArgsOf<typeof declared>

/** Which ports services may have under SELinux. Semantics: community.general.seport. */
export const seport = defineModule<typeof declared, Listed>({
  name: 'seport',
  summary: 'Keeps of which type ports are to SELinux (semanage port).',
  options: declared,
  validate: ({ ports = [], setype }) => [
    ...ports
      .filter((port) => !isPort(port))
      .map((port) => `ports: ${JSON.stringify(port)} is neither a port nor a range`),
    ...selinuxNameProblems('setype', setype),
  ],
  probe: ({ local }) =>
    listing(
      `${local ? 'semanage port -l -n -C | sed "s/^/local /" || exit; ' : ''}semanage port -l -n || exit`,
    ),
  parse: ({ text }) => readListed(text),
  plan,
})

function isPort(text: string): boolean {
  const [first, last = first] = text
    .split('-')
    .map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : Number.NaN))
  return first! > 0 && first! <= last! && last! < 65536 && text.split('-').length < 3
}

function plan(args: Args, listed: Listed, view: ModuleContext): Plan {
  const { ports, proto, setype, state, local, reload } = args
  const all = typesIn(
    listed.lines.filter((line) => !line.startsWith('local ')),
    proto,
  )
  const own = local
    ? typesIn(
        listed.lines.flatMap((line) => /^local (.*)$/.exec(line)?.[1] ?? []),
        proto,
      )
    : all
  const flags = reload ? [] : ['-N']
  const step = (port: string): PlannedChange[] => {
    const isOf = own.get(port)?.includes(setype) ?? false
    if (isOf === (state === 'present')) return []
    const before = all.get(port)?.join(', ') ?? null
    const change = { what: `${proto} port ${port}`, before, after: isOf ? null : setype }
    if (isOf) return [[change, sh(words('semanage', 'port', '-d', '-p', proto, ...flags, port))]]
    const action = before === null ? '-a' : '-m'
    return [[change, sh(words('semanage', 'port', action, '-t', setype, '-p', proto, ...flags, port))]]
  }
  const steps = [...new Set(ports)].flatMap(step)
  return planListed(listed, args, steps, { ports, proto, setype, state }, view)
}

/** The types of each port or range: "http_port_t  tcp  80, 81, 8000-8010". */
function typesIn(lines: readonly string[], proto: string): Map<string, string[]> {
  const found = new Map<string, string[]>()
  for (const line of lines) {
    const [, type, of, ports] = /^(\S+)\s+(tcp|udp)\s+(.*)$/.exec(line) ?? []
    if (of !== proto) continue
    for (const port of ports!.split(',').map((one) => one.trim()))
      found.set(port, [...(found.get(port) ?? []), type!])
  }
  return found
}
