import {
  defineModule,
  type ModuleContext,
  type ModuleResult,
  type Outcome,
  type Plan,
} from '../../../sdk/module.ts'
import { type ArgsOf, options } from '../../../sdk/options.ts'
import { failure, inSteps, NOTHING, sh } from '../../../sdk/plans.ts'
import type { ProbeOutput } from '../../../sdk/probe.ts'
import { Output } from '../../../shell/output.ts'
import { quote, quotePath, words } from '../../../shell/quote.ts'
import { KINDS, type Kind, makeScript } from './kinds.ts'

const declared = options({
  dev: {
    type: 'path',
    required: true,
    aliases: ['device'],
    help: 'The device, or a file that stands for one.',
  },
  fstype: {
    type: 'str',
    aliases: ['type'],
    choices: Object.keys(KINDS),
    help: 'The type of the file system; needed unless state is absent.',
  },
  state: {
    type: 'str',
    choices: ['present', 'absent'],
    default: 'present',
    help: 'Whether the device has a file system; absent wipes what says so.',
  },
  force: { type: 'bool', default: false, help: 'Make it anew where there is one already.' },
  resizefs: { type: 'bool', default: false, help: 'Let it grow where it is smaller than its device.' },
  opts: { type: 'str', help: 'More words for the program that makes it.' },
})

type Args = ArgsOf<typeof declared>

interface State {
  readonly isThere: boolean
  /** What blkid calls what is on it; "" for nothing. */
  readonly found: string
  /** More than one, says blkid. */
  readonly isUnclear: boolean
  /** Bytes. */
  readonly size: number
  /** Where it is mounted; "" for nowhere. */
  readonly at: string
  /** Those of the programs which are needed that the host does not have. */
  readonly missing: readonly string[]
  /** What is asked before it grows. */
  readonly told: string
}

/** Keeps a file system on a device. Semantics: community.general.filesystem. */
export const filesystem = defineModule<typeof declared, State>({
  name: 'filesystem',
  summary: 'Makes a file system on a device, lets it grow, or wipes it.',
  options: declared,
  validate({ dev, fstype, state }, complete) {
    const isMissing = complete && state === 'present' && fstype === undefined
    return [
      ...(dev === '' ? ['dev: "" is not a path of a device'] : []),
      ...(isMissing ? ['state is present but all of the following are missing: fstype'] : []),
    ]
  },
  probe,
  parse,
  plan,
  interpret,
})

function kindOf({ fstype, state }: Args): Kind | undefined {
  return state === 'present' ? KINDS[fstype!] : undefined
}

function probe(args: Args): string {
  const kind = kindOf(args)
  const { grow } = kind ?? {}
  const programs =
    kind === undefined ? ['wipefs'] : [kind.make[0], ...(args.resizefs && grow ? [grow.command[0]] : [])]
  return `dev=${quotePath(args.dev)}
[ -e "$dev" ] || { printf 'none\\0'; exit 0; }
command -v blkid >/dev/null || { echo 'Failed to find required executable "blkid"; install the package util-linux' >&2; exit 1; }
fs=$(blkid -c /dev/null -o value -s TYPE "$dev" 2>/dev/null)
rc=$?
case $rc in 0 | 2 | 8) ;; *) echo "blkid does not say what is on $dev: exit status $rc" >&2; exit 1 ;; esac
# That of busybox takes no options and tells all.
case $fs in *' TYPE="'*) fs=\${fs##* TYPE=\\"}; fs=\${fs%%\\"*} ;; esac
if [ -b "$dev" ]; then size=$(blockdev --getsize64 "$dev") || exit
elif [ -f "$dev" ]; then size=$(stat -L -c %s "$dev") || exit
else echo "Target device not supported: $dev" >&2; exit 1; fi
real=$(readlink -f "$dev" || echo "$dev")
at=$(findmnt -n -o TARGET --source "$dev" 2>/dev/null | head -n 1)
[ -n "$at" ] || at=$(awk -v a="$dev" -v b="$real" '$1 == a || $1 == b { print $2; exit }' /proc/self/mounts)
if [ -z "$at" ] && [ "$fs" = swap ] && awk -v a="$real" '$1 == a { found = 1 } END { exit !found }' /proc/swaps; then at='use as swap'; fi
printf 'there\\0%s\\0%s\\0%s\\0%s\\0' "$rc" "$fs" "$size" "$at"
for p in ${programs.map(quote).join(' ')}; do command -v "$p" >/dev/null || printf '%s ' "$p"; done
printf '\\0'
${args.resizefs && grow !== undefined ? `if [ "$fs" = ${quote(kind!.type)} ]; then ${grow.ask} 2>&1 || exit; fi` : ':'}`
}

