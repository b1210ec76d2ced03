import { words } from '../../../shell/quote.ts'
import { type Args, isAll, specsOf } from './options.ts'

/** Lines of sh that make `z` the program; on a host that is changed by whole transactions, `run` goes in front. */
export function zypperFunction({ extra_args_precommand }: Partial<Args>): string[] {
  const before = ['--quiet', '--non-interactive', '--xmlout', ...split(extra_args_precommand)]
  return [
    'export LC_ALL=C',
    `command -v zypper >/dev/null || { echo 'Failed to find required executable "zypper" on this host: it has another package manager' >&2; exit 1; }`,
    'run=',
    `z() { $run zypper ${words(...before)} "$@"; }`,
  ]
}

/** As Ansible does, at blanks only. */
function split(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter((word) => word !== '')
}

export type Verb = 'install' | 'remove' | 'update' | 'patch' | 'dist-upgrade'

/** What zypper is asked to do for these arguments. */
export function verbOf(args: Args): Verb {
  if (args.state === 'absent') return 'remove'
  if (!isAll(args)) return 'install'
  if (args.type === 'patch') return 'patch'
  return args.state === 'dist-upgrade' ? 'dist-upgrade' : 'update'
}

/** Words of a command, but for the packages. */
export function wordsOf(args: Args): string[] {
  const verb = verbOf(args)
  const unsigned = args.disable_gpg_check && verb !== 'remove' ? ['--no-gpg-checks'] : []
  const kind = verb === 'patch' || verb === 'dist-upgrade' ? [] : ['--type', args.type]
  const own = verb === 'remove' ? (args.clean_deps ? ['--clean-deps'] : []) : installWords(args)
  return [...unsigned, verb, ...kind, ...own, ...split(args.extra_args)]
}

function installWords(args: Args): string[] {
  const isOlder = args.oldpackage || specsOf(args).some(({ version }) => version !== '')
  return [
    '--auto-agree-with-licenses',
    ...(args.disable_recommends ? ['--no-recommends'] : []),
    ...(args.force ? ['--force'] : []),
    ...(args.force_resolution ? ['--force-resolution'] : []),
    ...(isOlder && !isAll(args) ? ['--oldpackage'] : []),
    ...(args.replacefiles ? ['--replacefiles'] : []),
    ...(args.allow_vendor_change && verbOf(args) === 'dist-upgrade' ? ['--allow-vendor-change'] : []),
  ]
}
