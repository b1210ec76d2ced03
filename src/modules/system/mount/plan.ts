import { freshMode } from '../../../host/attributes.ts'
import { fromBytes, withText } from '../../../host/edit.ts'
import { keptId } from '../../../host/left-file.ts'
import { trimmed } from '../../../host/paths.ts'
import { placeFolder } from '../../../host/placement.ts'
import { inFolderOf } from '../../../host/safe-path.ts'
import { writeFile } from '../../../host/write.ts'
import type { Change, ModuleContext, Plan } from '../../../sdk/module.ts'
import { failure, inSteps, joined, NOTHING, sh, together } from '../../../sdk/plans.ts'
import { contentOf } from '../../../shell/content.ts'
import { quote, words } from '../../../shell/quote.ts'
import { entriesOf, fieldOf, withEntry, withoutEntry } from './fstab.ts'
import { isOfAnother, isSource, mountAt } from './mounts.ts'
import { type Args, LIVE_ONLY, optionsOf } from './options.ts'
import type { Live, State } from './state.ts'

export function plan(args: Args, state: State, view: ModuleContext): Plan {
  const { opts, boot, warnings } = optionsOf(args)
  const wanted = { ...args, opts }
  const { file, path } = state.fstab
  const usesFstab = !LIVE_ONLY.includes(args.state)
  if (usesFstab && file !== undefined && file.type !== 'file')
    return failure(`${path} is a ${file.type}, and a file is to be there`)
  const { path: name, src, fstype, dump, passno, fstab } = args
  const result = { name, opts, dump, passno, fstab, boot }
  return {
    ...planned(wanted, state, view),
    warnings,
    result: { ...result, ...(src !== undefined && { src }), ...(fstype !== undefined && { fstype }) },
  }
}

function planned(args: Args, state: State, view: ModuleContext): Plan {
  const entry = entryPlan(args, state, view)
  switch (args.state) {
    case 'present':
    case 'absent_from_fstab':
      return entry
    case 'absent':
      // What is not in fstab is none of its business, as in Ansible; the entry goes last, so that a failure is tried again.
      return entry.changes.length === 0 ? NOTHING : joined([takenAway(args, state), entry])
    case 'unmounted':
      return isMounted(state.live!) ? unmounted(args) : NOTHING
    case 'remounted':
      return remounted(args, state.live!, view)
    case 'mounted':
      return joined([mounted(args, state, entry.changes.length > 0), entry])
    case 'ephemeral':
      return ephemeral(args, state)
  }
}

/** What differs in fstab. */
function entryPlan(args: Args, { fstab, text }: State, view: ModuleContext): Plan {
  if (LIVE_ONLY.includes(args.state)) return NOTHING
  const { path, file, via } = fstab
  const name = fieldOf(args.path)
  const src = args.src === undefined ? undefined : fieldOf(args.src)
  const isWanted = args.state === 'present' || args.state === 'mounted'
  const after = isWanted
    ? withEntry(text, {
        name,
        src: src!,
        fstype: fieldOf(args.fstype!),
        opts: fieldOf(args.opts!),
        dump: args.dump,
        passno: args.passno,
      })
    : withoutEntry(text, name, src)
  if (after === text) return NOTHING
  const shown = (all: string) => {
    const entries = entriesOf(all, name, src)
    return entries === null ? null : fromBytes(entries)
  }
  const change = { what: `entry in ${args.fstab}`, before: shown(text), after: shown(after) }
  const write = writeFile({
    path,
    via,
    content: contentOf(Buffer.from(after, 'latin1')),
    owner: keptId(file?.uid),
    group: keptId(file?.gid),
    mode: file?.mode ?? freshMode(false),
    replaces: file ?? null,
    madeOf: contentOf(Buffer.from(text, 'latin1')),
    makesFolders: file === undefined,
    backup: args.backup,
  })
  return together([view.diff ? withText(change, text, after) : change], write)
}

function isMounted({ mounts, path }: Live): boolean {
  return mountAt(mounts, path) !== undefined
}

/** Something is mounted there; of the same file system as the folder it is in, only this source counts. */
function isThere({ mounts, path, src: real }: Live, src: string): boolean {
  const found = mountAt(mounts, path)
  return found !== undefined && (isOfAnother(mounts, found) || isSource(mounts, found, src, real))
}

function changeOf({ path }: Args, before: string | null, after: string | null): Change {
  return { what: `mount ${path}`, before, after }
}

function unmounted(args: Args): Plan {
  const script = at(args, `${UMOUNT}\ntake_off || fail "Error unmounting $p: $out"`)
  return inSteps([[changeOf(args, 'mounted', null), sh(script)]])
}