function parse({ bytes }: ProbeOutput): State {
  const output = new Output(bytes)
  if (output.field() === 'none')
    return { isThere: false, found: '', isUnclear: false, size: 0, at: '', missing: [], told: '' }
  const [code, found, size, at] = [output.field(), output.field(), output.field(), output.field()]
  if (!/^\d+$/.test(size))
    throw new Error(`the host answered "${size}" where the size of a device was expected`)
  return {
    isThere: true,
    isUnclear: code === '8',
    found: found.trim(),
    size: Number(size),
    at: at.trim(),
    missing: output.field().split(' ').filter(Boolean),
    told: output.rest().toString(),
  }
}

function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { dev } = args
  const kind = kindOf(args)
  const { found } = state
  if (!state.isThere) {
    const msg = `Device ${dev} not found.`
    if (kind === undefined) return { ...NOTHING, result: { msg } }
    // Under check an earlier task may be the one that makes it.
    return view.check ? made(args, kind, state) : failure(msg)
  }
  if (kind === undefined)
    return found === '' && !state.isUnclear ? NOTHING : (lacking(state, view) ?? wiped(args, state))
  const isSame = found === kind.type
  if (isSame && args.resizefs) return grown(args, kind, state, view)
  if (isSame && !args.force) return NOTHING
  if (found !== '' && !args.force)
    return failure(`'${dev}' is already used as ${found}, use force=true to overwrite`)
  if (state.isUnclear && !args.force)
    return failure(`'${dev}' has signatures of more than one file system, use force=true to overwrite`)
  return lacking(state, view) ?? busy(args, state) ?? made(args, kind, state)
}

/** Under check an earlier task may be the one that installs the program. */
function lacking({ missing }: State, view: ModuleContext): Plan | undefined {
  if (missing.length === 0 || view.check) return undefined
  return {
    ...failure(`Failed to find required executable "${missing[0]}"`),
    advice: 'install the package that has it',
  }
}

function busy({ dev }: Args, { at }: State): Plan | undefined {
  return at === ''
    ? undefined
    : failure(`${dev} is in use (${at}), and what is on it would be lost; take it off first`)
}

function made({ dev, fstype, opts = '' }: Args, kind: Kind, { found }: State): Plan {
  const change = { what: `filesystem on ${dev}`, before: found || null, after: fstype! }
  const flags = opts.split(/\s+/).filter(Boolean)
  return inSteps([[change, sh(makeScript(kind, flags, quotePath(dev)))]])
}

function wiped(args: Args, state: State): Plan {
  const { dev } = args
  const change = { what: `filesystem on ${dev}`, before: state.found || 'several', after: null }
  return busy(args, state) ?? inSteps([[change, sh(`wipefs --all ${quotePath(dev)}`)]])
}

function grown({ dev, fstype }: Args, { name, grow }: Kind, state: State, view: ModuleContext): Plan {
  const { at, size, told } = state
  if (grow === undefined) return failure(`module does not support resizing ${fstype} filesystem yet.`)
  if (grow.mounted && at === '') return failure(`${dev} needs to be mounted for ${name} operations`)
  const isWhole = grow.isWhole(told, size)
  if (isWhole === undefined) return failure(`unable to process ${grow.info} output for ${dev}`)
  if (isWhole) return { ...NOTHING, result: { msg: `${name} filesystem is using the whole device ${dev}` } }
  const target = grow.mounted ? quotePath(at) : quotePath(dev)
  const change = {
    what: `size of filesystem on ${dev}`,
    before: 'smaller than the device',
    after: `${size} bytes`,
  }
  const result = { msg: `resizing filesystem ${name} on device ${dev}` }
  return (
    lacking(state, view) ?? { ...inSteps([[change, sh(`${words(...grow.command)} ${target} 2>&1`)]]), result }
  )
}

function interpret(outcomes: readonly Outcome[], _args: Args, _state: State, { result }: Plan): ModuleResult {
  const last = outcomes.at(-1)
  if (last === undefined) return {}
  if (last.code === 0) return result?.msg === undefined ? {} : { result: { msg: last.stdout } }
  const failed = last.stderr.trim() || last.stdout.trim() || `exit status ${last.code}`
  return { failed, result: { rc: last.code } }
}
