import type { Change, ModuleResult, Outcome, Plan } from '../../../sdk/module.ts'
import { failure, together } from '../../../sdk/plans.ts'
import { quote, words } from '../../../shell/quote.ts'
import { type Args, bareName, namesOf } from './options.ts'
import { changesIn, complaintOf } from './output.ts'
import { type ApkState, apkFunction, wordsOf } from './probe.ts'

export function planApk(args: Args, state: ApkState): Plan {
  const { simulated } = state
  // Lists that are fetched first may hold what those of now do not.
  const isUnknown = args.update_cache && args.state !== 'absent' && simulated?.complaint !== undefined
  const problem = simulated?.complaint ?? (args.state === 'absent' ? simulated?.kept : undefined)
  if (problem !== undefined && !isUnknown)
    return { ...failure(`${troubleOf(args, state)}: ${problem}`), result: { packages: [] } }
  const packages = isUnknown
    ? state.due.map((name) => ({ what: bareName(name), before: null, after: 'installed' }))
    : [...(simulated?.changes ?? []), ...marks(args, state)]
  const changes = [
    ...(args.update_cache ? [{ what: 'package lists', before: null, after: 'fetched' }] : []),
    ...packages,
  ]
  const isMore = args.upgrade || namesOf(args).length > 0
  return {
    ...together(changes, { do: 'exec', script: scriptOf(args, state) }),
    // As in Ansible, lists that are fetched for packages are no change by themselves.
    ...(isMore && packages.length === 0 && changes.length > 0 && { silent: true }),
    result: {
      msg: isMore ? messageOf(args, state, packages.length > 0) : 'updated repository indexes',
      ...(isMore && { packages: packages.filter(isOfPackage).map(({ what }) => what) }),
    },
  }
}

/** What is installed already becomes one that is installed for its own sake. */
function marks(args: Args, { due, simulated }: ApkState): Change[] {
  if (args.upgrade || args.state === 'absent') return []
  const coming = new Set(simulated?.changes.map(({ what }) => what))
  return due
    .filter((name) => !coming.has(bareName(name)))
    .map((name) => ({ what: `mark of ${bareName(name)}`, before: 'automatic', after: 'manual' }))
}

function isOfPackage({ what }: Change): boolean {
  return !what.startsWith('mark of ')
}

function messageOf(args: Args, { due }: ApkState, changes: boolean): string {
  if (args.upgrade) return changes ? 'upgraded packages' : 'packages already upgraded'
  const [done, already] = args.state === 'absent' ? ['removed', 'removed'] : ['installed', 'installed']
  return changes ? `${done} ${due.join(' ')} package(s)` : `package(s) already ${already}`
}

function troubleOf(args: Args, { due }: ApkState): string {
  if (args.upgrade) return 'failed to upgrade packages'
  return args.state === 'absent'
    ? `failed to remove ${due.join(' ')} package(s)`
    : `failed to install ${due.join(' ')}`
}

/** What is the newest in the lists of now need not be so in those that are fetched first. */
function targets(args: Args, { due }: ApkState): string[] {
  return args.update_cache && args.state === 'latest' ? [...new Set([...namesOf(args), ...due])] : [...due]
}

function scriptOf(args: Args, state: ApkState): string {
  const names = args.upgrade ? [] : targets(args, state)
  return [
    ...apkFunction(args),
    // What it has said of the lists is not taken for what it says of packages.
    ...(args.update_cache ? [`a update || { set -- $?; printf '\\0lists'; exit $1; }`, `printf '\\0'`] : []),
    ...(args.upgrade || names.length > 0
      ? [`a ${[words(...wordsOf(args)), ...names.map(quote)].join(' ')}`]
      : []),
  ].join('\n')
}

export function concludeApk(
  { code, stdout, stderr }: Outcome,
  args: Args,
  state: ApkState,
  plan: Plan,
): ModuleResult {
  const [lists = '', packages] = stdout.includes('\0') ? stdout.split('\0') : ['', stdout]
  const isOfLists = packages === 'lists'
  const told = { stdout: isOfLists ? lists : lists + packages, stderr }
  const changes = changesIn(packages!)
  if (code !== 0) {
    const trouble = isOfLists ? 'could not update package db' : troubleOf(args, state)
    const said = complaintOf(`${isOfLists ? lists : packages}\n${stderr}`)
    return {
      failed: `${trouble}: ${said || `exit status ${code}`}`,
      result: { ...told, rc: code, packages: changes.map(({ what }) => what) },
    }
  }
  const result = { ...plan.result, ...told }
  if (plan.result?.packages === undefined) return { result }
  const changed = changes.length > 0 || plan.changes.some((change) => !isOfPackage(change))
  return { result: { ...result, packages: changes.map(({ what }) => what) }, changed }
}
