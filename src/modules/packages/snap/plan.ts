import { isDeepStrictEqual } from 'node:util'
import type { Change, ModuleContext, ModuleResult, Outcome, Plan } from '../../../sdk/module.ts'
import { failure } from '../../../sdk/plans.ts'
import { quotePath, words } from '../../../shell/quote.ts'
import { isMap, type Value, type ValueMap } from '../../../values/value.ts'
import { complaintOf, NO_SNAP } from '../snaps.ts'
import { type Args, isFile, settingsOf } from './options.ts'
import type { SnapState, Target } from './probe.ts'

/** One command of snap. */
interface Step {
  readonly changes: readonly Change[]
  readonly command: string
  /** The result that lists what it is for, and that. */
  readonly listed: string
  readonly names: readonly string[]
  readonly snap?: string
}

export function planSnap(args: Args, state: SnapState, view: ModuleContext): Plan {
  const problem = problemOf(args, state)
  // Under check, an earlier task that was not carried out may be the one that brings what is missing.
  if (problem !== undefined && !view.check) return failure(problem)
  const steps = stepsOf(args, state)
  const idle = state.targets.filter((one) => isLeft(args, one)).map(nameOf)
  return {
    changes: steps.flatMap(({ changes }) => changes),
    actions: steps.map(({ command }) => ({ do: 'exec', script: `export LC_ALL=C\n${command}` })),
    result: resultOf(args, steps),
    warnings: idle.map((name) => `the options of snap ${name} are not set, for it is disabled`),
  }
}

function problemOf({ state }: Args, { hasSnap, targets }: SnapState): string | undefined {
  if (!hasSnap) return NO_SNAP
  const unread = targets.find(({ name }) => name === undefined)
  if (unread !== undefined) return `${unread.source} cannot be read as a snap: ${unread.complaint}`
  const missing = state === 'enabled' ? targets.find(({ snap }) => snap === undefined) : undefined
  return missing && `snap ${nameOf(missing)} is not installed, so it cannot be enabled`
}

function nameOf({ name, source }: Target): string {
  return name ?? source
}

function stepsOf(args: Args, { targets }: SnapState): Step[] {
  if (args.state === 'absent') return removal(targets.filter(({ snap }) => snap !== undefined))
  if (args.state === 'enabled')
    return targets.filter(({ snap }) => !snap?.enabled).map((one) => switching('enable', one))
  if (args.state === 'disabled')
    return targets.filter(({ snap }) => snap?.enabled).map((one) => switching('disable', one))
  return [
    ...targets.filter(({ snap }) => snap && !follows(snap.tracking, args)).map((one) => refresh(args, one)),
    ...installs(
      args,
      targets.filter(({ snap }) => snap === undefined),
    ),
    ...targets.flatMap((one) => (one.snap?.enabled === false ? [] : configuration(args, one))),
  ]
}

function removal(targets: readonly Target[]): Step[] {
  if (targets.length === 0) return []
  const names = targets.map(nameOf)
  const changes = targets.map((one) => ({ what: nameOf(one), before: one.snap!.version, after: null }))
  return [{ changes, command: words('snap', 'remove', ...names), listed: 'snaps_removed', names }]
}

function switching(verb: 'enable' | 'disable', target: Target): Step {
  const name = nameOf(target)
  const [before, after] = verb === 'enable' ? ['disabled', 'enabled'] : ['enabled', 'disabled']
  const change = { what: name, before: target.snap === undefined ? null : before!, after: after! }
  return {
    changes: [change],
    command: words('snap', verb, name),
    listed: `snaps_${after}`,
    names: [name],
  }
}

/** What stands behind a track and a risk, a branch, is not listed in full. */
function follows(tracking: string, { channel }: Args): boolean {
  if (channel === undefined) return true
  const wanted = fullChannel(channel)
  const cut = /^(.*\/)(…|\.\.\.)$/.exec(tracking)
  return cut === null ? wanted === fullChannel(tracking) : wanted.startsWith(cut[1]!)
}

/** Of a channel that has only a track, only a risk, or a risk and a branch, all parts. */
function fullChannel(channel: string): string {
  const [first = '', ...more] = channel.split('/')
  if (RISKS.test(first)) return ['latest', first, ...more].join('/')
  return more.length === 0 ? `${first}/stable` : channel
}

const RISKS = /^(stable|candidate|beta|edge)$/

