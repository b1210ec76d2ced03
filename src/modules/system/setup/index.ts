import { defineModule } from '../../../sdk/module.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'
import type { ValueMap } from '../../../values/value.ts'
import { spread } from '../../../values/wildcard.ts'
import { hardwareFacts } from './hardware.ts'
import { factNames } from './names.ts'
import { networkFacts } from './network.ts'
import { factsProbe, parseSections, type Sections, type Subset } from './probe.ts'
import { systemFacts } from './system.ts'
import { virtualFacts } from './virtual.ts'

const setupOptions = options({
  gather_subset: {
    type: 'strings',
    help: 'Which facts: all, min, hardware, network, virtual, or one of these with "!" before it to leave it out.',
    default: ['all'],
  },
  filter: { type: 'strings', help: 'Patterns of the names to return.', default: [] },
  gather_timeout: {
    type: 'int',
    help: 'Accepted for the sake of existing playbooks: nothing here waits for anything.',
    default: 10,
  },
  fact_path: {
    type: 'path',
    help: "Folder of the host's own facts, *.fact.",
    default: '/etc/ansible/facts.d',
  },
})

export const setup = defineModule<typeof setupOptions, Sections>({
  name: 'setup',
  summary: 'Gathers facts about the host.',
  options: setupOptions,
  // Of gather_facts, which may have several modules to ask.
  accepts: ['parallel'],
  gathersFacts: factNames,
  validate: ({ gather_subset = [] }) =>
    gather_subset
      // As in Ansible, what is not there can be left out.
      .filter((name) => !KNOWN.includes(name) && !name.startsWith('!'))
      .map((name) => `setup: unknown subset "${name}"; there are ${KNOWN.join(', ')}`),
  probe: ({ gather_subset, fact_path }) => factsProbe(subsetsOf(gather_subset), fact_path),
  parse: ({ text }) => parseSections(text),
  plan: (args, sections) => ({ changes: [], result: { ansible_facts: factsOf(args, sections) } }),
})

const SUBSETS: readonly Subset[] = ['min', 'hardware', 'network', 'virtual']

/** Ansible's smaller subsets, by the one that has them here. */
const PARTS: Record<Subset, readonly string[]> = {
  min: [
    ...[
      'apparmor',
      'caps',
      'chroot',
      'cmdline',
      'date_time',
      'distribution',
      'dns',
      'env',
      'fips',
      'hostname',
    ],
    ...['loadavg', 'local', 'lsb', 'pkg_mgr', 'platform', 'python', 'selinux', 'service_mgr', 'ssh_pub_keys'],
    ...['system_capabilities', 'user'],
  ],
  hardware: ['devices', 'memory', 'mounts', 'processor'],
  network: ['all_ipv4_addresses', 'all_ipv6_addresses', 'default_ipv4', 'default_ipv6', 'interfaces'],
  virtual: [
    'virtualization_role',
    'virtualization_type',
    'virtualization_tech_guest',
    'virtualization_tech_host',
  ],
}
// Others' programs for facts, which no host here is asked for.
const FOREIGN = ['facter', 'ohai']
const KNOWN = ['all', ...SUBSETS, ...Object.values(PARTS).flat(), ...FOREIGN]

/** Ansible's reading of gather_subset: "min" is always in unless "!min" says not. */
function subsetsOf(wanted: readonly string[]): Set<Subset> {
  const meant = (name: string): readonly Subset[] => {
    if (name === 'all') return SUBSETS
    return SUBSETS.filter((subset) => subset === name || PARTS[subset].includes(name))
  }
  const without = wanted.filter((name) => name.startsWith('!')).map((name) => name.slice(1))
  const within = wanted.filter((name) => !name.startsWith('!'))
  const chosen = new Set(
    within.length === 0 ? (without.includes('all') ? [] : SUBSETS) : within.flatMap(meant),
  )
  // What is asked for by name wins.
  const named = new Set(within.filter((name) => name !== 'all').flatMap(meant))
  for (const name of SUBSETS) if (without.includes(name) && !named.has(name)) chosen.delete(name)
  if (!without.includes('min')) chosen.add('min')
  return chosen
}

function factsOf({ gather_subset, filter }: ArgsOf<typeof setupOptions>, sections: Sections): ValueMap {
  const subsets = subsetsOf(gather_subset)
  const facts = {
    ...(subsets.has('min') && systemFacts(sections)),
    ...(subsets.has('hardware') && hardwareFacts(sections)),
    ...(subsets.has('network') && networkFacts(sections)),
    ...(subsets.has('virtual') && virtualFacts(sections)),
  }
  const named: ValueMap = Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [`ansible_${name}`, value]),
  )
  const { python } = facts as { python?: { executable: string } }
  if (python !== undefined) named.discovered_interpreter_python = python.executable
  named.gather_subset = [...gather_subset]
  named.module_setup = true
  const patterns = filter.filter((text) => text !== '').map(patternOf)
  if (patterns.length === 0) return named
  return Object.fromEntries(
    Object.entries(named).filter(([name]) =>
      patterns.some((pattern) => pattern.test(name) || pattern.test(name.replace(/^ansible_/, ''))),
    ),
  )
}

/** A pattern of names as sh has them: `*`, `?` and [...]. */
function patternOf(text: string): RegExp {
  const source = text
    .replace(/\[!/g, '[^')
    .replace(/[.+(){}|\\$]/g, '\\$&')
    .replaceAll('?', '.')
  return new RegExp(spread(source.split('*'), '.'))
}
