import { jsonOf } from '../../host/json.ts'
import type { ModuleResult, Outcome } from '../../sdk/module.ts'
import type { BatchedProbe } from '../../sdk/probe.ts'
import { isMap, type Value, type ValueMap } from '../../values/value.ts'

/** A domain as `xl list` and `xl list -l` print it. */
export interface Domain {
  readonly name: string
  /** Changes with every start. */
  readonly id: number
  readonly state: DomainState
  /** libxl_domain_config as JSON; undefined while the domain is being made or removed. */
  readonly config: ValueMap | undefined
}

type DomainState = 'running' | 'paused' | 'shut down' | 'crashed' | 'dying'

const CANNOT = [
  [
    '[ "$(cat /sys/hypervisor/type 2>/dev/null)" = xen ]',
    'this host does not run under Xen: boot it with the hypervisor',
  ],
  [
    '[ -w /dev/xen/privcmd ] || [ -w /proc/xen/privcmd ]',
    'xl takes root, and the host domain: say become: true',
  ],
  ['command -v xl >/dev/null', 'this host has no xl: install the tools of Xen on it (Debian: xen-utils)'],
] as const

/** All domains of a host; asked once for all tasks. */
export const domainsProbe: BatchedProbe<Domain[]> = {
  kind: 'xl list',
  items: ['all'],
  script: () =>
    [
      ...CANNOT.map(([holds, message]) => `${holds} || { echo '${message}' >&2; exit 1; }`),
      // Of a domain that is just being made xl complains here, and leaves it out.
      "xl list && printf '\\0' && { xl list -l 2>/dev/null; printf '\\0'; }",
    ].join('\n'),
  read: (output) => [domainsOf(output.field(), output.field())],
}

/** From what `xl list` and `xl list -l` print. */
function domainsOf(table: string, json: string): Domain[] {
  const configs = new Map<Value, ValueMap>()
  const entries = json.trim() === '' ? [] : jsonOf('xl list -l', json)
  for (const entry of Array.isArray(entries) ? entries.filter(isMap) : [])
    if (isMap(entry.config)) configs.set(entry.domid!, entry.config)
  const rows = table.matchAll(/^(\S.*?) +(\d+) +\d+ +\d+ +([a-z-]{6}) +[\d.]+$/gm)
  return [...rows].map(([, name, id, letters]) => ({
    name: name!,
    id: Number(id),
    state: stateOf(letters!),
    config: configs.get(Number(id)),
  }))
}

/** The letters are those of xl(1); one that is shutting down is paused for a moment too. */
function stateOf(letters: string): DomainState {
  if (letters.includes('d')) return 'dying'
  if (letters.includes('c')) return 'crashed'
  if (letters.includes('s')) return 'shut down'
  return letters.includes('p') ? 'paused' : 'running'
}

/** The domain of a name, or undefined. */
export function domainNamed(name: string, domains: readonly Domain[]): Domain | undefined {
  return domains.find((domain) => domain.name === name && domain.state !== 'dying')
}

/** What is wrong with the name of a domain, as no or one sentence. */
export function domainProblems(option: string, name: string | undefined): string[] {
  if (name === undefined) return []
  if (/^\d+$/.test(name)) return [`${option}: "${name}" is the number of a domain to xl, not a name`]
  if (name === 'Domain-0') return [`${option}: Domain-0 is the host itself`]
  if (!/^[\w.+:@-]+$/.test(name) || name.startsWith('-'))
    return [
      `${option}: ${JSON.stringify(name)} is not a name of a domain: letters, digits and . _ + : @ - are allowed`,
    ]
  return []
}

// What libxl says while it takes away again what it could not make, and who says it.
const NOISE =
  /^Parsing config|libxl__destroy_domid|domain_destroy_c|report_child_exitstatus|\(re-\)build domain|cannot make domain|unable to add vif devices|: warning: /
const SPEAKER =
  /^(libxl|xc|xl): (error|panic|detail): (panic: )?(\w+\.c:\d+: ?(\w+: )?)?(Domain \d+:)?(script: )?/

/** What xl has to say, without its noise: a line each. */
export function complaints(stderr: string): string[] {
  const lines = stderr
    .split('\n')
    .filter((line) => line.trim() !== '' && !NOISE.test(line))
    .map((line) =>
      line
        .replace(SPEAKER, '')
        .replace(/: Internal error$/, '')
        .trim(),
    )
  return [...new Set(lines)]
}

const ADVICE: readonly (readonly [RegExp, string])[] = [
  [/find bridge device|Could not find bridge/, 'make the bridge first: the module link with type: bridge'],
  [/segment \w+ too large/, 'its memory does not hold its kernel and ramdisk'],
  [
    /[Oo]ut of memory|allocate memory|free memory/,
    'there is less memory free on the host than the domain asks for: xl info says how much',
  ],
  [/An interface with name/, 'another domain has that vifname'],
]

/** The failure of the last of some scripts of xl as a sentence, with what to do about it where that is known. */
export function concludeXl(outcomes: readonly Outcome[]): ModuleResult {
  const last = outcomes.at(-1)
  if (last === undefined || last.code === 0) return {}
  const said =
    complaints(last.stderr).join('; ') || last.stderr.trim() || `xl ended with exit status ${last.code}`
  const known = ADVICE.find(([pattern]) => pattern.test(said))
  const failed = known === undefined ? said : `${said} (${known[1]})`
  return { failed, result: { rc: last.code, stderr: last.stderr } }
}
