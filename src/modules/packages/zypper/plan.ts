import type { Change, ModuleContext, ModuleResult, Outcome, Plan } from '../../../sdk/module.ts'
import { failure, together } from '../../../sdk/plans.ts'
import { quote, words } from '../../../shell/quote.ts'
import type { ValueMap } from '../../../values/value.ts'
import { verbOf, wordsOf, zypperFunction } from './command.ts'
import { type Args, filesOf, isAll } from './options.ts'
import { fileWord, type ZypperState } from './probe.ts'
import { readSummary } from './summary.ts'

export function planZypper(args: Args, state: ZypperState, view: ModuleContext): Plan {
  const { simulated } = state
  const refreshes = args.update_cache && verbOf(args) !== 'remove'
  // Lists that are fetched first may hold what those of now do not; what is locked or broken stays so.
  const isUnknown = simulated?.code === 104 && refreshes
  if (simulated?.complaint !== undefined && !isUnknown)
    return { ...failure(simulated.complaint), result: { ...said(args), rc: simulated.code } }
  const due: Change[] = isUnknown
    ? state.due.map((told) => ({ what: told.replace(/^[+-]/, ''), before: null, after: 'installed' }))
    : [...(simulated?.changes ?? [])]
  const lists: Change[] = refreshes ? [{ what: 'package lists', before: null, after: 'fetched' }] : []
  const isAsked = due.length > 0 || (refreshes && simulated !== undefined)
  return {
    ...together([...lists, ...due], { do: 'exec', script: scriptOf(args, state, isAsked) }),
    // As in Ansible, lists that are fetched are no change.
    ...(due.length === 0 && lists.length > 0 && { silent: true }),
    result: { ...said(args), rc: view.check || due.length === 0 ? 0 : (simulated?.code ?? 0) },
  }
}

function said({ name, state, update_cache }: Args): ValueMap {
  return { name: name.filter((one) => one !== ''), state, update_cache }
}

function scriptOf(args: Args, { due }: ZypperState, isAsked: boolean): string {
  const packages = [...due.map(quote), ...filesOf(args).map(fileWord)]
  const behind = isAll(args) ? '' : ` -- ${packages.join(' ')}`
  const unsigned = args.disable_gpg_check ? ['--no-gpg-checks'] : []
  return [
    ...zypperFunction(args),
    TRANSACTIONS,
    // It says so where it has replaced itself, and has more to do.
    `again() { z "$@" && code=0 || code=$?; if [ $code = 103 ]; then z "$@" && code=0 || code=$?; fi; }`,
    ...(args.update_cache && verbOf(args) !== 'remove'
      ? [
          `z ${words(...unsigned, 'refresh')} || { set -- $?; printf 'refresh'; exit $1; }`,
          // What it has said of the lists is not taken for what it says of packages.
          `printf '\\0'`,
        ]
      : []),
    ...(isAsked ? [`again ${words(...wordsOf(args))}${behind}`, 'exit $code'] : []),
  ].join('\n')
}

// A root that is read-only is changed in a copy, which the next start takes.
const TRANSACTIONS = `if [ -e /usr/sbin/transactional-update ] && grep -q '^[^ ]* / btrfs ro[, ]' /proc/mounts; then
  run='transactional-update --continue --drop-if-no-change --quiet run'
fi`

export function concludeZypper({ code, stdout, stderr }: Outcome, args: Args): ModuleResult {
  const [lists = '', packages] = stdout.includes('\0') ? stdout.split('\0') : ['', stdout]
  const isOfLists = packages!.endsWith('refresh')
  const own = isOfLists ? packages!.slice(0, -'refresh'.length) : packages!
  const summary = readSummary(code, `${own}\n${stderr}`)
  const result = { ...said(args), rc: code, stdout: lists + own, stderr }
  if (summary.complaint === undefined) return { result, changed: summary.changes.length > 0 }
  const failed = isOfLists ? `Zypper refresh run failed. ${summary.complaint}` : summary.complaint
  return { failed, result }
}
