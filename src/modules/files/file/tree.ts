import { posix } from 'node:path'
import type { Existing, FileState } from '../../../host/file-state.ts'
import { linkTarget, trimmed } from '../../../host/paths.ts'
import type { FileArgs } from './options.ts'
import { type SettingsState, settingOf } from './settings.ts'

export interface TreeState extends SettingsState {
  /** What is below the folder, when it is to be changed too. */
  readonly below: readonly (readonly [string, FileState])[]
}

/** What is to be changed for something in a folder, or why it is left as it is. */
export interface InTree {
  readonly changed: readonly Existing[]
  readonly left?: string
}

/**
 * A link in a folder is changed itself, and what it leads to, if links are followed and that is not in the folder too. A
 * link of another user that leads out of the folder, or to nowhere, stays theirs: if it became root's, it would be
 * followed the next time, wherever it leads then.
 */
export function treeOf(args: FileArgs, state: TreeState): InTree[] {
  const inside = new Set(state.below.map(([, file]) => idOf(file)))
  const root = `${trimmed(args.path)}/`
  return state.below.map(([path, file]) => {
    const itself = { path, file }
    const { real } = file
    if (real === undefined) return { changed: [itself] }
    const { state: end, isOurs, isTrusted } = real
    const isWithin = end !== undefined && inside.has(idOf(end))
    const goesOn = args.follow && end !== undefined && isTrusted && !isWithin
    const further = goesOn ? [{ path: real.path, file: end, via: path }] : []
    const staysInside =
      isWithin && isTrusted && posix.normalize(linkTarget(path, file.target ?? '')).startsWith(root)
    if (isOurs || staysInside) return { changed: [itself, ...further] }
    const isLeft = settingOf(args, state, itself).changes.length > 0 || (args.follow && end && !isTrusted)
    return { changed: further, ...(isLeft && { left: notTaken(path, file) }) }
  })
}

function notTaken(path: string, { owner, real }: FileState): string {
  const { state: end, isTrusted } = real!
  const to =
    end === undefined ? 'nowhere' : `${real!.path}, which is ${isTrusted ? 'not below' : 'not theirs'}`
  return `${path} is a link of ${owner}'s to ${to}; it was left as it is`
}

function idOf({ device, inode }: FileState): string {
  return `${device}:${inode}`
}
