import type { ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, inSteps, NOTHING, type PlannedChange, sh } from '../../../sdk/plans.ts'
import { quote, words } from '../../../shell/quote.ts'
import { splitWords } from '../../../values/words.ts'
import type { Args } from './options.ts'
import { type Group, readSize, type Size, sizeWords, wantedBytes } from './size.ts'

export interface State {
  readonly hasTools: boolean
  /** Undefined when there is no such group. */
  readonly group: Group | undefined
  readonly volumes: readonly Volume[]
}

export interface Volume {
  readonly name: string
  /** Bytes. */
  readonly size: number
  readonly isActive: boolean
  /** Thin volumes take their room from it. */
  readonly isPool: boolean
  readonly isThin: boolean
}

/** The volume that a task is about. */
export function calledOf({ lv, thinpool, snapshot }: Args): string {
  return snapshot ?? lv ?? thinpool ?? ''
}

export function plan(args: Args, { hasTools, group, volumes }: State, view: ModuleContext): Plan {
  const { vg, state, force, size: given } = args
  if (!hasTools && !view.check)
    return { ...failure('Failed to find required executable "vgs"'), advice: 'install the package lvm2' }
  const none = `Volume group ${vg} does not exist.`
  if (group === undefined && state === 'absent') return { ...NOTHING, result: { stdout: none } }
  if (group === undefined && !view.check) return failure(none)
  const size = given ? readSize(given) : undefined
  const called = calledOf(args)
  const found = volumes.find(({ name }) => name === called || name === called.replace(/^.*\//, ''))
  // Under check an earlier task may be the one that makes what it is made of.
  const lacking = view.check && group === undefined ? undefined : lackingFor(args, volumes)
  if (lacking !== undefined) return failure(lacking)
  if (found === undefined) return state === 'absent' ? NOTHING : made(args, size, group, volumes)
  if (state === 'absent') {
    if (!force) return failure(`Sorry, no removal of logical volume ${found.name} without force=true.`)
    const change = { what: `logical volume ${vg}/${found.name}`, before: shown(found.size), after: null }
    return inSteps([[change, sh(`lvremove --force ${quote(`${vg}/${found.name}`)}`)]])
  }
  const resized = size === undefined ? [] : resizing(args, size, found, group!)
  if (typeof resized === 'string') return failure(resized)
  const result = { vg, lv: found.name, size: found.size / 1024 ** 2 }
  return { ...inSteps([...resized, ...activating(args, found)]), result }
}

/** What a snapshot or a thin volume needs to be there. */
function lackingFor({ vg, lv, thinpool, snapshot }: Args, volumes: readonly Volume[]): string | undefined {
  if (snapshot !== undefined) {
    const origin = volumes.find(({ name }) => name === lv || name === thinpool)
    if (origin === undefined) return `Snapshot origin LV ${lv} does not exist in volume group ${vg}.`
    return origin.isPool || thinpool !== undefined
      ? 'Snapshots of thin pool LVs are not supported.'
      : undefined
  }
  if (thinpool === undefined || lv === undefined || volumes.some(({ name }) => name === thinpool))
    return undefined
  return `Thin pool LV ${thinpool} does not exist in volume group ${vg}.`
}

/** Bytes as a change shows them. */
function shown(bytes: number): string {
  return `${bytes / 1024 ** 2} MiB`
}

function made(
  args: Args,
  size: Size | undefined,
  group: Group | undefined,
  volumes: readonly Volume[],
): Plan {
  const { vg, lv, thinpool, snapshot, opts = '', pvs = [], active, size: given } = args
  const isOfThin = snapshot !== undefined && volumes.some(({ name, isThin }) => name === lv && isThin)
  if (size === undefined && !isOfThin) return failure('No size given.')
  if (size?.sign === '-' || (size?.sign === '+' && size.kind === 'bytes'))
    return failure(`Bad size specification of '${given}' for creating LV`)
  const isThinVolume = thinpool !== undefined && lv !== undefined && snapshot === undefined
  if (isThinVolume && size?.kind === 'percent')
    return failure('Thin volume sizing with percentage not supported.')
  const more = splitWords(opts).map(({ text }) => text)
  const [option, amount] = size === undefined ? [] : sizeWords({ ...size, sign: '' })
  const sized = amount === undefined ? [] : [isThinVolume ? '-V' : option!, amount]
  const wanted =
    size === undefined || group === undefined ? undefined : wantedBytes({ ...size, sign: '' }, 0, group)
  const isPlain = thinpool === undefined && snapshot === undefined && opts === ''
  if (isPlain && wanted !== undefined && wanted > group!.free) {
    const room = `${shown(wanted)} required / ${shown(group!.free)} available`
    return failure(`Creating logical volume '${lv}' failed: not enough free space left (${room})`)
  }
  const create = [
    'lvcreate',
    '--yes',
    ...(snapshot !== undefined
      ? [...sized, '-s', '-n', snapshot, ...more, `${vg}/${lv}`]
      : isThinVolume
        ? ['-n', lv, ...sized, ...more, '-T', `${vg}/${thinpool}`]
        : thinpool !== undefined
          ? [...sized, ...more, '-T', `${vg}/${thinpool}`]
          : ['-n', lv!, ...sized, ...more, vg, ...pvs]),
  ]
  const name = calledOf(args)
  const change = { what: `logical volume ${vg}/${name}`, before: null, after: amount ?? 'snapshot' }
  const off = active ? [] : [sh(`lvchange -an ${quote(`${vg}/${name}`)}`)]
  return inSteps([[change, sh(words(...create)), ...off]])
}

/** What brings a volume to its size, or why that cannot be. */
function resizing(args: Args, size: Size, found: Volume, group: Group): PlannedChange[] | string {
  const { vg, force, shrink, resizefs, pvs = [] } = args
  const wanted = wantedBytes(size, found.size, group)
  // What takes all that is left has it once nothing is.
  if (size.kind === 'percent' && size.of === 'FREE' && size.sign === '' && group.free < group.extent)
    return []
  if (wanted === found.size) return []
  const isLarger = wanted > found.size
  if (isLarger && wanted - found.size > group.free && !found.isThin) {
    const room = `${shown(wanted - found.size)} required / ${shown(group.free)} available`
    return `Logical Volume ${found.name} could not be extended. Not enough free space left (${room})`
  }
  if (!isLarger) {
    if (!shrink && size.sign !== '-') return []
    // A percentage is no exact size: what is an extent too large is right.
    if (size.kind === 'percent' && found.size <= wanted + group.extent) return []
    if (wanted <= 0) return `Sorry, no shrinking of ${found.name} to 0 permitted.`
    if (!force) return `Sorry, no shrinking of ${found.name} without force=true.`
  }
  const command = [
    ...(isLarger ? ['lvextend'] : ['lvreduce', '--force']),
    ...(resizefs ? ['--resizefs'] : []),
    ...sizeWords(size),
    `${vg}/${found.name}`,
    ...pvs,
  ]
  const change = { what: `size of ${vg}/${found.name}`, before: shown(found.size), after: shown(wanted) }
  return [[change, sh(words(...command))]]
}

function activating({ vg, active }: Args, { name, isActive }: Volume): PlannedChange[] {
  if (active === isActive) return []
  const told = (is: boolean) => (is ? 'active' : 'not active')
  const change = { what: `logical volume ${vg}/${name}`, before: told(isActive), after: told(active) }
  return [[change, sh(`lvchange ${active ? '-ay' : '-an'} ${quote(`${vg}/${name}`)}`)]]
}
