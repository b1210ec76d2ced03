import type { Change, ModuleContext, ModuleResult, Outcome, Plan } from '../../../sdk/module.ts'
import { failure, together } from '../../../sdk/plans.ts'
import { quote, quotePath, words } from '../../../shell/quote.ts'
import type { ValueMap } from '../../../values/value.ts'
import { type Args, isAddress, moreOf, packageAt, targetsOf } from './options.ts'
import { complaintOf, type PacmanState, pacmanFunction, type Row, type Verb, wordsOf } from './probe.ts'

/** A part of what is done: its changes, the lines of sh that make them, and what Ansible returns of it. */
interface Part {
  readonly changes: readonly Change[]
  readonly lines: readonly string[]
  readonly packages: readonly string[]
  readonly msg: string
}

/** What Ansible says of a verb that pacman would fail at, or has failed at. */
const TROUBLE: Readonly<Record<Verb, readonly [planned: string, done: string]>> = {
  sync: ['Failed to list package(s) to install', 'Failed to install package(s)'],
  upgrade: ['Failed to list package(s) to install', 'Failed to install package(s)'],
  sysupgrade: ['Could not upgrade', 'Could not upgrade'],
  remove: ['failed to list package(s) to remove', 'failed to remove package(s)'],
}

export function planPacman(args: Args, state: PacmanState, view: ModuleContext): Plan {
  const refreshes = args.update_cache === true
  // Lists that are fetched first may hold what those of now do not.
  const doomed = [...state.simulations].find(
    ([verb, { complaint }]) => complaint !== undefined && !(refreshes && verb.startsWith('s')),
  )
  if (doomed !== undefined) {
    const [verb, { complaint }] = doomed
    const [, unknown] = /^target not found: (\S+)$/.exec(complaint!) ?? []
    return failure(
      unknown === undefined
        ? `${TROUBLE[verb][0]}: ${complaint}`
        : `Failed to list package ${unknown}: target not found`,
    )
  }
  const part = partOf(args, state, view)
  const changes = [
    ...(refreshes ? [{ what: 'package lists', before: null, after: 'fetched' }] : []),
    ...(part?.changes ?? []),
  ]
  const updated = view.check ? 'Would have updated the package db' : 'Updated package db'
  const msg = [...(refreshes ? [updated] : []), ...(part === undefined ? [] : [part.msg])].join('\n')
  return {
    ...together(changes, { do: 'exec', script: scriptOf(args, part?.lines ?? []) }),
    result: {
      msg,
      ...(refreshes && { cache_updated: true }),
      ...(part !== undefined && { packages: [...part.packages] }),
    },
  }
}

function partOf(args: Args, state: PacmanState, view: ModuleContext): Part | undefined {
  if (args.upgrade) return upgrading(args, state, view)
  const { names, files } = targetsOf(args)
  if (names.length + files.length === 0) return undefined
  return args.state === 'absent' ? removing(args, state, view) : installing(args, state, view)
}

function rowsOf({ simulations }: PacmanState, verb: Verb): readonly Row[] {
  return simulations.get(verb)?.rows ?? []
}

function changeOf({ name, version }: Row, { installed }: PacmanState): Change {
  return { what: name, before: installed.get(name) ?? null, after: version }
}

function upgrading(args: Args, state: PacmanState, { check }: ModuleContext): Part {
  const rows = rowsOf(state, 'sysupgrade')
  const some = check ? `${rows.length} packages would have been upgraded` : 'System upgraded'
  return {
    changes: rows.map((row) => changeOf(row, state)),
    lines: [attempt('sysupgrade', args, [])],
    packages: rows.map(({ name }) => name),
    msg: rows.length === 0 ? 'Nothing to upgrade' : some,
  }
}

function removing(args: Args, state: PacmanState, { check }: ModuleContext): Part {
  const rows = rowsOf(state, 'remove')
  const some = check ? `Would have removed ${rows.length} packages` : `Removed ${rows.length} package(s)`
  return {
    changes: rows.map(({ name, version }) => ({ what: name, before: version, after: null })),
    lines: rows.length === 0 ? [] : [attempt('remove', args, state.due.map(quote))],
    packages: rows.map(({ name, version }) => `${name}-${version}`),
    msg: rows.length === 0 ? 'package(s) already absent' : some,
  }
}