function refresh(args: Args, target: Target): Step {
  const name = nameOf(target)
  const change = {
    what: `channel of ${name}`,
    before: target.snap!.tracking,
    after: fullChannel(args.channel!),
  }
  return {
    changes: [change],
    command: words('snap', 'refresh', ...flagsOf({ ...args, dangerous: false }), name),
    listed: 'snaps_refreshed',
    names: [name],
  }
}

function flagsOf({ classic, channel, dangerous }: Args): string[] {
  return [
    ...(classic ? ['--classic'] : []),
    ...(channel === undefined ? [] : [`--channel=${channel}`]),
    ...(dangerous ? ['--dangerous'] : []),
  ]
}

/** Snap takes flags and files for one snap at a time only. */
function installs(args: Args, targets: readonly Target[]): Step[] {
  const flags = flagsOf(args)
  const isSingle = flags.length > 0 || targets.some(({ source }) => isFile(source))
  const groups = isSingle ? targets.map((one) => [one]) : targets.length === 0 ? [] : [targets]
  return groups.map((group) => ({
    changes: group.map((one) => ({ what: nameOf(one), before: null, after: args.channel ?? 'installed' })),
    command: [words('snap', 'install', ...flags), ...group.map(({ source }) => quotePath(source))].join(' '),
    listed: 'snaps_installed',
    names: group.map(nameOf),
  }))
}

function configuration(args: Args, target: Target): Step[] {
  const name = nameOf(target)
  const due = [...settingsOf(args, name)].filter(
    ([key, value]) => !isDeepStrictEqual(valueAt(target.configuration, key) ?? null, meant(value)),
  )
  if (due.length === 0) return []
  const texts = due.map(([key, value]) => `${key}=${value}`)
  return [
    {
      changes: due.map(([key, value]) => ({
        what: `${name}:${key}`,
        before: valueAt(target.configuration, key) ?? null,
        after: meant(value),
      })),
      command: words('snap', 'set', name, ...texts),
      listed: 'options_changed',
      names: texts.map((text) => `${name}:${text}`),
      snap: name,
    },
  ]
}

/** As snap does, a value that is JSON is read as such. */
function meant(text: string): Value {
  try {
    return JSON.parse(text) as Value
  } catch {
    return text
  }
}

function valueAt(configuration: ValueMap, key: string): Value | undefined {
  return key
    .split('.')
    .reduce<Value | undefined>(
      (value, part) => (isMap(value) && Object.hasOwn(value, part) ? value[part] : undefined),
      configuration,
    )
}

function isLeft(args: Args, target: Target): boolean {
  const isIdle = args.state === 'present' && target.snap?.enabled === false
  return isIdle && configuration(args, target).length > 0
}

function resultOf(args: Args, steps: readonly Step[]): ValueMap {
  const lists: Record<string, string[]> = {}
  for (const { listed, names } of steps) lists[listed] = [...(lists[listed] ?? []), ...names]
  return {
    ...(args.state === 'present' && { classic: args.classic, channel: args.channel ?? 'stable' }),
    ...lists,
    ...(steps.length > 0 && { cmd: steps.map(({ command }) => command).join('; ') }),
  }
}

export function concludeSnap(
  outcomes: readonly Outcome[],
  args: Args,
  state: SnapState,
  plan: Plan,
): ModuleResult {
  const told = {
    stdout: outcomes.map(({ stdout }) => stdout).join(''),
    stderr: outcomes.map(({ stderr }) => stderr).join(''),
    rc: outcomes.at(-1)?.code ?? 0,
  }
  const result = { ...plan.result, ...told }
  const at = outcomes.findIndex(({ code }) => code !== 0)
  return at === -1 ? { result } : { failed: troubleOf(stepsOf(args, state)[at]!, outcomes[at]!), result }
}

function troubleOf({ command, snap, names, listed }: Step, { stdout, stderr, code }: Outcome): string {
  const said = complaintOf(stderr) || complaintOf(stdout) || `exit status ${code}`
  if (snap !== undefined)
    return said.includes('has no "configure" hook')
      ? `Snap '${snap}' does not have any configurable options`
      : `Cannot set options '${names.join(' ')}' for snap '${snap}': error=${said}`
  const classic = /This revision of snap "([^"]+)" was published using classic confinement/.exec(said)?.[1]
  if (classic !== undefined)
    return `Couldn't install ${classic} because it requires classic confinement: set "classic: true"`
  const kind = listed === 'snaps_installed' ? 'installation' : 'operation'
  return `Ooops! Snap ${kind} failed while executing '${command}': ${said}`
}