function takenAway(args: Args, { live, places }: State): Plan {
  const place = trimmed(args.path)
  const found = places.get(place)
  const under = isMounted(live!)
  const off = under ? unmounted(args) : NOTHING
  if (found === undefined) return off
  if (!under && live!.isFull) return failure(`Error rmdir ${args.path}: Directory not empty`)
  const change = { what: `folder ${place}`, before: 'directory', after: null }
  const script = inFolderOf(place, 'out=$(rmdir -- "./$n" 2>&1) || fail "Error rmdir $w/$n: $out"')
  return joined([off, inSteps([[change, sh(script)]])])
}

function mounted(args: Args, state: State, isNew: boolean): Plan {
  if (!isThere(state.live!, args.src!)) return newMount(args, state)
  if (!isNew) return NOTHING
  const again = `${againScript(args, args.opts!)} || fail "Error mounting $p: $out"`
  return inSteps([[changeOf(args, 'mounted', 'remounted'), sh(at(args, again))]])
}

function ephemeral(args: Args, state: State): Plan {
  const { mounts, path, src } = state.live!
  const found = mountAt(mounts, path)
  if (found === undefined) return newMount(args, state)
  if (!isSource(mounts, found, args.src!, src)) {
    return failure(
      'Ephemeral mount point is already mounted with a different source than the specified one. Failing in order to ' +
        'prevent an unwanted unmount or override operation. Try replacing this command with a "state: unmounted" ' +
        'followed by a "state: ephemeral", or use a different destination path.',
    )
  }
  const again = `${againScript(args, args.opts!)} || fail "Error mounting $p: $out"`
  return inSteps([[changeOf(args, 'mounted', 'remounted'), sh(at(args, again))]])
}

/** Mounts it in a folder that is made if there is none. */
function newMount(args: Args, { places }: State): Plan {
  const missing = [...places].filter(([, found]) => found === undefined).map(([path]) => path)
  const dest = trimmed(args.path)
  const folders = missing.map((path) =>
    placeFolder({ dest, keepsModes: false }, path, freshMode(true), { files: places, ids: {} }),
  )
  // Folders that were made for nothing go again.
  const undo = `undo() { i=${missing.length}; while [ "$i" -gt 0 ]; do rmdir -- "./$n" || return; n=\${PWD##*/}; cd -P .. || return; i=$((i - 1)); done; }`
  const script = at(
    args,
    `${undo}\nout=$(${mountCommand(args, args.opts!)} 2>&1) || { undo 2>/dev/null; fail "Error mounting $p: $out"; }`,
  )
  return joined([...folders, inSteps([[changeOf(args, null, args.src!), sh(script)]])])
}

function mountCommand({ fstype, src }: Args, opts: string): string {
  return `mount ${words('-t', fstype!, '-o', opts, src!)} "$p"`
}

/** Sh that mounts anew what is mounted: what cannot be changed as it is, is taken off first. */
function againScript(args: Args, opts: string): string {
  return `${UMOUNT}
{ out=$(${mountCommand(args, `remount,${opts}`)} 2>&1) ||
  { take_off && out=$(${mountCommand(args, opts)} 2>&1); }; }`
}

const UMOUNT = `take_off() { out=$(umount "$p" 2>&1); }`

/** Options that are given are for this once, and must hold; without them fstab has them. */
function remounted(args: Args, live: Live, view: ModuleContext): Plan {
  if (!isMounted(live) && !view.check) return failure(`Error remounting ${args.path}: it is not mounted`)
  const table = args.fstab === '/etc/fstab' ? '' : `-T ${quote(args.fstab)} `
  const isPlain = args.opts === 'defaults'
  const remount = `out=$(mount ${table}-o ${quote(isPlain ? 'remount' : `remount,${args.opts}`)} "$p" 2>&1)`
  const script = isPlain
    ? `${UMOUNT}\n${remount} || { take_off && out=$(mount ${table}"$p" 2>&1); } || fail "Error remounting $p: $out"`
    : `${remount} || fail ${quote(REFUSED)}"$out"`
  return inSteps([[changeOf(args, 'mounted', 'remounted'), sh(at(args, script))]])
}

const REFUSED =
  'Options were specified with remounted, but the remount command failed. Failing in order to prevent an unexpected ' +
  'mount result. Try replacing this command with a "state: unmounted" followed by a "state: mounted" using the full ' +
  'desired mount options instead. '

/** A script with the path in `$p`, of which no part is another user's link to what is not theirs. */
function at({ path }: Args, work: string): string {
  const place = trimmed(path)
  return inFolderOf(place, `p=\${w%/}/$n\n${work}`, place)
}