function installing(args: Args, state: PacmanState, { check }: ModuleContext): Part {
  const { files } = targetsOf(args)
  // What is not in these lists may be in those that are fetched first.
  const unknown =
    state.simulations.get('sync')?.complaint === undefined
      ? []
      : state.due.filter((target) => !state.installed.has(target))
  const rows = [...rowsOf(state, 'sync'), ...rowsOf(state, 'upgrade'), ...remote(files, state)]
  const names = new Set([...rows.map(({ name }) => name), ...unknown])
  const reasons = reasonsOf(args, state, names)
  const packages = [...new Set([...names, ...reasons.map(({ name }) => name)])].sort()
  const targets = targetsDue(args, state)
  const some = check
    ? `Would have installed ${packages.length} packages`
    : `Installed ${packages.length} package(s)`
  const due = files.filter((file) => !isAddress(file) || remote([file], state).length > 0)
  return {
    changes: [
      ...rows.map((row) => changeOf(row, state)),
      ...unknown.map((what) => ({ what, before: null, after: 'installed' })),
      ...reasons.map(({ name, before, after }) => ({ what: `reason of ${name}`, before, after })),
    ],
    lines: [
      ...(targets.length === 0 ? [] : [attempt('sync', args, targets.map(quote))]),
      ...(due.length === 0 ? [] : [attempt('upgrade', args, due.map(quotePath))]),
      ...(reasons.length === 0
        ? []
        : [
            marking(
              args,
              reasons.map(({ name }) => name),
            ),
          ]),
    ],
    packages,
    msg: packages.length === 0 ? 'package(s) already installed' : some,
  }
}

/** What pacman is told: also what is the newest in the lists of now, when newer ones are fetched first. */
function targetsDue(args: Args, { wanted, due }: PacmanState): string[] {
  if (!args.update_cache || args.state !== 'latest') return [...due]
  return [...new Set([...wanted.map(([, target]) => target).filter((one) => !isAddress(one)), ...due])]
}

/** Packages at addresses that are not installed in this version. */
function remote(files: readonly string[], { installed }: PacmanState): Row[] {
  return files
    .filter(isAddress)
    .map((address) => packageAt(address)!)
    .filter(({ name, version }) => installed.get(name) !== version)
}

interface Reason {
  readonly name: string
  readonly before: string | null
  readonly after: string
}

/** What pacman is to be told besides: what it installs by name, it takes for explicit. */
function reasonsOf(args: Args, state: PacmanState, coming: ReadonlySet<string>): Reason[] {
  const { reason } = args
  if (reason === undefined) return []
  const addresses = targetsOf(args).files.filter(isAddress)
  const names = new Set([
    ...state.wanted.map(([name]) => name),
    ...addresses.map((address) => packageAt(address)!.name),
  ])
  return [...names].flatMap((name): Reason[] => {
    const isThere = state.installed.has(name)
    const now = state.explicit.has(name) ? 'explicit' : 'dependency'
    if (isThere ? args.reason_for !== 'all' || now === reason : reason === 'explicit' || !coming.has(name))
      return []
    return [{ name, before: isThere ? now : null, after: reason }]
  })
}

function marking({ reason }: Args, names: readonly string[]): string {
  const flag = reason === 'dependency' ? '--asdeps' : '--asexplicit'
  return `try ${quote(TROUBLE.sync[1])} ${words('--noconfirm', '--database', flag, '--', ...names)}`
}

function attempt(verb: Verb, args: Args, targets: readonly string[]): string {
  const behind = targets.length === 0 ? '' : ` -- ${targets.join(' ')}`
  const nosave = verb === 'remove' && args.remove_nosave ? ['--nosave'] : []
  return `try ${quote(TROUBLE[verb][1])} ${words(...wordsOf(verb, args), ...nosave)}${behind}`
}

/** What has happened stands behind a NUL, for `conclude`. */
function scriptOf(args: Args, lines: readonly string[]): string {
  const refresh = ['--sync', '--refresh', ...moreOf(args, 'update_cache_extra_args')]
  const state = '"$(p --query 2>/dev/null; p --query --explicit 2>/dev/null)"'
  const lists = '"$(p --sync --list 2>/dev/null)"'
  return [
    ...pacmanFunction(args),
    `try() { trouble=$1; shift; p "$@" || { set -- $?; printf '\\0%s' "$trouble"; exit $1; }; }`,
    ...(args.update_cache
      ? [
          `lists=${lists}; state=${state}`,
          `try 'could not update package db' ${words(...refresh, ...(args.force ? ['--refresh'] : []))}`,
          `[ "$lists" = ${lists} ] && updated=${args.force ? 1 : 0} || updated=1`,
          ...lines,
          `[ "$state" = ${state} ] && changed=$updated || changed=1`,
          `printf '\\0%s %s' "$updated" "$changed"`,
        ]
      : lines),
  ].join('\n')
}

export function concludePacman({ code, stdout, stderr }: Outcome, args: Args, plan: Plan): ModuleResult {
  const [said = '', note = ''] = stdout.split('\0')
  const told: ValueMap = { stdout: said, stderr }
  if (code !== 0) {
    const failed = `${note || args.executable}: ${complaintOf(stderr || said) || `exit status ${code}`}`
    return { failed, result: { ...told, rc: code, msg: failed } }
  }
  if (!args.update_cache) return { result: { ...plan.result, ...told } }
  const [cache_updated, changed] = note.split(' ').map((one) => one === '1') as [boolean, boolean]
  return { result: { ...plan.result, ...told, cache_updated }, changed }
}
