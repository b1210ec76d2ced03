import { looksAt } from '../../../sdk/footprint.ts'
import { type Change, defineModule, type Outcome, type Plan } from '../../../sdk/module.ts'
import { together } from '../../../sdk/plans.ts'
import type { BatchedProbe } from '../../../sdk/probe.ts'
import { words } from '../../../shell/quote.ts'
import { fetchLists } from '../lists.ts'
import { type AptArgs, aptOptions, isAmbiguous, isPattern, parseSpec, wantsLists } from './options.ts'
import {
  type AptState,
  aptOptionWords,
  PACKAGED,
  packagesProbe,
  parseApt,
  probeApt,
  type Simulation,
  upgradeWords,
  verbOf,
} from './probe.ts'

export const apt = defineModule<typeof aptOptions, AptState>({
  name: 'apt',
  summary: 'Installs, removes and upgrades packages of Debian and its kin.',
  options: aptOptions,
  validate: aptProblems,
  probe,
  parse: (output, args) => parseApt(output.of(probe(args)[0])[0]!),
  plan: planApt,
  footprint: looksAt(({ deb }) => (deb === undefined ? ['packages'] : undefined)),
  interpret: ([outcome], args, state) => concludeApt(outcome!, args, state),
})

function probe(args: AptArgs): [BatchedProbe<string>] {
  return [packagesProbe(args, probeApt(args))]
}

/** What is wrong with the arguments of apt, or of package, which takes the same. */
export function aptProblems(args: Partial<AptArgs>): string[] {
  const { name, deb, upgrade, state } = args
  const found = (name ?? [])
    .filter((text) => parseSpec(text) === undefined)
    .map((text) => `apt: ${JSON.stringify(text)} is not a package; write name, name=version or a pattern`)
  if ([name, deb, upgrade === 'no' ? undefined : upgrade].filter((one) => one !== undefined).length > 1) {
    found.push('apt: name, deb and upgrade exclude each other')
  }
  if (deb?.includes('://')) found.push('apt: deb is a path on the host; fetch the file there first')
  if (state === 'latest' && name?.some((text) => /=/.test(text))) {
    found.push('apt: a version and state latest exclude each other')
  }
  return found
}

/** Changes, and the lines of sh that make them. */
interface Part {
  readonly changes: readonly Change[]
  readonly lines: readonly string[]
}

export function planApt(args: AptArgs, state: AptState): Plan {
  const refreshes = refreshDue(args, state)
  // Lists that are fetched first may hold what those of now do not.
  const doomed = [...state.simulations].find(([, { code }]) => code !== 0 && !refreshes)
  if (doomed !== undefined) {
    const [verb, { text }] = doomed
    return { changes: [], failed: `apt-get ${verb} would fail: ${complaint(text)}` }
  }
  const none = (args.name ?? []).find(
    (text) => isPattern(parseSpec(text)!.name) && state.known.length + state.todo.length === 0,
  )
  if (none !== undefined && args.state !== 'absent' && !refreshes) {
    return { changes: [], failed: `there is no package that matches ${none}` }
  }
  const cleaning = { what: 'fetched files', before: 'some', after: null }
  const parts: Part[] = [
    ...(refreshes ? [fetching(args, state)] : []),
    ...[...state.simulations].map(([verb, simulation]) => work(verb, simulation, args, state)),
    ...(args.clean && state.fetched ? [{ changes: [cleaning], lines: ['apt-get clean || exit'] }] : []),
  ]
  const marks = marking(state)
  const script = [
    'export DEBIAN_FRONTEND=noninteractive DEBIAN_PRIORITY=critical LC_ALL=C',
    ...(args.policy_rc_d === undefined ? [] : [policyRcD(args.policy_rc_d)]),
    ...[...parts, marks].flatMap(({ lines }) => lines),
    'exit 0',
  ].join('\n')
  const changes = parts.flatMap((part) => part.changes)
  const silent = changes.length === 0 && marks.changes.length > 0
  return {
    // On a channel of its own: it says much, and what it starts may keep its stdout.
    ...together([...changes, ...marks.changes], { do: 'exec', script }),
    ...(silent && { silent }),
    result: { cache_updated: false },
  }
}

/** What is asked for by name must stay when what needed it goes; apt-get itself marks only what it installs. */
function marking({ automatic }: AptState): Part {
  if (automatic.length === 0) return { changes: [], lines: [] }
  const changes = automatic.map((name) => ({ what: `mark of ${name}`, before: 'automatic', after: 'manual' }))
  return { changes, lines: [`apt-mark manual ${words(...automatic)} || exit`] }
}

