import type { Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure } from '../../../sdk/plans.ts'
import { withoutPasswords } from '../../../values/url.ts'
import { commandOf, noProgram, planOfSteps, type Step } from '../flatpaks.ts'
import type { Args } from './options.ts'
import type { FlatpakState, Installed, Target } from './probe.ts'
import { fits, isMasked, isUrl } from './refs.ts'

export function planFlatpak(args: Args, state: FlatpakState, view: ModuleContext): Plan {
  // Under check, an earlier task that was not carried out may be the one that installs it.
  if (!state.hasFlatpak && !view.check) return failure(noProgram(args))
  const problem = problemOf(args, state, view)
  if (problem !== undefined) return failure(withoutPasswords(problem))
  if (args.state === 'absent') return planOfSteps(removal(args, goingOf(state)))
  const missing = state.targets.filter(({ installed }) => installed.length === 0)
  const behind = args.state === 'latest' ? behindOf(args, state) : []
  const due = behind.filter(({ ref }) => !isMasked(ref, state.masks))
  const plan = planOfSteps([...update(args, due, state), ...installs(args, missing)])
  const held = behind.filter((one) => !due.includes(one))
  return { ...plan, warnings: held.map(({ ref }) => `${ref} is not updated: flatpak mask holds it`) }
}

function problemOf(args: Args, state: FlatpakState, view: ModuleContext): string | undefined {
  const unknown = state.targets.find(({ wanted }) => wanted === undefined)
  if (unknown !== undefined) return state.hasFlatpak ? `${unknown.name}: ${unknown.complaint}` : undefined
  if (args.state === 'absent') return neededOf(state)
  if (state.silence !== '') return state.silence
  const problems = state.targets
    .filter(({ installed }) => installed.length === 0)
    .map((target) => missingProblem(args, target, state, view))
  return problems.find((one) => one !== undefined)
}

/** Why what is not installed cannot be. */
function missingProblem(
  { from_url, remote, method }: Args,
  { name, wanted, offered, described, complaint }: Target,
  { remotes, hasFlatpak }: FlatpakState,
  view: ModuleContext,
): string | undefined {
  if (isUrl(name) || !hasFlatpak) return undefined
  if (from_url !== undefined) {
    if (described === undefined) return `${from_url}: ${complaint}`
    const { kind, id, branch } = described
    const isThat = fits(`${kind}/${id}/${wanted!.arch ?? ''}/${branch}`, wanted!)
    return isThat ? undefined : `${from_url} is of ${id}//${branch}, and not of ${name}`
  }
  if (offered !== undefined) return undefined
  if (remotes.get(remote) === true) return complaint || `remote "${remote}" does not say what ${name} is`
  // Under check, an earlier task that was not carried out may be the one that adds or enables it.
  if (view.check) return undefined
  const lack = remotes.has(remote) ? 'is disabled' : `is not in the ${method} installation`
  return `remote "${remote}" ${lack}: see to it in an earlier task of flatpak_remote`
}

function goingOf({ installed, targets }: FlatpakState): Installed[] {
  return installed.filter((one) => targets.some((target) => target.installed.includes(one)))
}

/** Flatpak keeps a runtime that an app needs. */
function neededOf(state: FlatpakState): string | undefined {
  const going = goingOf(state)
  const staying = state.installed.filter((one) => !going.includes(one))
  const sentences = going.flatMap(({ ref }) => {
    const app = staying.find(({ runtime }) => ref === `runtime/${runtime}`)
    return app === undefined ? [] : [`${shortOf(ref)} cannot be removed: ${shortOf(app.ref)} needs it`]
  })
  return sentences[0]
}

function shortOf(ref: string): string {
  return ref.slice(ref.indexOf('/') + 1)
}

function removal(args: Args, going: readonly Installed[]): Step[] {
  if (going.length === 0) return []
  const refs = going.map(({ ref }) => ref)
  const changes = going.map(({ ref, commit }) => ({ what: shortOf(ref), before: commit, after: null }))
  return [{ changes, command: commandOf(args, 'uninstall', '--noninteractive', '--', ...refs) }]
}

/** What is named, and what that needs, as far as its remote has another commit. */
function behindOf(args: Args, { installed, targets, updates }: FlatpakState): Installed[] {
  const named = new Set(targets.flatMap((target) => target.installed))
  const needed = new Set(args.no_dependencies ? [] : [...named].map(({ runtime }) => `runtime/${runtime}`))
  return installed.filter((one) => updates.has(one.ref) && (named.has(one) || needed.has(one.ref)))
}

function update(args: Args, due: readonly Installed[], { updates }: FlatpakState): Step[] {
  if (due.length === 0) return []
  const refs = due.map(({ ref }) => ref)
  const changes = due.map(({ ref, commit }) => ({
    what: shortOf(ref),
    before: commit,
    after: updates.get(ref)!,
  }))
  return [{ changes, command: commandOf(args, 'update', ...flagsOf(args), '--', ...refs) }]
}

function flagsOf({ no_dependencies }: Args): string[] {
  return ['--noninteractive', ...(no_dependencies ? ['--no-deps'] : [])]
}

/** Flatpak takes one .flatpakref at a time. */
function installs(args: Args, missing: readonly Target[]): Step[] {
  const unique = new Map(missing.map((target) => [target.offered?.ref ?? target.name, target]))
  const isFetched = ({ name }: Target) => args.from_url !== undefined || isUrl(name)
  const fetched = [...unique.values()].filter(isFetched)
  const named = [...unique].filter(([, target]) => !isFetched(target))
  const flags = flagsOf(args)
  const steps = fetched.map((target) => ({
    changes: [installing(target)],
    command: commandOf(args, 'install', ...flags, '--from', '--', args.from_url ?? target.name),
  }))
  if (named.length === 0) return steps
  const refs = named.map(([ref]) => ref)
  const changes = named.map(([, target]) => installing(target))
  return [...steps, { changes, command: commandOf(args, 'install', ...flags, '--', args.remote, ...refs) }]
}

function installing({ name, offered, described }: Target): Change {
  if (offered !== undefined) return { what: shortOf(offered.ref), before: null, after: offered.commit }
  const what = described === undefined ? name : `${described.id}//${described.branch}`
  return { what, before: null, after: 'installed' }
}