/** The lists are fetched when they are too old and what is to be done depends on them, or nothing else is. */
function refreshDue(args: AptArgs, { age, todo }: AptState): boolean {
  if (!wantsLists(args) || age === undefined || age < (args.cache_valid_time ?? 0)) return false
  if (args.name === undefined && args.deb === undefined) return true
  return args.state === 'latest' || (args.state !== 'absent' && todo.length > 0)
}

/** What apt-get does for a verb that was simulated. */
function work(verb: string, simulation: Simulation, args: AptArgs, state: AptState): Part {
  const { todo } = state
  const unsure = verb === 'install' ? unknownNames(state) : []
  const packages = verb === verbOf(args.state) ? todo : []
  const said = verb === 'upgrade' ? upgradeWords(args.upgrade) : [verb, ...packages]
  return {
    changes:
      simulation.code === 0
        ? simulated(simulation)
        : todo.map((what) => ({ what, before: versionOf(what, state), after: 'installed' })),
    lines: [
      ...(unsure.length > 0 ? [PACKAGED, `packaged ${words(...unsure)} >&2 || exit`] : []),
      `apt-get ${words(...aptOptionWords(args), ...said)} || exit`,
    ],
  }
}

// "Inst name [old] (new release [arch])", "Remv name [old]", "Purg name [old]", "Del name version [size]".
function simulated({ text }: Simulation): Change[] {
  return text.split('\n').flatMap((line): Change[] => {
    const [, verb, what, before, after] =
      /^(Inst|Remv|Purg) (\S+)(?: \[([^\]]*)\])?(?: \((\S+)[^)]*\))?/.exec(line) ?? []
    const [, file, version] = /^Del (\S+) (\S+)/.exec(line) ?? []
    if (file !== undefined) return [{ what: `fetched file of ${file}`, before: version!, after: null }]
    if (what === undefined) return []
    if (verb === 'Inst') return [{ what, before: before ?? null, after: after ?? 'installed' }]
    return [{ what, before: before || 'configuration files', after: null }]
  })
}

function versionOf(text: string, { known }: AptState): string | null {
  const name = parseSpec(text)?.name
  return known.find((one) => one.name === name && one.status === 'installed')?.version ?? null
}

function complaint(text: string): string {
  const errors = text.split('\n').filter((line) => line.startsWith('E: '))
  return errors.map((line) => line.slice(3)).join(' ') || text.trim()
}

/** The names of which only the lists, just fetched perhaps, can tell whether they are more than names to apt-get. */
function unknownNames({ todo, known }: AptState): string[] {
  const isInstalled = (name: string) => known.some((one) => one.name === name && /^[it]/.test(one.status))
  return todo
    .flatMap((text) => parseSpec(text)?.name ?? [])
    .filter((name) => isAmbiguous(name) && !isInstalled(name))
}

function fetching(args: AptArgs, { age }: AptState): Part {
  const lines = fetchLists({
    lockTimeout: args.lock_timeout,
    tries: args.update_cache_retries + 1,
    maxDelay: args.update_cache_retry_max_delay,
    otherwise: 'exit 100',
  })
  return { changes: [{ what: 'package lists', before: `${age} seconds old`, after: 'fetched' }], lines }
}

/** Answers in the place of the host's policy-rc.d (see invoke-rc.d(8)) until the script ends. */
function policyRcD(code: number): string {
  return [
    'p=/usr/sbin/policy-rc.d; kept=',
    'if [ -e $p ]; then kept=$(mktemp $p.XXXXXX) && mv $p "$kept" || exit; fi',
    `trap 'if [ -n "$kept" ]; then mv "$kept" $p; else rm -f $p; fi' EXIT`,
    `trap 'exit 129' HUP; trap 'exit 130' INT; trap 'exit 143' TERM`,
    `printf '#!/bin/sh\\nexit ${code}\\n' >$p && chmod 755 $p || exit`,
  ].join('\n')
}

export function concludeApt({ code, stdout, stderr }: Outcome, args: AptArgs, state: AptState) {
  const result = {
    stdout,
    stderr,
    stdout_lines: stdout.trimEnd().split('\n'),
    stderr_lines: stderr.trimEnd() === '' ? [] : stderr.trimEnd().split('\n'),
    cache_updated: refreshDue(args, state),
  }
  if (code !== 0) return { result, failed: `apt-get failed: ${complaint(stderr || stdout)}` }
  // As in Ansible, lists that were fetched for packages that proved to be right are no change.
  const onlyLists = (args.name !== undefined || args.upgrade !== 'no') && refreshDue(args, state)
  const nothing = onlyLists && /^0 upgraded, 0 newly installed, (0 downgraded, )?0 to remove/m.test(stdout)
  return nothing ? { result, changed: false } : { result }
}
